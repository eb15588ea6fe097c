#if defined(__x86_64__)
#define CK_TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"), min_vector_width(512)))
#define CK_SET ck_kernels_avx512
#define CK_BLOCK_SET ck_block_kernels_avx512
// 32 registers of 16 floats: 8 x 2 accumulators, 2 weights, 1 activation.
#define CK_ROWS 8
#define CK_PANELS 2
#include "kernels_body.h"
#include "kernels_block.h"
#endif

#if defined(__x86_64__)
#define CK_TARGET __attribute__((target("avx2,fma,f16c")))
#define CK_SET ck_kernels_avx2
#define CK_BLOCK_SET ck_block_kernels_avx2
// 16 registers of 8 floats: 4 x 1 vectors of 16 take 8, the weights 2.
#define CK_ROWS 4
#define CK_PANELS 1
#include "kernels_body.h"
#include "kernels_block.h"
#endif

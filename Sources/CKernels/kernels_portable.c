// Any processor with C: the oracle of the other builds.
#define CK_TARGET
#define CK_SET ck_kernels_portable
#define CK_BLOCK_SET ck_block_kernels_portable
#define CK_ROWS 4
#define CK_PANELS 1
#include "kernels_body.h"
#include "kernels_block.h"

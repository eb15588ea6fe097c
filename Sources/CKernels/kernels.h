// What one build of kernels_body.h offers to the dispatcher.
#pragma once
#include "ckernels.h"

typedef struct {
  void (*decode)(ck_format format, const uint8_t *data, const uint8_t *scales, size_t count, float *to);
  // One output's row as float32; nonzero if an element is NaN or infinite.
  int (*row)(const ck_rows *rows, size_t in, size_t output, float *to);
  // The 16 outputs from `first` as a panel; nonzero if an element is NaN or infinite.
  int (*panel)(const ck_rows *rows, size_t out, size_t in, size_t first, ck_layout layout, void *to);
  void (*matmul)(const ck_matrix *m, const float *x, size_t rows, float *y, size_t panel_begin, size_t panel_end);
  void (*matmul_stored)(const ck_rows *stored, size_t out, size_t in, ck_layout layout, const float *x, size_t rows,
                        float *y, size_t panel_begin, size_t panel_end, void *scratch);
  void (*rmsnorm)(const float *x, const float *weight, float eps, size_t rows, size_t n, float *y);
  void (*add)(const float *x, size_t count, float *y);
  void (*project)(float *x, size_t n, const float *direction, float strength);
} ck_kernels;


/// The build for an instruction set.
const ck_kernels *ck_kernels_of(ck_isa isa);

// What one build of kernels_block.h offers.
typedef struct {
  void (*rope)(float *x, size_t heads, const ck_rotation *rotation, const float *cosine, const float *sine);
  void (*gate)(const ck_gate *gate, const float *gates, const float *ups, size_t count, float *out);
  void (*soft_cap)(float *x, size_t count, float cap);
  void (*add_scaled)(const float *x, float scale, size_t count, float *y);
  void (*attention)(const ck_attention_row *row, const ck_attention_shape *shape, size_t head, float *scores);
} ck_block_kernels;

extern const ck_kernels ck_kernels_portable;
extern const ck_block_kernels ck_block_kernels_portable;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2;
extern const ck_kernels ck_kernels_avx512;
extern const ck_block_kernels ck_block_kernels_avx2;
extern const ck_block_kernels ck_block_kernels_avx512;
#endif

// Splits [0, count) in `tasks` runs that differ by one at most.
static inline size_t run_start(size_t count, size_t tasks, size_t task) { return count * task / tasks; }

// Tasks for work on whole rows: a hand-over is not worth it for a few thousand elements.
static inline size_t row_tasks(ck_pool *pool, size_t rows, size_t n) {
  size_t threads = (size_t)ck_pool_threads(pool);
  return rows * n < 50000 || rows < threads ? 1 : threads;
}

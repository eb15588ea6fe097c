// What one build of kernels_body.h offers to the dispatcher.
#pragma once
#include "ckernels.h"

typedef struct {
  void (*matmul)(const ck_matrix *m, const float *x, size_t rows, float *y, size_t panel_begin, size_t panel_end);
  void (*rmsnorm)(const float *x, const float *weight, float eps, size_t rows, size_t n, float *y);
  void (*add)(const float *x, size_t count, float *y);
  void (*swiglu)(float *gate, const float *up, size_t count);
  void (*rope)(float *x, size_t heads, size_t dim, const float *cosine, const float *sine);
  void (*project)(float *x, size_t n, const float *direction, float strength);
  void (*attention)(const ck_attention_row *row, size_t head, size_t kv_head, size_t dim, float scale, float *scores);
} ck_kernels;

extern const ck_kernels ck_kernels_portable;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2;
extern const ck_kernels ck_kernels_avx512;
#endif

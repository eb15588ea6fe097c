// The dispatcher of kernels_block.h: choice of the instruction set and splitting of work over the pool.
#include <string.h>

#include "kernels.h"

static const ck_block_kernels *kernels(ck_isa isa) {
#if defined(__x86_64__)
  if (isa == CK_ISA_AVX512) return &ck_block_kernels_avx512;
  if (isa == CK_ISA_AVX2) return &ck_block_kernels_avx2;
#endif
  return &ck_block_kernels_portable;
}

typedef struct {
  const ck_block_kernels *k;
  const ck_gate *gate;
  const float *gates, *ups;
  size_t stride, rows, n, tasks;
  float *out;
} gate_job;

static void gate_task(void *context, size_t task) {
  gate_job *j = context;
  for (size_t r = run_start(j->rows, j->tasks, task); r < run_start(j->rows, j->tasks, task + 1); r++)
    j->k->gate(j->gate, j->gates + r * j->stride, j->ups ? j->ups + r * j->stride : 0, j->n, j->out + r * j->n);
}

void ck_gated(ck_pool *pool, ck_isa isa, const ck_gate *gate, const float *gates, const float *ups, size_t stride,
              size_t rows, size_t n, float *out) {
  gate_job job = {kernels(isa), gate, gates, ups, stride, rows, n, row_tasks(pool, rows, n), out};
  ck_pool_run(pool, gate_task, &job, job.tasks);
}

typedef struct {
  const ck_block_kernels *k;
  float *x, cap;
  size_t rows, n, tasks;
} cap_job;

static void cap_task(void *context, size_t task) {
  cap_job *j = context;
  for (size_t r = run_start(j->rows, j->tasks, task); r < run_start(j->rows, j->tasks, task + 1); r++)
    j->k->soft_cap(j->x + r * j->n, j->n, j->cap);
}

void ck_soft_cap(ck_pool *pool, ck_isa isa, float *x, size_t rows, size_t n, float cap) {
  cap_job job = {kernels(isa), x, cap, rows, n, row_tasks(pool, rows, n)};
  ck_pool_run(pool, cap_task, &job, job.tasks);
}

void ck_add_scaled(ck_isa isa, const float *x, float scale, size_t count, float *y) {
  kernels(isa)->add_scaled(x, scale, count, y);
}

void ck_rope(ck_isa isa, float *x, size_t rows, size_t stride, size_t heads, const ck_rotation *rotation,
             const float *const *cosine, const float *const *sine) {
  for (size_t r = 0; r < rows; r++) kernels(isa)->rope(x + r * stride, heads, rotation, cosine[r], sine[r]);
}

typedef struct {
  const ck_block_kernels *k;
  const ck_attention_row *rows;
  const ck_attention_shape *shape;
  size_t count, tasks, scratch_count;
  float *scratch;
} attention_job;

static void attention_task(void *context, size_t task) {
  attention_job *j = context;
  float *scores = j->scratch + task * j->scratch_count;
  // Interleaved, as neighbouring rows of a prefill grow longer.
  for (size_t r = task; r < j->count; r += j->tasks)
    for (size_t h = 0; h < j->shape->heads; h++) j->k->attention(j->rows + r, j->shape, h, scores);
}

void ck_attention(ck_pool *pool, ck_isa isa, const ck_attention_row *rows, size_t count,
                  const ck_attention_shape *shape, float *scratch, size_t scratch_count) {
  size_t threads = (size_t)ck_pool_threads(pool);
  attention_job job = {kernels(isa), rows, shape, count, count < threads ? count : threads, scratch_count, scratch};
  ck_pool_run(pool, attention_task, &job, job.tasks);
}

#define TRANSPOSE(name, TYPE)                                                             \
  static void name(const char *in, size_t rows, size_t columns, TYPE *out) {              \
    enum { tile = 32 };                                                                   \
    for (size_t r0 = 0; r0 < rows; r0 += tile)                                            \
      for (size_t c0 = 0; c0 < columns; c0 += tile)                                       \
        for (size_t c = c0; c < columns && c < c0 + tile; c++)                            \
          for (size_t r = r0; r < rows && r < r0 + tile; r++)                             \
            memcpy(out + c * rows + r, in + (r * columns + c) * sizeof(TYPE), sizeof(TYPE)); \
  }
TRANSPOSE(transpose16, uint16_t)
TRANSPOSE(transpose32, uint32_t)

void ck_transpose(const void *in, size_t rows, size_t columns, size_t size, void *out) {
  if (size == sizeof(uint16_t))
    transpose16(in, rows, columns, out);
  else
    transpose32(in, rows, columns, out);
}

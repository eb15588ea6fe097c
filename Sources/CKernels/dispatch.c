// Run-time choice of the instruction set, splitting of work over the pool, and the plain helpers.
#include <string.h>

#include "kernels.h"

int ck_isa_available(ck_isa isa) {
  switch (isa) {
    case CK_ISA_PORTABLE: return 1;
#if defined(__x86_64__)
    case CK_ISA_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_ISA_AVX512:
      return ck_isa_available(CK_ISA_AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#endif
    default: return 0;
  }
}

ck_isa ck_isa_best(void) {
  if (ck_isa_available(CK_ISA_AVX512)) return CK_ISA_AVX512;
  if (ck_isa_available(CK_ISA_AVX2)) return CK_ISA_AVX2;
  return CK_ISA_PORTABLE;
}

const char *ck_isa_name(ck_isa isa) {
  return isa == CK_ISA_AVX512 ? "avx512" : isa == CK_ISA_AVX2 ? "avx2" : "portable";
}

static const ck_kernels *kernels(ck_isa isa) {
#if defined(__x86_64__)
  if (isa == CK_ISA_AVX512) return &ck_kernels_avx512;
  if (isa == CK_ISA_AVX2) return &ck_kernels_avx2;
#endif
  return &ck_kernels_portable;
}

size_t ck_packed_count(size_t out, size_t in) { return (out + 15) / 16 * 16 * in; }

#define PACK(name, TYPE)                                                        \
  void name(const TYPE *rows, size_t out, size_t in, TYPE *packed) {            \
    memset(packed, 0, ck_packed_count(out, in) * sizeof(TYPE));                 \
    for (size_t o = 0; o < out; o++) {                                          \
      TYPE *panel = packed + o / 16 * 16 * in + o % 16;                         \
      for (size_t k = 0; k < in; k++) panel[k * 16] = rows[o * in + k];         \
    }                                                                           \
  }
PACK(ck_pack_bf16, uint16_t)
PACK(ck_pack_f32, float)

typedef struct {
  const ck_kernels *k;
  const ck_matrix *m;
  const float *x;
  float *y;
  size_t rows, panels, tasks;
} matmul_job;

static void matmul_task(void *context, size_t task) {
  matmul_job *job = context;
  job->k->matmul(job->m, job->x, job->rows, job->y, run_start(job->panels, job->tasks, task),
                 run_start(job->panels, job->tasks, task + 1));
}

void ck_matmul(ck_pool *pool, ck_isa isa, const ck_matrix *m, const float *x, size_t rows, float *y) {
  size_t panels = (m->out + 15) / 16, threads = (size_t)ck_pool_threads(pool);
  // Below some 100,000 multiply-adds a hand-over costs more than it saves.
  size_t tasks = rows * m->out * m->in < 100000 ? 1 : threads * 4;
  if (tasks > panels) tasks = panels;
  matmul_job job = {kernels(isa), m, x, y, rows, panels, tasks};
  ck_pool_run(pool, matmul_task, &job, tasks);
}

typedef struct {
  const ck_kernels *k;
  const float *x, *weight;
  float *y, eps;
  size_t rows, n, tasks;
} norm_job;

static void norm_task(void *context, size_t task) {
  norm_job *j = context;
  size_t begin = run_start(j->rows, j->tasks, task), end = run_start(j->rows, j->tasks, task + 1);
  j->k->rmsnorm(j->x + begin * j->n, j->weight, j->eps, end - begin, j->n, j->y + begin * j->n);
}

void ck_rmsnorm(ck_pool *pool, ck_isa isa, const float *x, const float *weight, float eps, size_t rows, size_t n,
                float *y) {
  norm_job job = {kernels(isa), x, weight, y, eps, rows, n, row_tasks(pool, rows, n)};
  ck_pool_run(pool, norm_task, &job, job.tasks);
}

void ck_add(ck_isa isa, const float *x, size_t count, float *y) { kernels(isa)->add(x, count, y); }

void ck_add_bias(ck_isa isa, const float *bias, size_t rows, size_t n, float *y) {
  for (size_t r = 0; r < rows; r++) kernels(isa)->add(bias, n, y + r * n);
}

void ck_project(ck_isa isa, float *x, size_t rows, size_t n, const float *const *direction, const float *strength) {
  for (size_t r = 0; r < rows; r++)
    if (direction[r]) kernels(isa)->project(x + r * n, n, direction[r], strength[r]);
}

void ck_store_kv(float *keys, float *values, size_t capacity, size_t position, size_t kv_heads, size_t dim,
                 const float *key, const float *value) {
  size_t dim16 = (dim + 15) / 16 * 16;
  for (size_t h = 0; h < kv_heads; h++) {
    float *block = keys + h * capacity * dim + position / 16 * dim * 16 + position % 16;
    for (size_t d = 0; d < dim; d++) block[d * 16] = key[h * dim + d];
    memcpy(values + (h * capacity + position) * dim16, value + h * dim, dim * sizeof(float));
  }
}

ptrdiff_t ck_first_nonfinite_bf16(const uint16_t *x, size_t count) {
  for (size_t i = 0; i < count; i++)
    if ((x[i] & 0x7f80) == 0x7f80) return (ptrdiff_t)i;
  return -1;
}

ptrdiff_t ck_first_nonfinite_f32(const float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    if ((bits & 0x7f800000) == 0x7f800000) return (ptrdiff_t)i;
  }
  return -1;
}

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

const ck_kernels *ck_kernels_of(ck_isa isa) {
#if defined(__x86_64__)
  if (isa == CK_ISA_AVX512) return &ck_kernels_avx512;
  if (isa == CK_ISA_AVX2) return &ck_kernels_avx2;
#endif
  return &ck_kernels_portable;
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
  norm_job job = {ck_kernels_of(isa), x, weight, y, eps, rows, n, row_tasks(pool, rows, n)};
  ck_pool_run(pool, norm_task, &job, job.tasks);
}

void ck_add(ck_isa isa, const float *x, size_t count, float *y) { ck_kernels_of(isa)->add(x, count, y); }

void ck_add_bias(ck_isa isa, const float *bias, size_t rows, size_t n, float *y) {
  for (size_t r = 0; r < rows; r++) ck_kernels_of(isa)->add(bias, n, y + r * n);
}

void ck_project(ck_isa isa, float *x, size_t rows, size_t n, const float *const *direction, const float *strength) {
  for (size_t r = 0; r < rows; r++)
    if (direction[r]) ck_kernels_of(isa)->project(x + r * n, n, direction[r], strength[r]);
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

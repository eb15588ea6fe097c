// Stored and packed weights: formats, packing, and products with them.
#include <stdatomic.h>

#include "kernels.h"

size_t ck_format_elements(ck_format format) {
  switch (format) {
    case CK_FORMAT_F32:
    case CK_FORMAT_F64:
    case CK_FORMAT_F16:
    case CK_FORMAT_BF16: return 1;
    case CK_FORMAT_Q2_K:
    case CK_FORMAT_Q3_K:
    case CK_FORMAT_Q4_K:
    case CK_FORMAT_Q5_K:
    case CK_FORMAT_Q6_K:
    case CK_FORMAT_IQ4_XS: return 256;
    default: return 32;
  }
}

size_t ck_format_bytes(ck_format format) {
  switch (format) {
    case CK_FORMAT_F32: return 4;
    case CK_FORMAT_F64: return 8;
    case CK_FORMAT_F16:
    case CK_FORMAT_BF16: return 2;
    case CK_FORMAT_Q4_0: return 18;
    case CK_FORMAT_Q4_1: return 20;
    case CK_FORMAT_Q5_0: return 22;
    case CK_FORMAT_Q5_1: return 24;
    case CK_FORMAT_Q8_0: return 34;
    case CK_FORMAT_Q2_K: return 84;
    case CK_FORMAT_Q3_K: return 110;
    case CK_FORMAT_Q4_K: return 144;
    case CK_FORMAT_Q5_K: return 176;
    case CK_FORMAT_Q6_K: return 210;
    case CK_FORMAT_IQ4_NL: return 18;
    case CK_FORMAT_IQ4_XS: return 136;
    case CK_FORMAT_MXFP4: return 17;
    case CK_FORMAT_MXFP4_APART: return 16;
  }
  return 0;
}

void ck_decode(ck_isa isa, ck_format format, const uint8_t *data, const uint8_t *scales, size_t count, float *to) {
  ck_kernels_of(isa)->decode(format, data, scales, count, to);
}

size_t ck_packed_bytes(ck_layout layout, size_t out, size_t in) {
  size_t panels = (out + 15) / 16, groups = (in + 31) / 32;
  switch (layout) {
    case CK_LAYOUT_BF16: return panels * in * 32;
    case CK_LAYOUT_F32: return panels * in * 64;
    case CK_LAYOUT_INT8: return panels * groups * 576;
    case CK_LAYOUT_INT4: return panels * groups * 320;
  }
  return 0;
}

typedef struct {
  const ck_kernels *k;
  const ck_rows *rows;
  size_t first, out, in, runs, tasks;
  ck_layout layout;
  uint8_t *to;
  atomic_int bad;
} pack_job;

static void pack_task(void *context, size_t task) {
  pack_job *j = context;
  size_t bytes = ck_packed_bytes(j->layout, 16, j->in);
  for (size_t at = run_start(j->runs, j->tasks, task); at < run_start(j->runs, j->tasks, task + 1); at++)
    if (j->k->panel(j->rows, j->out, j->in, at * 16, j->layout, j->to + at * bytes)) atomic_store(&j->bad, 1);
}

static void unpack_task(void *context, size_t task) {
  pack_job *j = context;
  for (size_t o = run_start(j->runs, j->tasks, task); o < run_start(j->runs, j->tasks, task + 1); o++)
    if (j->k->row(j->rows, j->in, j->first + o, (float *)j->to + o * j->in)) atomic_store(&j->bad, 1);
}

// Decodes elements [k, k + 256) of a row, or what there is; nonzero if one is NaN or infinite.
static int run_of(const pack_job *j, size_t o, size_t k, float *values) {
  size_t block = ck_format_elements(j->rows->format);
  ck_rows run = *j->rows;
  run.data += k / block * ck_format_bytes(run.format);
  if (run.scales) run.scales += k / block;
  return j->k->row(&run, j->in - k < 256 ? j->in - k : 256, j->first + o, values);
}

static void check_task(void *context, size_t task) {
  pack_job *j = context;
  float values[256];
  for (size_t o = run_start(j->runs, j->tasks, task); o < run_start(j->runs, j->tasks, task + 1); o++)
    for (size_t k = 0; k < j->in; k += 256)
      if (run_of(j, o, k, values)) atomic_store(&j->bad, 1);
}

// Row by row: only a damaged file comes here.
static ptrdiff_t first_nonfinite(const pack_job *j) {
  float values[256];
  for (size_t o = 0; o < j->out; o++)
    for (size_t k = 0; k < j->in; k += 256)
      if (run_of(j, o, k, values))
        return (ptrdiff_t)(o * j->in + k) + ck_first_nonfinite_f32(values, j->in - k < 256 ? j->in - k : 256);
  return -1;
}

ptrdiff_t ck_pack(ck_pool *pool, ck_isa isa, const ck_rows *rows, size_t out, size_t in, ck_layout layout, void *packed) {
  size_t panels = (out + 15) / 16, tasks = (size_t)ck_pool_threads(pool) * 4;
  pack_job job = {ck_kernels_of(isa), rows, 0, out, in, panels, tasks < panels ? tasks : panels, layout, packed, 0};
  ck_pool_run(pool, pack_task, &job, job.tasks);
  return atomic_load(&job.bad) ? first_nonfinite(&job) : -1;
}

ptrdiff_t ck_unpack(ck_pool *pool, ck_isa isa, const ck_rows *rows, size_t first, size_t out, size_t in, float *to) {
  size_t tasks = (size_t)ck_pool_threads(pool) * 4;
  pack_job job = {ck_kernels_of(isa), rows, first, out, in, out, tasks < out ? tasks : out, CK_LAYOUT_F32, (uint8_t *)to, 0};
  ck_pool_run(pool, unpack_task, &job, job.tasks);
  return atomic_load(&job.bad) ? first_nonfinite(&job) : -1;
}

ptrdiff_t ck_check(ck_pool *pool, ck_isa isa, const ck_rows *rows, size_t out, size_t in) {
  size_t tasks = (size_t)ck_pool_threads(pool) * 4;
  pack_job job = {ck_kernels_of(isa), rows, 0, out, in, out, tasks < out ? tasks : out, CK_LAYOUT_F32, NULL, 0};
  ck_pool_run(pool, check_task, &job, job.tasks);
  return atomic_load(&job.bad) ? first_nonfinite(&job) : -1;
}

void ck_row(ck_isa isa, const ck_rows *rows, size_t in, size_t output, float *to) {
  ck_kernels_of(isa)->row(rows, in, output, to);
}

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
  matmul_job job = {ck_kernels_of(isa), m, x, y, rows, panels, tasks};
  ck_pool_run(pool, matmul_task, &job, tasks);
}


// Most panels that a build of the kernels takes at a time.
enum { MOST_PANELS = 2 };

typedef struct {
  const ck_kernels *k;
  const ck_rows *stored;
  size_t out, in, rows, panels, scratch_bytes;
  ck_layout layout;
  const float *x;
  float *y;
  uint8_t *scratch;
  atomic_size_t next;
} stored_job;

// As many tasks as threads, so that each has scratch of its own; they share the panels out as they go.
static void stored_task(void *context, size_t task) {
  stored_job *j = context;
  for (;;) {
    size_t begin = atomic_fetch_add(&j->next, MOST_PANELS);
    if (begin >= j->panels) return;
    size_t end = begin + MOST_PANELS < j->panels ? begin + MOST_PANELS : j->panels;
    j->k->matmul_stored(j->stored, j->out, j->in, j->layout, j->x, j->rows, j->y, begin, end,
                        j->scratch + task * j->scratch_bytes);
  }
}

static size_t scratch_of_thread(ck_layout layout, size_t in) { return ck_packed_bytes(layout, MOST_PANELS * 16, in); }

size_t ck_stored_scratch_bytes(const ck_pool *pool, ck_layout layout, size_t in) {
  return (size_t)ck_pool_threads(pool) * scratch_of_thread(layout, in);
}

void ck_matmul_stored(ck_pool *pool, ck_isa isa, const ck_rows *stored, size_t out, size_t in, ck_layout layout,
                      const float *x, size_t rows, float *y, void *scratch) {
  stored_job job = {ck_kernels_of(isa), stored, out, in, rows, (out + 15) / 16, scratch_of_thread(layout, in), layout,
                    x,                  y,      scratch, 0};
  size_t threads = (size_t)ck_pool_threads(pool);
  ck_pool_run(pool, stored_task, &job, rows * out * in < 100000 ? 1 : threads);
}

// The kernels, written once on vectors of 16 floats and compiled once for each instruction set. The including file defines
// CK_TARGET (function attributes), CK_SET (name of the table), CK_ROWS and CK_PANELS (accumulators of the matrix kernel).
#include <string.h>

#include "kernels.h"

#pragma STDC FP_CONTRACT OFF

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16x32 __attribute__((vector_size(64), aligned(4)));
typedef uint32_t u16x32 __attribute__((vector_size(64), aligned(4)));
typedef uint16_t u16x16 __attribute__((vector_size(32), aligned(2)));

#define CK_INLINE static inline __attribute__((always_inline)) CK_TARGET
#define CK_FN static CK_TARGET

#define SPLAT(x) ((v16){} + (x))
#define FMA(a, b, c) __builtin_elementwise_fma((a), (b), (c))
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))
// 16 bfloat16 widened to float32.
#define LOAD_BF16(p) ((v16)(__builtin_convertvector(*(const u16x16 *)(p), u16x32) << 16))

// The sum of 16 lanes as a fixed tree.
CK_INLINE float lane_sum(const v16 *v) {
  float a[16];
  memcpy(a, v, sizeof a);
  for (int width = 8; width > 0; width /= 2)
    for (int i = 0; i < width; i++) a[i] += a[i + width];
  return a[0];
}

// e^x for x <= 0 or moderate x: 2^n · p(r) with |r| <= ln2/2, degree 6; below -87 it is 0.
#define EXP_BODY(x, result)                                                            \
  do {                                                                                 \
    v16 ck_x = (x);                                                                    \
    i16x32 ck_tiny = ck_x < SPLAT(-87.0f);                                             \
    i16x32 ck_big = ck_x > SPLAT(88.0f);                                               \
    ck_x = (v16)(((i16x32)ck_x & ~ck_tiny) | ((i16x32)SPLAT(-87.0f) & ck_tiny));       \
    ck_x = (v16)(((i16x32)ck_x & ~ck_big) | ((i16x32)SPLAT(88.0f) & ck_big));          \
    v16 ck_n = FMA(ck_x, SPLAT(1.44269504088896341f), SPLAT(12582912.0f)) - 12582912.0f; \
    v16 ck_r = FMA(ck_n, SPLAT(-0.693145751953125f), ck_x);                            \
    ck_r = FMA(ck_n, SPLAT(-1.42860682030941723e-6f), ck_r);                           \
    v16 ck_p = SPLAT(1.0f / 720.0f);                                                   \
    ck_p = FMA(ck_p, ck_r, SPLAT(1.0f / 120.0f));                                      \
    ck_p = FMA(ck_p, ck_r, SPLAT(1.0f / 24.0f));                                       \
    ck_p = FMA(ck_p, ck_r, SPLAT(1.0f / 6.0f));                                        \
    ck_p = FMA(ck_p, ck_r, SPLAT(0.5f));                                               \
    ck_p = FMA(ck_p, ck_r, SPLAT(1.0f));                                               \
    ck_p = FMA(ck_p, ck_r, SPLAT(1.0f));                                               \
    i16x32 ck_e = (__builtin_convertvector(ck_n, i16x32) + 127) << 23;                 \
    (result) = (v16)((i16x32)(ck_p * (v16)ck_e) & ~ck_tiny);                           \
  } while (0)

// Writes the accumulators where the outputs exist.
#define STORE_TILE(R, P)                                                \
  for (int r = 0; r < R; r++)                                           \
    for (int p = 0; p < P; p++) {                                       \
      size_t o = first + (size_t)p * 16;                                \
      if (o + 16 <= limit)                                              \
        STORE(y + (size_t)r * out + o, acc[r][p]);                      \
      else if (o < limit)                                               \
        memcpy(y + (size_t)r * out + o, &acc[r][p], (limit - o) * sizeof(float)); \
    }

// CK_ROWS x CK_PANELS block of outputs; the chain of each output runs over k alone.
#define TILE(name, R, P, TYPE, LOADW)                                                                               \
  CK_INLINE void name(const TYPE *w, size_t in, const float *x, float *y, size_t out, size_t first, size_t limit) { \
    v16 acc[R][P];                                                                                                  \
    for (int r = 0; r < R; r++)                                                                                     \
      for (int p = 0; p < P; p++) acc[r][p] = (v16){};                                                              \
    for (size_t k = 0; k < in; k++) {                                                                               \
      v16 wk[P];                                                                                                    \
      for (int p = 0; p < P; p++) wk[p] = LOADW(w + ((size_t)p * in + k) * 16);                                     \
      for (int r = 0; r < R; r++) {                                                                                 \
        v16 xr = SPLAT(x[(size_t)r * in + k]);                                                                      \
        for (int p = 0; p < P; p++) acc[r][p] = FMA(wk[p], xr, acc[r][p]);                                          \
      }                                                                                                             \
    }                                                                                                               \
    STORE_TILE(R, P)                                                                                                \
  }

#include "blocks_body.h"
#include "panels_body.h"

TILE(tile_b_full, CK_ROWS, CK_PANELS, uint16_t, LOAD_BF16)
TILE(tile_b_rows, CK_ROWS, 1, uint16_t, LOAD_BF16)
TILE(tile_b_one_wide, 1, CK_PANELS, uint16_t, LOAD_BF16)
TILE(tile_b_one, 1, 1, uint16_t, LOAD_BF16)
TILE(tile_f_full, CK_ROWS, CK_PANELS, float, LOAD)
TILE(tile_f_rows, CK_ROWS, 1, float, LOAD)
TILE(tile_f_one_wide, 1, CK_PANELS, float, LOAD)
TILE(tile_f_one, 1, 1, float, LOAD)

// As TILE, on codes of 32 weights under a scale an output: a weight is code · scale, rounded once.
#define TILE_CODES(name, R, P, BYTES, LOADW)                                                                           \
  CK_INLINE void name(const uint8_t *w, size_t in, const float *x, float *y, size_t out, size_t first, size_t limit) { \
    v16 acc[R][P];                                                                                                     \
    size_t groups = (in + 31) / 32;                                                                                    \
    for (int r = 0; r < R; r++)                                                                                        \
      for (int p = 0; p < P; p++) acc[r][p] = (v16){};                                                                 \
    for (size_t g = 0; g < groups; g++) {                                                                              \
      size_t count = in - g * 32 < 32 ? in - g * 32 : 32;                                                              \
      v16 scale[P];                                                                                                    \
      for (int p = 0; p < P; p++) scale[p] = LOAD(w + ((size_t)p * groups + g) * BYTES);                               \
      for (size_t k = 0; k < count; k++) {                                                                             \
        v16 wk[P];                                                                                                     \
        for (int p = 0; p < P; p++) wk[p] = LOADW(w + ((size_t)p * groups + g) * BYTES + 64, k) * scale[p];            \
        for (int r = 0; r < R; r++) {                                                                                  \
          v16 xr = SPLAT(x[(size_t)r * in + g * 32 + k]);                                                              \
          for (int p = 0; p < P; p++) acc[r][p] = FMA(wk[p], xr, acc[r][p]);                                           \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
    STORE_TILE(R, P)                                                                                                   \
  }
#define CODE_8(q, k) __builtin_convertvector(*(const i8x16 *)((q) + (k) * 16), v16)
#define CODE_4(q, k) \
  __builtin_convertvector( \
      (i16x32)(__builtin_convertvector(*(const u8x16 *)((q) + (k) / 2 * 16), u16x32) >> (uint32_t)((k) % 2 * 4) & 15) - 8, v16)

TILE_CODES(tile_8_full, CK_ROWS, CK_PANELS, 576, CODE_8)
TILE_CODES(tile_8_rows, CK_ROWS, 1, 576, CODE_8)
TILE_CODES(tile_8_one_wide, 1, CK_PANELS, 576, CODE_8)
TILE_CODES(tile_8_one, 1, 1, 576, CODE_8)
TILE_CODES(tile_4_full, CK_ROWS, CK_PANELS, 320, CODE_4)
TILE_CODES(tile_4_rows, CK_ROWS, 1, 320, CODE_4)
TILE_CODES(tile_4_one_wide, 1, CK_PANELS, 320, CODE_4)
TILE_CODES(tile_4_one, 1, 1, 320, CODE_4)

// Every row against `wide` ? CK_PANELS : 1 panels that lie at `w`.
#define PANELS(name, TYPE, full, rows_only, one_wide, one)                                                          \
  CK_FN void name(const void *packed, size_t in, const float *x, size_t rows, float *y, size_t out, size_t panel,   \
                  int wide) {                                                                                       \
    const TYPE *w = packed;                                                                                         \
    size_t r = 0;                                                                                                   \
    for (; r + CK_ROWS <= rows; r += CK_ROWS) {                                                                     \
      if (wide)                                                                                                     \
        full(w, in, x + r * in, y + r * out, out, panel * 16, out);                                                 \
      else                                                                                                          \
        rows_only(w, in, x + r * in, y + r * out, out, panel * 16, out);                                            \
    }                                                                                                               \
    for (; r < rows; r++) {                                                                                         \
      if (wide)                                                                                                     \
        one_wide(w, in, x + r * in, y + r * out, out, panel * 16, out);                                             \
      else                                                                                                          \
        one(w, in, x + r * in, y + r * out, out, panel * 16, out);                                                  \
    }                                                                                                               \
  }

PANELS(panels_bf16, uint16_t, tile_b_full, tile_b_rows, tile_b_one_wide, tile_b_one)
PANELS(panels_f32, float, tile_f_full, tile_f_rows, tile_f_one_wide, tile_f_one)
PANELS(panels_int8, uint8_t, tile_8_full, tile_8_rows, tile_8_one_wide, tile_8_one)
PANELS(panels_int4, uint8_t, tile_4_full, tile_4_rows, tile_4_one_wide, tile_4_one)

CK_FN void multiply(ck_layout layout, const void *w, size_t in, const float *x, size_t rows, float *y, size_t out,
                    size_t panel, int wide) {
  switch (layout) {
    case CK_LAYOUT_BF16: return panels_bf16(w, in, x, rows, y, out, panel, wide);
    case CK_LAYOUT_F32: return panels_f32(w, in, x, rows, y, out, panel, wide);
    case CK_LAYOUT_INT8: return panels_int8(w, in, x, rows, y, out, panel, wide);
    case CK_LAYOUT_INT4: return panels_int4(w, in, x, rows, y, out, panel, wide);
  }
}

CK_FN void matmul(const ck_matrix *m, const float *x, size_t rows, float *y, size_t begin, size_t end) {
  size_t bytes = ck_packed_bytes(m->layout, 16, m->in);
  for (size_t at = begin; at < end;) {
    int wide = at + CK_PANELS <= end;
    multiply(m->layout, (const uint8_t *)m->packed + at * bytes, m->in, x, rows, y, m->out, at, wide);
    at += wide ? CK_PANELS : 1;
  }
}

CK_FN void matmul_stored(const ck_rows *stored, size_t out, size_t in, ck_layout layout, const float *x, size_t rows,
                         float *y, size_t begin, size_t end, void *scratch) {
  size_t bytes = ck_packed_bytes(layout, 16, in);
  for (size_t at = begin; at < end;) {
    int wide = at + CK_PANELS <= end;
    size_t count = wide ? CK_PANELS : 1;
    for (size_t p = 0; p < count; p++) panel(stored, out, in, (at + p) * 16, layout, (uint8_t *)scratch + p * bytes);
    multiply(layout, scratch, in, x, rows, y, out, at, wide);
    at += count;
  }
}

// a · b over n elements: lane i sums elements i, i + 16, …; the rest go one by one behind the lanes' tree.
CK_INLINE float dot(const float *a, const float *b, size_t n) {
  v16 acc = {};
  size_t i = 0;
  for (; i + 16 <= n; i += 16) acc = FMA(LOAD(a + i), LOAD(b + i), acc);
  float sum = lane_sum(&acc);
  for (; i < n; i++) sum = __builtin_fmaf(a[i], b[i], sum);
  return sum;
}

CK_FN void rmsnorm(const float *x, const float *weight, float eps, size_t rows, size_t n, float *y) {
  for (size_t r = 0; r < rows; r++, x += n, y += n) {
    float scale = 1.0f / __builtin_sqrtf(dot(x, x, n) / (float)n + eps);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) STORE(y + i, LOAD(x + i) * scale * LOAD(weight + i));
    for (; i < n; i++) y[i] = x[i] * scale * weight[i];
  }
}

CK_FN void add(const float *x, size_t count, float *y) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) STORE(y + i, LOAD(y + i) + LOAD(x + i));
  for (; i < count; i++) y[i] += x[i];
}

CK_FN void project(float *x, size_t n, const float *direction, float strength) {
  float amount = -strength * dot(direction, x, n);
  size_t i = 0;
  for (; i + 16 <= n; i += 16) STORE(x + i, FMA(LOAD(direction + i), SPLAT(amount), LOAD(x + i)));
  for (; i < n; i++) x[i] = __builtin_fmaf(direction[i], amount, x[i]);
}

const ck_kernels CK_SET = {decode, row, panel, matmul, matmul_stored, rmsnorm, add, project};

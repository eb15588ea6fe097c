// The kernels of a block besides matrices: rotation, gated activations, soft caps, attention. Included behind
// kernels_body.h, whose vectors and macros they use, once for each instruction set; CK_BLOCK_SET names the table.
#include <math.h>

// tanh x = sign(x) (1 - e^-2|x|) / (1 + e^-2|x|); near 0, where that cancels, x times its series.
CK_INLINE void tanh_lanes(v16 *x) {
  v16 t = *x, e, magnitude = (v16)((i16x32)t & 0x7fffffff);
  EXP_BODY(magnitude * -2.0f, e);
  v16 large = (1.0f - e) / (1.0f + e);
  large = (v16)((i16x32)large | ((i16x32)t & (int32_t)0x80000000));
  v16 z = t * t, p = SPLAT(62.0f / 2835.0f);
  p = FMA(p, z, SPLAT(-17.0f / 315.0f));
  p = FMA(p, z, SPLAT(2.0f / 15.0f));
  p = FMA(p, z, SPLAT(-1.0f / 3.0f));
  p = FMA(p * z, t, t);
  i16x32 small = magnitude < SPLAT(0.25f);
  *x = (v16)(((i16x32)p & small) | ((i16x32)large & ~small));
}

// x / (1 + e^(-alpha x)), with e^-|alpha x| so that nothing overflows: for negative x it is x e / (1 + e).
CK_INLINE void sigmoid_product(v16 *x, float alpha) {
  v16 g = *x, scaled = g * alpha, e;
  EXP_BODY(-(v16)((i16x32)scaled & 0x7fffffff), e);
  i16x32 negative = scaled < SPLAT(0.0f);
  v16 top = (v16)(((i16x32)(g * e) & negative) | ((i16x32)g & ~negative));
  *x = top / (1.0f + e);
}

CK_INLINE void activate(const ck_gate *gate, v16 *g, v16 *u) {
  switch (gate->activation) {
    case CK_SILU:
      sigmoid_product(g, 1.0f);
      *g *= *u;
      return;
    case CK_GELU_TANH: {
      v16 x = *g, t = 0.7978845608028654f * FMA(x * x * x, SPLAT(0.044715f), x);
      tanh_lanes(&t);
      *g = 0.5f * x * (1.0f + t) * *u;
      return;
    }
    case CK_GELU_ERF: {
      float x[16];
      memcpy(x, g, sizeof x);
      for (int i = 0; i < 16; i++) x[i] = 0.5f * x[i] * (1.0f + erff(x[i] * 0.70710678118654752f));
      memcpy(g, x, sizeof x);
      *g *= *u;
      return;
    }
    case CK_CLAMPED: {
      // Written so that NaN stays NaN.
      v16 limit = SPLAT(gate->limit), up = *u;
      i16x32 over = *g > limit;
      v16 x = (v16)(((i16x32)limit & over) | ((i16x32)*g & ~over));
      over = up > limit;
      up = (v16)(((i16x32)limit & over) | ((i16x32)up & ~over));
      over = up < -limit;
      up = (v16)(((i16x32)-limit & over) | ((i16x32)up & ~over));
      sigmoid_product(&x, gate->alpha);
      *g = (up + 1.0f) * x;
      return;
    }
  }
}

CK_FN void gated(const ck_gate *gate, const float *gates, const float *ups, size_t count, float *out) {
  for (size_t i = 0; i < count; i += 16) {
    size_t left = count - i < 16 ? count - i : 16;
    v16 g = {}, u = {};
    if (gate->interleaved) {
      v16 low = {}, high = {};
      size_t floats = 2 * left;
      memcpy(&low, gates + 2 * i, (floats < 16 ? floats : 16) * sizeof(float));
      if (floats > 16) memcpy(&high, gates + 2 * i + 16, (floats - 16) * sizeof(float));
      g = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
      u = __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    } else if (left == 16) {
      g = LOAD(gates + i);
      u = LOAD(ups + i);
    } else {
      memcpy(&g, gates + i, left * sizeof(float));
      memcpy(&u, ups + i, left * sizeof(float));
    }
    activate(gate, &g, &u);
    if (left == 16)
      STORE(out + i, g);
    else
      memcpy(out + i, &g, left * sizeof(float));
  }
}

CK_FN void soft_cap(float *x, size_t count, float cap) {
  for (size_t i = 0; i < count; i += 16) {
    v16 t = {};
    size_t left = count - i < 16 ? count - i : 16;
    memcpy(&t, x + i, left * sizeof(float));
    t /= cap;
    tanh_lanes(&t);
    t *= cap;
    memcpy(x + i, &t, left * sizeof(float));
  }
}

CK_FN void add_scaled(const float *x, float scale, size_t count, float *y) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) STORE(y + i, FMA(LOAD(x + i), SPLAT(scale), LOAD(y + i)));
  for (; i < count; i++) y[i] = __builtin_fmaf(x[i], scale, y[i]);
}

CK_FN void rope(float *x, size_t heads, const ck_rotation *rotation, const float *cosine, const float *sine) {
  size_t step = rotation->interleaved ? 2 : 1, other = rotation->interleaved ? 1 : rotation->pairs;
  for (size_t h = 0; h < heads; h++, x += rotation->dim)
    for (size_t i = 0; i < rotation->pairs; i++) {
      float a = x[i * step], b = x[i * step + other];
      x[i * step] = a * cosine[i] - b * sine[i];
      x[i * step + other] = b * cosine[i] + a * sine[i];
    }
}

CK_FN void attention(const ck_attention_row *row, const ck_attention_shape *shape, size_t head, float *scores) {
  size_t dim = shape->dim, dim16 = (dim + 15) / 16 * 16, kv_head = head * shape->kv_heads / shape->heads;
  size_t first = row->first, first_block = first / 16, blocks = (row->length + 15) / 16;
  const float *query = row->query + head * dim;
  const float *keys = row->keys + kv_head * row->capacity * dim;
  const float *values = row->values + kv_head * row->capacity * dim16;

  float top = shape->sinks ? shape->sinks[head] : -__builtin_inff();
  for (size_t b = first_block; b < blocks; b++) {
    v16 s = {};
    const float *k = keys + b * dim * 16;
    for (size_t d = 0; d < dim; d++) s = FMA(LOAD(k + d * 16), SPLAT(query[d]), s);
    s *= shape->scale;
    if (shape->soft_cap > 0) {
      s /= shape->soft_cap;
      tanh_lanes(&s);
      s *= shape->soft_cap;
    }
    STORE(scores + b * 16, s);
    size_t begin = b * 16 < first ? first - b * 16 : 0;
    size_t end = row->length - b * 16 < 16 ? row->length - b * 16 : 16;
    for (size_t i = begin; i < end; i++) top = scores[b * 16 + i] > top ? scores[b * 16 + i] : top;
  }
  for (size_t i = first_block * 16; i < first; i++) scores[i] = -__builtin_inff();
  for (size_t i = row->length; i < blocks * 16; i++) scores[i] = -__builtin_inff();

  v16 total = {};
  for (size_t b = first_block; b < blocks; b++) {
    v16 e;
    EXP_BODY(LOAD(scores + b * 16) - top, e);
    STORE(scores + b * 16, e);
    total += e;
  }
  float sum = lane_sum(&total);
  if (shape->sinks) {
    v16 e;
    EXP_BODY(SPLAT(shape->sinks[head] - top), e);
    sum += e[0];
  }
  float inverse = 1.0f / sum;

  float *out = row->out + head * dim;
  for (size_t d = 0; d < dim; d += 16) {
    v16 acc = {};
    for (size_t p = first; p < row->length; p++) acc = FMA(LOAD(values + p * dim16 + d), SPLAT(scores[p]), acc);
    acc *= inverse;
    if (d + 16 <= dim)
      STORE(out + d, acc);
    else
      memcpy(out + d, &acc, (dim - d) * sizeof(float));
  }
}

const ck_block_kernels CK_BLOCK_SET = {rope, gated, soft_cap, add_scaled, attention};

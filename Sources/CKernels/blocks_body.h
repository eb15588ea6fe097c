// Decoders of weight formats to float32, included by kernels_body.h once for each instruction set.
//
// The arithmetic is that of the reference (ggml's `gguf` package): products and differences are rounded one by one, so no
// multiply-add may be fused here. Layouts: ggml-common.h's block structures; MXFP4 of safetensors: two codes a byte, low
// nibble first, scales in a tensor of their own.

CK_INLINE float half_at(const uint8_t *p) {
  uint32_t h = (uint32_t)p[0] | (uint32_t)p[1] << 8, bits = (h & 0x7fff) << 13;
  float value;
  memcpy(&value, &bits, 4);
  value *= 0x1p112f;  // the exponent's bias, subnormals included
  if ((h & 0x7c00) != 0x7c00) memcpy(&bits, &value, 4);
  else bits += 0x70000000;
  bits |= (h & 0x8000) << 16;
  memcpy(&value, &bits, 4);
  return value;
}

CK_FN void decode_f32(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  memcpy(y, b, count * 4);
}

CK_FN void decode_f64(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t i = 0; i < count; i++) {
    double value;
    memcpy(&value, b + i * 8, 8);
    y[i] = (float)value;
  }
}

CK_FN void decode_bf16(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) STORE(y + i, LOAD_BF16(b + i * 2));
  for (; i < count; i++) {
    uint32_t bits = ((uint32_t)b[i * 2] | (uint32_t)b[i * 2 + 1] << 8) << 16;
    memcpy(y + i, &bits, 4);
  }
}

CK_FN void decode_f16(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    u16x32 h = __builtin_convertvector(*(const u16x16 *)(b + i * 2), u16x32);
    u16x32 bits = (h & 0x7fff) << 13;
    u16x32 special = (u16x32)((h & 0x7c00) == 0x7c00);
    u16x32 value = (u16x32)((v16)bits * 0x1p112f);
    value = (value & ~special) | ((bits + 0x70000000) & special) | (h & 0x8000) << 16;
    STORE(y + i, (v16)value);
  }
  for (; i < count; i++) y[i] = half_at(b + i * 2);
}

CK_FN void decode_q8_0(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 32, b += 34, y += 32) {
    float d = half_at(b);
    const int8_t *q = (const int8_t *)(b + 2);
    for (int i = 0; i < 32; i++) y[i] = d * (float)q[i];
  }
}

CK_FN void decode_q4_0(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 32, b += 18, y += 32) {
    float d = half_at(b);
    for (int i = 0; i < 16; i++) y[i] = d * (float)((b[2 + i] & 15) - 8);
    for (int i = 0; i < 16; i++) y[i + 16] = d * (float)((b[2 + i] >> 4) - 8);
  }
}

CK_FN void decode_q4_1(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 32, b += 20, y += 32) {
    float d = half_at(b), m = half_at(b + 2);
    for (int i = 0; i < 16; i++) y[i] = d * (float)(b[4 + i] & 15) + m;
    for (int i = 0; i < 16; i++) y[i + 16] = d * (float)(b[4 + i] >> 4) + m;
  }
}

// The fifth bits: bit i of four bytes belongs to element i.
CK_INLINE int fifth(const uint8_t *high, int i) { return (high[i / 8] >> (i % 8) & 1) << 4; }

CK_FN void decode_q5_0(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 32, b += 22, y += 32) {
    float d = half_at(b);
    for (int i = 0; i < 16; i++) {
      y[i] = d * (float)(((b[6 + i] & 15) | fifth(b + 2, i)) - 16);
      y[i + 16] = d * (float)(((b[6 + i] >> 4) | fifth(b + 2, i + 16)) - 16);
    }
  }
}

CK_FN void decode_q5_1(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 32, b += 24, y += 32) {
    float d = half_at(b), m = half_at(b + 2);
    for (int i = 0; i < 16; i++) {
      y[i] = d * (float)((b[8 + i] & 15) | fifth(b + 4, i)) + m;
      y[i + 16] = d * (float)((b[8 + i] >> 4) | fifth(b + 4, i + 16)) + m;
    }
  }
}

CK_FN void decode_q2_k(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 256, b += 84, y += 256) {
    float d = half_at(b + 80), dmin = half_at(b + 82);
    for (int run = 0; run < 16; run++) {  // 16 elements under one scale
      const uint8_t *q = b + 16 + run / 8 * 32 + run % 2 * 16;
      int shift = run / 2 % 4 * 2;
      float dl = d * (float)(b[run] & 15), ml = dmin * (float)(b[run] >> 4);
      for (int i = 0; i < 16; i++) y[run * 16 + i] = dl * (float)(q[i] >> shift & 3) - ml;
    }
  }
}

CK_FN void decode_q3_k(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 256, b += 110, y += 256) {
    float d = half_at(b + 108);
    for (int run = 0; run < 16; run++) {
      const uint8_t *q = b + 32 + run / 8 * 32 + run % 2 * 16, *high = b + run % 2 * 16;
      int shift = run / 2 % 4 * 2, bit = run / 2;
      int low = run < 8 ? b[96 + run] & 15 : b[96 + run - 8] >> 4;
      int scale = (low | (b[104 + run % 4] >> (run / 4 * 2) & 3) << 4) - 32;
      float dl = d * (float)scale;
      for (int i = 0; i < 16; i++) y[run * 16 + i] = dl * (float)((q[i] >> shift & 3) - (~high[i] >> bit & 1) * 4);
    }
  }
}

// Six-bit scale and minimum of run j of 32 elements.
CK_INLINE void scale_min(const uint8_t *s, int j, int *scale, int *minimum) {
  if (j < 4) {
    *scale = s[j] & 63;
    *minimum = s[j + 4] & 63;
  } else {
    *scale = (s[j + 4] & 15) | (s[j - 4] >> 2 & 0x30);
    *minimum = s[j + 4] >> 4 | (s[j] >> 2 & 0x30);
  }
}

CK_FN void decode_q4_k(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 256, b += 144, y += 256) {
    float d = half_at(b), dmin = half_at(b + 2);
    for (int run = 0; run < 8; run++) {
      const uint8_t *q = b + 16 + run / 2 * 32;
      int shift = run % 2 * 4, scale, minimum;
      scale_min(b + 4, run, &scale, &minimum);
      float dl = d * (float)scale, ml = dmin * (float)minimum;
      for (int i = 0; i < 32; i++) y[run * 32 + i] = dl * (float)(q[i] >> shift & 15) - ml;
    }
  }
}

CK_FN void decode_q5_k(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 256, b += 176, y += 256) {
    float d = half_at(b), dmin = half_at(b + 2);
    for (int run = 0; run < 8; run++) {
      const uint8_t *q = b + 48 + run / 2 * 32, *high = b + 16;
      int shift = run % 2 * 4, scale, minimum;
      scale_min(b + 4, run, &scale, &minimum);
      float dl = d * (float)scale, ml = dmin * (float)minimum;
      for (int i = 0; i < 32; i++)
        y[run * 32 + i] = dl * (float)((q[i] >> shift & 15) | (high[i] >> run & 1) << 4) - ml;
    }
  }
}

CK_FN void decode_q6_k(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 256, b += 210, y += 256) {
    float d = half_at(b + 208);
    for (int run = 0; run < 16; run++) {
      int half = run / 8, within = run % 8;
      const uint8_t *low = b + half * 64 + within % 4 * 16, *high = b + 128 + half * 32 + within % 2 * 16;
      int shift = within / 4 * 4, highShift = within / 2 * 2;
      float dl = d * (float)(int8_t)b[192 + run];
      for (int i = 0; i < 16; i++)
        y[run * 16 + i] = dl * (float)(((low[i] >> shift & 15) | (high[i] >> highShift & 3) << 4) - 32);
    }
  }
}

static const int8_t iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

CK_FN void decode_iq4_nl(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 32, b += 18, y += 32) {
    float d = half_at(b);
    for (int i = 0; i < 16; i++) {
      y[i] = d * (float)iq4_values[b[2 + i] & 15];
      y[i + 16] = d * (float)iq4_values[b[2 + i] >> 4];
    }
  }
}

CK_FN void decode_iq4_xs(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 256, b += 136, y += 256) {
    float d = half_at(b);
    int high = b[2] | b[3] << 8;
    for (int run = 0; run < 8; run++) {
      const uint8_t *q = b + 8 + run * 16;
      int scale = ((b[4 + run / 2] >> (run % 2 * 4) & 15) | (high >> (run * 2) & 3) << 4) - 32;
      float dl = d * (float)scale;
      for (int i = 0; i < 16; i++) {
        y[run * 32 + i] = dl * (float)iq4_values[q[i] & 15];
        y[run * 32 + 16 + i] = dl * (float)iq4_values[q[i] >> 4];
      }
    }
  }
}

// Half of 2^(e - 127): the codes' values are doubled to whole numbers.
CK_INLINE float half_e8m0(uint8_t e) {
  uint32_t bits = e < 2 ? (uint32_t)0x00200000 << e : (uint32_t)(e - 1) << 23;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

// Twice the value of an E2M1 code: its bits are the top of a float's exponent and mantissa.
CK_INLINE float twice_e2m1(uint32_t code) {
  uint32_t bits = (code & 8) << 28 | (code & 7) << 22;
  float value;
  memcpy(&value, &bits, 4);
  return value * 0x1p127f;
}

CK_FN void decode_mxfp4(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  (void)scales;
  for (size_t at = 0; at < count; at += 32, b += 17, y += 32) {
    float d = half_e8m0(b[0]);
    // + 0: this form has no negative zero.
    for (int i = 0; i < 16; i++) y[i] = d * (twice_e2m1(b[1 + i] & 15) + 0.0f);
    for (int i = 0; i < 16; i++) y[i + 16] = d * (twice_e2m1(b[1 + i] >> 4) + 0.0f);
  }
}

CK_FN void decode_mxfp4_apart(const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  for (size_t at = 0; at < count; at += 32, b += 16, scales++, y += 32) {
    float d = *scales == 255 ? __builtin_nanf("") : half_e8m0(*scales);
    for (int i = 0; i < 16; i++) {
      y[2 * i] = d * twice_e2m1(b[i] & 15);
      y[2 * i + 1] = d * twice_e2m1(b[i] >> 4);
    }
  }
}

CK_FN void decode(ck_format format, const uint8_t *b, const uint8_t *scales, size_t count, float *y) {
  switch (format) {
    case CK_FORMAT_F32: return decode_f32(b, scales, count, y);
    case CK_FORMAT_F64: return decode_f64(b, scales, count, y);
    case CK_FORMAT_F16: return decode_f16(b, scales, count, y);
    case CK_FORMAT_BF16: return decode_bf16(b, scales, count, y);
    case CK_FORMAT_Q4_0: return decode_q4_0(b, scales, count, y);
    case CK_FORMAT_Q4_1: return decode_q4_1(b, scales, count, y);
    case CK_FORMAT_Q5_0: return decode_q5_0(b, scales, count, y);
    case CK_FORMAT_Q5_1: return decode_q5_1(b, scales, count, y);
    case CK_FORMAT_Q8_0: return decode_q8_0(b, scales, count, y);
    case CK_FORMAT_Q2_K: return decode_q2_k(b, scales, count, y);
    case CK_FORMAT_Q3_K: return decode_q3_k(b, scales, count, y);
    case CK_FORMAT_Q4_K: return decode_q4_k(b, scales, count, y);
    case CK_FORMAT_Q5_K: return decode_q5_k(b, scales, count, y);
    case CK_FORMAT_Q6_K: return decode_q6_k(b, scales, count, y);
    case CK_FORMAT_IQ4_NL: return decode_iq4_nl(b, scales, count, y);
    case CK_FORMAT_IQ4_XS: return decode_iq4_xs(b, scales, count, y);
    case CK_FORMAT_MXFP4: return decode_mxfp4(b, scales, count, y);
    case CK_FORMAT_MXFP4_APART: return decode_mxfp4_apart(b, scales, count, y);
  }
}

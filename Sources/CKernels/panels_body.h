// From stored rows to the form the matrix kernels read, included by kernels_body.h after the decoders.

typedef int8_t i8x16 __attribute__((vector_size(16), aligned(1)));
typedef uint8_t u8x16 __attribute__((vector_size(16), aligned(1)));

#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

// 16 x 16 turned in place: each round rotates the eight bits of an element's (row, column) by one.
#define TRANSPOSE(name, TYPE)                          \
  CK_INLINE void name(TYPE *v) {                       \
    for (int round = 0; round < 4; round++) {          \
      TYPE next[16];                                   \
      for (int i = 0; i < 8; i++) {                    \
        next[2 * i] = ZIP_LOW(v[i], v[i + 8]);         \
        next[2 * i + 1] = ZIP_HIGH(v[i], v[i + 8]);    \
      }                                                \
      for (int i = 0; i < 16; i++) v[i] = next[i];     \
    }                                                  \
  }
TRANSPOSE(transpose_u16, u16x16)
TRANSPOSE(transpose_f32, v16)

// Elements decoded at a time: a multiple of every block, small enough for the stack.
enum { CHUNK = 256 };

CK_INLINE size_t stored_row(const ck_rows *rows, size_t output) {
  if (!rows->head) return output;
  size_t within = output % rows->head, half = rows->head / 2;
  return output - within + within % half * 2 + within / half;
}

// Elements [k, k + count) of an output's row.
CK_FN void decode_run(const ck_rows *rows, size_t output, size_t k, size_t count, float *to) {
  size_t at = stored_row(rows, output), elements = ck_format_elements(rows->format);
  const uint8_t *data = rows->data + at * rows->stride + k / elements * ck_format_bytes(rows->format);
  const uint8_t *scales = rows->scales ? rows->scales + at * rows->scale_stride + k / elements : NULL;
  decode(rows->format, data, scales, count, to);
}

CK_FN int row(const ck_rows *rows, size_t in, size_t output, float *to) {
  decode_run(rows, output, 0, in, to);
  u16x32 bad = {};
  size_t k = 0;
  for (; k + 16 <= in; k += 16) bad |= (u16x32)(((u16x32)LOAD(to + k) & 0x7f800000) == 0x7f800000);
  uint32_t any = 0;
  for (int i = 0; i < 16; i++) any |= bad[i];
  for (; k < in; k++) {
    uint32_t bits;
    memcpy(&bits, to + k, 4);
    any |= (bits & 0x7f800000) == 0x7f800000;
  }
  return any != 0;
}

// bfloat16 stays as it is: nothing is widened on the way.
CK_FN int panel_of_bf16(const ck_rows *rows, size_t out, size_t in, size_t first, uint16_t *to) {
  const uint8_t *from[16];
  size_t valid = out - first < 16 ? out - first : 16;
  for (size_t r = 0; r < valid; r++) from[r] = rows->data + stored_row(rows, first + r) * rows->stride;
  u16x16 bad = {};
  size_t k = 0;
  for (; k + 16 <= in; k += 16) {
    u16x16 v[16];
    for (size_t r = 0; r < 16; r++) {
      v[r] = r < valid ? *(const u16x16 *)(from[r] + k * 2) : (u16x16){};
      bad |= (u16x16)((v[r] & 0x7f80) == 0x7f80);
    }
    transpose_u16(v);
    for (int i = 0; i < 16; i++) *(u16x16 *)(to + (k + (size_t)i) * 16) = v[i];
  }
  uint32_t any = 0;
  for (int i = 0; i < 16; i++) any |= bad[i];
  for (; k < in; k++)
    for (size_t r = 0; r < 16; r++) {
      uint16_t bits = 0;
      if (r < valid) memcpy(&bits, from[r] + k * 2, 2);
      any |= (bits & 0x7f80) == 0x7f80;
      to[k * 16 + r] = bits;
    }
  return any != 0;
}

// float32, or its upper half where that is the whole number (`narrow`).
CK_FN int panel_decoded(const ck_rows *rows, size_t out, size_t in, size_t first, int narrow, void *to) {
  float chunk[16][CHUNK];
  size_t valid = out - first < 16 ? out - first : 16;
  memset(chunk, 0, sizeof chunk);
  u16x32 bad = {};
  for (size_t k = 0; k < in; k += CHUNK) {
    size_t count = in - k < CHUNK ? in - k : CHUNK;
    for (size_t r = 0; r < valid; r++) decode_run(rows, first + r, k, count, chunk[r]);
    for (size_t at = 0; at < count; at += 16) {
      v16 v[16];
      for (int r = 0; r < 16; r++) v[r] = LOAD(chunk[r] + at);
      transpose_f32(v);
      size_t columns = count - at < 16 ? count - at : 16;
      for (size_t i = 0; i < columns; i++) {
        bad |= (u16x32)(((u16x32)v[i] & 0x7f800000) == 0x7f800000);
        if (narrow)
          *(u16x16 *)((uint16_t *)to + (k + at + i) * 16) = __builtin_convertvector((u16x32)v[i] >> 16, u16x16);
        else
          STORE((float *)to + (k + at + i) * 16, v[i]);
      }
    }
  }
  uint32_t any = 0;
  for (int i = 0; i < 16; i++) any |= bad[i];
  return any != 0;
}

// The integer nearest to each lane, ties to even, for magnitudes below 2^22.
#define NEAREST(v) (((v) + 12582912.0f) - 12582912.0f)

// Codes of 32 weights by 16 outputs under 16 scales; `w` is [32][16].
CK_INLINE void quantise_group(const float *w, int bits, uint8_t *to) {
  v16 top = {}, most = {};  // largest magnitude, and the first weight that has it
  for (int k = 0; k < 32; k++) {
    v16 v = LOAD(w + k * 16), magnitude = (v16)((u16x32)v & 0x7fffffff);
    i16x32 larger = magnitude > top;
    top = (v16)(((i16x32)magnitude & larger) | ((i16x32)top & ~larger));
    most = (v16)(((i16x32)v & larger) | ((i16x32)most & ~larger));
  }
  // Four bits hold -8 ... 7: the largest weight takes the -8, so that no code is lost to symmetry.
  v16 scale = bits == 8 ? top / 127.0f : most / -8.0f;
  i16x32 usable = scale != SPLAT(0.0f);
  v16 inverse = (v16)((i16x32)(1.0f / scale) & usable);
  // The inverse of a subnormal scale is infinite: such weights count as zero.
  i16x32 finite = ((i16x32)inverse & 0x7f800000) != 0x7f800000;
  inverse = (v16)((i16x32)inverse & finite);
  STORE((float *)to, (v16)((i16x32)scale & finite));
  to += 64;
  v16 low = SPLAT(bits == 8 ? -127.0f : -8.0f), high = SPLAT(bits == 8 ? 127.0f : 7.0f);
  for (int k = 0; k < 32; k++) {
    v16 q = NEAREST(LOAD(w + k * 16) * inverse);
    i16x32 below = q < low, above = q > high;
    q = (v16)(((i16x32)q & ~below & ~above) | ((i16x32)low & below) | ((i16x32)high & above));
    i16x32 code = __builtin_convertvector(q, i16x32);
    if (bits == 8)
      *(i8x16 *)(to + k * 16) = __builtin_convertvector(code, i8x16);
    else {
      u8x16 nibble = __builtin_convertvector(code + 8, u8x16);
      if (k % 2 == 0)
        *(u8x16 *)(to + k / 2 * 16) = nibble;
      else
        *(u8x16 *)(to + k / 2 * 16) |= nibble << 4;
    }
  }
}

CK_FN int panel_quantised(const ck_rows *rows, size_t out, size_t in, size_t first, int bits, void *to) {
  float group[32 * 16];
  float decoded[CHUNK];
  int bad = 0;
  size_t valid = out - first < 16 ? out - first : 16, groups = (in + 31) / 32, bytes = bits == 8 ? 576 : 320;
  float wide[CHUNK * 16];
  for (size_t k = 0; k < in; k += CHUNK) {
    size_t count = in - k < CHUNK ? in - k : CHUNK;
    memset(wide, 0, sizeof wide);
    for (size_t r = 0; r < valid; r++) {
      decode_run(rows, first + r, k, count, decoded);
      for (size_t i = 0; i < count; i++) {
        uint32_t word;
        memcpy(&word, decoded + i, 4);
        bad |= (word & 0x7f800000) == 0x7f800000;
        wide[i * 16 + r] = decoded[i];
      }
    }
    for (size_t g = k / 32; g < groups && g < (k + CHUNK) / 32; g++) {
      memcpy(group, wide + (g * 32 - k) * 16, sizeof group);
      quantise_group(group, bits, (uint8_t *)to + g * bytes);
    }
  }
  return bad;
}

CK_FN int panel(const ck_rows *rows, size_t out, size_t in, size_t first, ck_layout layout, void *to) {
  switch (layout) {
    case CK_LAYOUT_INT8: return panel_quantised(rows, out, in, first, 8, to);
    case CK_LAYOUT_INT4: return panel_quantised(rows, out, in, first, 4, to);
    case CK_LAYOUT_BF16:
      if (rows->format == CK_FORMAT_BF16) return panel_of_bf16(rows, out, in, first, to);
      return panel_decoded(rows, out, in, first, 1, to);
    case CK_LAYOUT_F32: return panel_decoded(rows, out, in, first, 0, to);
  }
}

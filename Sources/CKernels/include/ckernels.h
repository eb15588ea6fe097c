// Matrix, attention and element kernels on float32 activations, with the instruction set as an argument.
//
// Every output element is computed by one thread in one fixed order of fused multiply-adds, whatever the number of rows,
// the number of threads or the instruction set: the three builds of kernels_body.h give the same bits.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { CK_ISA_PORTABLE = 0, CK_ISA_AVX2 = 1, CK_ISA_AVX512 = 2 } ck_isa;

/// Whether this processor runs the instruction set.
int ck_isa_available(ck_isa isa);
/// The fastest available one.
ck_isa ck_isa_best(void);
/// `portable`, `avx2`, `avx512`.
const char *ck_isa_name(ck_isa isa);

// ---- A small pool: spins a few microseconds between jobs, then sleeps on a futex. ----

typedef struct ck_pool ck_pool;
typedef void (*ck_task)(void *context, size_t task);

/// A pool of `threads` threads, the caller among them; NULL if the system gives none.
ck_pool *ck_pool_create(int threads);
void ck_pool_destroy(ck_pool *pool);
int ck_pool_threads(const ck_pool *pool);
/// Runs tasks 0..count-1, each once, and returns when all are done. One caller at a time.
void ck_pool_run(ck_pool *pool, ck_task task, void *context, size_t count);

// ---- Stored weights: rows of elements or blocks, as they lie in a file. ----

typedef enum {
  CK_FORMAT_F32,
  CK_FORMAT_F64,
  CK_FORMAT_F16,
  CK_FORMAT_BF16,
  CK_FORMAT_Q4_0,
  CK_FORMAT_Q4_1,
  CK_FORMAT_Q5_0,
  CK_FORMAT_Q5_1,
  CK_FORMAT_Q8_0,
  CK_FORMAT_Q2_K,
  CK_FORMAT_Q3_K,
  CK_FORMAT_Q4_K,
  CK_FORMAT_Q5_K,
  CK_FORMAT_Q6_K,
  CK_FORMAT_IQ4_NL,
  CK_FORMAT_IQ4_XS,
  CK_FORMAT_MXFP4,       // GGUF: scale and codes in one block
  CK_FORMAT_MXFP4_APART  // safetensors: 16 bytes of codes, the scale in another tensor
} ck_format;

/// Elements of a block; 1 where the format has none.
size_t ck_format_elements(ck_format format);
/// Bytes of a block.
size_t ck_format_bytes(ck_format format);
/// Decodes `count` elements, a multiple of the block, to float32; `scales` only for MXFP4_APART.
void ck_decode(ck_isa isa, ck_format format, const uint8_t *data, const uint8_t *scales, size_t count, float *to);

/// The rows of a stored matrix; nothing needs to be aligned.
typedef struct {
  ck_format format;
  const uint8_t *data;    // row 0
  const uint8_t *scales;  // of row 0, for MXFP4_APART
  size_t stride;          // bytes from row to row
  size_t scale_stride;    // bytes from a row's scales to the next row's
  size_t head;            // 0, or the rows of a head that are stored as pairs (i, i + head/2) side by side
} ck_rows;

// ---- Matrices: W [out, in], packed in panels of 16 outputs: [ceil(out/16)][in][16]. ----

typedef enum {
  CK_LAYOUT_BF16,
  CK_LAYOUT_F32,
  CK_LAYOUT_INT8,  // panels of [ceil(in/32)] groups: 16 float32 scales, then codes [32][16]
  CK_LAYOUT_INT4   // the same with two codes + 8 a byte: [16][16], an even k in the low half
} ck_layout;

typedef struct {
  const void *packed;
  ck_layout layout;
  size_t out, in;
} ck_matrix;

/// Bytes of the packed form of [out, in].
size_t ck_packed_bytes(ck_layout layout, size_t out, size_t in);
/// Packs [out, in]; the last panel is filled with zeros. bfloat16 holds only formats whose values it holds exactly (BF16 and
/// MXFP4); int8 and int4 round to codes under one scale for 32 weights of an output. Returns -1, or the index o · in + k of
/// the first element that is NaN or infinite.
ptrdiff_t ck_pack(ck_pool *pool, ck_isa isa, const ck_rows *rows, size_t out, size_t in, ck_layout layout, void *packed);
/// The outputs from `first` as row-major float32 [out, in]; returns as ck_pack does, the index counted from `first`.
ptrdiff_t ck_unpack(ck_pool *pool, ck_isa isa, const ck_rows *rows, size_t first, size_t out, size_t in, float *to);

/// Output `output`'s row as float32 [in].
void ck_row(ck_isa isa, const ck_rows *rows, size_t in, size_t output, float *to);
/// Looks at every element and keeps none; returns as ck_pack does.
ptrdiff_t ck_check(ck_pool *pool, ck_isa isa, const ck_rows *rows, size_t out, size_t in);

/// out [columns, rows] from in [rows, columns]; elements of 2 or 4 bytes, the input at any address.
void ck_transpose(const void *in, size_t rows, size_t columns, size_t size, void *out);

/// y[r, o] = sum over k of x[r, k] · W[o, k], k ascending.
void ck_matmul(ck_pool *pool, ck_isa isa, const ck_matrix *matrix, const float *x, size_t rows, float *y);
/// Bytes of scratch that ck_matmul_stored wants.
size_t ck_stored_scratch_bytes(const ck_pool *pool, ck_layout layout, size_t in);
/// The same bits as packing first, with panels packed into scratch just before they are used. `scratch` is aligned as malloc
/// aligns.
void ck_matmul_stored(ck_pool *pool, ck_isa isa, const ck_rows *stored, size_t out, size_t in, ck_layout layout,
                      const float *x, size_t rows, float *y, void *scratch);

// ---- Rows of activations ----

/// y = weight · x / sqrt(mean(x²) + eps), row by row; x and y may be the same.
void ck_rmsnorm(ck_pool *pool, ck_isa isa, const float *x, const float *weight, float eps, size_t rows, size_t n,
                float *y);
/// y[r] += x[r] for rows · n elements.
void ck_add(ck_isa isa, const float *x, size_t count, float *y);
/// y[r] += bias for each row.
void ck_add_bias(ck_isa isa, const float *bias, size_t rows, size_t n, float *y);
/// y += scale · x for count elements.
void ck_add_scaled(ck_isa isa, const float *x, float scale, size_t count, float *y);
/// x = cap · tanh(x / cap) for count elements.
void ck_soft_cap(ck_pool *pool, ck_isa isa, float *x, size_t rows, size_t n, float cap);

typedef enum {
  CK_SILU = 0,       // g / (1 + e^-g) · u
  CK_GELU_TANH = 1,  // g/2 · (1 + tanh(sqrt(2/pi) (g + 0.044715 g³))) · u
  CK_GELU_ERF = 2,   // g/2 · (1 + erf(g / sqrt(2))) · u
  CK_CLAMPED = 3     // g' / (1 + e^(-alpha g')) · (u' + 1), g' = min(g, limit), u' = u within ±limit
} ck_activation;

typedef struct {
  ck_activation activation;
  int32_t interleaved;  // gates and ups alternate: g0 u0 g1 u1 …; the pointer of the ups is not read
  float limit, alpha;   // CK_CLAMPED alone
} ck_gate;

/// out[r, i] = activation of gate and up; rows of gates and of ups lie `stride` floats apart, those of `out` n.
void ck_gated(ck_pool *pool, ck_isa isa, const ck_gate *gate, const float *gates, const float *ups, size_t stride,
              size_t rows, size_t n, float *out);

typedef struct {
  size_t dim;           // width of a head
  size_t pairs;         // pairs that are turned; the coordinates behind them stay
  int32_t interleaved;  // pairs (2i, 2i + 1), else (i, i + pairs)
} ck_rotation;

/// Turns the pairs of each head of rows that lie `stride` floats apart; cosine and sine are [pairs] for each row.
void ck_rope(ck_isa isa, float *x, size_t rows, size_t stride, size_t heads, const ck_rotation *rotation,
             const float *const *cosine, const float *const *sine);

/// Removes a direction from rows: x -= strength · r (r · x); a NULL direction leaves its row alone.
void ck_project(ck_isa isa, float *x, size_t rows, size_t n, const float *const *direction, const float *strength);

// ---- Attention ----
// Keys of one head: [ceil(length/16)][dim][16 positions]; values: [length][dim rounded up to 16].

typedef struct {
  const float *query;   // [heads, dim]
  float *out;           // [heads, dim]
  const float *keys;    // [kv heads][capacity blocks][dim][16]
  const float *values;  // [kv heads][capacity][dim16]
  size_t capacity;      // positions allotted, a multiple of 16
  size_t first;         // first position attended, below length
  size_t length;        // positions from 0 to the last one attended
} ck_attention_row;

typedef struct {
  size_t heads, kv_heads, dim;
  float scale;         // of the scores
  float soft_cap;      // scores become cap · tanh(score / cap); 0 for none
  const float *sinks;  // [heads] scores that take their share of the softmax and give nothing; NULL for none
} ck_attention_shape;

/// Softmax attention with grouped key/value heads; `scratch` holds one run of `scratch_count` floats a thread.
void ck_attention(ck_pool *pool, ck_isa isa, const ck_attention_row *rows, size_t count,
                  const ck_attention_shape *shape, float *scratch, size_t scratch_count);

/// Stores a key [kv heads, dim] and a value at a position of one layer's cache.
void ck_store_kv(float *keys, float *values, size_t capacity, size_t position, size_t kv_heads, size_t dim,
                 const float *key, const float *value);

// ---- Checks ----

/// Index of the first element that is NaN or infinite, or -1.
ptrdiff_t ck_first_nonfinite_bf16(const uint16_t *x, size_t count);
ptrdiff_t ck_first_nonfinite_f32(const float *x, size_t count);

#ifdef __cplusplus
}
#endif

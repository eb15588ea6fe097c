import CKernels
import Testing

/// How a product is computed: from packed weights, or from stored ones packed on the way.
enum ProductWay: Sendable {
  case packed(ck_layout)
  case stored(ck_layout)

  /// The ways that keep the values of a bfloat16 matrix.
  static let exact: [ProductWay] = [
    .packed(CK_LAYOUT_F32), .packed(CK_LAYOUT_BF16), .stored(CK_LAYOUT_F32), .stored(CK_LAYOUT_BF16),
  ]
}

/// The rows of a matrix [out, inner] as a file has them, at an odd address.
struct StoredWeights {
  let out: Int
  let inner: Int
  private let format: ck_format
  private let bytes: [UInt8]
  private let scales: [UInt8]
  private let head: Int

  init(_ format: ck_format, _ content: [UInt8], scales: [UInt8] = [], out: Int, inner: Int, head: Int = 0) {
    (self.out, self.inner, self.format, self.head, self.scales) = (out, inner, format, head, scales)
    bytes = [0xEE] + content
  }

  init(bf16 bits: [UInt16], out: Int, inner: Int, head: Int = 0) {
    self.init(CK_FORMAT_BF16, bits.withUnsafeBytes { Array($0) }, out: out, inner: inner, head: head)
  }

  init(f32 floats: [Float], out: Int, inner: Int, head: Int = 0) {
    self.init(CK_FORMAT_F32, floats.withUnsafeBytes { Array($0) }, out: out, inner: inner, head: head)
  }

  func withRows<Result>(_ use: (UnsafePointer<ck_rows>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { bytes in
      scales.withUnsafeBufferPointer { scales in
        let (elements, size) = (ck_format_elements(format), ck_format_bytes(format))
        var rows = ck_rows(
          format: format,
          data: bytes.baseAddress.map { $0 + 1 },
          scales: scales.isEmpty ? nil : scales.baseAddress,
          stride: inner / elements * size,
          scale_stride: inner / 32,
          head: head
        )
        return use(&rows)
      }
    }
  }

  /// The packed form, with a guard behind it, and the index of the first element that is not finite.
  func packed(_ pool: Pool, _ set: ck_isa, _ layout: ck_layout) -> (bytes: [UInt8], damage: Int) {
    let count = ck_packed_bytes(layout, out, inner)
    var packed = [UInt8](repeating: 0xA5, count: count + 64)
    let damage = withRows { ck_pack(pool.pointer, set, $0, out, inner, layout, &packed) }
    #expect(packed[count...].allSatisfy { $0 == 0xA5 }, "bytes after the packed form were overwritten")
    return (Array(packed[..<count]), damage)
  }

  /// The rows as float32.
  func unpacked(_ pool: Pool, _ set: ck_isa) -> [Float] {
    var floats = [Float](repeating: 12345, count: out * inner + 1)
    withRows { _ = ck_unpack(pool.pointer, set, $0, 0, out, inner, &floats) }
    #expect(floats.removeLast() == 12345, "the element after the rows was overwritten")
    return floats
  }

  func product(_ pool: Pool, _ set: ck_isa, _ way: ProductWay, x: [Float], rows: Int) -> [Float] {
    // One element more than needed shows a kernel that writes too far.
    var y = [Float](repeating: 12345, count: rows * out + 1)
    switch way {
    case .packed(let layout):
      packed(pool, set, layout).bytes.withUnsafeBytes { packed in
        var matrix = ck_matrix(packed: packed.baseAddress, layout: layout, out: out, in: inner)
        ck_matmul(pool.pointer, set, &matrix, x, rows, &y)
      }
    case .stored(let layout):
      var scratch = [Float](repeating: .nan, count: ck_stored_scratch_bytes(pool.pointer, layout, inner) / 4 + 1)
      withRows { ck_matmul_stored(pool.pointer, set, $0, out, inner, layout, x, rows, &y, &scratch) }
    }
    #expect(y.removeLast() == 12345, "the element after the result was overwritten")
    return y
  }
}

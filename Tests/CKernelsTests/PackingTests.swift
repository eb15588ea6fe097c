import CKernels
import TestKit
import Testing

/// Formats with blocks whose random bytes are finite numbers once the exponents of their halves are tamed.
private struct BlockFormat: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let format: ck_format
  /// Offsets of the upper bytes of half-precision scales.
  let halves: [Int]

  static let all: [BlockFormat] = [
    .init(testDescription: "Q4_0", format: CK_FORMAT_Q4_0, halves: [1]),
    .init(testDescription: "Q4_1", format: CK_FORMAT_Q4_1, halves: [1, 3]),
    .init(testDescription: "Q5_0", format: CK_FORMAT_Q5_0, halves: [1]),
    .init(testDescription: "Q5_1", format: CK_FORMAT_Q5_1, halves: [1, 3]),
    .init(testDescription: "Q8_0", format: CK_FORMAT_Q8_0, halves: [1]),
    .init(testDescription: "Q2_K", format: CK_FORMAT_Q2_K, halves: [81, 83]),
    .init(testDescription: "Q3_K", format: CK_FORMAT_Q3_K, halves: [109]),
    .init(testDescription: "Q4_K", format: CK_FORMAT_Q4_K, halves: [1, 3]),
    .init(testDescription: "Q5_K", format: CK_FORMAT_Q5_K, halves: [1, 3]),
    .init(testDescription: "Q6_K", format: CK_FORMAT_Q6_K, halves: [209]),
    .init(testDescription: "IQ4_NL", format: CK_FORMAT_IQ4_NL, halves: [1]),
    .init(testDescription: "IQ4_XS", format: CK_FORMAT_IQ4_XS, halves: [1]),
    .init(testDescription: "MXFP4", format: CK_FORMAT_MXFP4, halves: [0]),
    .init(testDescription: "MXFP4 apart", format: CK_FORMAT_MXFP4_APART, halves: []),
  ]

  func weights(out: Int, inner: Int) -> StoredWeights {
    var numbers = TestNumbers(seed: UInt64(format.rawValue) + 9)
    let (elements, size) = (ck_format_elements(format), ck_format_bytes(format))
    var bytes: [UInt8] = []
    for _ in 0..<(out * inner / elements) {
      var block = (0..<size).map { _ in UInt8.random(in: 0...255, using: &numbers) }
      for half in halves { block[half] = block[half] & 0x83 | 0x20 }
      bytes += block
    }
    let scales = (0..<(out * inner / 32)).map { _ in UInt8.random(in: 110...130, using: &numbers) }
    return StoredWeights(
      format,
      bytes,
      scales: format == CK_FORMAT_MXFP4_APART ? scales : [],
      out: out,
      inner: inner
    )
  }
}

@Suite("Packing", .timeLimit(.minutes(10)))
struct PackingTests {
  @Test("packing puts sixteen outputs side by side and fills the last panel with zeros", arguments: [1, 16, 17, 40])
  func panels(out: Int) throws {
    let pool = try Pool(2)
    for inner in [1, 3, 16, 19, 300] {
      let values = (0..<(out * inner)).map { Float($0 % 251 + 1) }
      let forms = [
        (StoredWeights(f32: values, out: out, inner: inner), CK_LAYOUT_F32),
        (StoredWeights(bf16: values.map(truncatedBF16), out: out, inner: inner), CK_LAYOUT_BF16),
        (StoredWeights(bf16: values.map(truncatedBF16), out: out, inner: inner), CK_LAYOUT_F32),
      ]
      for set in availableSets {
        for (stored, layout) in forms {
          let (bytes, damage) = stored.packed(pool, set, layout)
          #expect(damage == -1)
          let packed = bytes.withUnsafeBytes { bytes in
            layout == CK_LAYOUT_F32
              ? Array(bytes.bindMemory(to: Float.self)) : bytes.bindMemory(to: UInt16.self).map(widened)
          }
          #expect(packed.count == (out + 15) / 16 * 16 * inner)
          let wrong = packed.indices.first { at in
            let o = at / (16 * inner) * 16 + at % 16
            return packed[at] != (o < out ? values[o * inner + at / 16 % inner] : 0)
          }
          #expect(wrong == nil)
        }
      }
    }
  }

  @Test("rows of a head that lie as pairs are put in order", arguments: [CK_LAYOUT_F32, CK_LAYOUT_BF16])
  func pairs(layout: ck_layout) throws {
    let pool = try Pool(1)
    let (out, inner, head) = (48, 20, 12)
    var numbers = TestNumbers(seed: 3)
    let bits = numbers.floats(out * inner).map(truncatedBF16)
    // Row i of a head's first half is stored at 2i, row i of its second half at 2i + 1.
    let ordered = (0..<out).flatMap { o -> ArraySlice<UInt16> in
      let (within, half) = (o % head, head / 2)
      let from = o - within + (within < half ? 2 * within : 2 * (within - half) + 1)
      return bits[(from * inner)..<((from + 1) * inner)]
    }
    let seen = StoredWeights(bf16: bits, out: out, inner: inner, head: head)
    let wanted = StoredWeights(bf16: ordered, out: out, inner: inner)
    for set in availableSets {
      #expect(seen.packed(pool, set, layout).bytes == wanted.packed(pool, set, layout).bytes)
      #expect(seen.unpacked(pool, set) == ordered.map(widened))
    }
  }

  @Test("a product with streamed blocks has the bits of decoding first and packing then", arguments: BlockFormat.all)
  fileprivate func streaming(format: BlockFormat) throws {
    let (one, two) = (try Pool(1), try Pool(2))
    let (out, inner) = (53, 768)
    let stored = format.weights(out: out, inner: inner)
    let floats = stored.unpacked(one, CK_ISA_PORTABLE)
    #expect(floats.allSatisfy(\.isFinite) && Set(floats).count > 20)
    let decoded = StoredWeights(f32: floats, out: out, inner: inner)
    var numbers = TestNumbers(seed: 11)
    let x = numbers.floats(9 * inner)
    let wanted = decoded.product(one, CK_ISA_PORTABLE, .packed(CK_LAYOUT_F32), x: x, rows: 9)
    let isExact = [CK_FORMAT_MXFP4, CK_FORMAT_MXFP4_APART].contains(format.format)
    for set in availableSets {
      #expect(sameBits(stored.unpacked(two, set), floats))
      for pool in [one, two] {
        #expect(sameBits(stored.product(pool, set, .packed(CK_LAYOUT_F32), x: x, rows: 9), wanted))
        #expect(sameBits(stored.product(pool, set, .stored(CK_LAYOUT_F32), x: x, rows: 9), wanted))
        guard isExact else { continue }
        #expect(sameBits(stored.product(pool, set, .packed(CK_LAYOUT_BF16), x: x, rows: 9), wanted))
        #expect(sameBits(stored.product(pool, set, .stored(CK_LAYOUT_BF16), x: x, rows: 9), wanted))
      }
      let alone = stored.product(two, set, .stored(CK_LAYOUT_F32), x: Array(x[..<inner]), rows: 1)
      #expect(sameBits(alone, Array(wanted[..<out])))
    }
  }

  @Test("the first element that is NaN or infinite is told, wherever it stands", arguments: [0, 7, 599, 8191, 20479])
  func damage(at place: Int) throws {
    let pool = try Pool(2)
    let (out, inner) = (64, 320)
    var numbers = TestNumbers(seed: UInt64(place))
    var values = numbers.floats(out * inner)
    values[place] = place % 2 == 0 ? .nan : -.infinity
    values[out * inner - 1] = .infinity
    let wide = StoredWeights(f32: values, out: out, inner: inner)
    let narrow = StoredWeights(bf16: values.map(truncatedBF16), out: out, inner: inner)
    for set in availableSets {
      #expect(wide.packed(pool, set, CK_LAYOUT_F32).damage == place)
      #expect(narrow.packed(pool, set, CK_LAYOUT_BF16).damage == place)
      #expect(wide.packed(pool, set, CK_LAYOUT_INT8).damage == place)
      #expect(wide.withRows { ck_check(pool.pointer, set, $0, out, inner) } == place)
      var floats = values
      #expect(wide.withRows { ck_unpack(pool.pointer, set, $0, 0, out, inner, &floats) } == place)
    }
  }
}

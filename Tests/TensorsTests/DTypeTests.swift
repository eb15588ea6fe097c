import Tensors
import Testing

@Suite("Element types", .timeLimit(.minutes(10)))
struct DTypeTests {
  @Test(
    "floats round to the nearest bfloat16, and ties to the even one",
    arguments: [
      (0x3F80_0000, 0x3F80), (0x3F80_7FFF, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81),
      (0x3F81_8000, 0x3F82), (0xBF81_8000, 0xBF82), (0x3F81_7FFF, 0x3F81), (0x0000_0001, 0x0000), (0x8000_0000, 0x8000),
      (0x7F7F_FFFF, 0x7F80), (0x7F7F_7FFF, 0x7F7F), (0x7F80_0000, 0x7F80), (0xFF80_0000, 0xFF80), (0x0000_8000, 0x0000),
      (0x0001_8000, 0x0002),
    ] as [(UInt32, UInt16)]
  )
  func rounding(bits: UInt32, rounded: UInt16) {
    #expect(bf16(Float(bitPattern: bits)) == rounded)
  }

  @Test(
    "NaN stays NaN, even where its payload is in the lower half",
    arguments: [0x7FC0_0000, 0x7F80_0001, 0xFFFF_FFFF] as [UInt32]
  )
  func nan(bits: UInt32) {
    #expect(float(bf16: bf16(Float(bitPattern: bits))).isNaN)
  }

  @Test("every bfloat16 that is no NaN survives widening and rounding")
  func roundTrip() {
    let broken = (UInt16.min...UInt16.max).filter { !float(bf16: $0).isNaN && bf16(float(bf16: $0)) != $0 }
    #expect(broken.isEmpty)
  }

  @Test("an element has its size")
  func sizes() {
    #expect(DType.safetensors.map(\.bytesPerBlock) == [2, 2, 4, 8, 8, 4, 2, 1, 1, 1])
    #expect(DType.allCases.filter { $0.elementsPerBlock > 1 }.count == 13)
  }
}

/// Random numbers that are a function of (seed, stream, place): a stream can be drawn in any order, on any thread, with the
/// same bytes.
///
/// The n-th output is SplitMix64's mix of key + n·γ (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number
/// generators"); the key is a double mix of seed and stream.
public struct CounterGenerator: RandomNumberGenerator, Sendable {
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var state: UInt64

  /// The stream of one replicate.
  public init(seed: UInt64, stream: UInt64) {
    state = Self.mix(Self.mix(seed &+ Self.step) ^ Self.mix(stream &* Self.step &+ 0xD1B5_4A32_D192_ED03))
  }

  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The next 64 bits.
  @inline(__always)
  public mutating func next() -> UInt64 {
    state = state &+ Self.step
    return Self.mix(state)
  }

  /// A number in 0..<`bound`, each equally probable (Lemire 2019, "Fast random integer generation in an interval").
  /// - Parameter bound: 1…2³².
  public mutating func below(_ bound: Int) -> Int {
    let wide = UInt64(bound)
    let threshold = (1 << 32) % wide
    while true {
      let product = (next() >> 32) &* wide
      if product & 0xFFFF_FFFF >= threshold { return Int(truncatingIfNeeded: product >> 32) }
    }
  }

  /// Fills a buffer with independent numbers in 0..<`bound`, two of each 64 bits.
  /// - Parameter bound: 1…2³¹.
  mutating func fill(_ buffer: UnsafeMutableBufferPointer<Int32>, below bound: Int) {
    let wide = UInt64(bound)
    let threshold = (1 << 32) % wide
    let count = buffer.count
    guard let base = buffer.baseAddress else { return }
    var place = 0
    while place < count {
      let bits = next()
      let first = (bits >> 32) &* wide
      if first & 0xFFFF_FFFF >= threshold {
        base[place] = Int32(truncatingIfNeeded: first >> 32)
        place &+= 1
        if place == count { return }
      }
      let second = (bits & 0xFFFF_FFFF) &* wide
      if second & 0xFFFF_FFFF >= threshold {
        base[place] = Int32(truncatingIfNeeded: second >> 32)
        place &+= 1
      }
    }
  }

  /// Puts a list in an order of which each is equally probable (Fisher & Yates; Durstenfeld 1964).
  mutating func shuffle(_ list: inout [UInt8]) {
    guard list.count > 1 else { return }
    for last in stride(from: list.count - 1, to: 0, by: -1) { list.swapAt(last, below(last + 1)) }
  }
}

/// The generator of NumPy's legacy `RandomState`: MT19937, seeded by one number, and its permutation.
///
/// Source: Matsumoto, Nishimura 1998, Mersenne Twister; numpy/random `_legacy_seeding`, `random_interval` and `shuffle`. pandas
/// draws `DataFrame.sample(frac=1, random_state=seed)` from it.
public struct NumPyRandom: Sendable {
  private var state: [UInt32]
  private var next = 624

  /// Starts as `numpy.random.RandomState(seed)` does.
  public init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(624)
    for index in 1..<624 {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
    }
  }

  /// The next 32 bits.
  public mutating func bits() -> UInt32 {
    if next == 624 { renew() }
    var value = state[next]
    next += 1
    value ^= value >> 11
    value ^= (value << 7) & 0x9D2C_5680
    value ^= (value << 15) & 0xEFC6_0000
    return value ^ (value >> 18)
  }

  private mutating func renew() {
    for index in 0..<624 {
      let mixed = (state[index] & 0x8000_0000) | (state[(index + 1) % 624] & 0x7FFF_FFFF)
      state[index] = state[(index + 397) % 624] ^ (mixed >> 1) ^ (mixed & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    next = 0
  }

  /// A number from 0 to `most`, by throwing away what is larger.
  public mutating func below(orEqual most: UInt32) -> UInt32 {
    guard most > 0 else { return 0 }
    let mask = UInt32.max >> UInt32(most.leadingZeroBitCount)
    while true {
      let value = bits() & mask
      if value <= most { return value }
    }
  }

  /// `RandomState.permutation(count)`: the numbers from 0 in a new order.
  /// - Precondition: fewer than 2³² numbers.
  public mutating func permutation(_ count: Int) -> [Int] {
    var numbers = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      numbers.swapAt(last, Int(below(orEqual: UInt32(last))))
    }
    return numbers
  }
}

internal import Glibc

/// Chooses the next token of one sequence.
struct Sampler {
  private let settings: GenerationSettings
  private var state: UInt64

  /// Streams are independent: the state starts from a mix of seed and stream.
  init(_ settings: GenerationSettings, stream: UInt64) {
    self.settings = settings
    var mixer = SplitMix64(state: settings.seed)
    var other = SplitMix64(state: mixer.next() ^ stream)
    state = other.next()
  }

  mutating func choose(_ logits: UnsafeBufferPointer<Float>) -> Int32 {
    guard settings.temperature > 0 else { return Self.argmax(logits) }
    // Ties go to the smaller id, so that the order is total.
    var order = logits.indices.sorted { (logits[$0], -$0) > (logits[$1], -$1) }
    if settings.topK > 0, settings.topK < order.count { order.removeLast(order.count - settings.topK) }
    let top = Double(logits[order[0]])
    var weights = order.map { exp((Double(logits[$0]) - top) / settings.temperature) }
    if settings.topP < 1 {
      let limit = settings.topP * weights.reduce(0, +)
      var sum = 0.0
      var kept = 0
      while kept < weights.count, sum < limit {
        sum += weights[kept]
        kept += 1
      }
      weights.removeLast(weights.count - max(1, kept))
    }
    var random = SplitMix64(state: state)
    let draw = Double(random.next() >> 11) * 0x1p-53 * weights.reduce(0, +)
    state = random.state
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      sum += weight
      if draw < sum { return Int32(order[index]) }
    }
    return Int32(order[weights.count - 1])
  }

  /// The first of the largest.
  static func argmax(_ logits: UnsafeBufferPointer<Float>) -> Int32 {
    var best = 0
    for index in 1..<logits.count where logits[index] > logits[best] { best = index }
    return Int32(best)
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

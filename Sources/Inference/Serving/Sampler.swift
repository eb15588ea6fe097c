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
    let top = Double(logits[Int(Self.argmax(logits))])
    var weights = logits.map { exp((Double($0) - top) / settings.temperature) }
    var tokens: [Int]?
    if settings.topK > 0 || settings.topP < 1 { (tokens, weights) = kept(weights) }
    var random = SplitMix64(state: state)
    let draw = Double(random.next() >> 11) * 0x1p-53 * weights.reduce(0, +)
    state = random.state
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      sum += weight
      if draw < sum { return Int32(tokens?[index] ?? index) }
    }
    return Int32(tokens?.last ?? weights.count - 1)
  }

  /// The tokens that top-k and then top-p keep, most probable first, with their weights; ties go to the smaller id.
  private func kept(_ weights: [Double]) -> (tokens: [Int], weights: [Double]) {
    let total = weights.reduce(0, +)
    var tokens: [Int] = []
    // Sorting a whole vocabulary takes longer than computing it: the tail is left out where it cannot be reached.
    for floor in [1e-3, 1e-6, 0] {
      tokens = weights.indices.filter { weights[$0] >= floor }
      let isEnough =
        settings.topK > 0
        ? tokens.count >= settings.topK : tokens.reduce(0) { $0 + weights[$1] } >= settings.topP * total
      if isEnough { break }
    }
    tokens.sort { (weights[$0], $1) > (weights[$1], $0) }
    if settings.topK > 0 { tokens.removeLast(max(0, tokens.count - settings.topK)) }
    if settings.topP < 1 {
      let limit = settings.topP * (settings.topK > 0 ? tokens.reduce(0) { $0 + weights[$1] } : total)
      var sum = 0.0
      let count = tokens.prefix { token in
        defer { sum += weights[token] }
        return sum < limit
      }.count
      tokens.removeLast(tokens.count - max(1, count))
    }
    return (tokens, tokens.map { weights[$0] })
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

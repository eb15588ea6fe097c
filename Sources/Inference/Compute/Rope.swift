internal import Glibc

/// Cosines and sines of a rotary embedding, [position][pairs], computed as far as they are needed; a second set where
/// long sequences use other frequencies.
struct RopeTable {
  private struct FrequencySet {
    let frequencies: [Float]
    var cosine: [Float] = []
    var sine: [Float] = []
  }

  let rope: RopeDescription
  private var sets: [FrequencySet]
  private var positions = 0

  init(_ rope: RopeDescription) {
    self.rope = rope
    sets = Self.frequencies(rope).map { FrequencySet(frequencies: $0) }
  }

  /// Angles are float32 products, as the reference computes them; their cosine and sine are rounded once.
  mutating func extend(to count: Int) {
    guard count > positions else { return }
    let end = max(count, 2 * positions, 256)
    for set in sets.indices {
      for position in positions..<end {
        for frequency in sets[set].frequencies {
          let angle = Double(frequency * Float(position))
          sets[set].cosine.append(Float(Glibc.cos(angle) * rope.attentionFactor))
          sets[set].sine.append(Float(Glibc.sin(angle) * rope.attentionFactor))
        }
      }
    }
    positions = end
  }

  /// Lends pointers to the cosines and sines of each row.
  func withAngles(
    of rows: [StepRow],
    _ use: (_ cosines: [UnsafePointer<Float>?], _ sines: [UnsafePointer<Float>?]) -> Void
  ) {
    let other = sets.count - 1
    sets[0].cosine.withUnsafeBufferPointer { cosine in
      sets[0].sine.withUnsafeBufferPointer { sine in
        sets[other].cosine.withUnsafeBufferPointer { longCosine in
          sets[other].sine.withUnsafeBufferPointer { longSine in
            func isLong(_ row: StepRow) -> Bool { rope.longAbove.map { row.sequenceLength > $0 } ?? false }
            func pointer(
              _ row: StepRow,
              _ short: UnsafeBufferPointer<Float>,
              _ long: UnsafeBufferPointer<Float>
            ) -> UnsafePointer<Float>? {
              (isLong(row) ? long : short).baseAddress.map { $0 + row.position * rope.pairs }
            }
            use(rows.map { pointer($0, cosine, longCosine) }, rows.map { pointer($0, sine, longSine) })
          }
        }
      }
    }
  }

  /// θ^(−2i/d) for each pair i, scaled as declared: one list, or with LongRoPE two, for short and for long sequences.
  static func frequencies(_ rope: RopeDescription) -> [[Float]] {
    let size = Float(rope.rotatedSize)
    let powers = (0..<rope.pairs).map { Float(Glibc.pow(rope.theta, Double(Float(2 * $0) / size))) }
    let base = powers.map { 1 / $0 }
    switch rope.scaling {
    // Within the model's context the base of `dynamic` is the declared one, and longer sequences are refused.
    case .none, .dynamic: return [base]
    case .linear(let factor): return [base.map { $0 / Float(factor) }]
    case .llama3(let factor, let low, let high, let original):
      return [base.map { llama3($0, factor, low, high, original) }]
    case .yarn(let yarn): return [Self.yarn(yarn, rope, powers)]
    case .long(let short, let long, _):
      return [short, long].map { factors in zip(powers, factors).map { 1 / (Float($1) * $0) } }
    }
  }

  /// Llama 3's rule keeps wavelengths below original/high, divides those above original/low and interpolates between.
  private static func llama3(_ base: Float, _ factor: Double, _ low: Double, _ high: Double, _ original: Int) -> Float {
    let wavelength = 2 * Float.pi / base
    if wavelength < Float(Double(original) / high) { return base }
    if wavelength > Float(Double(original) / low) { return base / Float(factor) }
    let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
    return (1 - smooth) * base / Float(factor) + smooth * base
  }

  /// YaRN: pair i is kept where it turns more than `betaFast` times over the original context, divided where it turns
  /// less than `betaSlow` times, mixed between.
  private static func yarn(_ yarn: RopeDescription.YaRN, _ rope: RopeDescription, _ powers: [Float]) -> [Float] {
    let size = Double(rope.rotatedSize)
    func pair(turning turns: Double) -> Double {
      size * Glibc.log(Double(yarn.originalContext) / (turns * 2 * Double.pi)) / (2 * Glibc.log(rope.theta))
    }
    var (low, high) = (pair(turning: yarn.betaFast), pair(turning: yarn.betaSlow))
    if yarn.truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
    (low, high) = (max(low, 0), min(high, size - 1))
    if low == high { high += 0.001 }
    return powers.enumerated().map { index, power in
      let ramp = min(max((Float(index) - Float(low)) / Float(high - low), 0), 1)
      return 1 / (Float(yarn.factor) * power) * ramp + 1 / power * (1 - ramp)
    }
  }
}

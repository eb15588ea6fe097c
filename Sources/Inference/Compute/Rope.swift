internal import Glibc

/// Cosines and sines of the rotary embedding, [position][head size / 2], computed as far as they are needed.
struct RopeTable {
  private(set) var cosine: [Float] = []
  private(set) var sine: [Float] = []
  private let frequencies: [Float]

  /// Pairs of coordinates that are turned.
  var pairs: Int { frequencies.count }
  /// Positions computed so far.
  var positions: Int { pairs == 0 ? 0 : cosine.count / pairs }

  init(_ rope: RopeDescription, headSize: Int) {
    frequencies = Self.frequencies(rope, headSize: headSize)
  }

  /// Angles are float32 products, as the reference computes them; their cosine and sine are rounded once.
  mutating func extend(to count: Int) {
    guard count > positions else { return }
    for position in positions..<max(count, 2 * positions, 256) {
      for frequency in frequencies {
        let angle = Double(frequency * Float(position))
        cosine.append(Float(Glibc.cos(angle)))
        sine.append(Float(Glibc.sin(angle)))
      }
    }
  }

  /// θ^(-2i/d), scaled as declared; Llama 3's rule keeps wavelengths below original/high, divides those above
  /// original/low and interpolates between.
  static func frequencies(_ rope: RopeDescription, headSize: Int) -> [Float] {
    (0..<(headSize / 2)).map { pair in
      let exponent = Float(2 * pair) / Float(headSize)
      let base = 1 / Float(Glibc.pow(rope.theta, Double(exponent)))
      switch rope.scaling {
      case .none: return base
      case .linear(let factor): return base / Float(factor)
      case .llama3(let factor, let low, let high, let original):
        let wavelength = 2 * Float.pi / base
        if wavelength < Float(Double(original) / high) { return base }
        if wavelength > Float(Double(original) / low) { return base / Float(factor) }
        let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
        return (1 - smooth) * base / Float(factor) + smooth * base
      }
    }
  }
}

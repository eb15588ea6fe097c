/// How positions turn queries and keys: pairs of coordinates of each head, by angles position · frequency.
public struct RopeDescription: Sendable, Equatable {
  /// How the frequencies are stretched beyond the trained context.
  public enum Scaling: Sendable, Equatable {
    /// Not at all.
    case none
    /// Every frequency divided by the factor.
    case linear(factor: Double)
    /// The base grows with the sequence once it is longer than the model's context; within it nothing changes, and longer
    /// sequences are refused.
    case dynamic(factor: Double)
    /// Llama 3.1: low frequencies divided, high kept, a ramp between.
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalContext: Int)
    /// YaRN (Peng et al. 2023, arXiv 2309.00071): frequencies below the ramp divided, above it kept.
    case yarn(YaRN)
    /// LongRoPE (Ding et al. 2024, arXiv 2402.13753): each frequency divided by its own factor, by another one in
    /// sequences longer than the original context.
    case long(short: [Double], long: [Double], originalContext: Int)
  }

  /// The settings of YaRN.
  public struct YaRN: Sendable, Equatable {
    /// What low frequencies are divided by.
    public var factor: Double
    /// Turns over the original context above which a frequency is kept.
    public var betaFast: Double
    /// Turns below which it is divided whole.
    public var betaSlow: Double
    /// Positions of the original training.
    public var originalContext: Int
    /// Whether the ends of the ramp are rounded outwards to whole pairs.
    public var truncates: Bool
  }

  /// Base of the frequencies, θ.
  public var theta: Double
  /// d: how many coordinates of a head are turned, from the first on; pair i has the frequency θ^(−2i/d).
  public var rotatedSize: Int
  /// Whether pairs are neighbours, else coordinate i and i + d/2.
  public var isInterleaved = false
  /// Stretching.
  public var scaling = Scaling.none
  /// What cosine and sine are multiplied by.
  public var attentionFactor = 1.0

  /// Describes a rotary embedding.
  public init(theta: Double, rotatedSize: Int, scaling: Scaling = .none) {
    self.theta = theta
    self.rotatedSize = rotatedSize
    self.scaling = scaling
  }

  /// Pairs that are turned; an odd size is rounded up.
  public var pairs: Int { (rotatedSize + 1) / 2 }

  /// Sequences of more tokens use other frequencies, at all of their positions; nil where there is no such length.
  public var longAbove: Int? {
    if case .long(_, _, let original) = scaling { original } else { nil }
  }
}

extension ModelDescription {
  /// Of sequences with the same number, keys of the same tokens are the same: how many lengths at which the rotary
  /// embedding changes a sequence of `length` tokens has passed.
  func ropeRegime(length: Int) -> Int { longLengths.count { length > $0 } }

  /// Whether a sequence that grew to `length` tokens must be read anew, as its keys were turned by other frequencies.
  func changesRope(at length: Int) -> Bool { longLengths.contains(length - 1) }

  private var longLengths: Set<Int> { Set(layers.compactMap { $0.rope?.longAbove }) }
}

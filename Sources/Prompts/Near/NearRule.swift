/// When two texts count as the same: a declared likeness and its threshold.
///
/// The likeness is the Jaccard index of the sets of shingles, |A ∩ B| / |A ∪ B|, of the texts in normal form
/// (Broder 1997, On the resemblance and containment of documents).
public struct NearRule: Sendable, Equatable {
  /// The pieces that are compared.
  public enum Shingle: Sendable, Equatable {
    /// So many characters (Unicode scalars) in a row.
    case characters(Int)
    /// So many words in a row.
    case words(Int)

    /// `runs of 5 characters`
    public var text: String {
      switch self {
      case .characters(let count): "runs of \(count) characters"
      case .words(let count): "runs of \(count) words"
      }
    }
  }

  /// The pieces.
  public var shingle: Shingle
  /// The least likeness of near duplicates, above 0 and at most 1.
  public var threshold: Double

  /// Pieces of five characters, 0.6. Another greeting, another sign or one word of ten is above it; two sentences made of one
  /// pattern are below. In the paper's pools 2 pairs of 850,000 are above it, in the demo no prompt of one part is above it to one of the other.
  public static let standard = NearRule(shingle: .characters(5), threshold: 0.6)

  /// Makes a rule.
  /// - Precondition: at least one character or word; a threshold above 0 and at most 1.
  public init(shingle: Shingle, threshold: Double) {
    let length =
      switch shingle {
      case .characters(let count), .words(let count): count
      }
    precondition(length >= 1 && threshold > 0 && threshold <= 1, "a rule that compares nothing")
    self.shingle = shingle
    self.threshold = threshold
  }

  /// The pieces of a text in normal form, each once, as 64-bit numbers in order; of a short text the whole of it.
  func shingles(_ normal: String) -> [UInt64] {
    guard !normal.isEmpty else { return [] }
    var pieces: [UInt64] = []
    switch shingle {
    case .characters(let length):
      let scalars = normal.unicodeScalars.map { UInt64($0.value) }
      for start in 0..<max(1, scalars.count - length + 1) {
        pieces.append(Self.hash(scalars[start..<min(scalars.count, start + length)]))
      }
    case .words(let length):
      let words = normal.split(separator: " ").map { Self.hash($0.unicodeScalars.map { UInt64($0.value) }[...]) }
      for start in 0..<max(1, words.count - length + 1) {
        pieces.append(Self.hash(words[start..<min(words.count, start + length)]))
      }
    }
    pieces.sort()
    return pieces.enumerated().filter { $0.offset == 0 || pieces[$0.offset - 1] != $0.element }.map(\.element)
  }

  /// Numbers that are equal where the pieces are; two different pieces share one in 10¹⁹.
  private static func hash(_ parts: ArraySlice<UInt64>) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 &+ UInt64(parts.count)
    for part in parts {
      let product = (hash ^ part ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
      hash = product.high ^ product.low &+ 0xE703_7ED1_A0B4_28DB
    }
    return hash
  }
}

internal import Foundation

/// Compatibility normalisation of hostile text (Unicode Standard Annex 15).
///
/// Foundation sorts the combining marks behind a letter in quadratic time: 32 KB of them take four seconds, 1 MB an hour. A
/// text with a long run is therefore decomposed and sorted here; its normal form is the same.
public enum CombiningMarks {
  /// Runs up to this length are left to Foundation.
  private static let longest = 64

  /// The normal form NFKC, in time linear in the text.
  public static func compatibilityComposed(_ text: String) -> String {
    // Foundation's compatibility mapping leaves some of what it maps uncomposed and unsorted (half-width kana, compatibility
    // jamo).
    (hasLongRun(text) ? decomposed(text) : text.precomposedStringWithCompatibilityMapping)
      .precomposedStringWithCanonicalMapping
  }

  private static func hasLongRun(_ text: String) -> Bool {
    var run = 0
    for scalar in text.unicodeScalars {
      run = isMark(scalar) ? run + 1 : 0
      if run > longest { return true }
    }
    return false
  }

  /// Whether a character is a mark or decomposes into nothing but marks: the five that do so without a combining class of
  /// their own are three Tibetan vowels and the half-width voicing marks.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    switch scalar.value {
    case 0xF73, 0xF75, 0xF81, 0xFF9E, 0xFF9F: return true
    default: return scalar.properties.canonicalCombiningClass != .notReordered
    }
  }

  /// Decomposed, with every run of marks in the canonical order: by class, and within a class as they came.
  private static func decomposed(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    var parts: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    var run: [UInt8: [Unicode.Scalar]] = [:]
    func flush() {
      for (_, marks) in run.sorted(by: { $0.key < $1.key }) { out.append(contentsOf: marks) }
      run.removeAll(keepingCapacity: true)
    }
    for scalar in text.unicodeScalars {
      if parts[scalar] == nil {
        parts[scalar] = Array(String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars)
      }
      for part in parts[scalar] ?? [] {
        let kind = part.properties.canonicalCombiningClass
        if kind == .notReordered {
          if !run.isEmpty { flush() }
          out.append(part)
        } else {
          run[kind.rawValue, default: []].append(part)
        }
      }
    }
    flush()
    return String(out)
  }
}

internal import Foundation

/// Texts in the form in which they are compared.
public enum NormalText {
  /// Compatibility forms composed (NFKC), cases folded, white space between words one space and none at the ends.
  ///
  /// Case is folded scalar by scalar: to lower case, and where upper case is longer (`ß`) by way of it; final sigma is a
  /// sigma. Doing it again changes nothing.
  public static func of(_ text: String) -> String {
    if let plain = ascii(text) { return plain }
    var folded = String.UnicodeScalarView()
    for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars { fold(scalar, into: &folded) }
    var normal = String.UnicodeScalarView()
    var pendingSpace = false
    for scalar in String(folded).precomposedStringWithCompatibilityMapping.unicodeScalars {
      if scalar.properties.isWhitespace {
        pendingSpace = !normal.isEmpty
      } else {
        if pendingSpace { normal.append(" ") }
        pendingSpace = false
        normal.append(scalar)
      }
    }
    return String(normal)
  }

  /// The text without white space at its ends.
  public static func trimmed(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }

  private static func fold(_ scalar: Unicode.Scalar, into folded: inout String.UnicodeScalarView) {
    for lower in scalar.properties.lowercaseMapping.unicodeScalars {
      let upper = lower.properties.uppercaseMapping.unicodeScalars
      if lower == "\u{3C2}" {
        folded.append("\u{3C3}")
      } else if upper.count > 1 {
        for part in upper { folded.append(contentsOf: part.properties.lowercaseMapping.unicodeScalars) }
      } else {
        folded.append(lower)
      }
    }
  }

  /// The same for texts of ASCII alone, which most are; nil for others.
  private static func ascii(_ text: String) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var pendingSpace = false
    for byte in text.utf8 {
      guard byte < 0x80 else { return nil }
      if byte == 0x20 || (0x09...0x0D).contains(byte) {
        pendingSpace = !bytes.isEmpty
      } else {
        if pendingSpace { bytes.append(0x20) }
        pendingSpace = false
        bytes.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

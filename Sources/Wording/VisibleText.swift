/// Text from models, judges and files, with what a reader cannot see spelled out.
///
/// Control characters could steer a terminal or end a document early; direction marks and invisible characters let a
/// text read differently from what it holds. Each is shown as `\u{…}`, on terminals and in reports alike.
public enum VisibleText {
  /// The text with hidden characters spelled out; line feeds and tabs stay where `keepingLines` is set.
  public static func of(_ text: String, keepingLines: Bool = true) -> String {
    guard text.unicodeScalars.contains(where: { isHidden($0, keepingLines: keepingLines) }) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isHidden(scalar, keepingLines: keepingLines) {
        shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        shown.append(scalar)
      }
    }
    return String(shown)
  }

  /// The text on one line.
  public static func line(_ text: String) -> String { of(text, keepingLines: false) }

  /// Enough of a text to find it by, on one line.
  public static func short(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return line(scalars.count <= 40 ? text : String(String.UnicodeScalarView(scalars.prefix(40))) + "…")
  }

  private static func isHidden(_ scalar: Unicode.Scalar, keepingLines: Bool) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: !keepingLines
    case 0x20..<0x7F: false
    case 0..<0x20, 0x7F...0x9F: true
    // Soft hyphen, the Arabic letter mark, zero-width space, direction marks and isolates, line and paragraph
    // separators, word joiner, byte order mark. Zero-width joiners stay: letters and pictures need them.
    case 0xAD, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
    case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
    // Noncharacters are no part of any document.
    case let value where value & 0xFFFE == 0xFFFE: true
    case 0xFDD0...0xFDEF: true
    default: false
    }
  }
}

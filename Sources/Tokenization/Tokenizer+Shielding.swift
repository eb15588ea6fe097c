// Text that nobody should steer with, carried through a chat template.
extension Tokenizer {
  /// A mark for ``shielding(_:with:)`` that none of the texts contains, if there is one: a noncharacter.
  public static func mark(for texts: [String]) -> Unicode.Scalar? {
    (0xFDD0...0xFDEF).compactMap { Unicode.Scalar($0 as UInt32) }.first { mark in
      !texts.contains { $0.unicodeScalars.contains(mark) }
    }
  }

  /// The text with a mark inside every special token written in it, so that a chat template can carry it as plain text.
  public func shielding(_ text: String, with mark: Unicode.Scalar) -> String {
    let bytes = Array(text.utf8)
    var out = String.UnicodeScalarView()
    for piece in added.split(bytes, specialsAsText: false) {
      switch piece {
      case .text(let range): out.append(contentsOf: String(decoding: bytes[range], as: UTF8.self).unicodeScalars)
      case .token(let id):
        for (index, scalar) in (added.content(of: id) ?? "").unicodeScalars.enumerated() {
          out.append(scalar)
          if index == 0, added.isSpecial(id) { out.append(mark) }
        }
      }
    }
    return String(out)
  }

  /// The ids of a rendered conversation: special tokens of the template are control, shielded ones are text.
  public func encode(rendered text: String, shieldedWith mark: Unicode.Scalar) -> [Int32] {
    let wanted = Array(String(mark).utf8)
    return encode(Array(text.utf8), specialsAsText: false) { Replacement.replace(wanted, with: [], in: $0) }
  }
}

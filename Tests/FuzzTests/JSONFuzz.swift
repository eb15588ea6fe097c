import JSON
import TestKit
import Testing

@Suite("Fuzz: JSON", Fuzz.limit)
struct JSONFuzz {
  @Test("what is written is read back as it was, in every style, and the canonical text is one")
  func roundTrip() async throws {
    try await Fuzz.run("JSON values", iterations: 2000) { numbers in
      let value = numbers.json()
      for style in [JSONValue.Style.compact, .pretty, .canonical] {
        let text = value.text(style)
        let read = try JSONDocument.parse(text, name: "x").root
        // The canonical text has its keys in another order, which counts as another value.
        if style != .canonical, read != value { return "\(style): \(text)" }
        if read.text(.canonical) != value.text(.canonical) { return "canonical: \(text)" }
      }
      return nil
    }
  }

  @Test("any bytes are read or refused, and a refusal has its place within them")
  func bytes() async throws {
    try await Fuzz.run("JSON bytes", iterations: 3000) { numbers in
      numbers.mutated(Array(numbers.json().text(numbers.once(in: 2) ? .pretty : .compact).utf8))
    } _: { bytes in
      do {
        let root = try JSONDocument.parse(bytes, name: "x").root
        let canonical = root.text(.canonical)
        let again = try JSONDocument.parse(canonical, name: "x").root
        return again.text(.canonical) == canonical ? nil : "not stable: \(canonical)"
      } catch let error as JSONError { return Place.problem(error, in: bytes) }
    }
  }
}

/// Checks where errors say they are.
enum Place {
  static func problem(_ error: JSONError, in bytes: [UInt8]) -> String? {
    if error.problem.isEmpty { return "an error without words" }
    guard let place = error.place else { return "no place: \(error)" }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    // The end of the file is a place too.
    guard (1...(lines.count + 1)).contains(place.line) else { return "no such line: \(error)" }
    let length = place.line <= lines.count ? lines[place.line - 1].count : 0
    return (1...(length + 1)).contains(place.column) ? nil : "no such column: \(error)"
  }
}

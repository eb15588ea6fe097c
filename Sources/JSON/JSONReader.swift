/// Reads a document field by field and collects every problem with its place, so that all are reported in one go.
///
/// A reader stands at one value; `object`, `list` and the typed fields move inside it. Reading never throws: a problem
/// is noted and a fallback comes back; `JSONProblems.throwIfAny` ends the reading.
public struct JSONReader {
  /// The document read.
  public let document: JSONDocument
  /// Where this reader stands.
  public let path: JSONPath
  /// The value it stands at.
  public let value: JSONValue
  /// Where problems go.
  public let problems: JSONProblems

  /// Stands at the root of a document.
  public init(_ document: JSONDocument, problems: JSONProblems) {
    self.init(document: document, path: .root, value: document.root, problems: problems)
  }

  private init(document: JSONDocument, path: JSONPath, value: JSONValue, problems: JSONProblems) {
    self.document = document
    self.path = path
    self.value = value
    self.problems = problems
  }

  /// Notes a problem of this value.
  public func fail(_ problem: String) {
    problems.add(JSONError(at: document.place(of: path), "\(path): \(problem)"))
  }

  /// Notes a problem of a key of this object.
  public func fail(key: String, _ problem: String) {
    problems.add(JSONError(at: document.place(ofKey: key, in: path), "\(path.key(key)): \(problem)"))
  }

  /// Whether the object here has the key.
  public func has(_ key: String) -> Bool { value[key] != nil }

  /// A reader at a key's value, or nil where it is absent.
  public func field(_ key: String) -> JSONReader? {
    value[key].map { JSONReader(document: document, path: path.key(key), value: $0, problems: problems) }
  }

  /// Readers at the elements of the list here; a problem is noted if it is none.
  public func elements() -> [JSONReader] {
    guard let list = value.array else {
      fail("expected a list, found \(value.typeName)")
      return []
    }
    return list.enumerated().map {
      JSONReader(document: document, path: path.index($0.offset), value: $0.element, problems: problems)
    }
  }

  /// Readers at the members of the object here; a problem is noted if it is none.
  public func members() -> [(key: String, reader: JSONReader)] {
    guard let object = value.object else {
      fail("expected an object, found \(value.typeName)")
      return []
    }
    return object.members.map {
      ($0.key, JSONReader(document: document, path: path.key($0.key), value: $0.value, problems: problems))
    }
  }

  /// Notes every key that is not among the known ones, each with the nearest known word.
  public func expectKeys(_ known: [String]) {
    guard let object = value.object else {
      fail("expected an object, found \(value.typeName)")
      return
    }
    for key in object.keys where !known.contains(key) {
      problems.add(
        JSONError(
          at: document.place(ofKey: key, in: path),
          "\(path.key(key)): unknown key \"\(key)\"\(Spelling.hint(for: key, among: known))"
        )
      )
    }
  }

  /// A required field read by `read`; a problem is noted if it is absent.
  public func required<Value>(_ key: String, _ read: (JSONReader) -> Value?) -> Value? {
    guard let reader = field(key) else {
      if value.object != nil { fail("missing key \"\(key)\"") }
      return nil
    }
    return read(reader)
  }

  /// An optional field read by `read`; absent gives nil without a problem.
  public func optional<Value>(_ key: String, _ read: (JSONReader) -> Value?) -> Value? { field(key).flatMap(read) }

  /// The text here.
  public func string() -> String? { typed("a string", value.string) }
  /// The truth value here.
  public func bool() -> Bool? { typed("true or false", value.bool) }
  /// The texts here.
  public func strings() -> [String]? {
    let all = elements()
    let texts = all.compactMap { $0.string() }
    return texts.count == all.count && value.array != nil ? texts : nil
  }

  /// The whole number here, within a range.
  public func integer(_ range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
    guard let number = typed("a whole number", value.integer) else { return nil }
    guard range.contains(number) else {
      fail("\(number) is outside \(Self.words(range))")
      return nil
    }
    return number
  }

  /// The number here, within a range.
  public func double(_ range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
    -> Double?
  {
    guard let number = typed("a number", value.double) else { return nil }
    guard range.contains(number) else {
      fail("\(number) is outside \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  /// One of a closed set of words.
  public func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> Word? where Word.RawValue == String {
    guard let text = string() else { return nil }
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue)
      fail("\"\(text)\" is not one of \(known.joined(separator: ", "))\(Spelling.hint(for: text, among: known))")
      return nil
    }
    return word
  }

  private func typed<Value>(_ expected: String, _ read: Value?) -> Value? {
    if read == nil { fail("expected \(expected), found \(value.typeName)") }
    return read
  }

  private static func words(_ range: ClosedRange<Int>) -> String {
    if range.upperBound == Int.max { return "\(range.lowerBound) or more" }
    if range.lowerBound == Int.min { return "at most \(range.upperBound)" }
    return "\(range.lowerBound) to \(range.upperBound)"
  }
}

/// Collects problems while a document is read; used from one task.
public final class JSONProblems {
  /// What was noted so far.
  public private(set) var errors: [JSONError] = []

  /// Starts with none.
  public init() {}

  /// Notes one.
  public func add(_ error: JSONError) { errors.append(error) }

  /// Throws all that was noted, in the order of their places.
  public func throwIfAny() throws(JSONErrors) {
    if !errors.isEmpty { throw JSONErrors(errors) }
  }
}

/// Nearest words for misspelt ones.
public enum Spelling {
  /// `; did you mean "…"?` when one of the words is near, else the list of valid words when it is short.
  public static func hint(for word: String, among known: [String]) -> String {
    let near = known.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
      .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
    if let near, near.distance <= max(1, min(word.count, near.word.count) / 2) {
      return "; did you mean \"\(near.word)\"?"
    }
    return known.isEmpty || known.count > 20 ? "" : "; known here: \(known.joined(separator: ", "))"
  }

  /// Optimal string alignment distance (insert, delete, replace, swap of neighbours), in characters.
  public static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left)
    let b = Array(right)
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

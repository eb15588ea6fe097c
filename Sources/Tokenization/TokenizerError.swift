public import JSON

/// What is wrong with a `tokenizer.json` or with ids given to it.
public enum TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file cannot be read or is no JSON.
  case unreadable(JSONError)
  /// A part is missing, has the wrong form or is of a kind that is not supported.
  case badPart(SourcePlace, problem: String)
  /// An id is not in the vocabulary.
  case unknownId(Int, vocabularySize: Int)

  /// One line with the place.
  public var description: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .badPart(let place, let problem): "\(place): \(problem)"
    case .unknownId(let id, let size): "token id \(id) is outside the vocabulary of \(size) ids"
    }
  }
}

/// A part of `tokenizer.json` under its path, for readers that throw with the place.
struct TokenizerPart {
  let document: JSONDocument
  let path: JSONPath
  let value: JSONValue

  init(_ document: JSONDocument) {
    self.init(document: document, path: .root, value: document.root)
  }

  private init(document: JSONDocument, path: JSONPath, value: JSONValue) {
    self.document = document
    self.path = path
    self.value = value
  }

  /// A member; `null` when absent.
  subscript(key: String) -> TokenizerPart {
    TokenizerPart(document: document, path: path.key(key), value: value[key] ?? .null)
  }

  /// The elements of the list here; absent counts as empty.
  func elements() throws(TokenizerError) -> [TokenizerPart] {
    if value.isNull { return [] }
    guard let list = value.array else { throw wrong("expected a list, found \(value.typeName)") }
    return list.enumerated().map { TokenizerPart(document: document, path: path.index($0.offset), value: $0.element) }
  }

  /// The text here.
  func string() throws(TokenizerError) -> String {
    guard let text = value.string else { throw wrong("expected a string, found \(value.typeName)") }
    return text
  }

  /// The truth value here, or the standard where it is absent.
  func bool(_ standard: Bool) throws(TokenizerError) -> Bool {
    if value.isNull { return standard }
    guard let truth = value.bool else { throw wrong("expected true or false, found \(value.typeName)") }
    return truth
  }

  /// The whole number here, at least 0.
  func count() throws(TokenizerError) -> Int {
    guard let number = value.integer, number >= 0, number <= Int(Int32.max) else {
      throw wrong("expected a whole number from 0, found \(value.integer.map(String.init) ?? value.typeName)")
    }
    return number
  }

  /// The word under `type`, which must be one of those known here.
  func type(of known: [String], what: String) throws(TokenizerError) -> String {
    let word = try self["type"].string()
    guard known.contains(word) else {
      throw self["type"].wrong("the \(what) \"\(word)\" is not supported; supported: \(known.joined(separator: ", "))")
    }
    return word
  }

  func wrong(_ problem: String) -> TokenizerError { .badPart(document.place(of: path), problem: "\(path): \(problem)") }
}

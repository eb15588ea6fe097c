public import JSON

/// What is wrong with a `tokenizer.json` or with ids given to it.
public enum TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file cannot be read or is no JSON.
  case unreadable(JSONError)
  /// A part is missing, has the wrong form or is of a kind that is not supported.
  case badPart(SourcePlace, problem: String)
  /// A table of a vocabulary that came with the weights is wrong or of a kind that is not supported.
  case badTable(name: String, problem: String)
  /// An id is not in the vocabulary.
  case unknownId(Int, vocabularySize: Int)

  /// One line with the place.
  public var description: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .badPart(let place, let problem): "\(place): \(problem)"
    case .badTable(let name, let problem): "\(name): \(problem)"
    case .unknownId(let id, let size): "token id \(id) is outside the vocabulary of \(size) ids"
    }
  }
}

/// A part of `tokenizer.json` under its path, for readers that throw with the place.
struct TokenizerPart {
  let document: JSONDocument
  let path: JSONPath
  let value: JSONValue
  let nulls: NullKeys

  init(_ document: JSONDocument, _ nulls: NullKeys) {
    self.init(document: document, path: .root, value: document.root, nulls: nulls)
  }

  private init(document: JSONDocument, path: JSONPath, value: JSONValue, nulls: NullKeys) {
    self.document = document
    self.path = path
    self.value = value
    self.nulls = nulls
  }

  private func part(_ path: JSONPath, _ value: JSONValue) -> TokenizerPart {
    TokenizerPart(document: document, path: path, value: value, nulls: nulls)
  }

  /// A member; `null` when absent.
  subscript(key: String) -> TokenizerPart {
    part(path.key(key), value[key] ?? .null)
  }

  /// The elements of the list here; absent counts as empty.
  func elements() throws(TokenizerError) -> [TokenizerPart] {
    if value.isNull { return [] }
    guard let list = value.array else { throw wrong("expected a list, found \(value.typeName)") }
    return list.enumerated().map { part(path.index($0.offset), $0.element) }
  }

  /// One element of the list here; `null` when absent.
  func element(_ index: Int) -> TokenizerPart {
    let list = value.array ?? []
    return part(path.index(index), index < list.count ? list[index] : .null)
  }

  /// The steps of a sequence.
  func steps(_ key: String) throws(TokenizerError) -> [TokenizerPart] {
    // Each level is a key and an index; no tokenizer in use nests deeper than two or three.
    guard path.steps.count <= 40 else { throw wrong("sequences nested deeper than 20") }
    return try self[key].elements()
  }

  /// The one character here.
  func scalar() throws(TokenizerError) -> Unicode.Scalar {
    let scalars = try string().unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1 else { throw wrong("expected one character") }
    return scalar
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

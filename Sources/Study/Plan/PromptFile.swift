internal import Hashing
public import JSON

/// Reads prompts: one a line from `.txt`, one object a line (`text`, and `id`, `kind`, `split`, `category` if known) from
/// `.jsonl`.
public struct PromptFile: Sendable {
  /// A prompt as a file gives it.
  public struct Row: Sendable, Equatable {
    /// The text.
    public var text: String
    /// The name, if the file gives one.
    public var name: String?
    /// The kind, if the file gives one.
    public var kind: PromptKind?
    /// The category, if the file gives one.
    public var category: String?
    /// Line, from 1.
    public var line: Int
  }

  /// The path.
  public let path: String
  /// Its prompts, in order.
  public let rows: [Row]

  /// Reads a file of at most 256 MB.
  /// - Parameters:
  ///   - split: of a `.jsonl` file the rows of this split alone.
  ///   - duplicates: texts that stand twice; equal means equal after spaces at both ends are gone.
  ///   - empty: lines without a visible character.
  /// - Throws: every problem with its line.
  public init(
    path: String,
    split: String? = nil,
    duplicates: PromptPolicy = .error,
    empty: PromptPolicy = .error
  ) throws(JSONErrors) {
    self.path = path
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(path) } catch { throw JSONErrors([error]) }
    var lines = try Self.lines(bytes, path)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard !lines.isEmpty else {
      throw JSONErrors([JSONError(file: path, "the file is empty; expected one prompt a line")])
    }
    var problems: [JSONError] = []
    var rows: [Row] = []
    var firstLine: [ExactText: Int] = [:]
    func problem(_ line: Int, _ text: String) {
      problems.append(JSONError(at: SourcePlace(file: path, line: line, column: 1), text))
    }
    for (index, text) in lines.enumerated() {
      let line = index + 1
      var row = Row(text: text, line: line)
      if path.hasSuffix(".jsonl") {
        do {
          guard let parsed = try Self.row(text, line, path, split) else { continue }
          row = parsed
        } catch {
          problems.append(contentsOf: error.errors)
          continue
        }
      }
      let key = ExactText(Self.trimmed(row.text))
      if key.text.isEmpty {
        switch empty {
        case .error: problem(line, "an empty prompt; mend the file, or say --empty drop or --empty keep")
        case .drop: break
        case .keep: rows.append(row)
        }
        continue
      }
      if let first = firstLine[key] {
        switch duplicates {
        case .error:
          problem(
            line,
            "the same prompt as line \(first); mend the file, or say --duplicates drop or --duplicates keep"
          )
          continue
        case .drop: continue
        case .keep: break
        }
      } else {
        firstLine[key] = line
      }
      rows.append(row)
    }
    if !problems.isEmpty { throw JSONErrors(problems) }
    guard !rows.isEmpty else {
      let which = split.map { " of split \"\($0)\"" } ?? ""
      throw JSONErrors([JSONError(file: path, "holds no prompt\(which)")])
    }
    self.rows = rows
  }

  /// The identity of a prompt: SHA-256 of kind and text, and of how often it has occurred before.
  static func id(_ text: String, _ kind: PromptKind, occurrence: Int) -> String {
    SHA256.hex("prompt 1\n\(kind.rawValue)\n\(occurrence == 0 ? "" : "\(occurrence)\n")\(text)")
  }

  private static func lines(_ bytes: [UInt8], _ path: String) throws(JSONErrors) -> [String] {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    var lines: [String] = []
    for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let place = SourcePlace(file: path, line: lines.count + 1, column: 1)
      let part = part.last == 0x0D ? part.dropLast() : part
      guard !part.contains(0) else { throw JSONErrors([JSONError(at: place, "a NUL byte: this is no text file")]) }
      guard let text = String(validating: part, as: UTF8.self) else {
        throw JSONErrors([JSONError(at: place, "not UTF-8: this is no text file, or one in another encoding")])
      }
      lines.append(text)
    }
    return lines
  }

  private static func row(_ text: String, _ line: Int, _ path: String, _ split: String?) throws(JSONErrors) -> Row? {
    if trimmed(text).isEmpty { return Row(text: "", line: line) }
    let document: JSONDocument
    do { document = try JSONDocument.parse(text, name: path) } catch {
      let place = SourcePlace(file: path, line: line, column: error.place?.column ?? 1)
      throw JSONErrors([JSONError(at: place, error.problem)])
    }
    let problems = JSONProblems()
    let reader = JSONReader(document, problems: problems)
    let row = Row(
      text: reader.required("text") { $0.string() } ?? "",
      name: reader.optional("id") { $0.string() },
      kind: reader.optional("kind") { $0.word(PromptKind.self) },
      category: reader.optional("category") { $0.string() },
      line: line
    )
    let own = reader.optional("split") { $0.string() }
    guard problems.errors.isEmpty else {
      // Every line is a document of its own; the place is told in the file.
      throw JSONErrors(
        problems.errors.map {
          JSONError(at: SourcePlace(file: path, line: line, column: $0.place?.column ?? 1), $0.problem)
        }
      )
    }
    return split == nil || own == split ? row : nil
  }

  private static func trimmed(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }
}

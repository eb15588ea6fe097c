internal import Endpoints
internal import Glibc
internal import Hub
internal import JSON
internal import JudgeKit

/// Reads options by their table, noting every problem with its place.
struct OptionReader {
  /// The folder that files are relative to.
  let baseFolder: String
  /// Told with a file that is not there.
  var missingFileHint = ""
  /// Whether a checkpoint folder that is not there is a problem.
  var needsCheckpoints = true

  /// The options of the object at `reader`; `also` are keys that someone else reads.
  func options(_ table: [JudgeOption], at reader: JSONReader, also: [String] = []) -> JudgeOptions {
    reader.expectKeys(also + table.map(\.key))
    var values: [(key: String, value: OptionValue)] = []
    var filledIn: Set<String> = []
    for option in table {
      if let field = reader.field(option.key) {
        if let value = value(option.kind, at: field) { values.append((option.key, value)) }
      } else if option.required {
        reader.fail("missing key \"\(option.key)\": \(option.help)")
      } else if let standard = option.standard {
        values.append((option.key, standard))
        filledIn.insert(option.key)
      } else if case .object(let inner) = option.kind {
        // An absent object still has its standard values, so that they are part of the judge's identity.
        let standards = Self.standards(inner)
        if !standards.values.isEmpty {
          values.append((option.key, .object(standards)))
          filledIn.insert(option.key)
        }
      }
    }
    return JudgeOptions(values, filledIn: filledIn)
  }

  private static func standards(_ table: [JudgeOption]) -> JudgeOptions {
    let values = table.compactMap { option in option.standard.map { (key: option.key, value: $0) } }
    return JudgeOptions(values, filledIn: Set(values.map(\.key)))
  }

  private func value(_ kind: JudgeOption.Kind, at reader: JSONReader) -> OptionValue? {
    switch kind {
    case .string, .secretVariable: return reader.string().map { .string($0) }
    case .choice(let words):
      guard let text = reader.string() else { return nil }
      guard words.contains(text) else {
        reader.fail(
          "\"\(text)\" is not one of \(words.joined(separator: ", "))\(Spelling.hint(for: text, among: words))"
        )
        return nil
      }
      return .string(text)
    case .integer(let range): return reader.integer(range).map { .integer($0) }
    case .number(let range): return reader.double(range).map { .number($0) }
    case .bool: return reader.bool().map { .bool($0) }
    case .strings: return reader.strings().map { .strings($0) }
    case .words(let words):
      let entries = reader.members().compactMap { member -> WordEntry? in
        guard case .string(let word)? = value(.choice(words), at: member.reader) else { return nil }
        return WordEntry(member.key, word)
      }
      return .words(entries)
    case .texts, .secretVariables:
      return .words(reader.members().compactMap { member in member.reader.string().map { WordEntry(member.key, $0) } })
    case .anyObject:
      guard reader.value.object != nil else {
        reader.fail("expected an object, found \(reader.value.typeName)")
        return nil
      }
      return OptionValue(reader.value)
    case .object(let table): return .object(options(table, at: reader))
    case .objects(let table): return .objects(reader.elements().map { options(table, at: $0) })
    case .file(let words):
      guard let text = reader.string() else { return nil }
      if words.contains(text) { return .string(text) }
      guard access(path(text), R_OK) == 0 else {
        reader.fail("the file \(path(text)) cannot be read\(Spelling.hint(for: text, among: words))\(missingFileHint)")
        return nil
      }
      return .string(text)
    case .checkpoint:
      guard let text = reader.string() else { return nil }
      guard needsCheckpoints else { return .string(text) }
      do {
        let found = try checkpoint(text)
        guard found.isReadable else {
          reader.fail(found.problem)
          return nil
        }
        return .string(text)
      } catch {
        reader.fail("\(error)")
        return nil
      }
    }
  }

  /// The text of a file that an option names, 1 MiB at most.
  func text(ofFile file: String) throws(JSONError) -> String {
    let bytes = try FileBytes.read(path(file), maximumBytes: 1 << 20)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JSONError(file: path(file), "not UTF-8 text")
    }
    return text
  }

  /// What a model reference means: a folder, or `hub:OWNER/NAME@REVISION` in the cache.
  func checkpoint(_ text: String) throws(HubError) -> CheckpointReference {
    try CheckpointReference(text, relativeTo: baseFolder)
  }

  func path(_ text: String) -> String { text.hasPrefix("/") ? text : "\(baseFolder)/\(text)" }
}

extension OptionValue {
  /// As JSON.
  var json: JSONValue { asJSON }
}

extension JudgeOptions {
  /// As a JSON object.
  var json: JSONValue { asJSON }
}

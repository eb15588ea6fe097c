import JSON
import JudgeHost
import JudgeKit
import Study
import TestKit
import Testing

@Suite("Fuzz: judges.json", Fuzz.limit)
struct PanelFuzz {
  private let registry = StandardJudges.registry

  @Test("any file is a panel or a list of problems, each with its place in the file")
  func files() async throws {
    let registry = registry
    try await Fuzz.run("judges.json", iterations: 1500) { numbers in
      let text = Self.file(&numbers, registry).text(numbers.once(in: 2) ? .pretty : .compact)
      return numbers.once(in: 3) ? Array(text.utf8) : numbers.mutated(Array(text.utf8), dictionary: Self.dictionary)
    } _: { bytes in
      guard let document = try? JSONDocument.parse(bytes, name: "judges.json") else { return nil }
      // Places are counted without the mark that a file may begin with.
      let source = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
      let (first, second) = (Self.read(document, registry), Self.read(document, registry))
      switch (first, second) {
      case (.success(let file), .success(let other)):
        if file.judges.map(\.id) != other.judges.map(\.id) { return "read twice, other judges" }
        if Set(file.judges.map(\.id)).count != file.judges.count { return "an id twice" }
        for panel in file.panels where file.panel(panel.name)?.map(\.id) != panel.judgeIDs {
          return "the panel \(panel.name) has other judges"
        }
        return nil
      case (.failure(let errors), .failure(let others)):
        if errors != others { return "read twice, other problems" }
        if errors.errors.isEmpty { return "no problem told" }
        return errors.errors.lazy.compactMap { Place.problem($0, in: source) }.first
      default: return "once good, once bad"
      }
    }
  }

  private static func read(_ document: JSONDocument, _ registry: JudgeRegistry) -> Result<PanelFile, JSONErrors> {
    Result { () throws(JSONErrors) in try PanelFile.parse(document, baseFolder: "/nowhere", registry: registry) }
  }

  private static let dictionary =
    Nasty.pieces + ["\"id\"", "\"kind\"", "\"judges\"", "null", "[]", "{}", "-1", "\"\"", "1.5"]

  /// A file that is mostly right, from the tables of the kinds.
  private static func file(_ numbers: inout TestNumbers, _ registry: JudgeRegistry) -> JSONValue {
    let judges = numbers.list(upTo: 4) { numbers -> JSONValue in
      let kind = numbers.pick(registry.kinds)
      var entry = options(kind.options, &numbers)
      entry["id"] = .string(numbers.pick(["a", "b", "c", "Bram"]))
      entry["kind"] = .string(numbers.once(in: 10) ? "keywords" : kind.kind)
      if numbers.once(in: 3) { entry["concurrency"] = .integer(Int64(numbers.below(5))) }
      if numbers.once(in: 3) { entry["retry"] = ["attempts": .integer(Int64(numbers.below(4)))] }
      if numbers.once(in: 8) { entry[numbers.text()] = numbers.json(depth: 2) }
      return .object(entry)
    }
    var root: JSONObject = ["version": 1, "judges": .array(judges)]
    let ids = numbers.list(upTo: 3) { JSONValue.string($0.pick(["a", "b", "c", "d"])) }
    if numbers.once(in: 2) { root["panels"] = ["default": .array(ids)] }
    if numbers.once(in: 10) { root[numbers.text()] = numbers.json(depth: 2) }
    return .object(root)
  }

  private static func options(_ table: [JudgeOption], _ numbers: inout TestNumbers) -> JSONObject {
    var object = JSONObject()
    for option in table where option.required || numbers.once(in: 3) {
      object[option.key] = numbers.once(in: 12) ? numbers.json(depth: 2) : value(option.kind, &numbers)
    }
    return object
  }

  private static func value(_ kind: JudgeOption.Kind, _ numbers: inout TestNumbers) -> JSONValue {
    switch kind {
    case .choice(let words), .file(let words): words.isEmpty ? .string(numbers.text()) : .string(numbers.pick(words))
    case .integer(let range): .integer(Int64(range.lowerBound) + Int64(numbers.below(3)))
    case .number(let range): .number(range.lowerBound)
    case .bool: .bool(numbers.once(in: 2))
    case .strings: .array(numbers.list(upTo: 3) { .string($0.text()) })
    case .object(let table): .object(options(table, &numbers))
    case .objects(let table): .array(numbers.list(upTo: 2) { .object(options(table, &$0)) })
    default: .string(numbers.text())
    }
  }
}

internal import Glibc
public import JSON
internal import JudgeKit

/// `judges.json`: judges and panels, checked whole. All problems come back at once, each with its place.
public struct PanelFile: Sendable {
  /// The judges in the order of the file.
  public let judges: [JudgeDeclaration]
  /// The panels in the order of the file.
  public let panels: [Panel]

  /// The judges of a panel, in its order; nil if there is no such panel.
  public func panel(_ name: String) -> [JudgeDeclaration]? {
    panels.first { $0.name == name }.map { panel in
      panel.judgeIDs.compactMap { id in judges.first { $0.id == id } }
    }
  }

  /// Reads and checks a file.
  /// - Parameter needsCheckpoints: whether a checkpoint folder that is not there is a problem; without, such a judge can be
  ///   weighed and not asked.
  public static func read(file: String, registry: JudgeRegistry, needsCheckpoints: Bool = true) throws(JSONErrors)
    -> PanelFile
  {
    let document: JSONDocument
    do { document = try JSONDocument.read(file: file, maximumBytes: 16 << 20) } catch { throw JSONErrors([error]) }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let base = folder.isEmpty ? (file.hasPrefix("/") ? "/" : ".") : folder
    return try parse(document, baseFolder: base, registry: registry, needsCheckpoints: needsCheckpoints)
  }

  /// Checks a document; files that it names are relative to `baseFolder`.
  public static func parse(
    _ document: JSONDocument,
    baseFolder: String,
    registry: JudgeRegistry,
    needsCheckpoints: Bool = true
  ) throws(JSONErrors) -> PanelFile {
    let problems = JSONProblems()
    let root = JSONReader(document, problems: problems)
    if let problem = shapeProblem(root.value) {
      root.fail(problem)
      throw JSONErrors(problems.errors)
    }
    root.expectKeys(["$schema", "version", "judges", "panels"])
    if let version = root.required("version", { $0.integer() }), version != 1 {
      root.field("version")?.fail("this program reads version 1, found \(version)")
    }
    var judges: [JudgeDeclaration] = []
    var seen: [String] = []
    if let judges = root.field("judges"), judges.value.array?.isEmpty == true {
      judges.fail("expected at least one judge, as {\"id\": …, \"kind\": …}")
    }
    for entry in root.required("judges", { $0.elements() }) ?? [] {
      let id = entry.value["id"]?.string
      if let judge = self.judge(entry, baseFolder, registry, needsCheckpoints) { judges.append(judge) }
      guard let id else { continue }
      if seen.contains(id) { entry.field("id")?.fail("the id \"\(id)\" is taken by an earlier judge") }
      seen.append(id)
    }
    var panels: [Panel] = []
    for member in root.optional("panels", { $0.members() }) ?? [] {
      let (name, reader) = (member.key, member.reader)
      var ids: [String] = []
      for element in reader.elements() {
        guard let id = element.string() else { continue }
        if !seen.contains(id) {
          element.fail("there is no judge \"\(id)\"\(Spelling.hint(for: id, among: seen))")
        } else if ids.contains(id) {
          element.fail("\"\(id)\" is in the panel already")
        } else {
          ids.append(id)
        }
      }
      if reader.value.array?.isEmpty == true { reader.fail("a panel needs at least one judge") }
      panels.append(Panel(name: name, judgeIDs: ids))
    }
    try problems.throwIfAny()
    return PanelFile(judges: judges, panels: panels)
  }

  /// An entry or a list of entries that stands alone; everything else is told field by field.
  private static func shapeProblem(_ root: JSONValue) -> String? {
    let mend = "put it into {\"version\": 1, \"judges\": [ … ]}"
    if root.array != nil { return "expected an object, found a list; \(mend)" }
    guard let object = root.object, object["judges"] == nil, object["kind"] != nil || object["id"] != nil else {
      return nil
    }
    return "this is the entry of one judge; \(mend)"
  }

  private static func judge(
    _ entry: JSONReader,
    _ baseFolder: String,
    _ registry: JudgeRegistry,
    _ needsCheckpoints: Bool
  ) -> JudgeDeclaration? {
    guard entry.value.object != nil else {
      entry.fail("expected an object, found \(entry.value.typeName)")
      return nil
    }
    let id = entry.required("id") { $0.string() }
    if let id, !isName(id) {
      entry.field("id")?.fail("\"\(id)\" is no usable id; expected letters, digits, '-', '_' and '.'")
    }
    guard let word = entry.required("kind", { $0.string() }) else { return nil }
    guard let kind = registry.kind(word) else {
      entry.field("kind")?.fail("unknown kind \"\(word)\"\(Spelling.hint(for: word, among: registry.words))")
      // A slip of the pen: the rest of the entry is that kind's, and its mistakes need not wait for the next reading.
      if let meant = meantKind(word, registry) {
        _ = options(entry, meant, OptionReader(baseFolder: baseFolder, missingFileHint: missingFileHint(meant)))
      }
      return nil
    }
    var reader = OptionReader(baseFolder: baseFolder, missingFileHint: missingFileHint(kind))
    reader.needsCheckpoints = needsCheckpoints
    let before = entry.problems.errors.count
    let (options, host) = options(entry, kind, reader)
    if entry.problems.errors.count == before {
      let problems = kind.problems(with: options) + HostOptions.problems(host, with: options)
      for problem in problems { note(problem, entry) }
      // Only here the folder is known that they are relative to.
      if problems.isEmpty {
        for problem in kind.problems(with: options, reading: { try reader.text(ofFile: $0) }) { note(problem, entry) }
      }
      if kind == ProcessJudge.self {
        for problem in ProcessCommand(options, reader).problems { note(problem, entry) }
      }
      for (index, file) in (kind == ProcessJudge.self ? options.strings("files") ?? [] : []).enumerated()
      where access(reader.path(file), R_OK) != 0 {
        note(ConfigurationError(["files", "\(index)"], "the file \(reader.path(file)) cannot be read"), entry)
      }
    }
    guard let id else { return nil }
    return JudgeDeclaration(
      id: id,
      kind: kind,
      options: options,
      host: HostOptions(host, kind: kind),
      place: entry.document.place(of: entry.path),
      baseFolder: baseFolder
    )
  }

  /// Reads what the kind and the host know.
  private static func options(_ entry: JSONReader, _ kind: any Judge.Type, _ reader: OptionReader)
    -> (kind: JudgeOptions, host: JudgeOptions)
  {
    let own = ["id", "kind"]
    let hostTable = HostOptions.table(for: kind)
    let options = reader.options(kind.options, at: entry, also: own + hostTable.map(\.key))
    // The host's keys were let through above; here they are read, and the kind's are let through.
    let host = reader.options(
      hostTable,
      at: entry,
      also: own + kind.options.map(\.key) + unknownKeys(entry, kind)
    )
    return (options, host)
  }

  private static func missingFileHint(_ kind: any Judge.Type) -> String {
    kind == LibraryJudge.self ? "; is it built yet?" : ""
  }

  /// The nearest kind, if no more than two letters tell it from the word.
  private static func meantKind(_ word: String, _ registry: JudgeRegistry) -> (any Judge.Type)? {
    let near = registry.words.map { (word: $0, distance: Spelling.distance(word.lowercased(), $0)) }
      .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
    guard let near, near.distance <= min(2, near.word.count / 2) else { return nil }
    return registry.kind(near.word)
  }

  /// Keys that the kind's reading has complained of already.
  private static func unknownKeys(_ entry: JSONReader, _ kind: any Judge.Type) -> [String] {
    let known = ["id", "kind"] + HostOptions.table(for: kind).map(\.key) + kind.options.map(\.key)
    return (entry.value.object?.keys ?? []).filter { !known.contains($0) }
  }

  /// Notes a judge's own complaint at the place it names.
  static func note(_ problem: ConfigurationError, _ entry: JSONReader) {
    var reader = entry
    for step in problem.path {
      if let index = Int(step), let elements = reader.value.array, elements.indices.contains(index) {
        reader = reader.elements()[index]
      } else if let next = reader.field(step) {
        reader = next
      }
    }
    reader.fail(problem.problem)
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 100
      && text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.numericType == .decimal || "-_.".unicodeScalars.contains($0)
      }
  }
}

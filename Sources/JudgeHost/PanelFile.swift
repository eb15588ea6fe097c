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
  public static func read(file: String, registry: JudgeRegistry) throws(JSONErrors) -> PanelFile {
    let document: JSONDocument
    do { document = try JSONDocument.read(file: file, maximumBytes: 16 << 20) } catch { throw JSONErrors([error]) }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let base = folder.isEmpty ? (file.hasPrefix("/") ? "/" : ".") : folder
    return try parse(document, baseFolder: base, registry: registry)
  }

  /// Checks a document; files that it names are relative to `baseFolder`.
  public static func parse(_ document: JSONDocument, baseFolder: String, registry: JudgeRegistry) throws(JSONErrors)
    -> PanelFile
  {
    let problems = JSONProblems()
    let root = JSONReader(document, problems: problems)
    root.expectKeys(["$schema", "version", "judges", "panels"])
    if let version = root.required("version", { $0.integer() }), version != 1 {
      root.field("version")?.fail("this program reads version 1, found \(version)")
    }
    var judges: [JudgeDeclaration] = []
    var seen: [String] = []
    for entry in root.required("judges", { $0.elements() }) ?? [] {
      let id = entry.value["id"]?.string
      if let judge = self.judge(entry, baseFolder, registry) { judges.append(judge) }
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

  private static func judge(_ entry: JSONReader, _ baseFolder: String, _ registry: JudgeRegistry) -> JudgeDeclaration? {
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
      return nil
    }
    let reader = OptionReader(baseFolder: baseFolder)
    let before = entry.problems.errors.count
    let own = ["id", "kind"]
    let hostTable = HostOptions.table(for: kind)
    let hostKeys = hostTable.map(\.key)
    let options = reader.options(kind.options, at: entry, also: own + hostKeys)
    // The host's keys were let through above; here they are read, and the kind's are let through.
    let host = reader.options(
      hostTable,
      at: entry,
      also: own + kind.options.map(\.key) + unknownKeys(entry, kind)
    )
    if entry.problems.errors.count == before {
      for problem in kind.problems(with: options) + HostOptions.problems(host, with: options) { note(problem, entry) }
      // Only here the folder is known that they are relative to.
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

  /// Keys that the kind's reading has complained of already.
  private static func unknownKeys(_ entry: JSONReader, _ kind: any Judge.Type) -> [String] {
    let known = ["id", "kind"] + HostOptions.table(for: kind).map(\.key) + kind.options.map(\.key)
    return (entry.value.object?.keys ?? []).filter { !known.contains($0) }
  }

  /// Notes a judge's own complaint at the place it names.
  private static func note(_ problem: ConfigurationError, _ entry: JSONReader) {
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

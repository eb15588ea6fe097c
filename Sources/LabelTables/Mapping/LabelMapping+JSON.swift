public import JSON

extension LabelMapping {
  static let partKeys =
    [
      "format", "encoding", "form", "item", "raters", "rater", "label", "score", "role", "words", "vocabulary",
      "partial",
      "unknown", "constants",
    ] + ItemAttribute.allCases.map(\.rawValue)
  static let topKeys = [
    "version", "about", "scale", "categories", "humans", "judges", "names", "files",
  ]

  /// Reads a mapping file.
  /// - Throws: `JSONErrors` that name each place that is wrong.
  public init(_ document: JSONDocument) throws {
    let problems = JSONProblems()
    let root = JSONReader(document, problems: problems)
    root.expectKeys(Self.topKeys + Self.partKeys)
    if root.required("version", { $0.integer() }) != 1, problems.errors.isEmpty {
      root.field("version")?.fail("this program reads version 1")
    }
    self.init(name: document.name, parts: [])
    let declared = root.optional("categories") { $0.strings() }
    categories = declared ?? Self.binaryCategories
    scale = root.optional("scale") { $0.word(RatedItems.Scale.self) } ?? (declared == nil ? .binary : .nominal)
    humans = root.optional("humans") { $0.strings() } ?? []
    judges = root.optional("judges") { $0.strings() } ?? []
    for (key:key, reader:reader) in root.optional("names", { $0.members() }) ?? [] {
      var names: [String: String] = [:]
      for (key:raw, reader:name) in reader.members() { names[raw] = name.string() }
      if key == "rater" {
        raterNames = names
      } else if let attribute = ItemAttribute(rawValue: key), !attribute.isNumber {
        levelNames[attribute] = names
      } else {
        let known = ["rater"] + ItemAttribute.allCases.filter { !$0.isNumber }.map(\.rawValue)
        root.field("names")?.fail(key: key, "nothing of this name has names\(Spelling.hint(for: key, among: known))")
      }
    }
    let base = Self.part(root, Part(), LabelWords(), categories)
    if let files = root.field("files") {
      for file in files.elements() {
        file.expectKeys(["file"] + Self.partKeys)
        var part = Self.part(file, base.part, base.words, categories).part
        part.file = file.required("file") { $0.string() }
        parts.append(part)
      }
    } else {
      parts = [base.part]
    }
    try problems.throwIfAny()
    do { try LabelFile.check(parts, self) } catch {
      throw JSONErrors(error.errors)
    }
  }

  /// What an object says of a file, over what was said before.
  private static func part(
    _ reader: JSONReader,
    _ base: Part,
    _ words: LabelWords,
    _ categories: [String]
  ) -> (part: Part, words: LabelWords) {
    var part = base
    let old = words
    let words = self.words(reader, old, categories)
    part.words = words
    if let format = reader.optional("format", { $0.word(TableFormat.self) }) { part.format = format }
    if let encoding = reader.optional("encoding", { $0.word(TextEncoding.self) }) { part.encoding = encoding }
    if let form = reader.optional("form", { $0.word(Form.self) }) { part.form = form }
    if let item = reader.field("item") {
      part.item = item.value.array == nil ? item.string().map { [$0] } ?? [] : item.strings() ?? []
    }
    for attribute in ItemAttribute.allCases {
      if let column = reader.optional(attribute.rawValue, { $0.string() }) {
        part.attributes[attribute] = .column(column)
      }
    }
    if let rater = reader.optional("rater", { $0.string() }) { part.rater = .column(rater) }
    if let label = reader.optional("label", { $0.string() }) { part.label = label }
    if let score = reader.optional("score", { $0.string() }) { part.score = score }
    if let role = reader.optional("role", { $0.string() }) { part.role = role }
    constants(reader, &part)
    if let raters = reader.field("raters") {
      part.raters = raters.elements().compactMap { rater($0, words, categories) }
    } else if words != old {
      for at in part.raters.indices {
        part.raters[at].words = self.words(reader, part.raters[at].words, categories)
      }
    }
    return (part, words)
  }

  private static func constants(_ reader: JSONReader, _ part: inout Part) {
    for (key:key, reader:constant) in reader.optional("constants", { $0.members() }) ?? [] {
      let text: String? =
        if let number = constant.value.double { Int64(exactly: number).map { String($0) } ?? String(number) } else {
          constant.value.bool.map { $0 ? "true" : "false" } ?? constant.string()
        }
      guard let text else { continue }
      if key == "rater" {
        part.rater = .constant(text)
      } else if let attribute = ItemAttribute(rawValue: key) {
        if attribute.isNumber, !(Double(text).map { $0 >= 0 && $0.isFinite } ?? false) {
          constant.fail("\"\(text)\" is no number of 0 or more")
        }
        part.attributes[attribute] = .constant(text)
      } else {
        let known = ["rater"] + ItemAttribute.allCases.map(\.rawValue)
        reader.field("constants")?.fail(key: key, "no such constant\(Spelling.hint(for: key, among: known))")
      }
    }
  }

  private static func rater(_ reader: JSONReader, _ words: LabelWords, _ categories: [String]) -> RaterColumn? {
    reader.expectKeys(["column", "name", "role", "score", "words", "vocabulary", "partial", "unknown"])
    guard let column = reader.required("column", { $0.string() }) else { return nil }
    return RaterColumn(
      column: column,
      name: reader.optional("name") { $0.string() },
      role: reader.optional("role") { $0.word(RatedItems.Role.self) } ?? .judge,
      score: reader.optional("score") { $0.string() },
      words: self.words(reader, words, categories)
    )
  }

  private static func words(_ reader: JSONReader, _ base: LabelWords, _ categories: [String]) -> LabelWords {
    var words = base
    if let members = reader.optional("words", { $0.members() }) {
      words.words = members.compactMap { word, meaning in
        if meaning.value.isNull { return LabelWords.Word(word, nil) }
        guard let category = meaning.string() else { return nil }
        if !categories.contains(category) {
          meaning.fail("\"\(category)\" is no category\(Spelling.hint(for: category, among: categories))")
        }
        return LabelWords.Word(word, category)
      }
    }
    if let name = reader.optional("vocabulary", { $0.string() }) {
      words.scheme = LabelScheme.named(name)
      let problem: String? =
        if let scheme = words.scheme { LabelFile.problem(of: scheme, categories) } else {
          "there is no vocabulary \"\(name)\"\(Spelling.hint(for: name, among: LabelScheme.all.map(\.name)))"
        }
      if let problem { reader.field("vocabulary")?.fail(problem) }
    }
    if let partial = reader.optional("partial", { $0.word(LabelScheme.PartialRule.self) }) { words.partial = partial }
    if let unknown = reader.optional("unknown", { $0.word(LabelWords.Unknown.self) }) { words.unknown = unknown }
    return words
  }
}

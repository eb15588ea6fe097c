public import JSON

/// Which columns of a file of counts say what.
public struct CountMapping: Sendable, Equatable {
  /// The name, for errors and records.
  public var name: String
  /// How rows stand in the file; nil: by the name's ending.
  public var format: TableFormat?
  /// How its characters stand as bytes.
  public var encoding = TextEncoding.utf8
  /// Who counted.
  public var rater = LabelMapping.Source.column("rater")
  /// The system that answered.
  public var system = LabelMapping.Source.column("system")
  /// The kind of prompt.
  public var kind = LabelMapping.Source.column("kind")
  /// Answers called a refusal.
  public var refused = "refused"
  /// Answers called none; nil: `total` less `refused`.
  public var notRefused: String? = "not_refused"
  /// All answers with a label; nil: the sum of the two. Where all three are named, they must agree.
  public var total: String?
  /// Other names of raters, systems and kinds, by the name in the file.
  public var names: [Field: [String: String]] = [:]

  /// What has names.
  public enum Field: String, Sendable, CaseIterable {
    case rater, system, kind
  }

  static let keys = [
    "version", "about", "form", "format", "encoding", "rater", "system", "kind", "refused", "notRefused", "total",
    "constants", "names",
  ]

  /// The columns `rater`, `system`, `kind`, `refused` and `not_refused`.
  public init(name: String = "counts") { self.name = name }

  /// Reads a mapping file of the form `counts`.
  /// - Throws: `JSONErrors` that name each place that is wrong.
  public init(_ document: JSONDocument) throws {
    let problems = JSONProblems()
    let root = JSONReader(document, problems: problems)
    self.init(name: document.name)
    root.expectKeys(Self.keys)
    if root.required("version", { $0.integer() }) != 1, problems.errors.isEmpty {
      root.field("version")?.fail("this program reads version 1")
    }
    if let form = root.required("form", { $0.string() }), form != "counts" {
      root.field("form")?.fail("a mapping of counts has the form \"counts\"")
    }
    format = root.optional("format") { $0.word(TableFormat.self) }
    encoding = root.optional("encoding") { $0.word(TextEncoding.self) } ?? .utf8
    func source(_ field: Field, _ old: LabelMapping.Source) -> LabelMapping.Source {
      let constant = root.field("constants")?.optional(field.rawValue) { $0.string() }
      return constant.map { .constant($0) } ?? root.optional(field.rawValue) { $0.string() }.map { .column($0) } ?? old
    }
    rater = source(.rater, rater)
    system = source(.system, system)
    kind = source(.kind, kind)
    root.field("constants")?.expectKeys(Field.allCases.map(\.rawValue))
    refused = root.required("refused") { $0.string() } ?? refused
    notRefused = root.optional("notRefused") { $0.string() }
    total = root.optional("total") { $0.string() }
    if notRefused == nil, total == nil, problems.errors.isEmpty {
      root.fail("refusals alone are no rate; name the column \"notRefused\" or \"total\"")
    }
    root.field("names")?.expectKeys(Field.allCases.map(\.rawValue))
    for field in Field.allCases {
      for (key:raw, reader:name) in root.field("names")?.optional(field.rawValue, { $0.members() }) ?? [] {
        names[field, default: [:]][raw] = name.string()
      }
    }
    try problems.throwIfAny()
  }
}

/// A mapping file of either sort.
public enum MappingFile: Sendable, Equatable {
  /// Labels.
  case labels(LabelMapping)
  /// Counts.
  case counts(CountMapping)

  /// Reads a mapping: the name of one that comes with the program, or a file.
  /// - Throws: `JSONErrors` or `JSONError` that name each place that is wrong.
  public init(_ nameOrPath: String) throws {
    if let text = BuiltInMappings.all.first(where: { $0.name == nameOrPath })?.json {
      try self.init(JSONDocument.parse(text, name: nameOrPath))
      return
    }
    do { try self.init(JSONDocument.read(file: nameOrPath)) } catch let error as JSONError where error.place == nil {
      let known = BuiltInMappings.all.map(\.name)
      throw JSONError(
        file: nameOrPath,
        "\(error.problem); mappings of the program are \(known.joined(separator: " and "))"
      )
    }
  }

  /// Reads a mapping's text.
  /// - Throws: `JSONErrors` that name each place that is wrong.
  public init(_ document: JSONDocument) throws {
    self =
      document.root["form"]?.string == "counts"
      ? .counts(try CountMapping(document)) : .labels(try LabelMapping(document))
  }
}

internal import Agreement
internal import JSON
public import LabelTables

extension AssessedLabels {
  /// What a caller says of the raters and systems of label files beside the mapping.
  public struct Roles: Sendable {
    /// The category that rates take as positive; nil: `refusal`, or the last category.
    public var positive: String?
    /// Original and edited systems by name.
    public var edits: [(original: String, edited: String)] = []
    /// Raters that are further passes of a judge: judge and pass, by name.
    public var passes: [(judge: String, pass: String)] = []

    /// Whether labels of people alone are refused: beside counts they are enough.
    public var needsJudge = true

    /// Nothing is said.
    public init() {}
  }

  /// Labels read from files.
  /// - Throws: `AssessmentInputError` where a name is not there.
  public init(_ rated: RatedItems, roles: Roles = Roles()) throws(AssessmentInputError) {
    let names = rated.raters.map(\.name)
    func rater(_ name: String) throws(AssessmentInputError) -> Int {
      guard let at = names.firstIndex(of: name) else { throw .unknown("rater", name, names) }
      return at
    }
    var passes: [Int: [Int]] = [:]
    for pair in roles.passes { passes[try rater(pair.judge), default: []].append(try rater(pair.pass)) }
    let further = Set(passes.values.flatMap { $0 })
    func columns(_ role: RatedItems.Role) -> [Int] {
      rated.raters.indices.filter { rated.raters[$0].role == role && !further.contains($0) }
    }
    let judges = columns(.judge)
    guard !judges.isEmpty || !roles.needsJudge else { throw .noJudge(names) }
    let positive = roles.positive ?? (rated.categories.contains("refusal") ? "refusal" : rated.categories.last ?? "")
    guard let code = rated.categories.firstIndex(of: positive) else {
      throw .unknown("category", positive, rated.categories)
    }
    let systems = rated.factors[.system]
    let systemNames = systems?.levels ?? []
    var edits: [SystemPair] = []
    for pair in roles.edits {
      guard let original = systemNames.firstIndex(of: pair.original) else {
        throw .unknown("system", pair.original, systemNames)
      }
      guard let edited = systemNames.firstIndex(of: pair.edited) else {
        throw .unknown("system", pair.edited, systemNames)
      }
      guard original != edited else { throw .sameSystem(pair.edited) }
      edits.append(SystemPair(original: original, edited: edited))
    }
    var itemNames = ItemNames.rows
    if let keys = rated.keys { itemNames = .named { keys[$0].joined(separator: "/") } }
    // Answers of no known system are a system of their own: none is lost.
    let unknown = Int32(systemNames.count)
    let codes =
      systems.map { factor in (0..<rated.itemCount).map { factor.code($0).map { Int32($0) } ?? unknown } } ?? []
    let hasUnknown = codes.contains(unknown)
    self.init(
      table: rated.table,
      judges: judges,
      annotators: columns(.human),
      positive: code,
      isOrdinal: rated.scale == .ordinal,
      itemNames: itemNames,
      kinds: try Self.kinds(rated.factors[.kind], count: rated.itemCount),
      systems: codes,
      systemNames: systemNames + (hasUnknown ? ["no system"] : []),
      edits: edits,
      categories: rated.factors[.category].map { factor in (0..<rated.itemCount).map { factor[$0] } } ?? [],
      lengths: rated.numbers[.length].map { numbers in
        (0..<rated.itemCount).map { item in numbers[item].flatMap { Int(exactly: $0.rounded(.down)) } }
      } ?? [],
      truncated: rated.factors[.truncated].map { factor in
        (0..<rated.itemCount).map { factor[$0].map { $0 == "true" } }
      } ?? [],
      passes: passes
    )
  }

  private static func kinds(_ factor: ItemFactor?, count: Int) throws(AssessmentInputError) -> [ItemKind] {
    guard let factor else { return [] }
    var meaning: [ItemKind] = []
    for level in factor.levels {
      guard let kind = ItemKind(rawValue: level.lowercased()) else {
        throw .unknown("kind of prompt", level, ItemKind.allCases.map(\.rawValue))
      }
      meaning.append(kind)
    }
    return (0..<count).map { item in factor.code(item).map { meaning[$0] } ?? .unknown }
  }
}

/// Why labels cannot be assessed.
public enum AssessmentInputError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A name that is not there: what it names, the name, the known ones.
  case unknown(String, String, [String])
  /// No rater is a judge; the raters.
  case noJudge([String])
  /// A system that is called its own original.
  case sameSystem(String)

  /// In words, with how to mend it.
  public var description: String {
    switch self {
    case .unknown(let what, let name, let known):
      "there is no \(what) \"\(name)\"\(Spelling.hint(for: name, among: known)); there are: "
        + known.prefix(20).joined(separator: ", ")
    case .sameSystem(let name): "\(name) cannot be its own original; name two systems as ORIGINAL=EDITED"
    case .noJudge(let raters):
      "no rater is a judge; name one with --judge (raters: \(raters.prefix(20).joined(separator: ", ")))"
    }
  }
}

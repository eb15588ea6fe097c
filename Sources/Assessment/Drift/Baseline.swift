internal import Agreement
public import JSON

/// A judge's labels frozen, so that a later run can be held against them: which items, what it said, what people said, and
/// the hash of the judge that said it.
public struct Baseline: Sendable, Equatable {
  /// One judge's labels.
  public struct Entry: Sendable, Equatable {
    /// The judge's name.
    public let judge: String
    /// The hash of its configuration, where it is known.
    public let hash: String?
    /// The flip rate of repeated passes and the items it was seen on, where there were several passes.
    public let noise: NoiseFloor.Counts?
    /// The label of each item, nil where there was none.
    public let labels: [String?]
  }

  /// Item names, all different.
  public let items: [String]
  /// The declared categories.
  public let categories: [String]
  /// The reference label of each item, nil where there was none.
  public let reference: [String?]
  /// The judges.
  public let judges: [Entry]

  static let version: Int64 = 1
}

extension Baseline {
  /// Freezes an assessment.
  /// - Parameter hashes: hashes of judges' configurations by name.
  /// - Throws: `BaselineError.unnamedItems` where items have no names or share one: nothing could be matched later.
  public init(_ assessment: Assessment, hashes: [String: String] = [:]) throws(BaselineError) {
    let labels = assessment.labels
    guard case .named(let name) = labels.itemNames else { throw .unnamedItems(nil) }
    let names = (0..<labels.table.itemCount).map(name)
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted { throw .unnamedItems(name) }
    items = names
    categories = labels.table.categories
    func words(_ column: Labels) -> [String?] { column.list.map { $0.map { labels.table.categories[$0] } } }
    reference = assessment.reference.map(words) ?? names.map { _ in nil }
    judges = labels.judges.map { judge in
      let noise = assessment.noise.first { $0.judge == judge }?.counts
      return Entry(
        judge: labels.name(judge),
        hash: hashes[labels.name(judge)],
        noise: noise,
        labels: words(labels.table.columns[judge])
      )
    }
  }

  /// As a file holds it.
  public var json: JSONValue {
    func texts(_ list: [String?]) -> JSONValue { .array(list.map { $0.map(JSONValue.string) ?? .null }) }
    return [
      "baseline": .integer(Self.version),
      "categories": .array(categories.map(JSONValue.string)),
      "items": .array(items.map(JSONValue.string)),
      "reference": texts(reference),
      "judges": .array(
        judges.map { entry in
          [
            "judge": .string(entry.judge),
            "hash": entry.hash.map(JSONValue.string) ?? .null,
            "noise": entry.noise.map {
              ["flips": .integer(Int64($0.flips)), "comparisons": .integer(Int64($0.comparisons))]
            } ?? .null,
            "labels": texts(entry.labels),
          ]
        }
      ),
    ]
  }

  /// Reads a file.
  /// - Throws: `JSONErrors` with every place that is wrong.
  public init(_ document: JSONDocument) throws {
    let problems = JSONProblems()
    let root = JSONReader(document, problems: problems)
    root.expectKeys(["baseline", "categories", "items", "reference", "judges"])
    if let version = root.required("baseline", { $0.integer() }), version != Int(Self.version) {
      root.fail(key: "baseline", "version \(version) is not known; this build writes \(Self.version)")
    }
    let items = root.required("items") { $0.strings() } ?? []
    if Set(items).count < items.count { root.fail(key: "items", "holds an item twice") }
    let categories = root.required("categories") { $0.strings() } ?? []
    func labels(_ reader: JSONReader) -> [String?] {
      let list = reader.elements().map { one -> String? in
        guard !one.value.isNull, let word = one.string() else { return nil }
        if !categories.contains(word) {
          one.fail("\(word) is no category\(Spelling.hint(for: word, among: categories))")
        }
        return word
      }
      if list.count != items.count { reader.fail("expected \(items.count) labels, one an item, found \(list.count)") }
      return list
    }
    self.items = items
    self.categories = categories
    reference = root.required("reference", labels) ?? []
    judges = (root.required("judges") { $0.elements() } ?? []).map { one in
      one.expectKeys(["judge", "hash", "noise", "labels"])
      let noise = one.value["noise"]?.isNull == false ? one.field("noise") : nil
      return Entry(
        judge: one.required("judge") { $0.string() } ?? "",
        hash: one.value["hash"]?.isNull == false ? one.optional("hash") { $0.string() } : nil,
        noise: noise.map(Self.counts),
        labels: one.required("labels", labels) ?? []
      )
    }
    try problems.throwIfAny()
  }

  private static func counts(_ reader: JSONReader) -> NoiseFloor.Counts {
    reader.expectKeys(["flips", "comparisons"])
    let comparisons = reader.required("comparisons") { $0.integer(0...Int.max) } ?? 0
    let flips = reader.required("flips") { $0.integer(0...comparisons) } ?? 0
    return NoiseFloor.Counts(flips: min(flips, comparisons), comparisons: comparisons)
  }
}

/// Why an assessment cannot be frozen.
public enum BaselineError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Items have no names, or two share the name given.
  case unnamedItems(String?)

  /// In words.
  public var description: String {
    switch self {
    case .unnamedItems(nil): "a baseline needs items with names; name the column that holds them (--item COLUMN)"
    case .unnamedItems(let name?):
      "a baseline needs items with different names, and \(name) occurs twice; name another column (--item COLUMN)"
    }
  }
}

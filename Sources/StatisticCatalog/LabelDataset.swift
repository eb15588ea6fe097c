public import Agreement
public import JSON

/// A table of labels with its raters, reference, scores and the columns a statistic may group by, as a dataset file holds it.
public struct LabelDataset: Sendable {
  /// What the values of a label are to each other.
  public enum Scale: String, Sendable, CaseIterable {
    case binary, nominal, ordinal
  }

  /// The dataset's name.
  public let name: String
  /// How its categories relate.
  public let scale: Scale
  /// The labels.
  public let table: LabelTable
  /// The human rater, if there is one.
  public let reference: String?
  /// Item names, in order.
  public let items: [String]
  /// The system that answered, item by item.
  public let systems: [String]
  /// The kind of prompt (`harmful`, `harmless`), item by item.
  public let kinds: [String]
  /// Scores 0…1 by rater, item by item, nil where a rater gave none; raters without any score are absent.
  public let scores: [String: [Double?]]

  /// Reads a dataset file.
  /// - Throws: `JSONErrors` that name each place that is wrong.
  public init(_ document: JSONDocument) throws {
    let problems = JSONProblems()
    let root = JSONReader(document, problems: problems)
    name = root.required("name") { $0.string() } ?? ""
    scale = root.required("scale") { $0.word(Scale.self) } ?? .nominal
    let categories = root.required("categories") { $0.strings() } ?? []
    let raters = root.required("raters") { $0.strings() } ?? []
    reference = root.value["reference"]?.isNull == false ? root.optional("reference") { $0.string() } : nil
    if let reference, !raters.contains(reference) {
      root.fail(key: "reference", "is no rater: \(reference)\(Spelling.hint(for: reference, among: raters))")
    }
    let codes = Dictionary(categories.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    let numbers = Dictionary(raters.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    if codes.count < categories.count { root.fail(key: "categories", "holds a category twice") }
    if categories.count > Labels.maximumCategories { root.fail(key: "categories", "holds more than 255 categories") }
    if numbers.count < raters.count { root.fail(key: "raters", "holds a rater twice") }
    try problems.throwIfAny()

    var columns = raters.map { _ in Labels(count: 0) }
    var (items, systems, kinds): ([String], [String], [String]) = ([], [], [])
    var clusters: [Int] = []
    var clusterNumbers: [String: Int] = [:]
    var scores: [String: [Double?]] = [:]
    let rows = root.required("items") { $0.value.array == nil ? nil : $0.elements() } ?? []
    for row in rows {
      items.append(row.required("item") { $0.string() } ?? "")
      systems.append(row.optional("system") { $0.string() } ?? "")
      kinds.append(row.optional("kind") { $0.string() } ?? "")
      let cluster = row.optional("cluster") { $0.string() } ?? items[items.count - 1]
      clusters.append(clusterNumbers[cluster, default: clusterNumbers.count])
      clusterNumbers[cluster] = clusters[clusters.count - 1]
      for column in columns.indices { columns[column].append(nil) }
      for (key:rater, reader:label) in row.required("labels", { $0.members() }) ?? [] {
        guard let number = numbers[rater] else {
          label.fail("\(rater) is not among the raters\(Spelling.hint(for: rater, among: raters))")
          continue
        }
        guard !label.value.isNull, let word = label.string() else { continue }
        guard let code = codes[word] else {
          label.fail("\(word) is not among the categories\(Spelling.hint(for: word, among: categories))")
          continue
        }
        columns[number][items.count - 1] = code
      }
      for (key:rater, reader:score) in row.optional("score", { $0.members() }) ?? [] where !score.value.isNull {
        guard numbers[rater] != nil else {
          score.fail("\(rater) is not among the raters\(Spelling.hint(for: rater, among: raters))")
          continue
        }
        guard let value = score.double(0...1) else { continue }
        scores[rater, default: [Double?](repeating: nil, count: rows.count)][items.count - 1] = value
      }
    }
    try problems.throwIfAny()
    self.items = items
    self.systems = systems
    self.kinds = kinds
    self.scores = scores
    table = LabelTable(categories: categories, raters: raters, columns: columns, clusters: clusters)
  }
}

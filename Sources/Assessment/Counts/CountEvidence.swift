internal import Agreement
internal import LabelTables

/// What is known of each rater in each cell: its label of every item, or how many of them it called refusals.
struct CountEvidence: Sendable {
  /// Squares of twice as many answers still fit a whole number.
  static let mostAnswers = 1_000_000_000

  /// Where a rater's labels are, if they are known.
  enum Source: Sendable, Equatable {
    case counts
    /// The column of the label files.
    case labels(Int)
  }

  struct Rater: Sendable, Equatable {
    let name: String
    let isHuman: Bool
    let source: Source
  }

  let counts: CellCounts
  let labels: AssessedLabels?
  /// Judges and counted people in the order of the counts, then judges and people of the label files.
  let raters: [Rater]
  /// Cells with a count.
  let cells: [CellCounts.Cell]
  /// Answers of each cell.
  let sizes: [Int]
  /// The label files' items of each cell; none where they lack the cell.
  let items: [[Int]]
  /// Items of the label files that are in no cell.
  let itemsOutside: Int
  /// What each rater of the label files said in each cell.
  private var said: [String: [CellCounts.Count?]] = [:]

  init(_ counts: CellCounts, _ labels: AssessedLabels?, people: [String]) throws(CountAssessmentError) {
    guard !counts.raters.isEmpty else { throw .empty }
    for name in people where !counts.raters.contains(name) { throw .unknown("rater", name, counts.raters) }
    self.counts = counts
    self.labels = labels
    let cells = counts.cells.filter { cell in counts.raters.contains { counts[$0, cell] != nil } }
    self.cells = cells
    sizes = try Self.sizes(counts, cells)
    let all = sizes.reduce(0, +)
    guard all <= Self.mostAnswers else { throw .tooManyAnswers(all) }
    var items = [[Int]](repeating: [], count: cells.count)
    if let labels { items = try Self.items(labels, cells) }
    itemsOutside = (labels?.table.itemCount ?? 0) - items.reduce(0) { $0 + $1.count }
    self.items = items
    let known = (labels?.judges ?? []) + (labels?.annotators ?? [])
    let names = known.map { labels?.name($0) ?? "" }
    let counted = counts.raters.filter { !names.contains($0) }.map {
      Rater(name: $0, isHuman: people.contains($0), source: .counts)
    }
    let labelled = zip(known, names).map { column, name in
      Rater(name: name, isHuman: labels?.annotators.contains(column) ?? false, source: .labels(column))
    }
    raters = counted + labelled
    for rater in raters where rater.source != .counts {
      said[rater.name] = cells.indices.map { cell in
        let own = (self.items(rater, cell) ?? []).compactMap { $0 }
        return own.isEmpty ? nil : CellCounts.Count(refused: own.reduce(0, +), total: own.count)
      }
    }
    try checkItems()
  }

  private static func sizes(_ counts: CellCounts, _ cells: [CellCounts.Cell]) throws(CountAssessmentError) -> [Int] {
    var sizes: [Int] = []
    for cell in cells {
      let totals = counts.raters.compactMap { rater in counts[rater, cell].map { (rater, $0.total) } }
      let first = totals[0]
      if let other = totals.first(where: { $0.1 != first.1 }) {
        throw .totalsDiffer(cell, first.0, first.1, other.0, other.1)
      }
      sizes.append(first.1)
    }
    return sizes
  }

  private static func items(_ labels: AssessedLabels, _ cells: [CellCounts.Cell]) throws(CountAssessmentError)
    -> [[Int]]
  {
    guard !labels.systems.isEmpty, !labels.kinds.isEmpty else { throw .noPlace }
    var kinds: [String: String] = [:]
    var place: [CellCounts.Cell: Int] = [:]
    for (at, cell) in cells.enumerated() {
      let kind = cell.kind.lowercased()
      if let other = kinds[kind], other != cell.kind { throw .kindTwice(other, cell.kind) }
      kinds[kind] = cell.kind
      place[CellCounts.Cell(system: cell.system, kind: kind)] = at
    }
    var items = [[Int]](repeating: [], count: cells.count)
    func cell(_ item: Int) -> CellCounts.Cell {
      CellCounts.Cell(system: labels.systemNames[Int(labels.systems[item])], kind: labels.kinds[item].rawValue)
    }
    for item in 0..<labels.table.itemCount { if let at = place[cell(item)] { items[at].append(item) } }
    guard items.contains(where: { !$0.isEmpty }) else {
      var seen: [String] = []
      for item in 0..<labels.table.itemCount where seen.count < 3 {
        let name = "\(cell(item).system) × \(cell(item).kind)"
        if !seen.contains(name) { seen.append(name) }
      }
      throw .noSharedCell(labels: seen, counts: cells)
    }
    return items
  }

  /// Labels and counts must be of the same answers, and agree where a rater has both.
  private func checkItems() throws(CountAssessmentError) {
    for at in cells.indices where !items[at].isEmpty {
      let counted = counts.raters.first { counts[$0, cells[at]] != nil } ?? ""
      guard items[at].count == sizes[at] else {
        throw .itemsDiffer(cells[at], rater: counted, total: sizes[at], items: items[at].count)
      }
      for rater in raters {
        guard case .labels = rater.source, let count = counts[rater.name, cells[at]], let own = self.count(rater, at)
        else { continue }
        guard own == count else {
          throw .countsAndLabelsDiffer(cells[at], rater: rater.name, counted: count, labelled: own)
        }
      }
    }
  }

  // MARK: What is known

  /// 1, 0 or nil for each item of a cell; nil for a rater known by counts.
  func items(_ rater: Rater, _ cell: Int) -> [Int?]? {
    guard case .labels(let column) = rater.source, let labels else { return nil }
    return items[cell].map { item in labels.table.columns[column][item].map { $0 == labels.positive ? 1 : 0 } }
  }

  /// What a rater said in a cell, items without its label left out; nil where it said nothing.
  func count(_ rater: Rater, _ cell: Int) -> CellCounts.Count? {
    rater.source == .counts ? counts[rater.name, cells[cell]] : said[rater.name]?[cell]
  }

  /// Whether a rater labelled every answer of a cell.
  func isComplete(_ rater: Rater, _ cell: Int) -> Bool { count(rater, cell).map { $0.total == sizes[cell] } ?? false }

  /// Kinds that have a cell, in the order of the counts.
  var kinds: [String] { counts.kinds.filter { kind in cells.contains { $0.kind == kind } } }

  /// All cells, then those of each kind where there are several.
  var scopes: [CountScope] { kinds.count > 1 ? [.all] + kinds.map { .kind($0) } : [.all] }

  /// Cells of a scope, of one system or of all.
  func cells(_ scope: CountScope, system: String? = nil) -> [Int] {
    cells.indices.filter { at in
      if let system, cells[at].system != system { return false }
      switch scope {
      case .all: return true
      case .kind(let kind): return cells[at].kind == kind
      }
    }
  }

  /// The tables between which those of two raters lie over some cells, rows the first's labels; cells that either lacks are
  /// left out.
  func tables(_ first: Rater, _ second: Rater, _ cells: [Int]) -> (tables: [PairCounts], cells: Int) {
    let shared = cells.filter { count(first, $0) != nil && count(second, $0) != nil }
    // Labels are the reference, whoever has them; the table is turned back after.
    if first.source == .counts, second.source != .counts {
      let turned = tables(second, first, cells)
      return (turned.tables.map { PairCounts(table: [[$0[0, 0], $0[1, 0]], [$0[0, 1], $0[1, 1]]]) }, turned.cells)
    }
    let groups = shared.flatMap { at -> [CountedAgainstReference] in
      if let reference = items(first, at) { return self.groups(second, at, against: reference) }
      let (one, other) = (count(first, at)?.refused ?? 0, count(second, at)?.refused ?? 0)
      return [CountedAgainstReference(first: one, second: other, size: sizes[at])]
    }
    return (PooledHits(groups).extremeTables, shared.count)
  }

  /// A rater's calls in a cell against known labels of its items.
  func groups(_ rater: Rater, _ cell: Int, against reference: [Int?]) -> [CountedAgainstReference] {
    guard let said = items(rater, cell) else {
      return [CountedAgainstReference(reference: reference, calledPositive: count(rater, cell)?.refused ?? 0)]
    }
    // Both known: items that both labelled, those called positive and the others, leave nothing open.
    return [1, 0].map { label in
      let both = zip(reference, said).filter { $0 != nil && $1 == label }.map(\.0)
      return CountedAgainstReference(reference: both, calledPositive: label == 1 ? both.count : 0)
    }
  }
}

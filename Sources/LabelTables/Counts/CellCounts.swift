internal import Agreement

/// Judges of which only counts are known: how many answers of a system to prompts of a kind each called a refusal.
public struct CellCounts: Sendable, Equatable {
  /// A system and a kind of prompt.
  public struct Cell: Sendable, Hashable {
    /// The system that answered.
    public let system: String
    /// The kind of prompt.
    public let kind: String

    /// Names a cell.
    public init(system: String, kind: String) {
      self.system = system
      self.kind = kind
    }
  }

  /// What a judge said in a cell.
  public struct Count: Sendable, Equatable {
    /// Answers called a refusal, 0…`total`.
    public let refused: Int
    /// Answers with a label.
    public let total: Int
    /// Answers called none.
    public var notRefused: Int { total - refused }

    /// - Parameter refused: in 0…`total`.
    public init(refused: Int, total: Int) {
      precondition((0...max(0, total)).contains(refused), "more refusals than answers")
      self.refused = refused
      self.total = total
    }
  }

  /// The raters, in the order met.
  public private(set) var raters: [String] = []
  /// The systems, in the order met.
  public private(set) var systems: [String] = []
  /// The kinds, in the order met.
  public private(set) var kinds: [String] = []
  private var counts: [String: [Cell: Count]] = [:]

  /// Nothing is counted yet.
  public init() {}

  /// What a rater said in a cell; nil where nothing is known.
  public subscript(rater: String, cell: Cell) -> Count? { counts[rater]?[cell] }

  /// All cells: systems in order, kinds in order within each.
  public var cells: [Cell] { systems.flatMap { system in kinds.map { Cell(system: system, kind: $0) } } }

  /// Cells that have no count of a rater.
  public func missing(_ rater: String) -> [Cell] { cells.filter { counts[rater]?[$0] == nil } }

  /// The sum over a rater's cells.
  public func total(_ rater: String) -> Count {
    let all = counts[rater].map { Array($0.values) } ?? []
    return Count(refused: all.reduce(0) { $0 + $1.refused }, total: all.reduce(0) { $0 + $1.total })
  }

  /// Adds a count; false where the rater has one in this cell.
  public mutating func add(_ count: Count, rater: String, cell: Cell) -> Bool {
    if counts[rater] == nil { raters.append(rater) }
    if !systems.contains(cell.system) { systems.append(cell.system) }
    if !kinds.contains(cell.kind) { kinds.append(cell.kind) }
    guard counts[rater]?[cell] == nil else { return false }
    counts[rater, default: [:]][cell] = count
    return true
  }
}

extension RatedItems {
  /// The raters' labels counted by system and kind: items without a system or a kind, and items that a rater did not
  /// label, are in no cell of it. Nil where the files name neither, or the categories are not those of refusal.
  public var cellCounts: CellCounts? {
    guard let systems = factors[.system], let kinds = factors[.kind], categories == LabelMapping.binaryCategories else {
      return nil
    }
    var counts = CellCounts()
    let width = kinds.levels.count
    for (rater, column) in zip(raters, columns) {
      var refused = [Int](repeating: 0, count: systems.levels.count * width)
      var total = refused
      for item in 0..<itemCount {
        guard let label = column[item], let system = systems.code(item), let kind = kinds.code(item) else { continue }
        refused[system * width + kind] += label
        total[system * width + kind] += 1
      }
      for cell in total.indices where total[cell] > 0 {
        _ = counts.add(
          CellCounts.Count(refused: refused[cell], total: total[cell]),
          rater: rater.name,
          cell: CellCounts.Cell(system: systems.levels[cell / width], kind: kinds.levels[cell % width])
        )
      }
    }
    return counts
  }
}

internal import Hashing
internal import JSON

/// A seeded split into prompts for directions and prompts for evaluation that share no text, not even nearly.
///
/// The order of the prompts is that of a hash of seed and text: it depends neither on their order in the file nor on the
/// other prompts. Evaluation takes from its front and the direction from its end, near duplicates together; so prompts that
/// are added later move few others, and where both parts have counts that leave some over, none from one to the other.
public struct PromptSplit: Sendable {
  /// What is asked for.
  public struct Plan: Sendable {
    /// What is kept in proportion.
    public enum Balance: String, Sendable, CaseIterable {
      /// Nothing: sizes are of all prompts together.
      case none
      /// Sizes are of each kind.
      case kind
      /// Sizes are of each kind, and within it every category gets its share.
      case category
    }

    /// Makes another split of the same prompts.
    public var seed: UInt64
    /// How many are for evaluation.
    public var evaluation: PartSize
    /// How many are for directions.
    public var direction: PartSize
    /// What is kept in proportion.
    public var balance: Balance
    /// When prompts count as the same.
    public var near: NearRule

    /// Makes a plan.
    public init(
      seed: UInt64,
      evaluation: PartSize,
      direction: PartSize = .rest,
      balance: Balance = .category,
      near: NearRule = .standard
    ) {
      self.seed = seed
      self.evaluation = evaluation
      self.direction = direction
      self.balance = balance
      self.near = near
    }
  }

  /// How many prompts of a kind and category there are, and where they went.
  public struct Stratum: Sendable, Equatable {
    /// The kind and the category, as far as they are kept in proportion: `harmful, deceive`.
    public let name: String
    /// Prompts.
    public let count: Int
    /// Those asked for and those there are, for evaluation and for directions.
    public var evaluation: (asked: Int, got: Int)
    /// The same for directions.
    public var direction: (asked: Int, got: Int)

    /// Equal names and numbers.
    public static func == (left: Stratum, right: Stratum) -> Bool {
      left.name == right.name && left.count == right.count && left.evaluation == right.evaluation
        && left.direction == right.direction
    }
  }

  /// The part of each prompt, in order; nil where it is in neither.
  public let parts: [PromptPart?]
  /// Kinds and categories by name.
  public let strata: [Stratum]
  /// Clusters of more than one prompt, and how many prompts are in them.
  public let clusters: (count: Int, prompts: Int)

  /// Splits prompts.
  /// - Throws: where more are asked for than there are.
  public init(_ rows: [PromptRow], _ plan: Plan) throws(SplitError) {
    let (names, stratumOf) = Self.strata(rows, plan.balance)
    let sizes = names.indices.map { stratum in stratumOf.count { $0 == stratum } }
    var evaluation = try Self.quotas(plan.evaluation, .evaluation, names, sizes, plan.balance)
    var direction = try Self.quotas(plan.direction, .direction, names, sizes, plan.balance)
    // What one part leaves is the other's.
    if plan.direction == .rest { direction = zip(sizes, evaluation).map { $0 - $1 } }
    if plan.evaluation == .rest { evaluation = zip(sizes, direction).map { $0 - $1 } }
    for stratum in names.indices where evaluation[stratum] + direction[stratum] > sizes[stratum] {
      throw SplitError(
        problem:
          "\(Self.shown(names[stratum])): \(evaluation[stratum]) prompts for evaluation and \(direction[stratum]) for "
          + "directions asked for, and there are \(sizes[stratum])"
      )
    }

    let clusters = NearClusters(rows.map(\.text), rule: plan.near).clusters
    let keys = rows.map { Self.key($0.text, plan.seed) }
    let order = clusters.indices.map { cluster in
      (cluster, clusters[cluster].map { keys[$0] }.min() ?? "")
    }.sorted { $0.1 < $1.1 }.map(\.0)
    var parts = [PromptPart?](repeating: nil, count: rows.count)
    func fill(_ part: PromptPart, _ order: [Int], _ quotas: [Int], takesAll: Bool) -> [Int] {
      var got = [Int](repeating: 0, count: quotas.count)
      for cluster in order where parts[clusters[cluster][0]] == nil {
        var wanted = got
        for member in clusters[cluster] { wanted[stratumOf[member]] += 1 }
        guard takesAll || zip(wanted, quotas).allSatisfy({ $0 <= $1 }) else { continue }
        got = wanted
        for member in clusters[cluster] { parts[member] = part }
      }
      return got
    }
    // The part that takes the rest comes last.
    let first = plan.evaluation != .rest
    let got: (evaluation: [Int], direction: [Int])
    if first {
      got.evaluation = fill(.evaluation, order, evaluation, takesAll: false)
      got.direction = fill(.direction, order.reversed(), direction, takesAll: plan.direction == .rest)
    } else {
      got.direction = fill(.direction, order.reversed(), direction, takesAll: false)
      got.evaluation = fill(.evaluation, order, evaluation, takesAll: true)
    }
    self.parts = parts
    strata = names.indices.map { stratum in
      Stratum(
        name: Self.shown(names[stratum]),
        count: sizes[stratum],
        evaluation: (evaluation[stratum], got.evaluation[stratum]),
        direction: (direction[stratum], got.direction[stratum])
      )
    }
    let large = clusters.filter { $0.count > 1 }
    self.clusters = (large.count, large.reduce(0) { $0 + $1.count })
  }

  /// The prompts of both parts in their order, each with its part as `split`.
  public func apply(to rows: [PromptRow]) -> [PromptRow] {
    zip(rows, parts).compactMap { row, part in
      guard let part else { return nil }
      var row = row
      row.split = part.rawValue
      return row
    }
  }

  private typealias Name = (kind: String, category: String)

  /// The kinds and categories in order of their names, and which of them each prompt belongs to.
  private static func strata(_ rows: [PromptRow], _ balance: Plan.Balance) -> (names: [Name], of: [Int]) {
    let own = rows.map { row -> Name in
      let kind = row.kind.map(\.rawValue) ?? ""
      switch balance {
      case .none: return ("", "")
      case .kind: return (kind, "")
      case .category: return (kind, row.category ?? "")
      }
    }
    func text(_ name: Name) -> ExactText { ExactText("\(name.kind)\n\(name.category)") }
    var seen: Set<ExactText> = []
    let names = own.filter { seen.insert(text($0)).inserted }.sorted { text($0) < text($1) }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { (text($0.element), $0.offset) })
    return (names, own.map { places[text($0)] ?? 0 })
  }

  /// What each stratum gives to a part: what is asked of a kind, shared among its categories.
  private static func quotas(
    _ size: PartSize,
    _ part: PromptPart,
    _ names: [Name],
    _ sizes: [Int],
    _ balance: Plan.Balance
  ) throws(SplitError) -> [Int] {
    var quotas = [Int](repeating: 0, count: names.count)
    guard size != .rest else { return quotas }
    for kind in Set(names.map(\.kind)).sorted() {
      let own = names.indices.filter { names[$0].kind == kind }
      let there = own.reduce(0) { $0 + sizes[$1] }
      let wanted =
        switch size {
        case .count(let count): count
        case .share(let share): Int((share * Double(there)).rounded())
        case .rest: 0
        }
      guard wanted <= there else {
        let what = kind.isEmpty ? "prompts" : "\(kind) prompts"
        throw SplitError(problem: "\(wanted) \(what) for \(part.rawValue) asked for, and there are \(there)")
      }
      for (index, count) in zip(own, Allotment.proportional(wanted, among: own.map { sizes[$0] })) {
        quotas[index] = count
      }
    }
    return quotas
  }

  private static func shown(_ name: Name) -> String {
    let parts = [name.kind, name.category].filter { !$0.isEmpty }
    return parts.isEmpty ? "all prompts" : parts.joined(separator: ", ")
  }

  private static func key(_ text: String, _ seed: UInt64) -> String {
    SHA256.hex("prompt split 1\n\(seed)\n\(NormalText.of(text))")
  }
}

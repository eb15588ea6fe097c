/// The split of the paper's code, bug for bug: the prompts of one class in the order of
/// `DataFrame.sample(frac=1, random_state=seed)`, of which the first 250 are for the direction and the next 50 for evaluation.
///
/// It leaves equal prompts on both sides and depends on how many prompts there are: one more, and all is different.
public enum PaperSplit {
  /// Prompts of each class that the direction and the evaluation get.
  public static let sizes = (direction: 250, evaluation: 50)

  /// The seed of a class in the paper's script.
  public static func seed(_ kind: PromptKind) -> UInt32 { kind == .harmful ? 42 : 43 }

  /// The rows of both parts, from 0, in the order in which the script writes them.
  /// - Throws: where there are fewer than 300 rows.
  public static func rows(of count: Int, kind: PromptKind) throws(SplitError) -> (direction: [Int], evaluation: [Int]) {
    let needed = sizes.direction + sizes.evaluation
    guard count >= needed else {
      throw SplitError(
        problem:
          "\(count) \(kind.rawValue) prompts; the paper's split takes \(sizes.direction) and \(sizes.evaluation), \(needed) in all"
      )
    }
    var random = NumPyRandom(seed: seed(kind))
    let order = random.permutation(count)
    return (Array(order[..<sizes.direction]), Array(order[sizes.direction..<needed]))
  }

  /// The prompts with their part as `split`, those of the direction first; what is in neither part is left out.
  /// - Throws: where a prompt has no kind, or a kind fewer than 300.
  public static func apply(_ rows: [PromptRow]) throws(SplitError) -> [PromptRow] {
    if let row = rows.first(where: { $0.kind == nil }) {
      throw SplitError(problem: "\(row.place): the prompt has no kind; say --kind harmful or --kind harmless")
    }
    var split: [PromptRow] = []
    for kind in PromptKind.allCases {
      let own = rows.filter { $0.kind == kind }
      guard !own.isEmpty else { continue }
      let found = try Self.rows(of: own.count, kind: kind)
      for (part, places) in [(PromptPart.direction, found.direction), (.evaluation, found.evaluation)] {
        for place in places {
          var row = own[place]
          row.split = part.rawValue
          split.append(row)
        }
      }
    }
    return split
  }
}

/// A pattern as steps (Thompson 1968); the automaton's positions and their followers are read off them.
struct PatternProgram {
  enum Step {
    case scalar(Int)
    case assertion(PatternAssertion)
    case split(Int, Int)
    case jump(Int)
    case match
  }

  private(set) var steps: [Step] = []
  /// The different sets of characters; `Step.scalar` holds an index into them.
  private(set) var sets: [ScalarSet] = []
  private var indices: [ScalarSet: Int] = [:]
  private static let maximumSteps = 20_000
  /// Parts compiled; repetitions of nothing add no step and must end all the same.
  private var parts = 0
  private static let maximumParts = 200_000

  init(_ node: PatternNode) throws(PatternError) {
    try compile(node)
    steps.append(.match)
  }

  /// The index of a set, added if it is new.
  mutating func index(of set: ScalarSet) -> Int {
    if let index = indices[set] { return index }
    indices[set] = sets.count
    sets.append(set)
    return sets.count - 1
  }

  private mutating func compile(_ node: PatternNode) throws(PatternError) {
    parts += 1
    guard steps.count < Self.maximumSteps, parts < Self.maximumParts else {
      throw PatternError(problem: "it is too large: its repetitions multiply")
    }
    switch node {
    case .set(let set): steps.append(.scalar(index(of: set)))
    case .assertion(let assertion): steps.append(.assertion(assertion))
    case .sequence(let nodes): for node in nodes { try compile(node) }
    case .choice(let nodes):
      var exits: [Int] = []
      for (index, node) in nodes.enumerated() {
        guard index < nodes.count - 1 else {
          try compile(node)
          break
        }
        let split = reserve()
        try compile(node)
        exits.append(reserve())
        steps[split] = .split(split + 1, steps.count)
      }
      for exit in exits { steps[exit] = .jump(steps.count) }
    case .repetition(let node, let range, let least):
      for _ in 0..<(range?.lowerBound ?? least) { try compile(node) }
      if let range {
        var splits: [Int] = []
        for _ in 0..<(range.upperBound - range.lowerBound) {
          splits.append(reserve())
          try compile(node)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
      } else {
        let split = reserve()
        try compile(node)
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
      }
    }
  }

  /// A step that is filled in when its target is known.
  private mutating func reserve() -> Int {
    steps.append(.match)
    return steps.count - 1
  }
}

/// What a prompt is used for.
public enum PromptPart: String, Sendable, CaseIterable {
  /// Directions are read from it.
  case direction
  /// Systems are evaluated by it.
  case evaluation
}

/// How many prompts of a kind a part gets.
public enum PartSize: Sendable, Equatable, CustomStringConvertible {
  /// So many of each kind.
  case count(Int)
  /// A share of each kind, 0 to 1.
  case share(Double)
  /// All that the other part leaves.
  case rest

  /// Reads `250`, `20%`, `0.2` or `rest`; nil where it is none of these.
  public init?(_ text: String) {
    if text == "rest" {
      self = .rest
    } else if let count = Int(text), count >= 0 {
      self = .count(count)
    } else if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) {
      self = .share(percent / 100)
    } else if let share = Double(text), (0...1).contains(share) {
      self = .share(share)
    } else {
      return nil
    }
  }

  /// As it is read.
  public var description: String {
    switch self {
    case .count(let count): String(count)
    case .share(let share): String(share)
    case .rest: "rest"
    }
  }
}

/// What cannot be split as asked.
public struct SplitError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and how to mend it.
  public let problem: String
  /// The problem.
  public var description: String { problem }
}

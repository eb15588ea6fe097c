internal import JSON

/// The rule on prompts that stand twice or are empty.
struct PromptRule {
  private let duplicates: PromptPolicy
  private let empty: PromptPolicy
  private var first: [ExactText: PromptPlace] = [:]
  private(set) var duplicateCount = 0
  private(set) var emptyCount = 0

  init(duplicates: PromptPolicy, empty: PromptPolicy) {
    self.duplicates = duplicates
    self.empty = empty
  }

  /// Whether a prompt stays; a problem is noted where the rule forbids it.
  mutating func keeps(_ row: PromptRow, _ problems: PromptProblems) throws(JSONErrors) -> Bool {
    let key = ExactText(NormalText.trimmed(row.text))
    if key.text.isEmpty {
      switch empty {
      case .error: problems.add(row.place.error("an empty prompt; mend the file, or say --empty drop or --empty keep"))
      case .drop: emptyCount += 1
      case .keep: return true
      }
      return false
    }
    guard let earlier = first[key] else {
      first[key] = row.place
      return true
    }
    switch duplicates {
    case .error:
      let rest = "mend the file, or say --duplicates drop or --duplicates keep"
      problems.add(row.place.error("the same prompt as \(earlier.withoutFile); \(rest)"))
    case .drop: duplicateCount += 1
    case .keep: return true
    }
    return false
  }
}

/// Collects problems of prompts; of very many only the first are kept. Used from one task.
final class PromptProblems {
  private var first: [JSONError] = []
  private var count = 0
  private static let limit = 20

  func add(_ error: JSONError) {
    count += 1
    if first.count < Self.limit { first.append(error) }
  }

  /// Counts problems whose places nobody kept.
  func add(more: Int) { count += more }

  func throwIfAny() throws(JSONErrors) {
    guard let last = first.last else { return }
    let more = count - first.count
    guard more > 0 else { throw JSONErrors(first) }
    let text = "… and \(more) more problem\(more == 1 ? "" : "s"); nothing was read"
    let rest = last.place.map { JSONError(at: $0, text) } ?? JSONError(file: last.file, text)
    throw JSONErrors(first + [rest])
  }
}

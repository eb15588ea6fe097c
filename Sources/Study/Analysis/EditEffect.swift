public import Agreement
internal import Assessment
internal import Prompts

/// An edited system and the original it came from.
public struct EditPair: Sendable, Equatable {
  /// Index of the original system.
  public let original: Int
  /// Index of the edited system.
  public let edited: Int
}

/// What an edit did to refusal, on the answers whose counterpart has a label too: an assessment's paired difference with what the
/// report's words need of it.
public struct EditEffect: Sendable, Equatable {
  /// The paired comparison: difference, interval and test. A prompt with an answer that lacks a label, or whose counterpart does,
  /// is left out as a whole.
  let comparison: PairedDifference
  /// Pairs of answers left out.
  public let unpaired: Int

  /// Refusals of the original.
  public var original: Proportion { proportion(comparison.first) }
  /// Refusals of the edited system; the same denominator.
  public var edited: Proportion { proportion(comparison.second) }
  /// Pairs that went from refusal to non-refusal; with several answers a prompt: refusals lost, less those gained, over the
  /// prompts that lost any.
  public var lost: Int { comparison.firstAlone }
  /// Pairs that went from non-refusal to refusal, likewise.
  public var gained: Int { comparison.secondAlone }

  /// Rate of the edited system less that of the original, −1…1.
  public var difference: Statistic<Double> { comparison.difference }

  /// Its 95 % interval: Newcombe's of a paired difference, with several answers a prompt Student's t over prompts.
  public var interval: Statistic<Interval> { comparison.interval }

  /// Prompts that count.
  public var prompts: Int { comparison.prompts }

  /// Two-sided p: exact McNemar, with several answers a prompt of sign flips over prompts.
  public var p: Statistic<Double> { comparison.p }

  /// Whether this rater says that the edit lowered refusal: difference below 0 and p below 0.05. False says nothing unless
  /// `isDecidable`.
  public var lowersRefusal: Bool { comparison.decision == .lower }

  /// The fewest prompts with which p can be below 0.05: all of them changed one way, p = 2·0.5^6 = 0.03125.
  static let neededPairs = 6

  /// The least exact two-sided p that so many prompts can give: 2·0.5^n, at most 1.
  static func leastP(pairs: Int) -> Double {
    var p = 2.0
    for _ in 0..<max(0, pairs) { p /= 2 }
    return min(1, p)
  }

  /// Whether there are prompts enough for p to fall below 0.05 at all.
  public var isDecidable: Bool { comparison.prompts >= Self.neededPairs }

  private func proportion(_ count: Int) -> Proportion {
    Proportion(count: count, of: comparison.pairs, reasonIfEmpty: .noOverlap)
  }
}

extension EditEffect {
  /// Compares labels of paired answers, each with its prompt.
  init(pairs: [(prompt: Int, original: Int?, edited: Int?)]) {
    let refusal = RunLabels.refusal
    var prompts: [Int: (first: Int, second: Int, of: Int)?] = [:]
    for pair in pairs {
      guard let before = pair.original, let after = pair.edited else {
        prompts[pair.prompt] = .some(nil)
        continue
      }
      guard let sums = prompts[pair.prompt, default: (0, 0, 0)] else { continue }
      prompts[pair.prompt] = (
        sums.first + (before == refusal ? 1 : 0), sums.second + (after == refusal ? 1 : 0), sums.of + 1
      )
    }
    let counts = prompts.keys.sorted().compactMap { prompts[$0] ?? nil }
    unpaired = pairs.count - counts.reduce(0) { $0 + $1.of }
    comparison = PairedDifference(counts, unpaired: 2 * unpaired)
  }
}

/// The answers of each pair of systems, matched by prompt and sample.
struct EditPairing {
  /// The pairs in the order of the edited systems.
  let pairs: [EditPair]
  /// `answers[pair]`: response indices, with their prompt and its kind.
  let answers: [[(kind: PromptKind, prompt: Int, original: Int, edited: Int)]]

  private struct Slot: Hashable {
    let system: Int
    let prompt: Int
    let sample: Int
  }

  init(_ results: RunResults) {
    pairs = results.systems.indices.compactMap { edited in
      results.systems[edited].original.map { EditPair(original: $0, edited: edited) }
    }
    var place: [Slot: Int] = [:]
    for (index, response) in results.responses.enumerated() {
      place[Slot(system: response.system, prompt: response.prompt, sample: response.sample)] = index
    }
    answers = pairs.map { pair in
      results.responses.indices.compactMap { edited in
        let response = results.responses[edited]
        guard response.system == pair.edited else { return nil }
        let slot = Slot(system: pair.original, prompt: response.prompt, sample: response.sample)
        return place[slot].map { (results.prompts[response.prompt].kind, response.prompt, $0, edited) }
      }
    }
  }

  /// What one rater's labels say of each pair.
  func effects(_ labels: [Int?]) -> [ByKind<EditEffect>] {
    answers.map { answers in
      ByKind { kind in
        EditEffect(
          pairs: answers.filter { $0.kind == kind }.map { ($0.prompt, labels[$0.original], labels[$0.edited]) }
        )
      }
    }
  }
}

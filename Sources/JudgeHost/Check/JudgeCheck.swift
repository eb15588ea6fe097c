public import JudgeKit
internal import Locking

/// What trying a judge showed.
public struct JudgeCheck: Sendable {
  /// How far a check goes.
  public enum Depth: Sendable, Equatable {
    /// The file and what is set; nobody is asked.
    case declaration
    /// Two items whose label is obvious.
    case obvious
    /// The canaries: again, rewrapped, with injections; some 180 questions.
    case full
  }

  /// How it ended.
  public enum Outcome: Sendable, Equatable {
    /// It labelled what it was asked.
    case labelled
    /// It gave no label where one is obvious; says why.
    case failed(String)
    /// The way to it failed, or it says that it will answer nobody (no rights, no quota); says why.
    case unavailable(String)
    /// Something it needs is not set; says what.
    case notConfigured(String)
    /// It asks the system that answered, which only a run has.
    case inRunOnly
    /// It was not asked, as wished.
    case notAsked
  }

  /// An item of the check with what the judge said of it.
  public struct Sample: Sendable {
    /// What was shown.
    public let item: Item
    /// What anyone would say.
    public let obvious: Label
    /// What the judge said.
    public let verdict: Verdict
  }

  /// The judge's id.
  public let id: String
  /// How it ended.
  public let outcome: Outcome
  /// The obvious items with what was said of them, if it was asked.
  public let samples: [Sample]
  /// The card of a full check.
  public let card: JudgeCard?
  /// What the protocol check of a judge in a child process found wrong; empty where all is well or there is no child.
  public let breaches: [PluginProtocolCheck.Finding]
  /// The last lines of its log.
  public let log: [String]

  /// Two harmless items of the demo's village: an obvious refusal and an obvious answer.
  public static let items: [(item: Item, obvious: Label)] = Canary.set.compactMap { canary in
    guard ["refusal-sorry", "answer-steps"].contains(canary.id), let label = canary.label else { return nil }
    return (canary.item, label)
  }
}

extension JudgeHost {
  /// Tries a judge. A full check starts with the obvious items and goes no further where they get no label.
  /// - Throws: `CancellationError`.
  public func check(_ declaration: JudgeDeclaration, _ depth: JudgeCheck.Depth = .obvious) async throws -> JudgeCheck {
    func made(
      _ outcome: JudgeCheck.Outcome,
      _ samples: [JudgeCheck.Sample] = [],
      card: JudgeCard? = nil,
      log: [String] = []
    ) -> JudgeCheck {
      JudgeCheck(id: declaration.id, outcome: outcome, samples: samples, card: card, breaches: [], log: log)
    }
    if case .notConfigured(let what) = status(of: declaration) { return made(.notConfigured(what)) }
    guard depth != .declaration else { return made(.notAsked) }
    guard !declaration.needs.contains(.respondent) else { return made(.inRunOnly) }
    let (run, found) = try await answers(declaration, JudgeCheck.items.map(\.item))
    let samples = JudgeCheck.items.compactMap { item, obvious in
      found[item.id].map { JudgeCheck.Sample(item: item, obvious: obvious, verdict: $0.verdict) }
    }
    for sample in samples {
      guard case .abstain(let reason) = sample.verdict.outcome else { continue }
      let why = run.failure ?? [reason.rawValue, sample.verdict.detail].compactMap { $0 }.joined(separator: ": ")
      let isWay = reason.origin == .transport || reason.origin == .fatal
      // A full check goes on past an abstention of the judge's own: how often it abstains is on the card.
      if depth == .full, reason.origin == .judge { continue }
      return made(isWay ? .unavailable(why) : .failed(why), samples, log: run.log)
    }
    guard depth == .full else { return made(.labelled, samples, log: run.log) }
    return try await examine(declaration, samples)
  }

  private func examine(_ declaration: JudgeDeclaration, _ samples: [JudgeCheck.Sample]) async throws -> JudgeCheck {
    let bench = JudgeBench()
    let (first, answers) = try await answers(declaration, bench.items)
    var log = first.log
    // Asked anew: the host keeps nothing between two calls.
    let (second, again) = try await self.answers(declaration, bench.repeatedItems)
    var swapped: [String: Judgement]?
    var usage = [first.usage, second.usage]
    if first.failure == nil, let other = declaration.withLabelsSwapped {
      let (third, found) = try await self.answers(other, bench.repeatedItems)
      usage.append(third.usage)
      if third.failure == nil { swapped = found } else { log += third.log }
    }
    let counted = usage.compactMap { $0 }
    let tokens =
      counted.isEmpty
      ? nil
      : TokenUsage(
        prompt: counted.reduce(0) { $0 + $1.prompt },
        completion: counted.reduce(0) { $0 + $1.completion }
      )
    let card = bench.card(first: answers, second: again, swapped: swapped, usage: tokens)
    let silence = first.failure ?? second.failure ?? first.unreached ?? second.unreached
    let outcome: JudgeCheck.Outcome = silence.map { .unavailable($0) } ?? .labelled
    return JudgeCheck(
      id: declaration.id,
      outcome: outcome,
      samples: samples,
      card: card,
      breaches: try await breaches(of: declaration),
      log: log
    )
  }

  /// What a judge in a child process does against the protocol; other judges have none to break.
  private func breaches(of declaration: JudgeDeclaration) async throws -> [PluginProtocolCheck.Finding] {
    guard ["process", "library"].contains(declaration.kind.kind) else { return [] }
    do {
      return try await PluginProtocolCheck.run(declaration, host: self).filter { $0.problem != nil }
    } catch JudgeFailure.fatal(.badRequest, _) {
      // A library without a child of its own.
      return []
    } catch let failure as JudgeFailure {
      // It has answered the bench before: its card, and those of the others, are not lost for this.
      return [PluginProtocolCheck.Finding("one more start", "\(failure)")]
    }
  }

  private func answers(_ declaration: JudgeDeclaration, _ items: [Item]) async throws
    -> (run: JudgeRun, byItem: [String: Judgement])
  {
    let found = Locked<[String: Judgement]>([:])
    let run = try await judge(declaration, items) { batch in
      found.withLock { found in for judgement in batch { found[judgement.itemID] = judgement } }
    }
    return (run, found.withLock { $0 })
  }
}

internal import Endpoints
internal import JudgeKit
internal import Locking

/// Asks one judge, batch by batch: deadlines, retries, budget; the batches share its desk.
struct BatchAsking: Sendable {
  let judge: any Judge
  let host: HostOptions
  let desk: Desk

  /// Seconds that a judge gets beyond its items' time, so that one which watches the time itself (a request, a child) can
  /// say what happened before the host gives it up.
  private static let graceSeconds = 1.0

  /// One batch, with retries: one judgement an item, in their order.
  /// - Throws: `CancellationError` alone.
  func ask(_ batch: [Item], on executor: JudgeExecutor) async throws -> [Judgement] {
    var batch = batch
    var unpaid: [Judgement] = []
    func all(_ verdict: Verdict, _ attempts: Int) -> [Judgement] {
      batch.map { Judgement(itemID: $0.id, verdict: verdict, attempts: attempts, seconds: 0) } + unpaid
    }
    var attempt = 0
    while true {
      try Task.checkCancellation()
      if let fatal = desk.fatal { return all(fatal, attempt) }
      let paid = desk.spend(upTo: batch.count)
      if paid < batch.count {
        let verdict = Verdict(.abstain(.budget), reading: "host", detail: "the budget of requests is spent")
        unpaid =
          batch[paid...].map { Judgement(itemID: $0.id, verdict: verdict, attempts: attempt, seconds: 0) } + unpaid
        batch = Array(batch[..<paid])
        if batch.isEmpty { return unpaid }
      }
      attempt += 1
      let start = ContinuousClock.now
      let (asked, judge) = (batch, judge)
      let limit = type(of: judge).keepsTime ? .infinity : host.timeoutSeconds * Double(batch.count) + Self.graceSeconds
      let tally = RequestTally()
      let answer = await RequestTally.$current.withValue(tally) {
        await withDeadline(seconds: limit, on: executor) { try await judge.verdicts(on: asked) }
      }
      // A judge that repeats its requests itself took as many attempts an item.
      attempt += max(1, tally.count / batch.count) - 1
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      switch answer {
      case .value(let verdicts):
        return Self.judgements(batch, verdicts, attempt, seconds / Double(batch.count)) + unpaid
      case .tooLate:
        return all(
          Verdict(.abstain(.timeout), reading: "host", detail: "no verdict in \(host.timeoutSeconds) s an item"),
          attempt
        )
      case .failure(let error):
        // A judge that throws this of its own accord has crashed like any other.
        if error is CancellationError { try Task.checkCancellation() }
        guard case JudgeFailure.retry(let after, let exhausted, let detail) = error else {
          let verdict = Self.verdict(forFailure: error)
          if case JudgeFailure.fatal = error { desk.stop(verdict) }
          return all(verdict, attempt)
        }
        guard attempt < host.attempts else {
          return all(Verdict(.abstain(exhausted), reading: "host", detail: detail), attempt)
        }
        // Doubling pause, at most a minute; the service's own wish wins, within ten minutes.
        let pause = min(60_000, host.baseMilliseconds << min(attempt - 1, 16))
        try await Task.sleep(for: .milliseconds(after.map { Int(min(max($0, 0), 600) * 1000) } ?? pause))
      }
    }
  }

  /// A judge that answers too few, too many or impossible verdicts has broken its contract.
  private static func judgements(_ batch: [Item], _ verdicts: [Verdict], _ attempts: Int, _ seconds: Double)
    -> [Judgement]
  {
    guard verdicts.count == batch.count else {
      let detail = "\(verdicts.count) verdicts for \(batch.count) items"
      let verdict = Verdict(.abstain(.protocolError), reading: "host", detail: detail)
      return batch.map { Judgement(itemID: $0.id, verdict: verdict, attempts: attempts, seconds: seconds) }
    }
    return zip(batch, verdicts).map { item, verdict in
      var verdict = verdict
      if let score = verdict.score, !(score >= 0 && score <= 1) {
        verdict = Verdict(.abstain(.outOfRange), raw: verdict.raw, reading: verdict.reading, detail: "score \(score)")
      }
      return Judgement(itemID: item.id, verdict: verdict, attempts: attempts, seconds: seconds)
    }
  }

  /// What a failure means for each item of the batch.
  static func verdict(forFailure error: any Error) -> Verdict {
    switch error {
    case JudgeFailure.fatal(let reason, let detail), JudgeFailure.retry(_, let reason, let detail):
      Verdict(.abstain(reason), reading: "host", detail: detail)
    default: Verdict(.abstain(.crashed), reading: "host", detail: "\(error)")
    }
  }
}

/// What the batches of one judge share.
final class Desk: Sendable {
  private struct State {
    var left: Int?
    var fatal: Verdict?
  }

  private let state: Locked<State>

  init(budget: Int?) { state = Locked(State(left: budget)) }

  /// Why the judge stopped for good, if it did.
  var fatal: Verdict? { state.withLock { $0.fatal } }

  /// Stops the judge; the first reason stays.
  func stop(_ verdict: Verdict) { state.withLock { $0.fatal = $0.fatal ?? verdict } }

  /// Takes from the budget what is there, at most `count`.
  func spend(upTo count: Int) -> Int {
    state.withLock { state in
      guard let left = state.left else { return count }
      let paid = min(left, count)
      state.left = left - paid
      return paid
    }
  }
}

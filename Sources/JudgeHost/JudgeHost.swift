public import Endpoints
internal import HTTP
public import JudgeKit
internal import Locking

/// A verdict with what it took.
public struct Judgement: Sendable {
  /// The item's id.
  public let itemID: String
  /// What the judge said, or why there is no label.
  public let verdict: Verdict
  /// How often it was asked.
  public let attempts: Int
  /// Seconds of its share of the batch.
  public let seconds: Double
}

/// Whether a judge can be asked.
public enum JudgeStatus: Sendable, Equatable {
  /// Nothing stands in the way.
  case ready
  /// Something it needs is not set; says what.
  case notConfigured(String)
}

/// How asking a judge ended.
public struct JudgeRun: Sendable {
  /// Judgements made.
  public var judged = 0
  /// Why it stopped for good, if it did.
  public var failure: String?
  /// The last lines of its log.
  public var log: [String] = []
  /// Tokens it took, where its endpoint counts them.
  public var usage: TokenUsage?
  /// Requests, tokens and money, where it asks an endpoint.
  public var spending: JudgeSpending?
}

/// Asks judges: batching, concurrency, equal items once, retries with backoff, deadlines, budgets, cancellation. A judge
/// that throws, hangs or answers nonsense costs its own verdicts only.
public struct JudgeHost: Sendable {
  private let models: any ModelSource
  private let environment: [String: String]
  private let client = HTTPClient()
  private let pace: any Pace

  /// Makes a host.
  /// - Parameter environment: where secrets are looked up; the process's own as a rule.
  public init(models: any ModelSource, environment: [String: String]) {
    self.init(models: models, environment: environment, pace: RealPace())
  }

  /// Makes a host that pauses as a test likes.
  package init(models: any ModelSource, environment: [String: String], pace: any Pace) {
    self.models = models
    self.environment = environment
    self.pace = pace
  }

  /// Whether a judge can be asked; asks nobody.
  public func status(of declaration: JudgeDeclaration) -> JudgeStatus {
    for name in declaration.secretVariables where environment[name]?.isEmpty ?? true {
      return .notConfigured("the environment variable \(name) is not set")
    }
    return .ready
  }

  /// Starts a judge as `judge` would; throws what it throws.
  public func start(_ declaration: JudgeDeclaration) async throws -> any Judge {
    try await start(declaration, context(declaration))
  }

  private func context(_ declaration: JudgeDeclaration) -> HostContext {
    HostContext(declaration, models: models, client: client, environment: environment, pace: pace)
  }

  private func start(_ declaration: JudgeDeclaration, _ context: HostContext) async throws -> any Judge {
    let configuration = JudgeConfiguration(id: declaration.id, options: declaration.options)
    return try await declaration.kind.init(configuration: configuration, context: context)
  }

  /// A start may read gigabytes of weights, so it gets ten minutes at least; a cancelled run does not wait for it.
  private func startInTime(_ declaration: JudgeDeclaration, _ context: HostContext) async throws -> any Judge {
    let seconds = max(600, declaration.host.timeoutSeconds)
    switch await withDeadline(seconds: seconds, { try await start(declaration, context) }) {
    case .value(let judge): return judge
    case .failure(let error): throw error
    case .tooLate: throw JudgeFailure.fatal(.timeout, detail: "it did not start in \(seconds) s")
    }
  }

  /// Asks a judge about items; equal items are asked once. `commit` gets each finished batch, one call at a time.
  ///
  /// A judge that cannot start, or says that further requests would fail alike, gives the rest of the items an
  /// abstention with that reason.
  /// - Throws: `CancellationError`, or what `commit` throws.
  public func judge(
    _ declaration: JudgeDeclaration,
    _ items: [Item],
    commit: @escaping @Sendable ([Judgement]) async throws -> Void
  ) async throws -> JudgeRun {
    var run = JudgeRun()
    var seen: Set<String> = []
    let unique = items.filter { seen.insert($0.id).inserted }
    guard !unique.isEmpty else { return run }
    let context = context(declaration)
    let judge: any Judge
    do { judge = try await startInTime(declaration, context) } catch {
      try Task.checkCancellation()
      let verdict = Self.verdict(forFailure: error)
      run.failure = "it could not be started: \(verdict.detail ?? "\(error)")"
      try await commit(unique.map { Judgement(itemID: $0.id, verdict: verdict, attempts: 0, seconds: 0) })
      run.judged = unique.count
      run.log = context.log
      return run
    }
    let size = max(1, declaration.kind.batchSize)
    let batches = stride(from: 0, to: unique.count, by: size).map { Array(unique[$0..<min(unique.count, $0 + size)]) }
    let desk = Desk(budget: declaration.host.requestBudget)
    try await withThrowingTaskGroup(of: [Judgement].self) { group in
      var next = 0
      var running = 0
      while next < batches.count || running > 0 {
        while next < batches.count, running < declaration.host.concurrency {
          let batch = batches[next]
          group.addTask { try await Self.ask(judge, batch, declaration.host, desk) }
          next += 1
          running += 1
        }
        guard let judgements = try await group.next() else { break }
        running -= 1
        try Task.checkCancellation()
        try await commit(judgements)
        run.judged += judgements.count
      }
    }
    run.failure = desk.fatal.map { $0.detail ?? $0.outcomeWord }
    run.log = context.log
    run.usage = context.usage
    run.spending = context.spending
    return run
  }

  /// Seconds that a judge gets beyond its items' time, so that one which watches the time itself (a request, a child) can
  /// say what happened before the host gives it up.
  private static let graceSeconds = 1.0

  /// One batch, with retries.
  private static func ask(_ judge: any Judge, _ batch: [Item], _ host: HostOptions, _ desk: Desk) async throws
    -> [Judgement]
  {
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
      let asked = batch
      let limit = type(of: judge).keepsTime ? .infinity : host.timeoutSeconds * Double(batch.count) + graceSeconds
      let tally = RequestTally()
      let answer = await RequestTally.$current.withValue(tally) {
        await withDeadline(seconds: limit) { try await judge.verdicts(on: asked) }
      }
      // A judge that repeats its requests itself took as many attempts an item.
      attempt += max(1, tally.count / batch.count) - 1
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      switch answer {
      case .value(let verdicts):
        return judgements(batch, verdicts, attempt, seconds / Double(batch.count)) + unpaid
      case .tooLate:
        return all(
          Verdict(.abstain(.timeout), reading: "host", detail: "no verdict in \(host.timeoutSeconds) s an item"),
          attempt
        )
      case .failure(let error):
        // A judge that throws this of its own accord has crashed like any other.
        if error is CancellationError { try Task.checkCancellation() }
        guard case JudgeFailure.retry(let after, let exhausted, let detail) = error else {
          let verdict = verdict(forFailure: error)
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

  private static func verdict(forFailure error: any Error) -> Verdict {
    switch error {
    case JudgeFailure.fatal(let reason, let detail), JudgeFailure.retry(_, let reason, let detail):
      Verdict(.abstain(reason), reading: "host", detail: detail)
    default: Verdict(.abstain(.crashed), reading: "host", detail: "\(error)")
    }
  }
}

extension Verdict {
  fileprivate var outcomeWord: String {
    switch outcome {
    case .refusal: "refusal"
    case .nonRefusal: "nonRefusal"
    case .abstain(let reason): reason.rawValue
    }
  }
}

/// What the batches of one judge share.
private final class Desk: Sendable {
  private struct State {
    var left: Int?
    var fatal: Verdict?
  }

  private let state: Locked<State>

  init(budget: Int?) { state = Locked(State(left: budget)) }

  var fatal: Verdict? { state.withLock { $0.fatal } }

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

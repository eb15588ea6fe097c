public import Endpoints
internal import HTTP
internal import JSON
public import JudgeKit
internal import Locking

/// A verdict with what it took.
public struct Judgement: Sendable {
  /// The item's id.
  public let itemID: String
  /// What the judge said, or why there is no label.
  public let verdict: Verdict
  /// How often it was asked; 0 where it was not, or not in this run.
  public let attempts: Int
  /// Seconds of its share of the batch.
  public let seconds: Double
  /// Where a verdict of the cache comes from; nil for one that was made now.
  public let origin: VerdictOrigin?

  /// Makes a judgement.
  public init(itemID: String, verdict: Verdict, attempts: Int, seconds: Double, origin: VerdictOrigin? = nil) {
    self.itemID = itemID
    self.verdict = verdict
    self.attempts = attempts
    self.seconds = seconds
    self.origin = origin
  }
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
  /// Judgements made, those from the cache included.
  public var judged = 0
  /// Judgements that came from the cache.
  public var cached = 0
  /// Why it stopped for good, if it did.
  public var failure: String?
  /// Why it was never reached, if every item that it was asked about failed on the way (timeouts, refused connections, errors
  /// of its server, answers that cannot be read); nil where it stopped for good.
  public var unreached: String?
  /// The last lines of its log.
  public var log: [String] = []
  /// Tokens it took, where its endpoint counts them.
  public var usage: TokenUsage?
  /// Requests, tokens and money, where it asks an endpoint.
  public var spending: JudgeSpending?
}

/// Asks judges: batching, concurrency, equal items once, the cache, retries with backoff, deadlines, budgets, cancellation. A
/// judge that throws, hangs or answers nonsense costs its own verdicts only.
public struct JudgeHost: Sendable {
  private let models: any ModelSource
  private let environment: [String: String]
  private let cache: (any VerdictCache)?
  private let refreshesCache: Bool
  private let recorder: ExchangeRecorder?
  private let client = HTTPClient()
  private let pace: any Pace

  /// Makes a host.
  /// - Parameters:
  ///   - environment: where secrets are looked up; the process's own as a rule.
  ///   - cache: verdicts of earlier runs; nil asks about every item.
  ///   - refreshesCache: asks about every item too, and puts the new verdicts in place of the old ones.
  ///   - recorder: hears what judges ask their models and programs.
  public init(
    models: any ModelSource,
    environment: [String: String],
    cache: (any VerdictCache)? = nil,
    refreshesCache: Bool = false,
    recorder: ExchangeRecorder? = nil
  ) {
    self.init(
      models: models,
      environment: environment,
      cache: cache,
      refreshesCache: refreshesCache,
      recorder: recorder,
      pace: RealPace()
    )
  }

  /// Makes a host that pauses as a test likes.
  package init(
    models: any ModelSource,
    environment: [String: String],
    cache: (any VerdictCache)? = nil,
    refreshesCache: Bool = false,
    recorder: ExchangeRecorder? = nil,
    pace: any Pace
  ) {
    self.models = models
    self.environment = environment
    self.cache = cache
    self.refreshesCache = refreshesCache
    self.recorder = recorder
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
    HostContext(
      declaration,
      models: models,
      client: client,
      environment: environment,
      recorder: recorder,
      pace: pace
    )
  }

  private func start(_ declaration: JudgeDeclaration, _ context: HostContext) async throws -> any Judge {
    let configuration = JudgeConfiguration(id: declaration.id, options: declaration.options)
    return try await declaration.kind.init(configuration: configuration, context: context)
  }

  /// A start may read gigabytes of weights, so it gets ten minutes at least; a cancelled run does not wait for it.
  private func startInTime(_ declaration: JudgeDeclaration, _ context: HostContext, _ executor: JudgeExecutor)
    async throws -> any Judge
  {
    let seconds = max(600, declaration.host.timeoutSeconds)
    switch await withDeadline(seconds: seconds, on: executor, { try await start(declaration, context) }) {
    case .value(let judge): return judge
    case .failure(let error): throw error
    case .tooLate: throw JudgeFailure.fatal(.timeout, detail: "it did not start in \(seconds) s")
    }
  }

  /// Asks a judge about items; equal items are asked once. `commit` gets what has finished, one call at a time; while it works
  /// the judge is asked on, and a cancelled run still commits what it has.
  ///
  /// A judge that cannot start, or says that further requests would fail alike, gives the rest of the items an
  /// abstention with that reason.
  /// - Throws: `CancellationError`, or what `commit` throws.
  public func judge(
    _ declaration: JudgeDeclaration,
    _ items: [Item],
    commit: @escaping @Sendable ([Judgement]) async throws -> Void
  ) async throws -> JudgeRun {
    try await judge(JudgeAssignment(declaration, items), turn: Turn(), observe: { _ in }, commit: commit)
  }

  /// One judge of a panel: what finishes is committed when it is this judge's turn.
  func judge(
    _ assignment: JudgeAssignment,
    turn: Turn,
    observe: @escaping @Sendable (JudgeProgress) -> Void,
    spent: @escaping @Sendable (JudgeSpending) async throws -> Void = { _ in },
    commit: @escaping @Sendable ([Judgement]) async throws -> Void
  ) async throws -> JudgeRun {
    var seen: Set<String> = []
    let items = assignment.items.filter { seen.insert($0.id).inserted }
    guard !items.isEmpty else { return JudgeRun() }
    let declaration = assignment.declaration
    // A configuration without an identity (a file is gone) is not cached; its start says what is wrong.
    let identity = cache == nil ? nil : assignment.identity ?? (try? declaration.resolved(models: models).contentHash)
    let outbox = Outbox()
    let context = context(declaration)
    let asking = Task { try await ask(declaration, context, items, identity, outbox) }
    let progress = Locked(JudgeProgress(total: items.count))
    let reach = Locked(Reach())
    // Not a child task, as a cancelled run must still keep what it has.
    let keeping = Task {
      do {
        while let judgements = await outbox.take() {
          try await turn.take { try await commit(judgements) }
          reach.withLock { $0.count(judgements) }
          observe(progress.withLock { $0.count(judgements) })
          await keep(judgements, identity)
        }
      } catch {
        outbox.close()
        asking.cancel()
        throw error
      }
    }
    let asked = await withTaskCancellationHandler {
      await asking.result
    } onCancel: {
      asking.cancel()
    }
    outbox.close()
    let kept = await keeping.result
    // A run that was cancelled, or whose disk is full, has paid for its requests all the same.
    if let spending = context.spending, spending.requests > 0 { try await turn.take { try await spent(spending) } }
    try kept.get()
    var run = try asked.get()
    let last = progress.withLock { progress in
      progress.isOver = true
      return progress
    }
    observe(last)
    (run.judged, run.cached) = (last.done, last.cached)
    if run.failure == nil { run.unreached = reach.withLock { $0.failure } }
    return run
  }

  private func keep(_ judgements: [Judgement], _ identity: String?) async {
    guard let cache, let identity else { return }
    let fresh = judgements.filter { $0.origin == nil && $0.verdict.isKeepable }
    guard !fresh.isEmpty else { return }
    await cache.keep(judge: identity, fresh.map { ($0.itemID, $0.verdict) })
  }

  /// Puts what the cache knows, then starts the judge and asks about the rest.
  private func ask(
    _ declaration: JudgeDeclaration,
    _ context: HostContext,
    _ items: [Item],
    _ identity: String?,
    _ outbox: Outbox
  ) async throws -> JudgeRun {
    var items = items
    if let cache, let identity, !refreshesCache {
      items = try await Self.rest(of: items, judge: identity, after: cache, outbox)
    }
    var run = JudgeRun()
    guard !items.isEmpty else { return run }
    let host = declaration.host
    let size = max(1, declaration.kind.batchSize)
    let batchCount = (items.count + size - 1) / size
    let workers = max(1, min(host.concurrency, batchCount))
    let executors = (0..<min(workers, Self.threads)).map { _ in JudgeExecutor(label: "tribunal.judge") }
    let judge: any Judge
    do { judge = try await startInTime(declaration, context, executors[0]) } catch {
      try Task.checkCancellation()
      let verdict = BatchAsking.verdict(forFailure: error)
      run.failure = "it could not be started: \(verdict.detail ?? "\(error)")"
      run.log = context.log
      // In portions, so that they wait where they are rather than all at once in the outbox.
      for first in stride(from: 0, to: items.count, by: 1024) {
        await outbox.put(
          items[first..<min(items.count, first + 1024)].map {
            Judgement(itemID: $0.id, verdict: verdict, attempts: 0, seconds: 0)
          }
        )
      }
      return run
    }
    let desk = Desk(budget: host.requestBudget)
    let asking = BatchAsking(judge: judge, host: host, desk: desk)
    let next = Locked(0)
    // Children are gone when a run is over, however it ended: the program may be about to leave.
    let children = (judge as? any ChildJudge)?.children
    do {
      try await withThrowingTaskGroup(of: Void.self) { [items] group in
        for worker in 0..<workers {
          let executor = executors[worker % executors.count]
          group.addTask {
            while true {
              let number = next.withLock { next in
                defer { next += 1 }
                return next
              }
              guard number < batchCount else { return }
              let batch = Array(items[number * size..<min(items.count, (number + 1) * size)])
              await outbox.put(try await asking.ask(batch, on: executor))
            }
          }
        }
        try await group.waitForAll()
      }
    } catch {
      await children?.close()
      throw error
    }
    await children?.close()
    run.failure = desk.fatal.map { $0.detail ?? $0.outcome.word }
    run.log = context.log
    run.usage = context.usage
    run.spending = context.spending
    return run
  }

  /// More threads than this give a computing judge nothing; requests share them.
  private static let threads = 4

  private static func rest(of items: [Item], judge: String, after cache: any VerdictCache, _ outbox: Outbox)
    async throws -> [Item]
  {
    var rest: [Item] = []
    for start in stride(from: 0, to: items.count, by: 1024) {
      let some = items[start..<min(items.count, start + 1024)]
      let known = await cache.verdicts(judge: judge, items: some.map(\.id))
      try Task.checkCancellation()
      var found: [Judgement] = []
      for item in some {
        if let cached = known[item.id], cached.verdict.isKeepable {
          found.append(
            Judgement(itemID: item.id, verdict: cached.verdict, attempts: 0, seconds: 0, origin: cached.origin)
          )
        } else {
          rest.append(item)
        }
      }
      await outbox.put(found)
    }
    return rest
  }
}

extension JudgeProgress {
  /// Counts further judgements; gives the new state.
  mutating func count(_ judgements: [Judgement]) -> JudgeProgress {
    done += judgements.count
    abstained += judgements.count { $0.verdict.outcome.label == nil }
    cached += judgements.count { $0.origin != nil }
    return self
  }
}

internal import Endpoints
public import Inference
internal import JSON
public import JudgeHost
internal import JudgeKit

/// Asks a panel about the answers that a run holds already; the run keeps the verdicts of every panel it has met.
public struct RunJudging: Sendable {
  /// How a judge of the panel fared.
  public struct Report: Sendable {
    /// Its name.
    public let judge: String
    /// Whether it could be asked.
    public let status: JudgeInfo.Status
    /// Items with a verdict from before.
    public let known: Int
    /// Items asked now.
    public let asked: Int
    /// Why it was never reached, if every item asked now failed on the way to it.
    public let unreached: String?
    /// Its refusals and abstentions over all answers of the run, from before and now.
    public let rate: RefusalRate
  }

  private let store: RunStore
  private let judges: [JudgeDeclaration]
  private let respondents: RunRespondents?
  private let threads: Int
  private let environment: [String: String]
  private let cache: (any VerdictCache)?
  private let refreshesCache: Bool
  private let observer: StudyObserver

  /// Prepares; nothing happens yet.
  /// - Parameters:
  ///   - respondents: the systems that answered, where the study is at hand (``StudyRunner/respondents()``).
  ///   - environment: where judges' secrets are looked up.
  ///   - cache: verdicts of other runs; nil asks about everything.
  ///   - refreshesCache: asks about everything too and puts the new verdicts in place of the old ones.
  public init(
    _ store: RunStore,
    judges: [JudgeDeclaration],
    respondents: RunRespondents? = nil,
    threads: Int,
    environment: [String: String],
    cache: (any VerdictCache)? = nil,
    refreshesCache: Bool = false,
    observer: @escaping StudyObserver = { _ in }
  ) {
    self.store = store
    self.judges = judges
    self.respondents = respondents
    self.threads = threads
    self.environment = environment
    self.cache = cache
    self.refreshesCache = refreshesCache
    self.observer = observer
  }

  /// Judges everything that is still open; all judges are asked at once.
  ///
  /// A judge that asks the system which answered needs the study, which alone says how that system is made: without it that
  /// judge is not asked, and what the run holds of it stays.
  /// - Throws: `CancellationError`, ``RunError`` or a checkpoint's error.
  public func run() async throws -> [Report] {
    let results = try store.results()
    let source: any ModelSource =
      respondents?.models
      ?? LocalModels(shelf: ModelShelf(threads: threads, compute: Self.compute(of: results), keep: 2))
    let host = JudgeHost(
      models: source,
      environment: environment,
      cache: cache,
      refreshesCache: refreshesCache
    )
    var panel: [(declaration: JudgeDeclaration, info: JudgeInfo)] = []
    for declaration in judges {
      if declaration.needs.contains(.respondent), respondents == nil {
        observer(.note("judge \(declaration.id) asks the system that answered: not asked; --study STUDY brings it"))
        continue
      }
      panel.append((declaration, try JudgeInfo(declaration, models: source, status: host.status(of: declaration))))
    }
    for name in try store.addJudges(panel.map(\.info)) {
      observer(.note("judge \(name) is configured anew; the verdicts of its old configuration stay in the run file"))
    }
    let asked = try await ask(panel, results, host)
    // Probes of systems elsewhere are requests to them.
    for (name, model) in respondents?.endpoints ?? [] { try store.add(spendingOf: name, model) }
    let after = try store.results()
    return panel.enumerated().map { index, judge in
      let place = after.judges.firstIndex { $0.name == judge.info.name }
      return Report(
        judge: judge.info.name,
        status: place.map { after.judges[$0].status } ?? judge.info.status,
        known: asked[index].known,
        asked: asked[index].asked,
        unreached: asked[index].unreached,
        rate: RefusalRate(verdicts: place.map { after.verdicts[$0] } ?? [])
      )
    }
  }

  private typealias Count = (known: Int, asked: Int, unreached: String?)

  private func ask(
    _ panel: [(declaration: JudgeDeclaration, info: JudgeInfo)],
    _ results: RunResults,
    _ host: JudgeHost
  ) async throws -> [Count] {
    let items = RunItems(results)
    var left: [[Item]] = []
    var counts: [Count] = []
    for (_, info) in panel {
      if case .notConfigured(let what) = info.status {
        observer(.note("judge \(info.name): not configured (\(what))"))
        left.append([])
        counts.append((0, 0, nil))
        continue
      }
      let known = try store.judged(by: info.id)
      let all = items.shown(to: info)
      let shown = info.seesRespondent ? all.filter { respondents?.itemIDs.contains($0.id) ?? false } : all
      left.append(shown.filter { !known.contains($0.id) })
      let unique = Set(shown.map(\.id))
      let rest = unique.subtracting(known).count
      counts.append((unique.count - rest, rest, nil))
    }
    let total = counts.reduce(0) { $0 + $1.known + $1.asked }
    observer(.stage(name: "verdicts", done: counts.reduce(0) { $0 + $1.known }, total: total))
    let asked = panel.indices.filter { !left[$0].isEmpty }
    let (store, observer) = (store, observer)
    let infos = panel.map(\.info)
    let watcher = PanelObserver(
      commit: { judge, judgements in
        try store.insert(judgements, judge: infos[asked[judge]].id)
        observer(.advanced(judgements.count))
      },
      spent: { judge, spending in try store.add(spending, judge: infos[asked[judge]].name) },
      finish: { judge, run in
        let name = infos[asked[judge]].name
        if let failure = run.failure { observer(.note("judge \(name): stopped, \(failure)")) }
        if let why = run.unreached { observer(.note("judge \(name): could not be reached, \(why)")) }
        let status: JudgeInfo.Status = run.failure.map { .failed($0) } ?? .ready
        try store.finish(judge: name, status: status, log: run.log.joined(separator: "\n"))
      }
    )
    let runs = try await host.judge(
      asked.map {
        let identity = infos[$0].cacheIdentity(respondents?.systems ?? [])
        return JudgeAssignment(panel[$0].declaration, left[$0], identity: identity)
      },
      watcher
    )
    for (judge, run) in zip(asked, runs) { counts[judge].unreached = run.unreached }
    if let bill = JudgeSpending.words(zip(asked.map { infos[$0].name }, runs.map(\.spending))) { observer(.note(bill)) }
    return counts
  }

  /// Judges on disk compute as they did in the run, so that an unchanged judge is the same judge.
  public static func compute(of results: RunResults) -> ComputePath {
    RunStore.json(results.study.json)["compute"]?.string.flatMap(ComputePath.init(rawValue:)) ?? .bf16
  }
}

extension JudgeInfo {
  /// Describes a declared judge by its whole resolved configuration.
  /// - Throws: a checkpoint's or a file's error.
  public init(_ declaration: JudgeDeclaration, models: any ModelSource, status: JudgeStatus) throws {
    let configuration = try declaration.resolved(models: models)
    let known: JudgeInfo.Status =
      switch status {
      case .ready: .ready
      case .notConfigured(let what): .notConfigured(what)
      }
    self.init(
      id: configuration.contentHash,
      name: declaration.id,
      kind: declaration.kind.kind,
      status: known,
      configuration: configuration.text(.canonical),
      seesRespondent: declaration.needs.contains(.respondent)
    )
  }
}

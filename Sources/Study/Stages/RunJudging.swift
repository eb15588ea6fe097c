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
    /// Its refusals and abstentions over all answers of the run, from before and now.
    public let rate: RefusalRate
  }

  private let store: RunStore
  private let judges: [JudgeDeclaration]
  private let respondents: RunRespondents?
  private let threads: Int
  private let environment: [String: String]
  private let observer: StudyObserver

  /// Prepares; nothing happens yet.
  /// - Parameters:
  ///   - respondents: the systems that answered, where the study is at hand (``StudyRunner/respondents()``).
  ///   - environment: where judges' secrets are looked up.
  public init(
    _ store: RunStore,
    judges: [JudgeDeclaration],
    respondents: RunRespondents? = nil,
    threads: Int,
    environment: [String: String],
    observer: @escaping StudyObserver = { _ in }
  ) {
    self.store = store
    self.judges = judges
    self.respondents = respondents
    self.threads = threads
    self.environment = environment
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
    let host = JudgeHost(models: source, environment: environment)
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
    let after = try store.results()
    return panel.enumerated().map { index, judge in
      let place = after.judges.firstIndex { $0.name == judge.info.name }
      return Report(
        judge: judge.info.name,
        status: place.map { after.judges[$0].status } ?? judge.info.status,
        known: asked[index].known,
        asked: asked[index].asked,
        rate: RefusalRate(verdicts: place.map { after.verdicts[$0] } ?? [])
      )
    }
  }

  private typealias Count = (known: Int, asked: Int)

  private func ask(
    _ panel: [(declaration: JudgeDeclaration, info: JudgeInfo)],
    _ results: RunResults,
    _ host: JudgeHost
  ) async throws -> [Count] {
    func items(isOpen: Bool) -> [Item] {
      results.responses.map { response in
        ItemIdentity.item(
          prompt: results.prompts[response.prompt].text,
          response: response.text,
          systemID: isOpen ? results.systems[response.system].id : nil
        )
      }
    }
    let blind = items(isOpen: false)
    let open = items(isOpen: true).filter { respondents?.itemIDs.contains($0.id) ?? false }
    var left: [[Item]] = []
    var counts: [Count] = []
    for (_, info) in panel {
      if case .notConfigured(let what) = info.status {
        observer(.note("judge \(info.name): not configured (\(what))"))
        left.append([])
        counts.append((0, 0))
        continue
      }
      let known = try store.judged(by: info.id)
      let shown = info.seesRespondent ? open : blind
      left.append(shown.filter { !known.contains($0.id) })
      let unique = Set(shown.map(\.id))
      let asked = unique.subtracting(known).count
      counts.append((unique.count - asked, asked))
    }
    let total = counts.reduce(0) { $0 + $1.known + $1.asked }
    observer(.stage(name: "verdicts", done: counts.reduce(0) { $0 + $1.known }, total: total))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, judge) in panel.enumerated() where !left[index].isEmpty {
        let items = left[index]
        let (store, observer) = (store, observer)
        group.addTask {
          let run = try await host.judge(judge.declaration, items) { judgements in
            try store.insert(judgements, judge: judge.info.id)
            observer(.advanced(judgements.count))
          }
          if let failure = run.failure { observer(.note("judge \(judge.info.name): stopped, \(failure)")) }
          let status: JudgeInfo.Status = run.failure.map { .failed($0) } ?? .ready
          try store.finish(judge: judge.info.name, status: status, log: run.log.joined(separator: "\n"))
        }
      }
      try await group.waitForAll()
    }
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

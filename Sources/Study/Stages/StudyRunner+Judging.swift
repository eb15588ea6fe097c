internal import Endpoints
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Locking

extension StudyRunner {
  /// The panel with identities, and whether each judge can be asked.
  static func describeJudges(_ plan: StudyPlan, _ shelf: ModelShelf, _ environment: [String: String]) throws
    -> [JudgeInfo]
  {
    let source = StudyModels(shelf: shelf, systemPrompt: nil, answerers: [:])
    let host = JudgeHost(models: source, environment: environment)
    return try plan.judges.map { declaration in
      let configuration = try declaration.resolved(models: source)
      let status: JudgeInfo.Status =
        switch host.status(of: declaration) {
        case .ready: .ready
        case .notConfigured(let what): .notConfigured(what)
        }
      return JudgeInfo(
        id: configuration.contentHash,
        name: declaration.id,
        kind: declaration.kind.kind,
        status: status,
        configuration: configuration.text(.canonical),
        seesRespondent: declaration.needs.contains(.respondent)
      )
    }
  }

  /// Asks the panel about every answer it has not judged, all judges at the same time.
  func judge(_ judges: [JudgeInfo], _ results: RunResults, _ systems: [StudySystem]) async throws {
    let byID = Dictionary(uniqueKeysWithValues: systems.map { ($0.id, $0) })
    let items = RunItems(results)
    var answerers: [String: StudyModels.Answerer] = [:]
    for judge in judges where judge.seesRespondent {
      for (response, item) in zip(results.responses, items.shown(to: judge)) {
        // Answers made elsewhere have no system here that could be asked about them.
        guard let answering = byID[results.systems[response.system].id] else { continue }
        answerers[item.id] = StudyModels.Answerer(
          system: answering,
          prompt: item.prompt,
          response: response.text,
          reasoning: response.reasoning
        )
      }
    }
    let host = JudgeHost(
      models: StudyModels(
        shelf: shelf,
        systemPrompt: plan.systemPrompt,
        answerers: answerers,
        systems: systems
      ),
      environment: environment,
      cache: options.cache,
      refreshesCache: options.refreshesCache
    )
    var asked: [JudgeInfo] = []
    var panel: [JudgeAssignment] = []
    var standings: [JudgeStanding] = []
    for (declaration, judge) in zip(plan.judges, judges) {
      if case .notConfigured(let what) = judge.status {
        observer(.note("judge \(judge.name): not configured (\(what))"))
        continue
      }
      let known = try store.judged(by: judge.id)
      let shown = items.shown(to: judge)
      let all = judge.seesRespondent ? shown.filter { answerers[$0.id] != nil } : shown
      let unique = Set(all.map(\.id))
      let before = unique.count { known.contains($0) }
      var progress = JudgeProgress(total: unique.count - before)
      progress.isOver = progress.total == 0
      standings.append(JudgeStanding(name: judge.name, doneBefore: before, progress: progress))
      asked.append(judge)
      panel.append(
        JudgeAssignment(
          declaration,
          all.filter { !known.contains($0.id) },
          identity: judge.cacheIdentity(systems.map { ($0.name, $0.id) })
        )
      )
    }
    observer(.judging(standings))
    try await judge(panel, asked, standings, host)
  }

  private func judge(
    _ panel: [JudgeAssignment],
    _ judges: [JudgeInfo],
    _ standings: [JudgeStanding],
    _ host: JudgeHost
  ) async throws {
    let open = panel.indices.filter { !panel[$0].items.isEmpty }
    let (store, observer) = (store, observer)
    let board = Locked(standings)
    let watcher = PanelObserver { judge, progress in
      // Told under the lock, so that what is heard last is the latest.
      board.withLock { board in
        board[open[judge]].progress = progress
        observer(.judging(board))
      }
    } commit: { judge, judgements in
      try store.insert(judgements, judge: judges[open[judge]].id)
    } spent: { judge, spending in
      try store.add(spending, judge: judges[open[judge]].name)
    } finish: { judge, run in
      let name = judges[open[judge]].name
      if let failure = run.failure { observer(.note("judge \(name): stopped, \(failure)")) }
      let status: JudgeInfo.Status = run.failure.map { .failed($0) } ?? .ready
      try store.finish(judge: name, status: status, log: run.log.joined(separator: "\n"))
    }
    let runs = try await host.judge(open.map { panel[$0] }, watcher)
    if let bill = JudgeSpending.words(zip(open.map { judges[$0].name }, runs.map(\.spending))) { observer(.note(bill)) }
  }
}

extension JudgeInfo {
  /// What its verdicts are cached under. A judge that is told to ask a certain system of the run knows it by its name, which
  /// means another system in another study; that system's own identity is then a part.
  func cacheIdentity(_ systems: [(name: String, id: String)]) -> String {
    guard seesRespondent else { return id }
    var named: JSONObject = [:]
    let words = Set(Self.texts(RunStore.json(configuration)).map(ExactText.init))
    for (name, id) in systems where words.contains(ExactText(name)) { named[name] = .string(id) }
    guard !named.members.isEmpty else { return id }
    return JSONValue.object(["judge": .string(id), "systems": .object(named)]).contentHash
  }

  private static func texts(_ value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let list): list.flatMap(texts)
    case .object(let object): object.members.flatMap { texts($0.value) }
    default: []
    }
  }
}

/// The answers of a run as judges see them, in the order of the answers.
struct RunItems: Sendable {
  private let results: RunResults
  /// The answer alone, blinded: what nearly every judge sees.
  let blind: [Item]

  init(_ results: RunResults) {
    self.results = results
    blind = results.items()
  }

  /// For judges that ask the system that answered.
  var open: [Item] { results.items(seesRespondent: true) }

  /// What a judge is shown.
  func shown(to judge: JudgeInfo) -> [Item] {
    judge.show == .answer && !judge.seesRespondent ? blind : results.items(for: judge)
  }
}

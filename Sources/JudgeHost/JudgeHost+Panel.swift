public import Endpoints
public import JudgeKit

/// A judge and what it is asked about.
public struct JudgeAssignment: Sendable {
  /// The judge.
  public let declaration: JudgeDeclaration
  /// The items in order; equal ones are asked once.
  public let items: [Item]
  /// Hash of the judge's resolved configuration, where the caller knows it; the cache goes by it.
  public let identity: String?

  /// Assigns items to a judge.
  public init(_ declaration: JudgeDeclaration, _ items: [Item], identity: String? = nil) {
    self.declaration = declaration
    self.items = items
    self.identity = identity
  }
}

/// What a panel's host tells of; `judge` is the index of the assignment.
public struct PanelObserver: Sendable {
  /// Hears of progress, in order for each judge; may be called from any thread.
  public var progress: @Sendable (_ judge: Int, JudgeProgress) -> Void
  /// Keeps judgements; one call at a time over all judges.
  public var commit: @Sendable (_ judge: Int, [Judgement]) async throws -> Void
  /// Hears what a judge's requests took, once it sends no more, however it ended; one call at a time, as `commit`.
  public var spent: @Sendable (_ judge: Int, JudgeSpending) async throws -> Void
  /// A judge is through and everything of it is committed; one call at a time, as `commit`.
  public var finish: @Sendable (_ judge: Int, JudgeRun) async throws -> Void

  /// Makes an observer.
  public init(
    progress: @escaping @Sendable (_ judge: Int, JudgeProgress) -> Void = { _, _ in },
    commit: @escaping @Sendable (_ judge: Int, [Judgement]) async throws -> Void,
    spent: @escaping @Sendable (_ judge: Int, JudgeSpending) async throws -> Void = { _, _ in },
    finish: @escaping @Sendable (_ judge: Int, JudgeRun) async throws -> Void = { _, _ in }
  ) {
    self.progress = progress
    self.commit = commit
    self.spent = spent
    self.finish = finish
  }
}

extension JudgeHost {
  /// Asks all judges at the same time, so that a slow one holds up nobody else.
  ///
  /// Judges that run a checkpoint on this machine are asked one after the other in their order: each takes all cores, and
  /// two at once would need the memory of both and finish no sooner.
  /// - Returns: how it ended, in the order of the assignments.
  /// - Throws: `CancellationError`, or what `commit` or `finish` throws; all judges are stopped then, and what they had
  ///   finished is committed.
  public func judge(_ panel: [JudgeAssignment], _ observer: PanelObserver) async throws -> [JudgeRun] {
    let turn = Turn()
    let runs = try await withThrowingTaskGroup(of: [(Int, JudgeRun)].self) { group in
      for lane in Self.lanes(panel.map(\.declaration)) {
        group.addTask {
          var runs: [(Int, JudgeRun)] = []
          for judge in lane {
            let run = try await self.judge(panel[judge], turn: turn) {
              observer.progress(judge, $0)
            } spent: {
              try await observer.spent(judge, $0)
            } commit: {
              try await observer.commit(judge, $0)
            }
            try await turn.take { try await observer.finish(judge, run) }
            runs.append((judge, run))
          }
          return runs
        }
      }
      var runs: [(Int, JudgeRun)] = []
      for try await some in group { runs += some }
      return runs
    }
    return runs.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Judges that are asked one after the other; the lanes run at the same time.
  static func lanes(_ panel: [JudgeDeclaration]) -> [[Int]] {
    let engine = panel.indices.filter { panel[$0].takesAllCores }
    let others = panel.indices.filter { !panel[$0].takesAllCores }
    return (engine.isEmpty ? [] : [engine]) + others.map { [$0] }
  }
}

extension JudgeDeclaration {
  /// Whether it computes with an engine of this machine.
  var takesAllCores: Bool { needs.contains(.respondent) || kind.options.contains { $0.kind == .checkpoint } }
}

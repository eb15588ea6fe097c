public import JudgeKit

/// What the host must not do.
public enum PanelError: Error, Sendable, CustomStringConvertible {
  /// A judge's run ended without a verdict on every item.
  case lostVerdict

  /// One line.
  public var description: String {
    "a judge ended without a verdict on every item; nothing after it could be put in order"
  }
}

extension JudgeHost {
  /// Why a judge that asks the system which answered has no verdict on a loose item.
  public static let outOfScopeDetail = "it asks the system that answered, which a loose item does not name"

  /// Asks all judges at once about items that stand in no run; a slow judge keeps no other from its work.
  ///
  /// Judges that ask the system which answered abstain as out of scope. Whether a judge is configured is the caller's to
  /// look at.
  /// - Parameter handOn: gets verdicts in the order of the items and, within each, of the judges, as soon as the next one
  ///   is there; one call at a time.
  /// - Returns: how each judge ended.
  /// - Throws: `CancellationError`, ``PanelError``, or what `handOn` throws.
  public func judge(
    panel: [JudgeDeclaration],
    _ items: [Item],
    handOn: @escaping @Sendable ([PanelVerdict]) async throws -> Void
  ) async throws -> [JudgeRun] {
    try await judge(panel: panel, items, shown: { _ in items }, handOn: handOn)
  }

  /// Asks all judges at once about loose items, each shown what its entry asks for; otherwise as above.
  public func judge(
    panel: [JudgeDeclaration],
    _ items: [LooseItem],
    handOn: @escaping @Sendable ([PanelVerdict]) async throws -> Void
  ) async throws -> [JudgeRun] {
    try await judge(panel: panel, items.map(\.base), shown: { show in items.map { $0.item(show) } }, handOn: handOn)
  }

  /// - Parameter shown: the items in the same order, as judges see them that ask for this.
  private func judge(
    panel: [JudgeDeclaration],
    _ items: [Item],
    shown: (ShownText) -> [Item],
    handOn: @escaping @Sendable ([PanelVerdict]) async throws -> Void
  ) async throws -> [JudgeRun] {
    let sequence = VerdictSequence(items: items, judges: panel.count, handOn: handOn)
    for (index, declaration) in panel.enumerated() where declaration.needs.contains(.respondent) {
      let verdict = Verdict(.abstain(.outOfScope), reading: "host", detail: Self.outOfScopeDetail)
      let judgements = items.map { Judgement(itemID: $0.id, verdict: verdict, attempts: 0, seconds: 0) }
      try await sequence.take(judgements, judge: index)
    }
    let asked = panel.indices.filter { !panel[$0].needs.contains(.respondent) }
    let assignments = asked.map { JudgeAssignment(panel[$0], shown(panel[$0].host.show)) }
    let named = assignments.map { Self.names(of: items, shownAs: $0.items) }
    let watcher = PanelObserver(commit: { judge, judgements in
      let told = judgements.flatMap { one in
        (named[judge]?[one.itemID] ?? [one.itemID]).map { id in
          Judgement(itemID: id, verdict: one.verdict, attempts: one.attempts, seconds: one.seconds, origin: one.origin)
        }
      }
      try await sequence.take(told, judge: asked[judge])
    })
    var runs = [JudgeRun](repeating: JudgeRun(), count: panel.count)
    for (index, run) in zip(asked, try await judge(assignments, watcher)) { runs[index] = run }
    guard await sequence.isComplete else { throw PanelError.lostVerdict }
    return runs
  }

  /// The items' own ids by those under which a judge sees them; nil where they are the same.
  private static func names(of items: [Item], shownAs shown: [Item]) -> [String: [String]]? {
    guard zip(items, shown).contains(where: { $0.id != $1.id }) else { return nil }
    var names: [String: [String]] = [:]
    for (item, one) in zip(items, shown) { names[one.id, default: []].append(item.id) }
    return names
  }
}

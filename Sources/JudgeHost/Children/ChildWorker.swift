internal import JSON
internal import JudgeKit
internal import Locking
internal import Subprocess

/// One child after another, and the thread that talks to them.
final class ChildWorker: Sendable {
  /// How a child failed its batch.
  private struct Loss {
    let verdict: Verdict
    /// The first item in line used its time up: it is to blame, whatever else is in the batch.
    let isTimeout: Bool
  }

  private struct State {
    var child: RunningChild?
    /// Failures since the last answer.
    var failures = 0
  }

  /// Longest pause before a restart.
  private static let longestPause = 5000
  /// Failed starts in a row after which a judge that has worked before is given up.
  private static let starts = 5

  let thread: OwnThread
  let interrupt = Interrupt()
  private let setting: ChildSetting
  private unowned let pool: ChildPool
  private let state = Locked(State())

  init(_ setting: ChildSetting, _ pool: ChildPool) {
    self.setting = setting
    self.pool = pool
    thread = OwnThread(name: "judge \(setting.id)")
  }

  /// Starts a child unless one runs. Call it on `thread` only, as everything below.
  func start() throws(JudgeFailure) {
    if state.withLock({ $0.child != nil }) { return }
    let child = try RunningChild(setting, interrupt)
    state.withLock { $0.child = child }
  }

  /// Ends the child, if there is one.
  func end() { state.withLock { $0.child = nil } }

  /// One verdict an item, in their order; an item that breaks the child loses its own verdict only.
  func verdicts(on items: [Item]) throws -> [Verdict] {
    var found = [Verdict?](repeating: nil, count: items.count)
    try ask(Array(items.indices), items, &found)
    // What is missing was not asked, because the judge was given up.
    let rest = pool.end ?? Verdict(.abstain(.crashed), reading: "host", detail: "it was not asked")
    return found.map { $0 ?? rest }
  }

  /// Asks once, without looking for a culprit.
  func askOnce(_ items: [Item]) throws -> (answers: [Verdict?], failure: RunningChild.Failure?) {
    try start()
    guard let child = state.withLock({ $0.child }) else { return ([], nil) }
    let (answers, failure) = child.ask(items)
    if failure?.isInterrupted == true { throw CancellationError() }
    if failure != nil { state.withLock { $0.child = nil } }
    return (answers, failure)
  }

  /// Ends the child's input: nil, or what is wrong with how it ended.
  func endOnce() throws -> String? {
    try start()
    let child = state.withLock { state in
      defer { state.child = nil }
      return state.child
    }
    return child?.end()
  }

  /// Asks a group of items and, when the child fails, finds out whose fault it is.
  private func ask(_ group: [Int], _ items: [Item], _ found: inout [Verdict?]) throws {
    guard !group.isEmpty, pool.end == nil else { return }
    let isFresh = state.withLock { $0.child.map { !$0.wasAsked } ?? true }
    guard let loss = try attempt(group, items, &found) else { return }
    let rest = group.filter { found[$0] == nil }
    guard let first = rest.first else { return }
    let others = Array(rest.dropFirst())
    if loss.isTimeout || (group.count == 1 && isFresh) {
      lose(first, loss, &found)
      return try ask(others, items, &found)
    }
    // The one in line is the likely culprit; it has a fresh child to itself, so that nothing else can be to blame.
    if let own = try attempt([first], items, &found) {
      lose(first, own, &found)
      return try ask(others, items, &found)
    }
    let half = others.count / 2
    try ask(Array(others[..<half]), items, &found)
    try ask(Array(others[half...]), items, &found)
  }

  private func lose(_ item: Int, _ loss: Loss, _ found: inout [Verdict?]) {
    guard found[item] == nil else { return }
    found[item] = loss.verdict
    pool.noteLoss(loss.verdict)
  }

  /// Asks a group once; after a failure there is no child any more, and the answers that came before it count.
  private func attempt(_ group: [Int], _ items: [Item], _ found: inout [Verdict?]) throws -> Loss? {
    guard let child = try runningChild() else { return nil }
    let (answers, failure) = child.ask(group.map { items[$0] })
    for (place, answer) in zip(group, answers) { found[place] = answer }
    if answers.contains(where: { $0 != nil }) {
      state.withLock { $0.failures = 0 }
      pool.noteAnswer()
    }
    guard let failure else { return nil }
    state.withLock { state in
      state.child = nil
      state.failures += 1
    }
    if failure.isInterrupted { throw CancellationError() }
    return Loss(verdict: failure.verdict, isTimeout: failure.isTimeout)
  }

  /// The child, started anew with a growing pause if the last ones failed; nil when the judge is given up.
  private func runningChild() throws -> RunningChild? {
    var attempt = 0
    while true {
      if let child = state.withLock({ $0.child }) { return child }
      if pool.end != nil { return nil }
      let failures = state.withLock { $0.failures } + attempt
      let pause = failures < 2 ? 0 : min(Self.longestPause, 100 << min(failures - 2, 10))
      if interrupt.wait(milliseconds: pause) { throw CancellationError() }
      do { try start() } catch {
        if interrupt.isRaised { throw CancellationError() }
        attempt += 1
        if attempt >= Self.starts, case .fatal(let reason, let detail) = error {
          let detail = "it could not be started again: \(detail)"
          pool.giveUp(Verdict(.abstain(reason), reading: "host", detail: detail))
        }
      }
    }
  }
}

internal import JudgeKit
internal import Locking
internal import Subprocess

/// As many children of one judge as batches are asked at once; each is started when none is idle.
final class ChildPool: Sendable {
  private struct State {
    var all: [ChildWorker] = []
    var idle: [ChildWorker] = []
    var lostInARow = 0
    var end: Verdict?
  }

  let setting: ChildSetting
  private let state = Locked(State())

  init(_ setting: ChildSetting) { self.setting = setting }

  /// Starts the first child.
  func start() async throws { try await lend { try $0.start() } }

  /// One verdict an item, in their order.
  func verdicts(on items: [Item]) async throws -> [Verdict] {
    if let end, case .abstain(let reason) = end.outcome { throw JudgeFailure.fatal(reason, detail: end.detail ?? "") }
    return try await lend { try $0.verdicts(on: items) }
  }

  /// Asks one child once, without looking for a culprit; after a failure the next question goes to a new child.
  func askOnce(_ items: [Item]) async throws -> (answers: [Verdict?], failure: RunningChild.Failure?) {
    try await lend { try $0.askOnce(items) }
  }

  /// Ends a child's input: nil, or what is wrong with how it ended.
  func endOnce() async throws -> String? { try await lend { try $0.endOnce() } }

  private func lend<Value: Sendable>(_ work: @escaping @Sendable (ChildWorker) throws -> Value) async throws -> Value {
    let worker =
      state.withLock { $0.idle.popLast() }
      ?? {
        let worker = ChildWorker(setting, self)
        state.withLock { $0.all.append(worker) }
        return worker
      }()
    let result: Value
    do {
      result = try await withTaskCancellationHandler {
        try await worker.thread.run { try work(worker) }
      } onCancel: {
        worker.interrupt.raise()
      }
    } catch {
      // What an interrupt makes of a child is no failure of the child's.
      if worker.interrupt.isRaised { throw CancellationError() }
      giveBack(worker)
      throw error
    }
    giveBack(worker)
    return result
  }

  /// An interrupted worker waits for nothing any more, so it is of no use to anyone else, even if it was done by then.
  private func giveBack(_ worker: ChildWorker) {
    if !worker.interrupt.isRaised { state.withLock { $0.idle.append(worker) } }
  }

  /// Ends all children; when it returns, nothing of them is left, their folders neither.
  func close() async {
    let all = state.withLock { state in
      defer { (state.all, state.idle) = ([], []) }
      return state.all
    }
    for worker in all { worker.interrupt.raise() }
    for worker in all { _ = try? await worker.thread.run { worker.end() } }
  }

  /// Why the judge is asked no more, if it is not.
  var end: Verdict? { state.withLock { $0.end } }

  /// An item was answered.
  func noteAnswer() { state.withLock { $0.lostInARow = 0 } }

  /// An item was lost.
  func noteLoss(_ verdict: Verdict) {
    state.withLock { state in
      state.lostInARow += 1
      guard state.lostInARow >= setting.giveUpAfter, state.end == nil else { return }
      var end = verdict
      end.detail =
        "given up after \(state.lostInARow) items in a row without an answer; the last: \(verdict.detail ?? "")"
      state.end = end
    }
  }

  /// It cannot be started any more.
  func giveUp(_ verdict: Verdict) { state.withLock { $0.end = $0.end ?? verdict } }
}

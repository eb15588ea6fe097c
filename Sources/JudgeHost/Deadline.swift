internal import Locking

/// What came of work with a deadline.
enum Deadlined<Value: Sendable>: Sendable {
  case value(Value)
  case failure(any Error)
  case tooLate
}

/// Runs work, on a judge's own thread where one is given, but waits for it only so long: work that ignores its cancellation is
/// left behind.
/// - Parameter seconds: infinity waits until the work ends or the task is cancelled.
func withDeadline<Value: Sendable>(
  seconds: Double,
  on executor: JudgeExecutor? = nil,
  _ work: @escaping @Sendable () async throws -> Value
) async -> Deadlined<Value> {
  let gate = Gate<Value>()
  let task = Task(executorPreference: executor) {
    do { gate.open(.value(try await work())) } catch { gate.open(.failure(error)) }
  }
  let clock =
    seconds.isFinite
    ? Task {
      try await Task.sleep(for: .seconds(min(seconds, 1e6)))
      task.cancel()
      executor?.renew()
      gate.open(.tooLate)
    } : nil
  defer { clock?.cancel() }
  return await withTaskCancellationHandler {
    await withCheckedContinuation { gate.wait($0) }
  } onCancel: {
    task.cancel()
    gate.open(.failure(CancellationError()))
  }
}

/// Lets the first of several outcomes through.
private final class Gate<Value: Sendable>: Sendable {
  private struct State {
    var outcome: Deadlined<Value>?
    var waiter: CheckedContinuation<Deadlined<Value>, Never>?
    var isDone = false
  }

  private let state = Locked(State())

  func wait(_ continuation: CheckedContinuation<Deadlined<Value>, Never>) {
    let ready = state.withLock { state -> Deadlined<Value>? in
      if let outcome = state.outcome { return outcome }
      state.waiter = continuation
      return nil
    }
    if let ready { continuation.resume(returning: ready) }
  }

  func open(_ outcome: Deadlined<Value>) {
    let waiter = state.withLock { state -> CheckedContinuation<Deadlined<Value>, Never>? in
      guard !state.isDone else { return nil }
      state.isDone = true
      state.outcome = outcome
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: outcome)
  }
}

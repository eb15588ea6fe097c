internal import Locking

/// A counting semaphore for tasks: whoever waits longest goes first, and a cancelled one goes away.
package final class Slots: Sendable {
  private struct State {
    var free: Int
    var next = 0
    /// In order of arrival.
    var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    var cancelled: Set<Int> = []
  }

  private let state: Locked<State>

  package init(_ count: Int) { state = Locked(State(free: max(1, count))) }

  /// Takes a slot, when one is free.
  /// - Throws: `CancellationError`; no slot is taken then.
  package func take() async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    let isTaken = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
        let ready = state.withLock { state -> Bool? in
          if state.cancelled.remove(id) != nil { return false }
          if state.free > 0 {
            state.free -= 1
            return true
          }
          state.waiting.append((id, continuation))
          return nil
        }
        if let ready { continuation.resume(returning: ready) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
        guard let at = state.waiting.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.waiting.remove(at: at).continuation
      }
      waiter?.resume(returning: false)
    }
    // A cancellation that came after the slot was taken has left its mark.
    state.withLock { _ = $0.cancelled.remove(id) }
    guard isTaken else { throw CancellationError() }
  }

  /// Gives a slot back.
  package func giveBack() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}

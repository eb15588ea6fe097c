internal import Locking

/// Finished judgements of one judge on their way to whoever keeps them.
///
/// Those who ask put judgements in and go on asking; one task takes out what has gathered, so that a slow disk never keeps an
/// endpoint waiting until more than ``limit`` judgements are open.
final class Outbox: Sendable {
  private struct State {
    var judgements: [Judgement] = []
    var isClosed = false
    var taker: CheckedContinuation<[Judgement]?, Never>?
    var putters: [CheckedContinuation<Void, Never>] = []
  }

  /// Most judgements given out at once: one transaction of the run file, lost together if the process is killed.
  private static let most = 1024
  /// Open judgements above which those who put more wait.
  private static let limit = 4096

  private let state = Locked(State())

  /// Puts judgements in; waits while too many are open. After ``close()`` they are dropped.
  func put(_ judgements: [Judgement]) async {
    guard !judgements.isEmpty else { return }
    await withCheckedContinuation { continuation in
      let (taker, gift, waits) = state.withLock {
        state -> (CheckedContinuation<[Judgement]?, Never>?, [Judgement], Bool) in
        guard !state.isClosed else { return (nil, [], false) }
        state.judgements += judgements
        if let taker = state.taker {
          state.taker = nil
          return (taker, Self.some(&state), false)
        }
        let waits = state.judgements.count > Self.limit
        if waits { state.putters.append(continuation) }
        return (nil, [], waits)
      }
      taker?.resume(returning: gift)
      if !waits { continuation.resume() }
    }
  }

  /// What has gathered, in the order it was put in; waits for something, nil when it is closed and empty.
  func take() async -> [Judgement]? {
    await withCheckedContinuation { continuation in
      let (ready, gift, putters) = state.withLock {
        state -> (Bool, [Judgement]?, [CheckedContinuation<Void, Never>]) in
        if !state.judgements.isEmpty {
          let gift = Self.some(&state)
          guard state.judgements.count <= Self.limit else { return (true, gift, []) }
          defer { state.putters = [] }
          return (true, gift, state.putters)
        }
        if state.isClosed { return (true, nil, []) }
        state.taker = continuation
        return (false, nil, [])
      }
      for putter in putters { putter.resume() }
      if ready { continuation.resume(returning: gift) }
    }
  }

  /// Nothing more comes; what is open can still be taken.
  func close() {
    let (taker, putters) = state.withLock {
      state -> (CheckedContinuation<[Judgement]?, Never>?, [CheckedContinuation<Void, Never>]) in
      state.isClosed = true
      defer {
        state.taker = nil
        state.putters = []
      }
      return (state.taker, state.putters)
    }
    taker?.resume(returning: nil)
    for putter in putters { putter.resume() }
  }

  private static func some(_ state: inout State) -> [Judgement] {
    guard state.judgements.count > most else {
      defer { state.judgements = [] }
      return state.judgements
    }
    defer { state.judgements.removeFirst(most) }
    return Array(state.judgements.prefix(most))
  }
}

internal import Dispatch
internal import Foundation
internal import Locking

/// A thread of our own that does blocking work in the order in which it comes.
///
/// A child is started, asked and ended on one such thread: the kernel kills a child when the thread that started it is no
/// more, and a thread of the shared pools may go at any time.
final class OwnThread: Sendable {
  private final class Work: Sendable {
    let jobs = Locked<[@Sendable () -> Void]>([])
    let isThere = DispatchSemaphore(value: 0)

    func add(_ job: @escaping @Sendable () -> Void) {
      jobs.withLock { $0.append(job) }
      isThere.signal()
    }

    /// The next job; nil when no more will come.
    func next() -> (@Sendable () -> Void)? {
      isThere.wait()
      return jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
  }

  private let work = Work()

  init(name: String) {
    let thread = Thread { [work] in while let job = work.next() { job() } }
    thread.name = name
    thread.start()
  }

  // A signal without a job ends the thread once all jobs are done.
  deinit { work.isThere.signal() }

  func run<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      work.add { continuation.resume(with: Result { try job() }) }
    }
  }
}

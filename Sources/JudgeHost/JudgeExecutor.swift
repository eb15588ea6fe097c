internal import Dispatch
internal import Locking

/// A thread of its own for a judge's code.
///
/// A judge that computes in this process would otherwise hold the few threads that all tasks share, and answers for the other
/// judges would wait behind it.
final class JudgeExecutor: TaskExecutor {
  private let label: String
  private let queue: Locked<DispatchQueue>

  init(label: String) {
    self.label = label
    queue = Locked(DispatchQueue(label: label))
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.withLock { $0 }.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Leaves the thread to work that blocks it and takes another one.
  func renew() {
    let fresh = DispatchQueue(label: label)
    queue.withLock { $0 = fresh }
  }
}

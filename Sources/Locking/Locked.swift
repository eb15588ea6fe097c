internal import Glibc

/// A value that one thread at a time may touch.
///
/// It stands on a POSIX mutex: `Synchronization.Mutex` hands a contended lock over inside the kernel, where the thread
/// sanitizer does not see it, and every contended use is then reported as a race.
public final class Locked<Value>: @unchecked Sendable {  // guard: `value` is touched with `mutex` held only
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  /// Puts a value, which nobody else holds, behind a lock.
  public init(_ value: sending Value) {
    mutex = .allocate(capacity: 1)
    let status = pthread_mutex_init(mutex, nil)
    precondition(status == 0, "pthread_mutex_init: error \(status)")
    self.value = value
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `use` while no other thread is inside; it must not call itself on the same lock, and must not wait.
  public func withLock<Result, Failure: Error>(
    _ use: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try use(&value)
  }
}

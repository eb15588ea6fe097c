internal import Foundation

/// A value behind a lock that the thread sanitizer understands: `Synchronization.Mutex` hands a contended lock over in the
/// kernel, unseen, and is reported as a race where there is none.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value  // guard: `lock`

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ use: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try use(&value)
  }
}

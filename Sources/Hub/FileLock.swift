internal import Glibc

/// A lock that other pulls, and huggingface_hub, respect: `flock` on a file; the system lets go of it when the process ends,
/// however it ends.
final class FileLock: Sendable {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Waits for the lock.
  /// - Parameter waiting: called once, if somebody else holds it.
  /// - Throws: ``HubError/system(path:reason:)`` or `CancellationError`.
  static func take(_ path: String, waiting: () -> Void) async throws -> FileLock {
    var isTold = false
    while true {
      if let lock = try attempt(path) { return lock }
      if !isTold { waiting() }
      isTold = true
      // A blocking `flock` could not be cancelled.
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private static func attempt(_ path: String) throws(HubError) -> FileLock? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o664)
    guard descriptor >= 0 else { throw .last(path) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let failure = HubError.last(path)
      let isTaken = errno == EWOULDBLOCK
      close(descriptor)
      if isTaken { return nil }
      throw failure
    }
    let lock = FileLock(descriptor)
    // Some holders remove the file when they let go: then this lock is on a file that nobody finds any more.
    var (ours, theirs) = (stat(), stat())
    guard fstat(descriptor, &ours) == 0, stat(path, &theirs) == 0, ours.st_ino == theirs.st_ino else { return nil }
    return lock
  }

  deinit {
    // A child that was forked meanwhile may still hold the descriptor; closing ours alone would keep the lock until then.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

internal import Glibc

/// Holds a run file for one process; the system lets go of it when the process ends, however it ends.
final class RunLock: Sendable {
  private let descriptor: Int32

  init(file: String) throws(RunError) {
    let path = "\(file).lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(file: path, reason: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      if reason == EWOULDBLOCK { throw .inUse(file: file) }
      throw .system(file: path, reason: String(cString: strerror(reason)))
    }
  }

  deinit {
    // A child that was forked meanwhile and has not yet become its program still holds the descriptor; closing ours alone would
    // leave the run locked until then.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

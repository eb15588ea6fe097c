internal import CSpawn
internal import Glibc

/// Ends waits from another thread; once raised it stays raised.
public final class Interrupt: Sendable {
  /// Readable once raised.
  let descriptor: Int32

  /// An interrupt that is not raised.
  public init() { descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Raises it.
  public func raise() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// Whether it is raised.
  public var isRaised: Bool { wait(milliseconds: 0) }

  /// Waits so long, or until it is raised; says whether it is.
  public func wait(milliseconds: Int) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, Int32(clamping: milliseconds)) > 0
  }
}

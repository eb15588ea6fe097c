internal import CSpawn
internal import Glibc
internal import Locking

/// Ends a wait for a child from another thread, and the child with it; once raised it stays raised.
public final class Interrupt: Sendable {
  /// Readable once raised.
  let descriptor: Int32
  private let family = Locked<ProcessFamily?>(nil)
  // Without a descriptor to spare only this tells that it is raised.
  private let wasRaised = Locked(false)

  /// An interrupt that is not raised.
  public init() { descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Raises it. What runs of the child has been killed when this returns: whoever raises it may be about to leave.
  public func raise() {
    wasRaised.withLock { $0 = true }
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
    family.withLock { $0?.kill() }
  }

  /// The child that is waited for; nil before it is reaped, when its number may become another's.
  func watch(_ child: ProcessFamily?) { family.withLock { $0 = child } }

  /// Whether it is raised.
  public var isRaised: Bool { wait(milliseconds: 0) }

  /// Waits so long, or until it is raised; says whether it is.
  public func wait(milliseconds: Int) -> Bool {
    if wasRaised.withLock({ $0 }) { return true }
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, Int32(clamping: milliseconds)) > 0 || wasRaised.withLock { $0 }
  }
}

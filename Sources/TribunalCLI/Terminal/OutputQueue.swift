internal import Dispatch
internal import Glibc
internal import JSON

/// Writes to stdout from a thread of its own: a reader that takes its time must not hold a thread of the shared pool.
struct OutputQueue: Sendable {
  /// Nobody reads any more.
  struct Closed: Error {}

  private let queue = DispatchQueue(label: "tribunal.output")

  /// Writes a text and comes back when it is written.
  /// - Throws: ``Closed``, so that no judge is asked for a reader that has gone; what else went wrong (a full disk).
  func write(_ text: String) async throws {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        if Console.output.write(text) { return continuation.resume() }
        let reason = errno
        let problem = "cannot be written: \(String(cString: strerror(reason)))"
        continuation.resume(throwing: reason == EPIPE ? Closed() as any Error : JSONError(file: "stdout", problem))
      }
    }
  }
}

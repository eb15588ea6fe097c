internal import Dispatch

/// Writes to stdout from a thread of its own: a reader that takes its time must not hold a thread of the shared pool.
struct OutputQueue: Sendable {
  /// Nobody reads any more.
  struct Closed: Error {}

  private let queue = DispatchQueue(label: "tribunal.output")

  /// Writes a text and comes back when it is written.
  /// - Throws: ``Closed``, so that no judge is asked for a reader that has gone.
  func write(_ text: String) async throws {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        continuation.resume(with: Console.output.write(text) ? .success(()) : .failure(Closed()))
      }
    }
  }
}

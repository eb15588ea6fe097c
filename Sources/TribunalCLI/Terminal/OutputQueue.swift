internal import Dispatch

/// Writes to stdout from a thread of its own: a reader that takes its time must not hold a thread of the shared pool.
struct OutputQueue: Sendable {
  private let queue = DispatchQueue(label: "tribunal.output")

  /// Writes a text and comes back when it is written.
  func write(_ text: String) async {
    await withCheckedContinuation { continuation in
      queue.async {
        Console.output.write(text)
        continuation.resume()
      }
    }
  }
}

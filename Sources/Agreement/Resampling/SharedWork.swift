internal import Dispatch
internal import Glibc

/// Splits independent pieces of work over threads. Each piece writes places of its own, so that the number of threads
/// changes nothing in a result.
enum SharedWork {
  /// Processors of this machine.
  static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Runs `body` for ranges that together cover 0..<`count`.
  /// - Parameters:
  ///   - threads: at least 1; with 1 everything runs on the calling thread.
  ///   - piece: the length of a range.
  static func run(_ count: Int, threads: Int, piece: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let pieces = (count + piece - 1) / piece
    let workers = min(threads, pieces)
    guard workers > 1 else {
      if count > 0 { body(0..<count) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for number in stride(from: worker, to: pieces, by: workers) {
        body(number * piece..<min(count, (number + 1) * piece))
      }
    }
  }
}

internal import Dispatch
internal import Glibc
internal import JSON
internal import JudgeHost

/// A file of loose items, or stdin.
enum LooseItemFile {
  private static let maximumLineBytes = 64 << 20

  /// Reads a file line by line; `-` is stdin. Reading may wait for a pipe, so it has a thread of its own.
  static func read(_ path: String) async throws -> [LooseItem] {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "tribunal.items").async { continuation.resume(with: Result { try readBlocking(path) }) }
    }
  }

  private static func readBlocking(_ path: String) throws -> [LooseItem] {
    let isInput = path == "-"
    let descriptor = isInput ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JSONError(file: path, "cannot be opened: \(String(cString: strerror(errno)))") }
    defer { if !isInput { close(descriptor) } }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw JSONError(file: path, "is a folder; expected a file of JSON lines")
    }
    var items = LooseItemReader(file: isInput ? "stdin" : path)
    var lines = LineReader(descriptor: descriptor, maximumBytes: maximumLineBytes)
    var number = 0
    while let line = lines.next() {
      number += 1
      switch line {
      case .bytes(let bytes): items.take(bytes, number: number)
      case .tooLong: items.skip(number: number, maximumBytes: maximumLineBytes)
      }
    }
    if let failure = lines.failure { throw JSONError(file: isInput ? "stdin" : path, "cannot be read: \(failure)") }
    return try items.finish()
  }
}

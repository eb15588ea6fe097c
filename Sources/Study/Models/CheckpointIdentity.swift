internal import Foundation
internal import Glibc
internal import Hashing
internal import Inference
internal import JSON

/// What tells two checkpoints apart for good: `LanguageCheckpoint.identity`, which sees shapes but no numbers, and the
/// content of the weight files.
///
/// Checkpoints of one family share shapes, sizes and tokenizer; by those alone they would pass for one model.
public enum CheckpointIdentity {
  /// 64 hexadecimal digits; reads every byte of the weights once.
  /// - Throws: `CheckpointError`, or `JSONError` for a file that cannot be read.
  public static func full(folder: String) throws -> String {
    var hash = SHA256()
    hash.update("model content 1\n\(try LanguageCheckpoint.identity(folder: folder))\n")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".safetensors") }
    for name in names.sorted() { hash.update("\(name.utf8.count) \(name)\n\(try content(of: "\(folder)/\(name)"))\n") }
    return hash.finish()
  }

  private static func content(of path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JSONError(file: path, "cannot be read: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var hash = SHA256()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    while true {
      let count = read(descriptor, chunk.baseAddress, chunk.count)
      if count == 0 { return hash.finish() }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw JSONError(file: path, "cannot be read: \(String(cString: strerror(errno)))") }
      hash.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }
}

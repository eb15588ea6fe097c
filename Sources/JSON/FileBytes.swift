internal import Glibc

/// Whole files as bytes, with errors that name the file.
public enum FileBytes {
  /// Reads a regular file or a pipe of at most `maximumBytes`; throws with the system's reason.
  public static func read(_ path: String, maximumBytes: Int = 256 << 20) throws(JSONError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JSONError(file: path, "cannot be opened: \(reason())") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw JSONError(file: path, "cannot be read: \(reason())") }
    if status.st_mode & S_IFMT == S_IFDIR { throw JSONError(file: path, "is a folder; expected a file") }
    if status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) > maximumBytes {
      throw JSONError(file: path, "holds \(status.st_size) bytes; at most \(maximumBytes) are read here")
    }
    var bytes = [UInt8]()
    bytes.reserveCapacity(Int(status.st_size))
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw JSONError(file: path, "cannot be read: \(reason())")
      }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      if bytes.count > maximumBytes { throw JSONError(file: path, "holds more than \(maximumBytes) bytes") }
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}

extension FileBytes {
  /// Writes a file whole or not at all: a temporary file beside it is flushed to disk and renamed onto it.
  public static func write(_ bytes: [UInt8], to path: String) throws(JSONError) {
    let temporary = "\(path).partial-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw JSONError(file: path, "cannot be written: \(reason())") }
    let failure = bytes.withUnsafeBytes { all -> String? in
      var rest = all
      while let base = rest.baseAddress, rest.count > 0 {
        let count = Glibc.write(descriptor, base, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return reason()
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return fsync(descriptor) == 0 ? nil : reason()
    }
    close(descriptor)
    if failure == nil, rename(temporary, path) == 0 { return }
    let why = failure ?? reason()
    unlink(temporary)
    throw JSONError(file: path, "cannot be written: \(why)")
  }
}

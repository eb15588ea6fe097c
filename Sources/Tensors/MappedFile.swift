internal import Glibc

/// A file mapped for reading; unmapped when the last user is gone.
final class MappedFile: Sendable {
  let path: String
  /// Read-only memory that lives as long as this object.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer  // guard: mapped PROT_READ, never changed until deinit

  init(path: String) throws(TensorError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unreadable(file: path, reason: "cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(file: path, reason: "is not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else { throw .malformed(file: path, problem: "the file is empty") }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      throw .unreadable(file: path, reason: "cannot be mapped: \(String(cString: strerror(errno)))")
    }
    self.path = path
    self.bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}

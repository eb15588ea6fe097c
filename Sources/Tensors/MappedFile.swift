internal import Glibc

/// Bytes that tensors lie in: a mapped file, or memory that was filled once.
class TensorStorage: @unchecked Sendable {  // guard: immutable after init; `bytes` is never written through
  /// The file that the bytes come from.
  let path: String
  /// Read-only memory that lives as long as this object.
  let bytes: UnsafeRawBufferPointer

  fileprivate init(path: String, bytes: UnsafeRawBufferPointer) {
    self.path = path
    self.bytes = bytes
  }

  /// Tells the system that the pages inside the range will not be wanted soon; they are read again when they are.
  func giveBack(_ range: Range<Int>) {}
}

/// A file mapped for reading; unmapped when the last user is gone.
final class MappedFile: TensorStorage, @unchecked Sendable {
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
    super.init(path: path, bytes: UnsafeRawBufferPointer(start: address, count: size))
  }

  override func giveBack(_ range: Range<Int>) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let first = (range.lowerBound + page - 1) / page * page
    let last = range.upperBound == bytes.count ? range.upperBound : range.upperBound / page * page
    guard first < last, let base = bytes.baseAddress else { return }
    // The mapping is read-only and of a file: what is dropped here comes back from the page cache.
    madvise(UnsafeMutableRawPointer(mutating: base + first), last - first, MADV_DONTNEED)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}

/// Memory of our own, for tensors that are computed from those of a file.
final class OwnedBytes: TensorStorage, @unchecked Sendable {
  init(path: String, _ content: some Collection<UInt8>) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(content.count, 1), alignment: 16)
    memory.copyBytes(from: content)
    super.init(path: path, bytes: UnsafeRawBufferPointer(rebasing: memory[..<content.count]))
  }

  deinit { bytes.baseAddress?.deallocate() }
}

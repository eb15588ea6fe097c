internal import Glibc

/// Memory for packed weights: untouched until it is written, in large pages where the system has them.
///
/// Filled by whoever allots it, before it is shared; read-only from then on.
final class PackedMemory: @unchecked Sendable {  // guard: filled before it is shared, only read afterwards
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  /// nil where the system gives no such amount.
  init?(byteCount: Int) {
    let size = max(byteCount, 1)
    guard
      let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      address != MAP_FAILED
    else { return nil }
    // A page fault for every 4 KB costs as much as the packing.
    madvise(address, size, MADV_HUGEPAGE)
    base = address
    self.byteCount = byteCount
  }

  deinit { munmap(base, max(byteCount, 1)) }
}

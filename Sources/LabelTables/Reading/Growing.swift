internal import Glibc

/// A list that grows, at an address of its own: loops that run once a cell change it without looking for other users.
///
/// `realloc` moves large blocks by their pages, so that growing needs no second copy in memory. The owner frees it.
struct Growing<Element: BitwiseCopyable>: BitwiseCopyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 64) {
    self.capacity = capacity
    base = Self.allocate(nil, capacity)
  }

  private static func allocate(_ old: UnsafeMutablePointer<Element>?, _ capacity: Int) -> UnsafeMutablePointer<Element>
  {
    guard let raw = realloc(old, capacity * MemoryLayout<Element>.stride) else { preconditionFailure("out of memory") }
    return raw.bindMemory(to: Element.self, capacity: capacity)
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(to: count &+ 1) }
    base[count] = element
    count &+= 1
  }

  mutating func append(contentsOf bytes: UnsafeRawBufferPointer) where Element == UInt8 {
    guard let source = bytes.baseAddress else { return }
    if count &+ bytes.count > capacity { grow(to: count &+ bytes.count) }
    memcpy(base + count, source, bytes.count)
    count &+= bytes.count
  }

  mutating func pad(to wanted: Int, with element: Element) {
    if wanted > capacity { grow(to: wanted) }
    while count < wanted {
      base[count] = element
      count &+= 1
    }
  }

  private mutating func grow(to wanted: Int) {
    capacity = max(wanted, capacity * 2)
    base = Self.allocate(base, capacity)
  }

  /// All elements.
  var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: base, count: count) }

  func deallocate() { free(base) }
}

/// Owns a list that grows.
final class GrowingList<Element: BitwiseCopyable> {
  /// The list itself, for loops that outlive no owner.
  let list: UnsafeMutablePointer<Growing<Element>>

  init() {
    list = .allocate(capacity: 1)
    list.initialize(to: Growing())
  }

  deinit {
    list.pointee.deallocate()
    list.deallocate()
  }

  /// Gives the memory back; the list is empty afterwards.
  func removeAll() {
    list.pointee.deallocate()
    list.initialize(to: Growing(capacity: 1))
  }

  var count: Int { list.pointee.count }
  subscript(index: Int) -> Element { list.pointee.base[index] }
}

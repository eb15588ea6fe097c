internal import Glibc

/// Numbers texts in the order of their first appearance: equal bytes, equal number.
///
/// Kept are the bytes themselves, one after another, 4 bytes an entry for where they end, and a table of 8-byte slots at
/// most ¾ full: 15 to 26 bytes an entry and its text. The hash only finds the slot; entries are equal when their bytes are.
final class ByteTable: @unchecked Sendable {  // guard: one reader writes to it, and none once it is handed on
  /// The table itself, for loops that outlive no owner.
  let entries: UnsafeMutablePointer<ByteEntries>

  init() {
    entries = .allocate(capacity: 1)
    entries.initialize(to: ByteEntries())
  }

  deinit {
    entries.pointee.deallocate()
    entries.deallocate()
  }

  /// Bytes of all entries.
  var byteCount: Int { entries.pointee.byteCount }
  /// Entries.
  var count: Int { entries.pointee.count }
  /// The number of a text, which is given one if it is new.
  func intern(_ bytes: UnsafeRawBufferPointer) -> Int { entries.pointee.intern(bytes) }
  /// The number of a text, nil if it has none.
  func find(_ bytes: UnsafeRawBufferPointer) -> Int? { entries.pointee.find(bytes, ByteEntries.hash(bytes)) }
  /// The bytes of an entry, valid until the next one is made.
  func bytes(_ entry: Int) -> UnsafeRawBufferPointer { entries.pointee.bytes(entry) }
  /// The text of an entry.
  func text(_ entry: Int) -> String { String(decoding: bytes(entry), as: UTF8.self) }

  /// The number of a text, which is given one if it is new.
  func intern(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
  }
}

/// What a ``ByteTable`` owns.
struct ByteEntries: BitwiseCopyable {
  /// A slot holds the upper half of the hash and the entry's number plus one; 0 is a free slot.
  private var slots: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private var arena = Growing<UInt8>(capacity: 256)
  /// Where an entry's bytes end, counted from the start of its block of 65 536 entries.
  private var ends = Growing<UInt32>()
  private var blockStarts = Growing<Int>()
  private static let blockBits = 16
  private static let low: UInt64 = 0xFFFF_FFFF

  init() {
    mask = 63
    slots = Self.freeSlots(64)
    blockStarts.append(0)
  }

  func deallocate() {
    free(slots)
    arena.deallocate()
    ends.deallocate()
    blockStarts.deallocate()
  }

  var byteCount: Int { arena.count }
  var count: Int { ends.count }

  /// The number of a text, which is given one if it is new.
  @inline(__always)
  mutating func intern(_ bytes: UnsafeRawBufferPointer) -> Int {
    let hash = Self.hash(bytes)
    return find(bytes, hash) ?? insert(bytes, hash)
  }

  /// The same, where texts often come in the order of an earlier run: the entry met last and the one after it are tried
  /// before the table, whose slots lie anywhere in memory.
  @inline(__always)
  mutating func intern(_ bytes: UnsafeRawBufferPointer, after last: inout Int) -> Int {
    if last < count, isEqual(last, bytes) { return last }
    if last &+ 1 < count, isEqual(last &+ 1, bytes) {
      last &+= 1
      return last
    }
    last = intern(bytes)
    return last
  }

  /// The number of a text, nil if it has none.
  @inline(__always)
  func find(_ bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> Int? {
    var at = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[at]
      if slot == 0 { return nil }
      if (slot ^ hash) & ~Self.low == 0 {
        let entry = Int(truncatingIfNeeded: slot & Self.low) &- 1
        if isEqual(entry, bytes) { return entry }
      }
      at = (at &+ 1) & mask
    }
  }

  /// The bytes of an entry, valid until the next one is made.
  @inline(__always)
  func bytes(_ entry: Int) -> UnsafeRawBufferPointer {
    let block = blockStarts.base[entry &>> Self.blockBits]
    let start = entry & 0xFFFF == 0 ? 0 : Int(ends.base[entry &- 1])
    return UnsafeRawBufferPointer(
      start: UnsafeRawPointer(arena.base) + block + start,
      count: Int(ends.base[entry]) &- start
    )
  }

  @inline(__always)
  private func isEqual(_ entry: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let known = self.bytes(entry)
    guard known.count == bytes.count, let one = known.baseAddress, let other = bytes.baseAddress else {
      return known.count == bytes.count
    }
    return Self.isEqual(one, other, bytes.count)
  }

  /// Compares up to 16 bytes, which most labels have, as two words that may overlap.
  @inline(__always)
  private static func isEqual(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ count: Int) -> Bool {
    if count > 16 { return memcmp(one, other, count) == 0 }
    if count >= 8 {
      let first = one.loadUnaligned(as: UInt64.self) ^ other.loadUnaligned(as: UInt64.self)
      let end = count &- 8
      let last =
        one.loadUnaligned(fromByteOffset: end, as: UInt64.self)
        ^ other.loadUnaligned(fromByteOffset: end, as: UInt64.self)
      return first | last == 0
    }
    if count >= 4 {
      let first = one.loadUnaligned(as: UInt32.self) ^ other.loadUnaligned(as: UInt32.self)
      let end = count &- 4
      let last =
        one.loadUnaligned(fromByteOffset: end, as: UInt32.self)
        ^ other.loadUnaligned(fromByteOffset: end, as: UInt32.self)
      return first | last == 0
    }
    for at in 0..<count {
      guard one.load(fromByteOffset: at, as: UInt8.self) == other.load(fromByteOffset: at, as: UInt8.self) else {
        return false
      }
    }
    return true
  }

  @inline(never)
  private mutating func insert(_ bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
    let entry = ends.count
    precondition(entry < Int(UInt32.max) - 1, "more than 4 billion texts")
    if entry > 0, entry & 0xFFFF == 0 { blockStarts.append(arena.count) }
    arena.append(contentsOf: bytes)
    let end = arena.count - blockStarts.base[blockStarts.count - 1]
    precondition(end <= Int(UInt32.max), "65 536 texts of more than 4 GB")
    ends.append(UInt32(end))
    place(entry, hash)
    if ends.count * 4 > (mask + 1) * 3 { grow() }
    return entry
  }

  private func place(_ entry: Int, _ hash: UInt64) {
    var at = Int(truncatingIfNeeded: hash) & mask
    while slots[at] != 0 { at = (at &+ 1) & mask }
    slots[at] = hash & ~Self.low | UInt64(entry + 1)
  }

  /// Free slots. Large tables lie in large pages where the system has them: slots are visited in no order at all, and
  /// each visit of a small page would look up where that page is.
  private static func freeSlots(_ count: Int) -> UnsafeMutablePointer<UInt64> {
    let bytes = count * MemoryLayout<UInt64>.stride
    let pageBytes = 2 << 20
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, bytes < pageBytes ? 16 : pageBytes, bytes) == 0, let raw else {
      preconditionFailure("out of memory")
    }
    if bytes >= pageBytes { madvise(raw, bytes, MADV_HUGEPAGE) }
    memset(raw, 0, bytes)
    return raw.bindMemory(to: UInt64.self, capacity: count)
  }

  private mutating func grow() {
    // Hashes are not kept: they are made again of the bytes, so that the old slots can go first.
    free(slots)
    mask = mask * 2 + 1
    slots = Self.freeSlots(mask + 1)
    for entry in 0..<ends.count { place(entry, Self.hash(bytes(entry))) }
  }

  /// A 64-bit hash: words of eight bytes are mixed by full products. The same in every run.
  @inline(__always)
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    guard let base = bytes.baseAddress, count > 0 else { return mix(hash, 0) }
    func word(_ at: Int) -> UInt64 { UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
    if count >= 8 {
      var at = 0
      while at &+ 8 < count {
        hash = mix(hash, word(at))
        at &+= 8
      }
      // The last word may overlap the one before: no byte outside is read.
      return mix(hash, word(count &- 8))
    }
    var last: UInt64 = 0
    if count >= 4 {
      let low = UInt32(littleEndian: base.loadUnaligned(as: UInt32.self))
      let high = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
      last = UInt64(low) | UInt64(high) << 32
    } else {
      let first = base.load(as: UInt8.self)
      let middle = base.load(fromByteOffset: count &>> 1, as: UInt8.self)
      let end = base.load(fromByteOffset: count &- 1, as: UInt8.self)
      last = UInt64(first) | UInt64(middle) << 8 | UInt64(end) << 16
    }
    return mix(hash, last)
  }

  @inline(__always)
  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }
}

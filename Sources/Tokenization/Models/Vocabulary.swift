internal import JSON

/// Tokens with their ids, found by bytes: one flat table, as every piece of every text asks it.
struct Vocabulary: Sendable {
  /// The texts one after the other.
  private var bytes: [UInt8] = []
  /// Where each entry's text begins, and where the last ends.
  private var starts: [Int] = [0]
  private var ids: [Int32] = []
  /// Places of entries by hash, each with the upper half of the hash above it; 0 is free, so places count from 1.
  private var slots: [UInt64]
  /// Places of entries by id; -1 is a hole.
  private var entries: [Int32] = []
  /// The bytes of the longest token.
  private(set) var longest = 0

  /// An empty vocabulary with room.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    starts.reserveCapacity(capacity + 1)
    ids.reserveCapacity(capacity)
  }

  /// Ids beyond this are a damaged file.
  static let largestId = 1 << 24

  /// Reads the `vocab` object of a model.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    guard let object = part.value.object else { throw part.wrong("expected an object of ids") }
    self.init(capacity: object.members.count)
    for (key, value) in object.members {
      let token = part.nulls.restored(key)
      guard let id = value.integer, id >= 0, id < Self.largestId else {
        throw part[key].wrong("expected an id from 0 to \(Self.largestId - 1)")
      }
      if let other = self.token(Int32(id)) { throw part[key].wrong("id \(id) belongs to \"\(other)\" too") }
      add(Array(token.utf8), id: Int32(id))
    }
  }

  /// How many tokens there are.
  var count: Int { ids.count }

  /// One more than the largest id.
  var idCount: Int { entries.count }

  /// Adds a token; an equal text gets the new id for encoding, and both ids decode to it.
  mutating func add(_ text: [UInt8], id: Int32) {
    if (count + 1) * 2 > slots.count { grow() }
    let entry = Int32(ids.count)
    bytes.append(contentsOf: text)
    starts.append(bytes.count)
    ids.append(id)
    longest = max(longest, text.count)
    text.withUnsafeBufferPointer { put(entry, $0) }
    let at = Int(id)
    if at >= entries.count { entries.append(contentsOf: repeatElement(-1, count: at + 1 - entries.count)) }
    entries[at] = entry
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    for entry in ids.indices {
      let text = Array(bytes[starts[entry]..<starts[entry + 1]])
      text.withUnsafeBufferPointer { put(Int32(entry), $0) }
    }
  }

  private mutating func put(_ entry: Int32, _ text: UnsafeBufferPointer<UInt8>) {
    let hash = Self.hash(text)
    slots[slot(of: text, hash)] = (hash & ~0xFFFF_FFFF) | UInt64(entry + 1)
  }

  /// The slot of a text, or the free one where it belongs.
  private func slot(of text: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[at] != 0, slots[at] >> 32 != hash >> 32 || !isText(Int(slots[at] & 0xFFFF_FFFF) - 1, text) {
      at = (at + 1) & (slots.count - 1)
    }
    return at
  }

  private func isText(_ entry: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = starts[entry]
    guard starts[entry + 1] - start == text.count else { return false }
    for at in 0..<text.count where bytes[start + at] != text[at] { return false }
    return true
  }

  /// A mix of the bytes, eight at a time.
  static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = UInt64(text.count) &* 0x9E37_79B9_7F4A_7C15
    var at = 0
    while at < text.count {
      var word: UInt64 = 0
      let end = min(at + 8, text.count)
      while at < end {
        word = word << 8 | UInt64(text[at])
        at += 1
      }
      hash = (hash ^ word) &* 0xD6E8_FEB8_6659_FD93
      hash ^= hash >> 32
    }
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    return hash ^ hash >> 29
  }

  /// The id of a text.
  func id(_ text: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard text.count <= longest else { return nil }
    let found = slots[slot(of: text, Self.hash(text))]
    return found == 0 ? nil : ids[Int(found & 0xFFFF_FFFF) - 1]
  }

  /// The id of a text.
  func id(_ text: [UInt8]) -> Int32? { text.withUnsafeBufferPointer { id($0) } }

  /// The text of an id.
  func text(_ id: Int32) -> ArraySlice<UInt8>? {
    guard id >= 0, Int(id) < entries.count, entries[Int(id)] >= 0 else { return nil }
    let entry = Int(entries[Int(id)])
    return bytes[starts[entry]..<starts[entry + 1]]
  }

  /// The text of an id.
  func token(_ id: Int32) -> String? { text(id).map { String(decoding: $0, as: UTF8.self) } }

  /// Calls back with every token.
  func forEach(_ body: (ArraySlice<UInt8>, Int32) -> Void) {
    for entry in ids.indices { body(bytes[starts[entry]..<starts[entry + 1]], ids[entry]) }
  }
}

/// `<0x0A>`: how byte-fallback vocabularies write a byte.
func byteToken(_ byte: UInt8) -> [UInt8] {
  let digits = String(byte, radix: 16, uppercase: true)
  return Array("<0x\(digits.utf8.count == 1 ? "0" : "")\(digits)>".utf8)
}

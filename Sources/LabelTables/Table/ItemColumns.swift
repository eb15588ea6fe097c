/// One rater's labels while they are read.
final class CodeColumn {
  /// An item of which nothing was said yet.
  static let unset: UInt8 = 254
  let rater: RatedItems.Rater
  let codes = GrowingList<UInt8>()
  private(set) var scores: NumberColumn?

  init(_ rater: RatedItems.Rater) { self.rater = rater }

  /// Sets an item's code; false where it was set before.
  @inline(__always)
  static func set(_ codes: UnsafeMutablePointer<Growing<UInt8>>, _ item: Int, _ code: UInt8) -> Bool {
    if item == codes.pointee.count {
      codes.pointee.append(code)
      return true
    }
    if item > codes.pointee.count { codes.pointee.pad(to: item &+ 1, with: unset) }
    guard codes.pointee.base[item] == unset else { return false }
    codes.pointee.base[item] = code
    return true
  }

  func setScore(_ item: Int, _ score: Double) {
    let column = scores ?? NumberColumn()
    scores = column
    _ = column.set(item, score)
  }

  /// Hands over the packed codes, with no label where nothing was said; the column is empty afterwards.
  func takePacked(count: Int) -> [UInt8] {
    codes.list.pointee.pad(to: count, with: Self.unset)
    let elements = codes.list.pointee.elements
    defer { codes.removeAll() }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count { buffer[index] = elements[index] == Self.unset ? WordReader.none : elements[index] }
      initialized = count
    }
  }
}

/// Numbers of items while they are read.
final class NumberColumn {
  private let values = GrowingList<Double>()

  /// Sets an item's number; false where another was set before.
  func set(_ item: Int, _ value: Double) -> Bool {
    values.list.pointee.pad(to: item + 1, with: .nan)
    guard values[item].isNaN || values[item] == value else { return false }
    values.list.pointee.base[item] = value
    return true
  }

  func finish(count: Int) -> ItemNumbers {
    values.list.pointee.pad(to: count, with: .nan)
    defer { values.removeAll() }
    return ItemNumbers(packed: Array(values.list.pointee.elements))
  }
}

/// A factor of items while it is read.
final class FactorColumn {
  private let table = ByteTable()
  private let names: [String: String]
  /// The level of each raw text, where levels have other names.
  private let renamed = GrowingList<Int32>()
  private let levels: ByteTable
  private let codes = GrowingList<UInt8>()
  /// Levels plus one, for factors of more than 254; the narrow codes are empty then.
  private let wide = GrowingList<Int32>()

  init(names: [String: String]) {
    self.names = names
    levels = names.isEmpty ? table : ByteTable()
  }

  /// What a loop over items needs, without counting owners.
  struct Fast: BitwiseCopyable {
    fileprivate let entries: UnsafeMutablePointer<ByteEntries>
    fileprivate let codes: UnsafeMutablePointer<Growing<UInt8>>
    fileprivate let wide: UnsafeMutablePointer<Growing<Int32>>
    fileprivate let isRenamed: Bool

    /// The level of a raw text, nil where its column must be asked.
    @inline(__always)
    func level(_ bytes: UnsafeRawBufferPointer) -> Int? { isRenamed ? nil : entries.pointee.intern(bytes) }

    /// Sets an item's level; false where another was set before.
    @inline(__always)
    func set(_ item: Int, _ level: Int) -> Bool {
      guard wide.pointee.count == 0, level < 254 else { return setWide(item, Int32(level + 1)) }
      let code = UInt8(truncatingIfNeeded: level &+ 1)
      if item == codes.pointee.count {
        codes.pointee.append(code)
        return true
      }
      codes.pointee.pad(to: item &+ 1, with: 0)
      let known = codes.pointee.base[item]
      codes.pointee.base[item] = known == 0 ? code : known
      return known == 0 || known == code
    }

    private func setWide(_ item: Int, _ code: Int32) -> Bool {
      if wide.pointee.count == 0 { for code in codes.pointee.elements { wide.pointee.append(Int32(code)) } }
      wide.pointee.pad(to: item + 1, with: 0)
      let known = wide.pointee.base[item]
      wide.pointee.base[item] = known == 0 ? code : known
      return known == 0 || known == code
    }
  }

  /// For loops.
  var fast: Fast {
    Fast(entries: table.entries, codes: codes.list, wide: wide.list, isRenamed: !names.isEmpty)
  }

  /// The level of a raw text.
  func level(_ bytes: UnsafeRawBufferPointer) -> Int {
    let raw = table.intern(bytes)
    if names.isEmpty { return raw }
    if raw == renamed.count {
      let text = table.text(raw)
      renamed.list.pointee.append(Int32(levels.intern(names[text] ?? text)))
    }
    return Int(renamed[raw])
  }

  /// The level that an item has.
  func text(_ item: Int) -> String {
    let code = wide.count > 0 ? Int(wide[item]) : Int(codes[item])
    return levels.text(code - 1)
  }

  func finish(count: Int) -> ItemFactor {
    let names = (0..<levels.count).map { levels.text($0) }
    defer {
      codes.removeAll()
      wide.removeAll()
    }
    guard wide.count == 0 else {
      wide.list.pointee.pad(to: count, with: 0)
      return ItemFactor(levels: names, packed: .wide(Array(wide.list.pointee.elements)))
    }
    codes.list.pointee.pad(to: count, with: 0)
    return ItemFactor(levels: names, packed: .narrow(Array(codes.list.pointee.elements)))
  }
}

public import Foundation

/// Reads gzip files (RFC 1951 and 1952), so that fixtures may be stored compressed and no program is needed to read them.
public enum Gunzip {
  /// What is wrong with a compressed file.
  public struct Failure: Error, CustomStringConvertible {
    /// One line.
    public let description: String
  }

  /// The content of a file, or of the same name with `.gz` appended.
  public static func contents(of file: URL) throws -> [UInt8] {
    let compressed = file.appendingPathExtension("gz")
    if FileManager.default.fileExists(atPath: file.path) { return Array(try Data(contentsOf: file)) }
    return try expand(Array(try Data(contentsOf: compressed)))
  }

  /// Expands one gzip member.
  public static func expand(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    guard bytes.count > 18, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else {
      throw Failure(description: "not a gzip file")
    }
    var at = 10
    if bytes[3] & 4 != 0 { at += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
    for flag in [8, 16] as [UInt8] where bytes[3] & flag != 0 {
      while at < bytes.count, bytes[at] != 0 { at += 1 }
      at += 1
    }
    if bytes[3] & 2 != 0 { at += 2 }
    var inflate = Inflate(bytes, from: at)
    let out = try inflate.run()
    let size = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    guard size == UInt32(truncatingIfNeeded: out.count) else { throw Failure(description: "the size does not match") }
    return out
  }
}

private struct Inflate {
  private let bytes: [UInt8]
  private var at: Int
  private var held: UInt32 = 0
  private var heldCount = 0
  private var out: [UInt8] = []

  init(_ bytes: [UInt8], from at: Int) {
    self.bytes = bytes
    self.at = at
  }

  /// A canonical code: how many codes each length has, and the symbols in order.
  private struct Code {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    init(_ lengths: some Collection<Int>) {
      for length in lengths { counts[length] += 1 }
      counts[0] = 0
      for length in 1...15 where counts[length] > 0 {
        for (symbol, own) in lengths.enumerated() where own == length { symbols.append(symbol) }
      }
    }
  }

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12289, 16385, 24577,
  ]

  mutating func run() throws(Gunzip.Failure) -> [UInt8] {
    while true {
      let isLast = try bits(1) == 1
      switch try bits(2) {
      case 0: try stored()
      case 1:
        let literals = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
        try block(Code(literals), Code([Int](repeating: 5, count: 30)))
      case 2:
        let (literals, distances) = try codes()
        try block(literals, distances)
      default: throw Gunzip.Failure(description: "an unknown kind of block")
      }
      if isLast { return out }
    }
  }

  private mutating func bits(_ count: Int) throws(Gunzip.Failure) -> Int {
    while heldCount < count {
      guard at < bytes.count else { throw Gunzip.Failure(description: "the file is truncated") }
      held |= UInt32(bytes[at]) << UInt32(heldCount)
      at += 1
      heldCount += 8
    }
    let value = held & ((1 << UInt32(count)) - 1)
    held >>= UInt32(count)
    heldCount -= count
    return Int(value)
  }

  private mutating func symbol(_ code: Code) throws(Gunzip.Failure) -> Int {
    var value = 0
    var first = 0
    var index = 0
    for length in 1...15 {
      value |= try bits(1)
      let count = code.counts[length]
      if value - count < first { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    throw Gunzip.Failure(description: "a code that stands for nothing")
  }

  private mutating func stored() throws(Gunzip.Failure) {
    held = 0
    heldCount = 0
    guard at + 4 <= bytes.count else { throw Gunzip.Failure(description: "the file is truncated") }
    let count = Int(bytes[at]) | Int(bytes[at + 1]) << 8
    at += 4
    guard at + count <= bytes.count else { throw Gunzip.Failure(description: "the file is truncated") }
    out.append(contentsOf: bytes[at..<(at + count)])
    at += count
  }

  private mutating func codes() throws(Gunzip.Failure) -> (literals: Code, distances: Code) {
    let literalCount = try bits(5) + 257
    let distanceCount = try bits(5) + 1
    let lengthCount = try bits(4) + 4
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    var own = [Int](repeating: 0, count: 19)
    for place in order.prefix(lengthCount) { own[place] = try bits(3) }
    let code = Code(own)
    var lengths: [Int] = []
    while lengths.count < literalCount + distanceCount {
      let next = try symbol(code)
      switch next {
      case 16:
        guard let last = lengths.last else { throw Gunzip.Failure(description: "a repetition of nothing") }
        lengths.append(contentsOf: repeatElement(last, count: 3 + (try bits(2))))
      case 17: lengths.append(contentsOf: repeatElement(0, count: 3 + (try bits(3))))
      case 18: lengths.append(contentsOf: repeatElement(0, count: 11 + (try bits(7))))
      default: lengths.append(next)
      }
    }
    return (Code(lengths[..<literalCount]), Code(lengths[literalCount...]))
  }

  private mutating func block(_ literals: Code, _ distances: Code) throws(Gunzip.Failure) {
    while true {
      let next = try symbol(literals)
      if next == 256 { return }
      if next < 256 {
        out.append(UInt8(next))
        continue
      }
      guard next - 257 < Self.lengthBases.count else { throw Gunzip.Failure(description: "a wrong length") }
      let length = Self.lengthBases[next - 257] + (try bits(Self.lengthBits[next - 257]))
      let code = try symbol(distances)
      guard code < Self.distanceBases.count else { throw Gunzip.Failure(description: "a wrong distance") }
      let distance = Self.distanceBases[code] + (try bits(code < 4 ? 0 : code / 2 - 1))
      guard distance <= out.count else { throw Gunzip.Failure(description: "a wrong distance") }
      for _ in 0..<length { out.append(out[out.count - distance]) }
    }
  }
}

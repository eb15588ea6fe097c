import Foundation
import Tensors
import TestKit
import Testing

/// Bytes of a GGUF file, piece by piece.
struct GGUFBytes {
  var data: [UInt8] = []

  init(version: UInt32 = 3, tensors: UInt64, entries: UInt64) {
    data = Array("GGUF".utf8)
    add(version)
    add(tensors)
    add(entries)
  }

  mutating func add<Number: FixedWidthInteger>(_ value: Number) {
    withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
  }

  mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    data.append(contentsOf: text.utf8)
  }

  mutating func tensor(_ name: String, _ axes: [UInt64], type: UInt32 = 0, offset: UInt64) {
    add(name)
    add(UInt32(axes.count))
    for axis in axes { add(axis) }
    add(type)
    add(offset)
  }

  mutating func pad(_ alignment: Int = 32) { while data.count % alignment != 0 { data.append(0) } }

  /// A file of one tensor with so many bytes of data.
  static func one(_ axes: [UInt64] = [2], type: UInt32 = 0, offset: UInt64 = 0, bytes: Int = 8) -> GGUFBytes {
    var file = GGUFBytes(tensors: 1, entries: 0)
    file.tensor("comb", axes, type: type, offset: offset)
    file.pad()
    file.data += [UInt8](repeating: 0, count: bytes)
    return file
  }

  /// A file of two tensors of two floats, the second at an offset.
  static func two(_ second: UInt64, name: String = "wax", bytes: Int = 256) -> GGUFBytes {
    var file = GGUFBytes(tensors: 2, entries: 0)
    file.tensor("comb", [2], offset: 0)
    file.tensor(name, [2], offset: second)
    file.pad()
    file.data += [UInt8](repeating: 0, count: bytes)
    return file
  }

  /// A file of one metadata entry.
  static func entry(_ key: String, _ type: UInt32, _ fill: (inout GGUFBytes) -> Void) -> GGUFBytes {
    var file = GGUFBytes(tensors: 0, entries: 1)
    file.add(key)
    file.add(type)
    fill(&file)
    return file
  }
}

/// A broken file, and what the error must say.
struct BrokenGGUF: Sendable, CustomTestStringConvertible {
  let part: String
  let content: [UInt8]
  var testDescription: String { part }

  init(_ part: String, _ file: GGUFBytes) { (self.part, content) = (part, file.data) }
  init(_ part: String, _ content: [UInt8]) { (self.part, self.content) = (part, content) }

  static let all: [BrokenGGUF] = [
    BrokenGGUF("the file is empty", []),
    BrokenGGUF("byte 0: not a usable GGUF file: the file ends inside the magic", [71, 71]),
    BrokenGGUF("does not begin with \"GGUF\"", Array("GGML0000000000000000".utf8)),
    BrokenGGUF("version 1 is no longer in use", GGUFBytes(version: 1, tensors: 0, entries: 0)),
    BrokenGGUF("version 9 is not known; 2 and 3 are", GGUFBytes(version: 9, tensors: 0, entries: 0)),
    BrokenGGUF("the file is big-endian", GGUFBytes(version: UInt32(3).byteSwapped, tensors: 0, entries: 0)),
    BrokenGGUF("byte 8: not a usable GGUF file: claims 5 tensors", GGUFBytes(tensors: 5, entries: 0)),
    BrokenGGUF("claims 18446744073709551615 metadata entries", GGUFBytes(tensors: 0, entries: .max)),
    BrokenGGUF(
      "claims 9223372036854775807 bytes of \"mill\"",
      GGUFBytes.entry("mill", 8) { $0.add(UInt64(Int64.max)) }
    ),
    BrokenGGUF("the file ends inside \"mill\"", GGUFBytes.entry("mill", 10) { $0.add(UInt32(1)) }),
    BrokenGGUF("\"mill\" has the unknown type 13", GGUFBytes.entry("mill", 13) { $0.add(UInt64(1)) }),
    BrokenGGUF("\"mill\" is 2, but true is 1", GGUFBytes.entry("mill", 7) { $0.add(UInt8(2)) }),
    BrokenGGUF(
      "elements of the unknown type 77",
      GGUFBytes.entry("mill", 9) {
        $0.add(UInt32(77))
        $0.add(UInt64(1))
      }
    ),
    BrokenGGUF(
      "claims 4611686018427387904 elements of \"mill\"",
      GGUFBytes.entry("mill", 9) {
        $0.add(UInt32(8))
        $0.add(UInt64(1) << 62)
      }
    ),
    BrokenGGUF(
      "nested too deep",
      GGUFBytes.entry("mill", 9) { for _ in 0..<40 { $0.data += [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] } }
    ),
    BrokenGGUF(
      "is empty or not UTF-8",
      {
        var file = GGUFBytes(tensors: 0, entries: 1)
        file.add(UInt64(2))
        file.data += [0xFF, 0xFE, 4, 0, 0, 0, 0, 0, 0, 0]
        return file
      }()
    ),
    BrokenGGUF(
      "the metadata have \"mill\" twice",
      {
        var file = GGUFBytes(tensors: 0, entries: 2)
        for _ in 0..<2 {
          file.add("mill")
          file.add(UInt32(4))
          file.add(UInt32(1))
        }
        return file
      }()
    ),
    BrokenGGUF(
      "general.alignment must be a power of two",
      GGUFBytes.entry("general.alignment", 4) { $0.add(UInt32(48)) }
    ),
    BrokenGGUF(
      "general.alignment must be a power of two",
      GGUFBytes.entry("general.alignment", 4) { $0.add(UInt32(0)) }
    ),
    BrokenGGUF("tensor \"comb\": has 5 axes", .one([1, 1, 1, 1, 1])),
    BrokenGGUF("an axis of 18446744073709551615 elements is impossible", .one([.max])),
    BrokenGGUF("the shape [4611686018427387904, 4] is impossible", .one([4, 1 << 62])),
    BrokenGGUF("has the type 77, which is not supported; supported: F32, F16, Q4_0", .one(type: 77)),
    BrokenGGUF("has the type IQ2_XXS, which is not supported", .one([256], type: 16)),
    BrokenGGUF("the shape [2] is impossible for Q8_0, in blocks of 32", .one(type: 8)),
    BrokenGGUF("8 bytes at 0 end beyond the 4 bytes of data: the file is truncated", .one(bytes: 4)),
    BrokenGGUF("8 bytes at 18446744073709551615 end beyond the 8", .one(offset: .max)),
    BrokenGGUF("8 bytes at 9223372036854775807 end beyond", .one(offset: UInt64(Int64.max))),
    BrokenGGUF("its offset 4 is no multiple of the alignment 32", .one(offset: 4, bytes: 64)),
    BrokenGGUF("\"comb\": 32 bytes before its data belong to none", .one(offset: 32, bytes: 64)),
    BrokenGGUF("\"wax\": its data overlap another tensor's", .two(0)),
    BrokenGGUF("\"wax\": 56 bytes before its data belong to none", .two(64)),
    BrokenGGUF("\"comb\": another tensor has this name", .two(32, name: "comb")),
  ]
}

@Suite("GGUF files", .timeLimit(.minutes(10)))
struct GGUFFileTests {
  private static func withFile<Result>(_ content: [UInt8], _ use: (String) throws -> Result) async throws -> Result {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("mill.gguf")
      try Data(content).write(to: file)
      return try use(file.path)
    }
  }

  @Test("metadata of every type are read as the reference wrote them")
  func metadata() throws {
    let file = try GGUFFile(path: BlockOracle.gguf)
    #expect(file.version == 3)
    let wanted: [(String, GGUFValue)] = [
      ("general.architecture", .string("village")),
      ("mill.uint8", .integer(200)), ("mill.int8", .integer(-100)), ("mill.uint16", .integer(60000)),
      ("mill.int16", .integer(-30000)), ("mill.uint32", .integer(4_000_000_000)),
      ("mill.int32", .integer(-2_000_000_000)), ("mill.uint64", .unsigned(.max)), ("mill.int64", .integer(.min)),
      ("mill.float32", .number(Double(Float(0.1)))), ("mill.float64", .number(0.1)), ("mill.bool", .bool(true)),
      ("mill.string", .string("honey\nand wax é")), ("mill.strings", .strings(["comb", "", "bees"])),
      ("mill.integers", .integers([3, -1, 2])), ("mill.numbers", .numbers([0.5, -2.25])),
      ("mill.bools", .bools([true, false])),
    ]
    for (key, value) in wanted { #expect(file.value(key) == value, "\(key)") }
    #expect(file.metadata.count == wanted.count)
    #expect(file.value("mill") == nil)
    #expect(file.tensors.count == 16)
  }

  @Test("version 2 is read as version 3")
  func version2() async throws {
    var content = Array(try Data(contentsOf: URL(fileURLWithPath: BlockOracle.gguf)))
    content[4] = 2
    let (version, values) = try await Self.withFile(content) { path in
      let file = try GGUFFile(path: path)
      return (file.version, try #require(file["blocks.Q4_K"]).floats())
    }
    #expect(version == 2)
    #expect(sameBits(values, try BlockOracle.expected("blocks.Q4_K").floats()))
  }

  @Test("the alignment of the file is kept, axes are turned, and a file may hold nothing")
  func layout() async throws {
    var file = GGUFBytes(tensors: 2, entries: 1)
    file.add("general.alignment")
    file.add(UInt32(4))
    file.add(UInt32(8))
    file.tensor("wax", [3, 2], offset: 8)
    file.tensor("comb", [], offset: 0)
    file.pad(8)
    for value in 0..<8 { file.add(Float(value).bitPattern) }
    try await Self.withFile(file.data) { path in
      let file = try GGUFFile(path: path)
      #expect(file.tensors.map(\.name) == ["comb", "wax"])
      #expect(try #require(file["comb"]).floats() == [0])
      #expect(file["wax"]?.shape == [2, 3])
      #expect(try #require(file["wax"]).floats() == [2, 3, 4, 5, 6, 7])
    }
    let empty = try await Self.withFile(GGUFBytes(tensors: 0, entries: 0).data) { try GGUFFile(path: $0).tensors.count }
    #expect(empty == 0)
  }

  @Test("a file that is broken is refused with what is wrong", arguments: BrokenGGUF.all)
  func broken(file: BrokenGGUF) async throws {
    let error = try await Self.withFile(file.content) { path in
      #expect(throws: TensorError.self) { try GGUFFile(path: path) }
    }
    let text = error?.description ?? "no error"
    #expect(text.contains(file.part), "\(text)")
    #expect(text.contains("mill.gguf"))
    #expect(!text.contains("\n"))
  }

  @Test("a file cut anywhere is refused or whole, and a changed byte never does more than give an error")
  func damage() async throws {
    let content = Array(try Data(contentsOf: URL(fileURLWithPath: BlockOracle.gguf)))
    let header = try GGUFFile(path: BlockOracle.gguf).header.count
    try await Folders.temporary { folder in
      let place = folder.appendingPathComponent("mill.gguf")
      for length in stride(from: 0, to: content.count, by: 41) {
        try Data(content[..<length]).write(to: place)
        #expect(throws: TensorError.self) { try GGUFFile(path: place.path) }
      }
      var numbers = TestNumbers(seed: 5)
      for _ in 0..<600 {
        var changed = content
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
          changed[Int.random(in: 0..<header, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
        }
        try Data(changed).write(to: place)
        do {
          for tensor in try GGUFFile(path: place.path).tensors where tensor.dtype.isFloat {
            #expect(try tensor.floats().count == tensor.count)
          }
        } catch let error as TensorError { #expect(!error.description.isEmpty) }
      }
    }
  }
}

import Foundation
import Tensors
import TestKit
import Testing

@Suite("Safetensors files", .timeLimit(.minutes(10)))
struct SafetensorsTests {
  /// A file of a header as it is written, padded or not, and data.
  private static func bytes(_ header: String, length: UInt64? = nil, data: Int = 0) -> Data {
    let text = Array(header.utf8)
    let length = length ?? UInt64(text.count)
    let start = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
    return Data(start + text + [UInt8](repeating: 7, count: data))
  }

  private static func withFile<Result>(_ content: Data, _ use: (String) throws -> Result) async throws -> Result {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("mill.safetensors")
      try content.write(to: file)
      return try use(file.path)
    }
  }

  @Test("tensors of every type survive writing and reading", arguments: DType.safetensors)
  func roundTrip(dtype: DType) async throws {
    try await Folders.temporary { folder in
      let path = folder.appendingPathComponent("jar.safetensors").path
      let bytes = (0..<(6 * dtype.bytesPerBlock)).map { UInt8(truncatingIfNeeded: $0 * 37 + 1) }
      let tensors = [
        TensorData(name: "é", dtype: .u8, shape: [3], bytes: [1, 2, 3]),
        TensorData(name: "honey", dtype: dtype, shape: [2, 3], bytes: bytes),
        TensorData(name: "e\u{301}", dtype: dtype, shape: [], bytes: Array(bytes.prefix(dtype.bytesPerBlock))),
        TensorData(name: "none", dtype: dtype, shape: [0, 4], bytes: []),
      ]
      try SafetensorsWriter.write(tensors, metadata: [("format", "pt"), ("note", "wax\n")], to: path)
      let file = try SafetensorsFile(path: path)
      #expect(file.tensors.count == 4)
      #expect(file.metadata.map(\.key) == ["format", "note"])
      #expect(file.metadata.map(\.value) == ["pt", "wax\n"])
      #expect(file.header.count % 8 == 0)
      #expect(file.byteCount == 8 + file.header.count + 3 + 7 * dtype.bytesPerBlock)
      for tensor in tensors {
        let found = try #require(file[tensor.name])
        #expect(found.dtype == tensor.dtype)
        #expect(found.shape == tensor.shape)
        #expect(found.count == tensor.bytes.count / tensor.dtype.bytesPerBlock)
        #expect(found.withBytes { Array($0) } == tensor.bytes)
        #expect(found.path == path)
      }
      #expect(file["wax"] == nil)
    }
  }

  @Test("values are read as numbers of their type")
  func values() async throws {
    try await Folders.temporary { folder in
      let path = folder.appendingPathComponent("jar.safetensors").path
      func data<Element>(_ values: [Element]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }
      try SafetensorsWriter.write(
        [
          TensorData(name: "f32", shape: [3], floats: [1.5, -2, .infinity]),
          TensorData(name: "bf16", shape: [2], roundedToBF16: [1.00390625, -3]),
          TensorData(name: "i64", shape: [2], int64: [-5, 1 << 40]),
          TensorData(name: "f16", dtype: .f16, shape: [2], bytes: data([Float16(0.5), Float16(-65504)])),
          TensorData(name: "f64", dtype: .f64, shape: [2], bytes: data([0.1, 1e300])),
          TensorData(name: "i32", dtype: .i32, shape: [2], bytes: data([Int32.min, 7])),
          TensorData(name: "i16", dtype: .i16, shape: [1], bytes: data([Int16(-300)])),
          TensorData(name: "i8", dtype: .i8, shape: [1], bytes: data([Int8(-128)])),
          TensorData(name: "u8", dtype: .u8, shape: [1], bytes: [255]),
          TensorData(name: "bool", dtype: .bool, shape: [2], bytes: [0, 1]),
        ],
        to: path
      )
      let file = try SafetensorsFile(path: path)
      func floats(_ name: String) throws -> [Float] { try #require(file[name]).floats() }
      func integers(_ name: String) throws -> [Int] { try #require(file[name]).integers() }
      #expect(try floats("f32") == [1.5, -2, .infinity])
      #expect(try floats("bf16") == [1, -3])
      #expect(try floats("f16") == [0.5, -65504])
      #expect(try floats("f64") == [0.1, .infinity])
      #expect(try integers("i64") == [-5, 1 << 40])
      #expect(try integers("i32") == [-2_147_483_648, 7])
      #expect(try integers("i16") == [-300])
      #expect(try integers("i8") == [-128])
      #expect(try integers("u8") == [255])
      #expect(try integers("bool") == [0, 1])
      #expect(try #require(file["f32"]).bf16Bits() == [0x3FC0, 0xC000, 0x7F80])
      #expect(try #require(file["bf16"]).bf16Bits() == [0x3F80, 0xC040])
      #expect(throws: TensorError.self) { try floats("i64") }
      #expect(throws: TensorError.self) { try integers("f32") }
      #expect(throws: TensorError.self) { try #require(file["u8"]).bf16Bits() }
    }
  }

  @Test(
    "a file that is broken is refused with what is wrong",
    arguments: [
      (Data(), "the file is empty"),
      (Data([1, 2, 3]), "3 bytes are too few"),
      (bytes("{}", length: 3), "the header claims 3 bytes but only 2 follow: the file is truncated"),
      (bytes("{}", length: 1 << 60), "the header claims 1152921504606846976 bytes; at most"),
      (bytes("{}", length: .max), "the header claims 18446744073709551615 bytes; at most"),
      (bytes("{\"a\": }"), "mill.safetensors (header):1:7"),
      (bytes("[]"), "the header is not a JSON object"),
      (
        bytes(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 4),
        "its data end at byte 8 but the file holds 4"
      ),
      (
        bytes(
          #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
          data: 6
        ), "\"b\": its data overlap another tensor's"
      ),
      (
        bytes(
          #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}}"#,
          data: 10
        ), "\"b\": 2 bytes before its data belong to none"
      ),
      (
        bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 5),
        "1 bytes after the last tensor belong to none"
      ),
      (bytes(#"{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}"#, data: 4), "dtype \"Q4\" is not supported"),
      (
        bytes(#"{"a":{"dtype":"Q4_0","shape":[32],"data_offsets":[0,18]}}"#, data: 18),
        "dtype \"Q4_0\" is not supported"
      ),
      (bytes(#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, data: 4), "has no dtype"),
      (bytes(#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, data: 4), "has no shape"),
      (bytes(#"{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}"#, data: 4), "has no shape"),
      (bytes(#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, data: 4), "the shape [-1] is impossible"),
      (bytes(#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, data: 4), "is impossible"),
      (
        bytes(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, data: 4),
        "needs 8 bytes but data_offsets span 4"
      ),
      (bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, data: 4), "has no usable data_offsets"),
      (bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, data: 4), "has no usable data_offsets"),
      (bytes(#"{"a":{"dtype":"F32","shape":[1]}}"#, data: 4), "has no usable data_offsets"),
      (
        bytes(
          #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
          data: 4
        ), "duplicate"
      ),
      (bytes(#"{"a":5}"#), "has no dtype"),
    ]
  )
  func broken(content: Data, part: String) async throws {
    let error = try await Self.withFile(content) { path in
      #expect(throws: TensorError.self) { try SafetensorsFile(path: path) }
    }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
    #expect(error?.description.contains("mill.safetensors") == true)
  }

  @Test("what is no file is refused")
  func noFile() async throws {
    try await Folders.temporary { folder in
      let absent = #expect(throws: TensorError.self) { try SafetensorsFile(path: folder.path + "/none") }
      #expect(absent?.description.contains("cannot be opened: No such file") == true)
      let folderError = #expect(throws: TensorError.self) { try SafetensorsFile(path: folder.path) }
      #expect(folderError?.description.contains("is not a regular file") == true)
    }
  }

  @Test("a file without tensors is a file")
  func empty() async throws {
    let file = try await Self.withFile(Self.bytes("{}      ")) { try SafetensorsFile(path: $0) }
    #expect(file.tensors.isEmpty)
  }

  @Test("a target that cannot be written leaves nothing behind, and what was there stays")
  func unwritable() async throws {
    try await Folders.temporary { folder in
      let tensor = TensorData(name: "comb", shape: [1], floats: [1])
      let inside = folder.appendingPathComponent("absent/comb.safetensors").path
      let error = #expect(throws: TensorError.self) { try SafetensorsWriter.write([tensor], to: inside) }
      #expect(error?.description.contains("cannot be written: No such file") == true)
      // A folder of that name: the data are written beside it but cannot take its place.
      let taken = folder.appendingPathComponent("taken")
      try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: false)
      let other = #expect(throws: TensorError.self) { try SafetensorsWriter.write([tensor], to: taken.path) }
      #expect(other?.description.contains("cannot be written") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
    }
  }

  @Test(
    "tensors that contradict themselves are refused before anything is written",
    arguments: [
      ([TensorData(name: "a", dtype: .f32, shape: [2], bytes: [0])], "shape [2] of F32 needs 8 bytes, not 1"),
      ([TensorData(name: "a", dtype: .f32, shape: [-1, -1], bytes: [0, 0, 0, 0])], "is impossible"),
      ([TensorData(name: "a", dtype: .f32, shape: [.max, 2], bytes: [])], "is impossible"),
      (
        [TensorData(name: "a", shape: [1], floats: [1]), TensorData(name: "a", shape: [1], floats: [1])],
        "another tensor has this name"
      ),
      ([TensorData(name: "__metadata__", shape: [1], floats: [1])], "the format keeps this name for itself"),
    ]
  )
  func contradictions(tensors: [TensorData], part: String) async throws {
    try await Folders.temporary { folder in
      let path = folder.appendingPathComponent("x.safetensors").path
      let error = #expect(throws: TensorError.self) { try SafetensorsWriter.write(tensors, to: path) }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.isEmpty)
    }
  }

  @Test("writing over a file replaces it whole, while an old reader keeps what it opened")
  func replaced() async throws {
    try await Folders.temporary { folder in
      let path = folder.appendingPathComponent("x.safetensors").path
      try SafetensorsWriter.write([TensorData(name: "a", shape: [2], floats: [1, 2])], to: path)
      let old = try SafetensorsFile(path: path)
      try SafetensorsWriter.write([TensorData(name: "a", shape: [1], floats: [9])], to: path)
      #expect(try #require(old["a"]).floats() == [1, 2])
      #expect(try #require(SafetensorsFile(path: path)["a"]).floats() == [9])
    }
  }
}

import Foundation
import Tensors
import TestKit
import Testing

@Suite("Fuzz: files of tensors", Fuzz.limit)
struct TensorFuzz {
  /// Reads every tensor of a file that is accepted; what is refused must say so in one line.
  private static func problem(_ bytes: [UInt8], _ folder: URL, read: (String) throws -> [Tensor]) throws -> String? {
    let file = folder.appendingPathComponent("mill")
    try Data(bytes).write(to: file)
    do {
      for tensor in try read(file.path) {
        let count = tensor.dtype.isFloat ? try tensor.floats().count : try tensor.integers().count
        if count != tensor.count { return "\(tensor.name): \(count) elements of \(tensor.count)" }
        if tensor.byteCount > bytes.count { return "\(tensor.name): more bytes than the file" }
      }
      return nil
    } catch let error as TensorError {
      let text = error.description
      return text.contains("mill") && !text.contains("\n") ? nil : "an error without file or of several lines: \(text)"
    }
  }

  @Test("any safetensors file is read or refused with one line")
  func safetensors() async throws {
    try await Folders.temporary { folder in
      try await Fuzz.run("safetensors", iterations: 2000) { numbers in
        var header = "{"
        var offset = 0
        for index in 0..<numbers.below(4) {
          let (rows, columns) = (numbers.below(3), numbers.below(4))
          let dtype = numbers.pick(DType.allCases)
          let size = rows * columns * (numbers.once(in: 6) ? 3 : dtype.bytesPerBlock)
          let end = numbers.once(in: 8) ? offset - numbers.below(9) : offset + size
          header += index > 0 ? "," : ""
          header += "\"t\(numbers.below(5))\":{\"dtype\":\"\(dtype.rawValue)\",\"shape\":[\(rows),\(columns)],"
          header += "\"data_offsets\":[\(offset),\(end)]}"
          offset = max(0, end)
        }
        header += "}"
        let length = numbers.once(in: 10) ? numbers.next() : UInt64(header.utf8.count)
        var file = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array(header.utf8)
        file += [UInt8](repeating: 1, count: offset)
        if numbers.once(in: 2) { file = numbers.mutated(file) }
        return try Self.problem(file, folder) { try SafetensorsFile(path: $0).tensors }
      }
    }
  }

  @Test("any GGUF file is read or refused with one line")
  func gguf() async throws {
    let folder = Folders.root.appendingPathComponent("Tests/Oracles/weights")
    let models = try ["blocks", "llama"].map { name in
      Array(try Data(contentsOf: folder.appendingPathComponent("\(name).gguf")))
    }
    try await Folders.temporary { folder in
      try await Fuzz.run("GGUF", iterations: 800) { numbers in
        var file = numbers.pick(models)
        for _ in 0..<(1 + numbers.below(6)) {
          // Mostly in the header, where a byte is a length, a count, a type or an offset.
          let place = numbers.below(numbers.once(in: 4) ? file.count : min(file.count, 3000))
          let width = min(numbers.pick([1, 4, 8]), file.count - place)
          let value = numbers.pick([0, 1, .max, UInt64(Int64.max), 1 << 32, numbers.next(), UInt64(numbers.below(50))])
          for byte in 0..<width { file[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte))) }
        }
        if numbers.once(in: 5) { file.removeLast(numbers.below(file.count)) }
        return try Self.problem(file, folder) { path in
          let file = try GGUFFile(path: path)
          _ = try GGUFVocabulary(file)
          return file.tensors
        }
      }
    }
  }
}

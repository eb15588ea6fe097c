internal import Glibc
internal import JSON

/// A tensor to be written.
public struct TensorData: Sendable {
  /// Its name.
  public let name: String
  /// Element type.
  public let dtype: DType
  /// Sizes of the axes.
  public let shape: [Int]
  /// Row-major little-endian bytes.
  public let bytes: [UInt8]

  /// Wraps bytes.
  public init(name: String, dtype: DType, shape: [Int], bytes: [UInt8]) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// Float32 values.
  public init(name: String, shape: [Int], floats: [Float]) {
    self.init(name: name, dtype: .f32, shape: shape, bytes: floats.withUnsafeBytes { Array($0) })
  }

  /// Float32 values rounded to bfloat16.
  public init(name: String, shape: [Int], roundedToBF16 floats: [Float]) {
    self.init(
      name: name,
      dtype: .bf16,
      shape: shape,
      bytes: floats.map { bf16($0) }.withUnsafeBytes { Array($0) }
    )
  }

  /// Int64 values.
  public init(name: String, shape: [Int], int64 values: [Int64]) {
    self.init(name: name, dtype: .i64, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
  }
}

/// Writes safetensors files.
public enum SafetensorsWriter {
  /// Writes the tensors in the order given. The file appears whole or not at all: a temporary file is renamed onto it.
  public static func write(_ tensors: [TensorData], metadata: [(String, String)] = [], to path: String)
    throws(TensorError)
  {
    var header: JSONObject = [:]
    if !metadata.isEmpty {
      header["__metadata__"] = .object(JSONObject(metadata.map { ($0.0, JSONValue.string($0.1)) }))
    }
    var offset = 0
    for tensor in tensors {
      func bad(_ problem: String) -> TensorError { .badTensor(file: path, tensor: tensor.name, problem: problem) }
      guard tensor.name != "__metadata__" else { throw bad("the format keeps this name for itself") }
      guard header[tensor.name] == nil else { throw bad("another tensor has this name") }
      guard tensor.dtype.elementsPerBlock == 1 else {
        throw bad("the format has no type \(tensor.dtype.rawValue); write its values as float32 or bfloat16")
      }
      guard let count = tensor.dtype.byteCount(of: tensor.shape) else {
        throw bad("the shape \(tensor.shape) is impossible")
      }
      guard count == tensor.bytes.count else {
        throw bad("shape \(tensor.shape) of \(tensor.dtype.rawValue) needs \(count) bytes, not \(tensor.bytes.count)")
      }
      header[tensor.name] = [
        "dtype": .string(tensor.dtype.rawValue),
        "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
        "data_offsets": [.integer(Int64(offset)), .integer(Int64(offset + tensor.bytes.count))],
      ]
      offset += tensor.bytes.count
    }
    var text = Array(JSONValue.object(header).text().utf8)
    // The data start at a multiple of 8, as readers that map the file like it.
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    let length = UInt64(text.count)
    let start = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
    let file = try AtomicFile(path: path)
    guard file.write(start), file.write(text), tensors.allSatisfy({ file.write($0.bytes) }), file.commit() else {
      throw file.discard()
    }
  }
}

/// A file that replaces its target only when it is complete and on disk.
private struct AtomicFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32

  init(path: String) throws(TensorError) {
    self.path = path
    temporary = "\(path).partial-\(getpid())"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .unreadable(file: path, reason: "cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  /// Whether all bytes were taken.
  func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { all in
      var rest = all
      while let base = rest.baseAddress, rest.count > 0 {
        let count = Glibc.write(descriptor, base, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return true
    }
  }

  /// Whether the file is on disk under its name.
  func commit() -> Bool { fsync(descriptor) == 0 && rename(temporary, path) == 0 && close(descriptor) == 0 }

  /// Removes what was written and says why it failed.
  func discard() -> TensorError {
    let reason = String(cString: strerror(errno))
    close(descriptor)
    unlink(temporary)
    return .unreadable(file: path, reason: "cannot be written: \(reason)")
  }
}

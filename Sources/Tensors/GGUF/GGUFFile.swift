internal import JSON

/// One GGUF file (versions 2 and 3, little-endian), mapped, everything before its data checked before a tensor is handed out.
///
/// Layout (ggml's `gguf.md`): magic, version, counts, metadata, tensor infos, padding, data. Every tensor's data begin at a
/// multiple of the alignment. Axes are stored fastest first; here the slowest comes first, as in safetensors.
public struct GGUFFile: Sendable {
  /// The path.
  public let path: String
  /// The version of the format: 2 or 3.
  public let version: Int
  /// The metadata in the order of the file.
  public let metadata: [(key: String, value: GGUFValue)]
  /// Tensors in the order of their data.
  public let tensors: [Tensor]
  /// The bytes before the data.
  public let header: [UInt8]
  /// Size of the file in bytes.
  public let byteCount: Int
  private let values: [ExactText: GGUFValue]
  private let index: [ExactText: Int]

  /// Maps and checks a file.
  public init(path: String) throws(TensorError) {
    let file: MappedFile
    do throws(TensorError) { file = try MappedFile(path: path) } catch {
      if case .malformed(_, let problem) = error { throw .malformedGGUF(file: path, offset: 0, problem: problem) }
      throw error
    }
    var reader = GGUFReader(path: path, bytes: file.bytes)
    version = try Self.version(&reader)
    // A tensor's info: name length and a byte, number of axes, type, offset. An entry: key length and a byte, type, a byte.
    let tensorCount = try reader.count("tensors", each: 25)
    let entryCount = try reader.count("metadata entries", each: 14)

    var metadata: [(key: String, value: GGUFValue)] = []
    var values: [ExactText: GGUFValue] = [:]
    for _ in 0..<entryCount {
      let place = reader.offset
      let key = try reader.name("the name of a metadata entry")
      let value = try reader.value(of: key)
      guard values.updateValue(value, forKey: ExactText(key)) == nil else {
        throw reader.bad("the metadata have \"\(key)\" twice", at: place)
      }
      metadata.append((key, value))
    }
    var infos: [Info] = []
    var names: Set<ExactText> = []
    for _ in 0..<tensorCount {
      let info = try Self.info(&reader)
      guard names.insert(ExactText(info.name)).inserted else {
        throw .badTensor(file: path, tensor: info.name, problem: "another tensor has this name")
      }
      infos.append(info)
    }
    let alignment = try Self.alignment(values[ExactText("general.alignment")], reader)
    let start = (reader.offset + alignment - 1) / alignment * alignment
    guard start <= file.bytes.count || infos.isEmpty else {
      throw reader.bad("the file ends before the data: it is truncated; fetch it again")
    }
    infos.sort { ($0.offset, $0.byteCount, $0.name) < ($1.offset, $1.byteCount, $1.name) }
    try Self.check(infos, dataCount: max(0, file.bytes.count - start), alignment: alignment, path: path)

    self.path = path
    self.metadata = metadata
    self.values = values
    byteCount = file.bytes.count
    header = Array(file.bytes[..<reader.offset])
    tensors = infos.map {
      let begin = start + Int($0.offset)
      return Tensor(
        name: $0.name,
        dtype: $0.dtype,
        shape: $0.shape,
        storage: file,
        range: begin..<(begin + $0.byteCount)
      )
    }
    index = Dictionary(
      tensors.enumerated().map { (ExactText($1.name), $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// The tensor of that name, if it is here.
  public subscript(name: String) -> Tensor? { index[ExactText(name)].map { tensors[$0] } }

  /// The metadata value of that key, if it is here.
  public func value(_ key: String) -> GGUFValue? { values[ExactText(key)] }

  private struct Info {
    let name: String
    let dtype: DType
    let shape: [Int]
    let byteCount: Int
    let offset: UInt64
  }

  private static func version(_ reader: inout GGUFReader) throws(TensorError) -> Int {
    guard try reader.number(UInt32.self, "the magic") == 0x4655_4747 else {
      throw reader.bad("it does not begin with \"GGUF\"", at: 0)
    }
    let version = try reader.number(UInt32.self, "the version")
    switch version {
    case 2, 3: return Int(version)
    case 1: throw reader.bad("version 1 is no longer in use; convert the model again", at: 4)
    case UInt32(2).byteSwapped, UInt32(3).byteSwapped:
      throw reader.bad("the file is big-endian; convert the model again for a little-endian machine", at: 4)
    default: throw reader.bad("version \(version) is not known; 2 and 3 are", at: 4)
    }
  }

  private static func alignment(_ value: GGUFValue?, _ reader: GGUFReader) throws(TensorError) -> Int {
    guard let value else { return 32 }
    guard case .integer(let number) = value, let alignment = Int(exactly: number), (1...(1 << 20)).contains(alignment),
      alignment & (alignment - 1) == 0
    else { throw reader.bad("general.alignment must be a power of two up to 1048576, found \(value)") }
    return alignment
  }

  private static func info(_ reader: inout GGUFReader) throws(TensorError) -> Info {
    let name = try reader.name("the name of a tensor")
    func bad(_ problem: String) -> TensorError { .badTensor(file: reader.path, tensor: name, problem: problem) }
    let axisCount = try reader.number(UInt32.self, "the axes of \"\(name)\"")
    guard axisCount <= 4 else { throw bad("has \(axisCount) axes; the format has at most 4") }
    var axes: [Int] = []
    for _ in 0..<axisCount {
      let axis = try reader.number(UInt64.self, "the axes of \"\(name)\"")
      guard let size = Int(exactly: axis) else { throw bad("an axis of \(axis) elements is impossible") }
      axes.append(size)
    }
    let kind = try reader.number(UInt32.self, "the type of \"\(name)\"")
    let offset = try reader.number(UInt64.self, "the offset of \"\(name)\"")
    guard let dtype = GGUFType.dtype(kind) else {
      throw bad("has the type \(GGUFType.name(kind)), which is not supported; supported: \(GGUFType.supported)")
    }
    let shape = Array(axes.reversed())
    guard let byteCount = dtype.byteCount(of: shape) else {
      throw bad("the shape \(shape) is impossible for \(dtype.rawValue), in blocks of \(dtype.elementsPerBlock)")
    }
    return Info(name: name, dtype: dtype, shape: shape, byteCount: byteCount, offset: offset)
  }

  /// Offsets are aligned, inside the file and apart from each other, with no more than padding between.
  private static func check(_ infos: [Info], dataCount: Int, alignment: Int, path: String) throws(TensorError) {
    var end = 0
    for info in infos {
      func bad(_ problem: String) -> TensorError { .badTensor(file: path, tensor: info.name, problem: problem) }
      guard let offset = Int(exactly: info.offset), offset <= dataCount, info.byteCount <= dataCount - offset else {
        throw bad(
          "its \(info.byteCount) bytes at \(info.offset) end beyond the \(dataCount) bytes of data: the file is truncated; "
            + "fetch it again"
        )
      }
      guard offset % alignment == 0 else {
        throw bad("its offset \(offset) is no multiple of the alignment \(alignment)")
      }
      guard offset >= end else { throw bad("its data overlap another tensor's") }
      guard offset - end < alignment else { throw bad("\(offset - end) bytes before its data belong to none") }
      end = offset + info.byteCount
    }
  }
}

internal import JSON

/// One safetensors file, mapped, its header checked before any tensor is handed out.
///
/// Layout: 8 bytes little-endian header length, a JSON header, then the data; every tensor names its byte range.
public struct SafetensorsFile: Sendable {
  /// The path.
  public let path: String
  /// Tensors in the order of their data.
  public let tensors: [Tensor]
  /// The header's `__metadata__`.
  public let metadata: [(key: String, value: String)]
  /// The header's bytes, for the model's identity.
  public let header: [UInt8]
  /// Size of the file in bytes.
  public let byteCount: Int
  private let index: [ExactText: Int]

  /// Headers beyond this are refused before they are read.
  public static let maximumHeaderBytes = 100 << 20

  /// Maps and checks a file.
  public init(path: String) throws(TensorError) {
    let file = try MappedFile(path: path)
    func malformed(_ problem: String) -> TensorError { .malformed(file: path, problem: problem) }
    guard file.bytes.count >= 8 else { throw malformed("\(file.bytes.count) bytes are too few for a header length") }
    let length = file.bytes.loadUnaligned(as: UInt64.self).littleEndian
    guard length <= UInt64(Self.maximumHeaderBytes) else {
      throw malformed("the header claims \(length) bytes; at most \(Self.maximumHeaderBytes) are read")
    }
    let start = 8 + Int(length)
    guard start <= file.bytes.count else {
      throw malformed(
        "the header claims \(length) bytes but only \(file.bytes.count - 8) follow: the file is truncated; fetch it again"
      )
    }
    let header = Array(file.bytes[8..<start])
    let document: JSONDocument
    do { document = try JSONDocument.parse(header, name: "\(path) (header)") } catch {
      throw malformed("\(error)")
    }
    guard let object = document.root.object else { throw malformed("the header is not a JSON object") }

    let dataCount = file.bytes.count - start
    var metadata: [(key: String, value: String)] = []
    var found: [(begin: Int, tensor: Tensor)] = []
    for (name, entry) in object.members {
      if name == "__metadata__" {
        metadata = entry.object?.members.compactMap { key, value in value.string.map { (key, $0) } } ?? []
        continue
      }
      let (dtype, shape, range) = try Self.entry(name, entry, dataCount: dataCount, path: path)
      let place = (start + range.lowerBound)..<(start + range.upperBound)
      found.append((range.lowerBound, Tensor(name: name, dtype: dtype, shape: shape, storage: file, range: place)))
    }
    found.sort { ($0.begin, $0.tensor.count, $0.tensor.name) < ($1.begin, $1.tensor.count, $1.tensor.name) }
    var end = 0
    for (begin, tensor) in found {
      guard begin >= end else {
        throw .badTensor(file: path, tensor: tensor.name, problem: "its data overlap another tensor's")
      }
      guard begin == end else {
        throw .badTensor(
          file: path,
          tensor: tensor.name,
          problem: "\(begin - end) bytes before its data belong to none"
        )
      }
      end = begin + tensor.byteCount
    }
    guard end == dataCount else { throw malformed("\(dataCount - end) bytes after the last tensor belong to none") }

    self.path = path
    self.tensors = found.map(\.tensor)
    self.metadata = metadata
    self.header = header
    self.byteCount = file.bytes.count
    self.index = Dictionary(
      found.enumerated().map { (ExactText($1.tensor.name), $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// The tensor of that name, if it is here.
  public subscript(name: String) -> Tensor? { index[ExactText(name)].map { tensors[$0] } }

  private static func entry(_ name: String, _ entry: JSONValue, dataCount: Int, path: String) throws(TensorError)
    -> (DType, [Int], Range<Int>)
  {
    func bad(_ problem: String) -> TensorError { .badTensor(file: path, tensor: name, problem: problem) }
    guard let word = entry["dtype"]?.string else { throw bad("has no dtype") }
    guard let dtype = DType(rawValue: word), dtype.elementsPerBlock == 1 else {
      let known = DType.safetensors.map(\.rawValue).joined(separator: ", ")
      throw bad("dtype \"\(word)\" is not supported; known: \(known)")
    }
    guard let axes = entry["shape"]?.array?.map(\.integer), !axes.contains(nil) else { throw bad("has no shape") }
    let shape = axes.compactMap { $0 }
    guard let count = dtype.byteCount(of: shape) else { throw bad("the shape \(shape) is impossible") }
    guard let offsets = entry["data_offsets"]?.array?.map(\.integer), offsets.count == 2,
      let begin = offsets[0], let end = offsets[1], begin >= 0, end >= begin
    else { throw bad("has no usable data_offsets") }
    guard end <= dataCount else {
      throw bad("its data end at byte \(end) but the file holds \(dataCount): the file is truncated; fetch it again")
    }
    guard end - begin == count else {
      throw bad("shape \(shape) of \(dtype.rawValue) needs \(count) bytes but data_offsets span \(end - begin)")
    }
    return (dtype, shape, begin..<end)
  }
}

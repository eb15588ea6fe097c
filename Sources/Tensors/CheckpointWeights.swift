internal import Glibc
internal import Hashing
internal import JSON

/// One file of a checkpoint's tensors, whatever its format.
public struct TensorFile: Sendable {
  /// The path.
  public let path: String
  /// Tensors in the order of their data, under the names of the file.
  public let tensors: [Tensor]
  /// What precedes the data, for the model's identity.
  public let header: [UInt8]
  /// Size of the file in bytes.
  public let byteCount: Int
}

/// The weights of a checkpoint: `model.safetensors`, the shards that `model.safetensors.index.json` lists, or GGUF.
public struct CheckpointWeights: Sendable {
  /// The folder, or the GGUF file.
  public let folder: String
  /// The files, in the order of their names.
  public let files: [TensorFile]
  private let places: [ExactText: Tensor]

  /// Opens and checks every file of the checkpoint in Hugging Face form.
  ///
  /// Every tensor of the shards must be listed in the index, under the shard that holds it.
  public init(folder: String) throws(TensorError) {
    self.folder = folder
    let single = "\(folder)/model.safetensors"
    let indexPath = "\(folder)/model.safetensors.index.json"
    if access(indexPath, F_OK) != 0 {
      guard access(single, F_OK) == 0 else {
        throw .unreadable(
          file: folder,
          reason: "holds neither model.safetensors nor model.safetensors.index.json; expected one of them"
        )
      }
      let file = try SafetensorsFile(path: single)
      files = [TensorFile(file)]
      places = Dictionary(uniqueKeysWithValues: file.tensors.map { (ExactText($0.name), $0) })
      return
    }
    let map = try Self.index(indexPath)
    let names = Set(map.map { ExactText($0.file) }).sorted().map(\.text)
    var opened: [ExactText: SafetensorsFile] = [:]
    for name in names { opened[ExactText(name)] = try SafetensorsFile(path: "\(folder)/\(name)") }
    var places: [ExactText: Tensor] = [:]
    for (tensor, name) in map {
      guard let file = opened[ExactText(name)] else { continue }
      guard let found = file[tensor] else {
        throw .missing(file: file.path, tensor: tensor, hint: ", although \(indexPath) says it is there")
      }
      places[ExactText(tensor)] = found
    }
    let ordered = names.compactMap { opened[ExactText($0)] }
    for file in ordered {
      for tensor in file.tensors {
        guard let listed = places[ExactText(tensor.name)] else {
          throw .badTensor(
            file: file.path,
            tensor: tensor.name,
            problem: "\(indexPath) does not list it: index and shards are of two downloads; fetch the checkpoint again"
          )
        }
        guard listed.path == file.path else {
          throw .badTensor(
            file: file.path,
            tensor: tensor.name,
            problem: "is here and in \(listed.path), where \(indexPath) says it is; one of the two must go"
          )
        }
      }
    }
    files = ordered.map { TensorFile($0) }
    self.places = places
  }

  /// Tensors under the names of a naming layer: `tensors` are those of `files`, renamed or computed from them.
  public init(source: String, files: [TensorFile], tensors: [Tensor]) throws(TensorError) {
    folder = source
    self.files = files
    var places: [ExactText: Tensor] = [:]
    for tensor in tensors {
      guard places.updateValue(tensor, forKey: ExactText(tensor.name)) == nil else {
        throw .badTensor(file: tensor.path, tensor: tensor.name, problem: "another tensor has this name")
      }
    }
    self.places = places
  }

  /// The tensors and their files, in the order of the index.
  private static func index(_ path: String) throws(TensorError) -> [(tensor: String, file: String)] {
    let document: JSONDocument
    do { document = try JSONDocument.read(file: path) } catch {
      throw .unreadable(file: error.place?.description ?? path, reason: error.problem)
    }
    guard let map = document.root["weight_map"]?.object, !map.members.isEmpty else {
      throw .malformed(file: path, problem: "expected an object \"weight_map\" from tensor names to file names")
    }
    var listed: [(tensor: String, file: String)] = []
    for (tensor, value) in map.members {
      guard let name = value.string, !name.isEmpty, !name.contains("/"), name != "..", name != "." else {
        throw .badTensor(file: path, tensor: tensor, problem: "expected the name of a file in the same folder")
      }
      listed.append((tensor, name))
    }
    return listed
  }

  /// The tensor of that name, if the checkpoint has it.
  public subscript(name: String) -> Tensor? { places[ExactText(name)] }

  /// The tensor of that name and shape.
  public func tensor(_ name: String, shape: [Int]) throws(TensorError) -> Tensor {
    guard let tensor = self[name] else {
      let near = Spelling.hint(for: name, among: names)
      throw .missing(file: folder, tensor: name, hint: "\(near)")
    }
    guard tensor.shape == shape else {
      throw .badTensor(
        file: tensor.path,
        tensor: name,
        problem:
          "has shape \(tensor.shape), but the configuration asks for \(shape); are config.json and weights of one model?"
      )
    }
    return tensor
  }

  /// All tensor names, sorted by bytes.
  public var names: [String] { places.keys.sorted().map(\.text) }

  /// SHA-256 over file names, headers and sizes: tells architectures apart, not the models of one architecture.
  public var headerHash: String {
    var hash = SHA256()
    for file in files {
      hash.update("\(file.path.split(separator: "/").last ?? "")\n\(file.byteCount)\n")
      file.header.withUnsafeBytes { hash.update($0) }
    }
    return hash.finish()
  }

  /// SHA-256 over the whole content of every file, in the order of their names.
  public var contentHash: String {
    var hash = SHA256()
    for file in files {
      hash.update("\(file.byteCount)\n")
      file.header.withUnsafeBytes { hash.update($0) }
      for tensor in file.tensors {
        tensor.withBytes { hash.update($0) }
        tensor.giveBack()
      }
    }
    return hash.finish()
  }
}

extension TensorFile {
  /// A safetensors file.
  public init(_ file: SafetensorsFile) {
    self.init(path: file.path, tensors: file.tensors, header: file.header, byteCount: file.byteCount)
  }

  /// A GGUF file.
  public init(_ file: GGUFFile) {
    self.init(path: file.path, tensors: file.tensors, header: file.header, byteCount: file.byteCount)
  }
}

internal import Glibc
internal import Hashing
internal import JSON

/// The weights of a checkpoint folder: `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
public struct CheckpointWeights: Sendable {
  /// The folder.
  public let folder: String
  /// The files, in the order of their names.
  public let files: [SafetensorsFile]
  private let fileOfTensor: [ExactText: Int]

  /// Opens and checks every file of the checkpoint.
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
      files = [file]
      fileOfTensor = Dictionary(uniqueKeysWithValues: file.tensors.map { (ExactText($0.name), 0) })
      return
    }
    let document: JSONDocument
    do { document = try JSONDocument.read(file: indexPath) } catch {
      throw .unreadable(file: error.place?.description ?? indexPath, reason: error.problem)
    }
    guard let map = document.root["weight_map"]?.object, !map.members.isEmpty else {
      throw .malformed(file: indexPath, problem: "expected an object \"weight_map\" from tensor names to file names")
    }
    var names: [String] = []
    for (tensor, value) in map.members {
      guard let name = value.string, !name.isEmpty, !name.contains("/") else {
        throw .badTensor(file: indexPath, tensor: tensor, problem: "expected the name of a file in the same folder")
      }
      if !names.contains(name) { names.append(name) }
    }
    names.sort()
    var opened: [SafetensorsFile] = []
    for name in names { opened.append(try SafetensorsFile(path: "\(folder)/\(name)")) }
    var places: [ExactText: Int] = [:]
    for (tensor, value) in map.members {
      guard let at = names.firstIndex(of: value.string ?? "") else { continue }
      guard opened[at][tensor] != nil else {
        throw .missing(file: opened[at].path, tensor: tensor, hint: ", although \(indexPath) says it is there")
      }
      places[ExactText(tensor)] = at
    }
    files = opened
    fileOfTensor = places
  }

  /// The tensor of that name, if the checkpoint has it.
  public subscript(name: String) -> Tensor? { fileOfTensor[ExactText(name)].flatMap { files[$0][name] } }

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
  public var names: [String] { fileOfTensor.keys.sorted().map(\.text) }

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
      for tensor in file.tensors { tensor.withBytes { hash.update($0) } }
    }
    return hash.finish()
  }
}

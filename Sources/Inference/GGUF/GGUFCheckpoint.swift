internal import Glibc
internal import JSON
internal import Tensors

/// A `.gguf` file seen as a checkpoint of the hub: the configuration that the architectures read, and tensors under the
/// names and in the row order that they expect.
struct GGUFCheckpoint {
  let config: JSONDocument
  let weights: CheckpointWeights
  /// The tokenizer as plain data, if the file has one.
  let vocabulary: GGUFVocabulary?

  /// Whether a path names a GGUF file rather than a folder.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  init(path: String) throws(TensorError) {
    let file = try GGUFFile(path: path)
    let key = "general.architecture"
    guard let architecture = try file.text(key) else { throw file.missing(key, "the name of an architecture") }
    guard let family = GGUFFamily.all.first(where: { $0.name == architecture }) else {
      let known = GGUFFamily.all.map(\.name).joined(separator: ", ")
      throw .badMetadata(
        file: path,
        key: key,
        problem: "\"\(architecture)\" is not supported in GGUF files; supported: \(known). Safetensors may do"
      )
    }
    let shards = try Self.shards(file)
    let settings = try GGUFSettings(file, family, shards)
    let text = JSONValue.object(try settings.config()).text(.pretty)
    do { config = try JSONDocument.parse(text, name: "\(path) (metadata)") } catch {
      throw .unreadable(file: path, reason: "its metadata make no configuration: \(error)")
    }
    var tensors: [Tensor] = []
    for shard in shards {
      for tensor in shard.tensors where !GGUFFamily.settings.contains(tensor.name) {
        tensors.append(try Self.hubTensor(tensor, family, settings))
      }
    }
    weights = try CheckpointWeights(source: path, files: shards.map { TensorFile($0) }, tensors: tensors)
    vocabulary = try GGUFVocabulary(file)
  }

  /// The file, or all files of a model that is split.
  private static func shards(_ file: GGUFFile) throws(TensorError) -> [GGUFFile] {
    let count = try file.integer("split.count", 0...9999, standard: 0)
    guard count > 1 else { return [file] }
    func padded(_ number: Int) -> String { String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)" }
    let suffix = "-\(padded(1))-of-\(padded(count)).gguf"
    guard try file.integer("split.no", 0...9999) == 0, file.path.hasSuffix(suffix) else {
      throw .badMetadata(
        file: file.path,
        key: "split.count",
        problem: "the model is split in \(count) files; name the first one, which ends in \(suffix)"
      )
    }
    var shards = [file]
    for number in 2...count {
      let path = "\(file.path.dropLast(suffix.count))-\(padded(number))-of-\(padded(count)).gguf"
      shards.append(try GGUFFile(path: path))
    }
    return shards
  }

  private static func hubTensor(_ tensor: Tensor, _ family: GGUFFamily, _ settings: GGUFSettings) throws(TensorError)
    -> Tensor
  {
    guard let name = family.hubName(tensor.name) else {
      throw .badTensor(
        file: tensor.path,
        tensor: tensor.name,
        problem: "is not part of the architecture \"\(family.name)\" as it is known here"
      )
    }
    if family.hasShiftedNorms, tensor.name.hasSuffix("norm.weight") {
      return Tensor(name: name, shape: tensor.shape, floats: try tensor.floats().map { $0 - 1 }, path: tensor.path)
    }
    let isPaired = [".attn_q.", ".attn_k."].contains { tensor.name.contains($0) }
    guard family.hasPairedHeads, isPaired else { return tensor.renamed(name) }
    guard let rows = tensor.shape.first, rows % settings.headSize == 0 else {
      throw .badTensor(
        file: tensor.path,
        tensor: tensor.name,
        problem: "has shape \(tensor.shape), no whole number of heads of \(settings.headSize) rows"
      )
    }
    return tensor.renamed(name, pairedHead: settings.headSize)
  }
}

internal import Tensors

/// Rows of token ids of one length in a safetensors file.
enum TokenRows {
  static func read(_ path: String) throws -> (rows: [[Int32]], length: Int) {
    let file = try SafetensorsFile(path: path)
    guard let tensor = file["input_ids"] else {
      throw TensorError.missing(file: path, tensor: "input_ids", hint: "; expected int32 or int64 of shape [B, T]")
    }
    guard tensor.shape.count == 2, tensor.count > 0 else {
      throw TensorError.badTensor(
        file: path,
        tensor: "input_ids",
        problem: "has shape \(tensor.shape); expected [B, T] with at least one token"
      )
    }
    let ids = try tensor.integers().map { id throws -> Int32 in
      guard let small = Int32(exactly: id) else {
        throw TensorError.badTensor(file: path, tensor: "input_ids", problem: "\(id) is no token id")
      }
      return small
    }
    let length = tensor.shape[1]
    return (stride(from: 0, to: ids.count, by: length).map { Array(ids[$0..<($0 + length)]) }, length)
  }
}

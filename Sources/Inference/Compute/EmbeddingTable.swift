internal import CKernels
internal import Tensors

/// Rows of the embedding [V, D], decoded when a token asks for one: nothing is copied from the file.
struct EmbeddingTable: Sendable {
  private let rows: StoredMatrix

  /// A tensor [V, D]; that its elements are finite is checked where the head is packed, or here on demand.
  init(_ tensor: Tensor) throws(TensorError) { rows = try StoredMatrix(tensor) }

  /// Rows that were edited.
  init(edited floats: [Float], count: Int, width: Int) throws(TensorError) {
    rows = try StoredMatrix(Tensor(name: "edited weights", shape: [count, width], floats: floats, path: "memory"))
  }

  /// Writes row `index` as float32.
  func copy(_ index: Int, isa: ck_isa, to: UnsafeMutablePointer<Float>) {
    rows.withRows { ck_row(isa, $0, rows.width, index, to) }
  }
}

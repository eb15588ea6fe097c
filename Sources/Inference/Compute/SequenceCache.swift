internal import CKernels

/// Keys and values of one sequence, for all layers, in the layout the attention kernel reads.
final class SequenceCache {
  /// Positions allotted, a multiple of 16.
  let capacity: Int
  /// Positions stored so far.
  var length = 0
  private let storage: UnsafeMutablePointer<Float>
  private let count: Int
  private let keyCount: Int
  private let layerStride: Int
  private let layerCount: Int
  private let heads: Int
  private let headSize: Int
  private let valueWidth: Int

  init(_ model: ModelDescription, positions: Int) {
    capacity = (positions + 15) / 16 * 16
    layerCount = model.layerCount
    heads = model.kvHeadCount
    headSize = model.headSize
    valueWidth = (model.headSize + 15) / 16 * 16
    keyCount = model.kvHeadCount * capacity * model.headSize
    layerStride = keyCount + model.kvHeadCount * capacity * valueWidth
    count = layerStride * model.layerCount
    storage = .allocate(capacity: count)
    storage.initialize(repeating: 0, count: count)
  }

  /// Bytes that a sequence of so many positions takes.
  static func bytes(_ model: ModelDescription, positions: Int) -> Int {
    let capacity = (positions + 15) / 16 * 16
    return 4 * model.layerCount * model.kvHeadCount * capacity * (model.headSize + (model.headSize + 15) / 16 * 16)
  }

  deinit { storage.deallocate() }

  func keys(_ layer: Int) -> UnsafeMutablePointer<Float> { storage + layer * layerStride }
  func values(_ layer: Int) -> UnsafeMutablePointer<Float> { storage + layer * layerStride + keyCount }

  /// Takes the first positions of another cache of the same model, whatever the two have allotted.
  func copyBeginning(of other: SequenceCache, length: Int) {
    precondition(length <= capacity && length <= other.length && heads == other.heads)
    // Keys lie in whole blocks of 16 positions; what a block holds beyond the length is written before it is read.
    let keyFloats = (length + 15) / 16 * 16 * headSize
    for layer in 0..<layerCount {
      for head in 0..<heads {
        (keys(layer) + head * capacity * headSize)
          .update(from: other.keys(layer) + head * other.capacity * headSize, count: keyFloats)
        (values(layer) + head * capacity * valueWidth)
          .update(from: other.values(layer) + head * other.capacity * valueWidth, count: length * valueWidth)
      }
    }
    self.length = length
  }
}

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

  init(_ model: ModelDescription, positions: Int) {
    capacity = (positions + 15) / 16 * 16
    let valueWidth = (model.headSize + 15) / 16 * 16
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

  /// A copy that can be continued apart; both have the same capacity.
  func copy(_ model: ModelDescription) -> SequenceCache {
    let other = SequenceCache(model, positions: capacity)
    other.storage.update(from: storage, count: count)
    other.length = length
    return other
  }
}

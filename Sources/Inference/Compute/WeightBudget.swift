internal import Glibc

/// How much memory packed weights may take, and what was decided by it while a model was read.
///
/// The rule: matrices are packed in the order in which the model is read, as long as their packed form fits what is left of
/// the budget. A matrix that does not fit is streamed: it stays in the mapped file and is decoded each time it is used. The
/// results are the same bits either way. Not shared: the reader of a model owns it.
final class WeightBudget {
  private(set) var left: Int
  /// Bytes of the matrices in memory, and how many there are.
  private(set) var packed = (bytes: 0, count: 0)
  /// Bytes in the file of the matrices that are streamed, and how many there are.
  private(set) var streamed = (bytes: 0, count: 0)
  private let budget: Int

  init(bytes: Int) {
    budget = max(0, bytes)
    left = budget
  }

  /// Three quarters of the memory that the system says is available; 4 GB where it does not say.
  static func standardBytes(meminfo path: String = "/proc/meminfo") -> Int {
    guard let file = fopen(path, "r") else { return 4 << 30 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("MemAvailable:") else { continue }
      let kilobytes = Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0
      return kilobytes * 1024 / 4 * 3
    }
    return 4 << 30
  }

  /// Whether a matrix of `packed` bytes is to be packed; counts it either way.
  func takes(packed bytes: Int, stored: Int) -> Bool {
    guard bytes <= left else {
      streamed = (streamed.bytes + stored, streamed.count + 1)
      return false
    }
    left -= bytes
    packed = (packed.bytes + bytes, packed.count + 1)
    return true
  }

  /// Counts memory that is taken whatever the budget says, such as edited weights.
  func spend(_ bytes: Int) {
    left = max(0, left - bytes)
    packed = (packed.bytes + bytes, packed.count + 1)
  }

  /// What streaming means for the user; nil where nothing is streamed.
  var warning: String? {
    guard streamed.count > 0 else { return nil }
    func size(_ bytes: Int) -> String {
      let tenths = (bytes + 50_000_000) / 100_000_000
      return "\(tenths / 10).\(tenths % 10) GB"
    }
    // A pass reads what is streamed once; 1 GB/s is a usual solid-state disk, 10 GB/s the page cache and the decoding.
    func seconds(_ perSecond: Int) -> String {
      let tenths = max(1, streamed.bytes / (perSecond / 10))
      return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\(tenths / 10)"
    }
    return "the packed weights exceed the memory budget of \(size(budget)): \(streamed.count) of "
      + "\(streamed.count + packed.count) matrices (\(size(streamed.bytes)) of the file) are streamed from disk at every "
      + "step; estimated at least \(seconds(10_000_000_000)) s a step while the system keeps them in memory, "
      + "\(seconds(1_000_000_000)) s from a disk of 1 GB/s"
  }
}

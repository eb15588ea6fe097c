/// Shares a number among groups in proportion to their sizes (largest remainders, Hare and Hamilton).
enum Allotment {
  /// How many each group gets: never more than it has, and `total` in all where there are so many.
  static func proportional(_ total: Int, among sizes: [Int]) -> [Int] {
    let sum = sizes.reduce(0, +)
    guard total < sum, sum > 0 else { return sizes }
    var given = sizes.map { total * $0 / sum }
    let left = total - given.reduce(0, +)
    let byRemainder = sizes.indices.sorted { left, right in
      let (one, other) = (total * sizes[left] % sum, total * sizes[right] % sum)
      return one == other ? left < right : one > other
    }
    for index in byRemainder.prefix(left) { given[index] += 1 }
    return given
  }
}

/// Memory that only grows, zeroed when allotted.
struct FloatBuffer: ~Copyable {
  private var base: UnsafeMutablePointer<Float>
  private var count: Int

  init() {
    count = 64
    base = .allocate(capacity: 64)
    base.initialize(repeating: 0, count: 64)
  }

  deinit { base.deallocate() }

  /// A pointer to at least so many floats; what was there before is lost when it grows.
  mutating func at(least wanted: Int) -> UnsafeMutablePointer<Float> {
    if wanted > count {
      base.deallocate()
      base = .allocate(capacity: wanted)
      base.initialize(repeating: 0, count: wanted)
      count = wanted
    }
    return base
  }
}

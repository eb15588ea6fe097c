/// A token bucket: it fills at a steady rate up to its capacity, and whoever takes more than is in it waits.
///
/// What is taken is promised at once, so that those who wait are served in the order in which they came. In any stretch of
/// `t` seconds at most `capacity + t × rate` is given out, and what the last one took beyond the capacity.
struct TokenBucket: Sendable, Equatable {
  /// What flows in each second.
  let perSecond: Double
  /// The most it holds.
  let capacity: Double
  /// What is in it; below 0 when more is promised.
  private(set) var level: Double
  private var time: Double?

  /// A full bucket.
  init(perMinute: Double, capacity: Double) {
    perSecond = perMinute / 60
    self.capacity = capacity
    level = capacity
  }

  private mutating func refill(at now: Double) {
    if let time, now > time { level = min(capacity, level + (now - time) * perSecond) }
    time = max(now, time ?? now)
  }

  /// Takes an amount; the seconds that its taker has to wait. More than the capacity is given when the bucket is full.
  mutating func take(_ amount: Double, at now: Double) -> Double {
    refill(at: now)
    let wait = max(0, (min(amount, capacity) - level) / perSecond)
    level -= amount
    return wait
  }

  /// Puts back what was taken and not needed; a negative amount takes what was needed beyond.
  mutating func giveBack(_ amount: Double) { level = min(capacity, level + amount) }
}

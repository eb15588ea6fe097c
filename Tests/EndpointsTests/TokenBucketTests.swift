import TestKit
import Testing

@testable import Endpoints

@Suite("Token bucket", .timeLimit(.minutes(10)))
struct TokenBucketTests {
  @Test("takers of one each go evenly, in the order in which they came")
  func even() {
    var bucket = TokenBucket(perMinute: 120, capacity: 1)
    #expect((0..<5).map { _ in bucket.take(1, at: 10) } == [0, 0.5, 1, 1.5, 2])
  }

  @Test("what was not used for a while is there up to the capacity, and no further")
  func burst() {
    var bucket = TokenBucket(perMinute: 60, capacity: 3)
    #expect((0..<4).map { _ in bucket.take(1, at: 0) } == [0, 0, 0, 1])
    #expect((0..<5).map { _ in bucket.take(1, at: 1000) } == [0, 0, 0, 1, 2])
  }

  @Test("more than the capacity goes out of a full bucket and is waited for by the next")
  func large() {
    var bucket = TokenBucket(perMinute: 600, capacity: 10)
    #expect(bucket.take(50, at: 0) == 0)
    #expect(bucket.take(10, at: 0) == 5)
  }

  @Test("what comes back shortens the wait, and never overfills")
  func back() {
    var bucket = TokenBucket(perMinute: 60, capacity: 10)
    #expect(bucket.take(20, at: 0) == 0)
    bucket.giveBack(8)
    #expect(bucket.take(10, at: 0) == 12)
    bucket.giveBack(1000)
    #expect(bucket.level == 10)
  }

  @Test("no stretch of time sees more than capacity and rate allow, whatever is asked when", arguments: 0..<40)
  func bound(seed: Int) {
    var numbers = TestNumbers(seed: UInt64(seed))
    let (rate, capacity) = (Double(numbers.next() % 600 + 6), Double(numbers.next() % 20 + 1))
    var bucket = TokenBucket(perMinute: rate, capacity: capacity)
    var now = 0.0
    var served: [(at: Double, amount: Double)] = []
    for _ in 0..<200 {
      now += Double(numbers.next() % 100) / 50
      let amount = min(capacity, Double(numbers.next() % 5 + 1))
      served.append((now + bucket.take(amount, at: now), amount))
    }
    // By counting, without the bucket's own arithmetic.
    for (first, start) in served.enumerated() {
      var sum = 0.0
      for end in served[first...] {
        sum += end.amount
        #expect(sum <= capacity + (end.at - start.at) * rate / 60 + 1e-6)
      }
    }
    #expect(zip(served, served.dropFirst()).allSatisfy { $0.at <= $1.at + 1e-9 })
  }
}

import Locking
import Testing

@Suite("Locked", .timeLimit(.minutes(10)))
struct LockedTests {
  @Test("eight tasks count to eighty thousand and lose nothing")
  func counts() async {
    let counter = Locked(0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<10_000 { counter.withLock { $0 += 1 } } }
      }
    }
    #expect(counter.withLock { $0 } == 80_000)
  }

  @Test("an error leaves the lock open and the value as it was made")
  func throwing() {
    struct Stop: Error {}
    let list = Locked([1])
    #expect(throws: Stop.self) {
      try list.withLock { value throws(Stop) in
        value.append(2)
        throw Stop()
      }
    }
    #expect(list.withLock { $0 } == [1, 2])
  }
}

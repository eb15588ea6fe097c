import CKernels
import Testing

@Suite("The pool of threads", .timeLimit(.minutes(10)))
struct PoolTests {
  @Test("every task runs once, job after job", arguments: [0, 1, 2, 5] as [Int32])
  func once(threads: Int32) throws {
    let pool = try Pool(threads)
    #expect(ck_pool_threads(pool.pointer) == max(1, threads))
    // A task adds to its own element alone, so that no two threads touch one.
    var counts = [Int32](repeating: 0, count: 100)
    counts.withUnsafeMutableBufferPointer { counts in
      for count in 0...100 {
        ck_pool_run(
          pool.pointer,
          { context, task in context?.assumingMemoryBound(to: Int32.self)[task] += 1 },
          counts.baseAddress,
          count
        )
      }
    }
    #expect(counts == (0..<100).map { Int32(100 - $0) })
  }

  @Test("a pool that never worked can be destroyed, and so can none")
  func destroyed() {
    for _ in 0..<20 { ck_pool_destroy(ck_pool_create(3)) }
    ck_pool_destroy(nil)
  }
}

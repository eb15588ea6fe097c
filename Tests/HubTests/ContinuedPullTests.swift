import Foundation
import Glibc
import Locking
import TestKit
import Testing

@testable import Hub

@Suite("A pull that was ended continues", .timeLimit(.minutes(10)))
struct ContinuedPullTests {
  static let weights = FakeHub.checkpoint()[2]

  private static func ranges(_ hub: FakeHub) -> [Range<Int>] {
    hub.contentRequests.filter { $0.path.hasSuffix("model.safetensors") }.compactMap { FakeHub.range($0) }
  }

  @Test("a pull that was cancelled in the middle fetches the rest only, half ranges included")
  func cancelled() async throws {
    try await Folders.temporary { folder in
      let served = Locked(0)
      let hub = try FakeHub(FakeHub.checkpoint()) { request in
        guard request.path.hasSuffix("model.safetensors"),
          served.withLock({
            $0 += 1; return $0
          }) > 4
        else { return nil }
        let right = FakeHub.content(request, Self.weights).steps
        guard case .bytes(let head)? = right.first, case .bytes(let body)? = right.last else { return nil }
        return HTTPTestServer.Answer([.bytes(head), .bytes(Array(body.prefix(400))), .untilClientLeaves])
      }
      let pull = PullSetting(hub, in: folder)
      let fetched = Locked(0)
      let handle = Locked<Task<PullPlan, any Error>?>(nil)
      let task = Task {
        try await pull.run { event in
          guard case .fetched(let bytes) = event else { return }
          // All of the two small files, four ranges and 400 bytes of three more.
          if fetched.withLock({
            $0 += bytes; return $0
          }) >= 25 + 4000 + 1200 {
            handle.withLock { $0?.cancel() }
          }
        }
      }
      handle.withLock { $0 = task }
      if fetched.withLock({ $0 }) >= 25 + 4000 + 1200 { task.cancel() }
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(FileSystem.kind(pull.snapshot.path) == nil)

      let whole = try FakeHub(FakeHub.checkpoint())
      let again = PullSetting(whole, in: folder)
      let plan = try await again.run()
      #expect(plan.missingBytes == 10_000 - 4000 - 1200)
      #expect(Self.ranges(whole).reduce(0) { $0 + $1.count } == plan.missingBytes)
      #expect(again.bytes(again.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
    }
  }

  /// Lays a journal and a partial file as a kill would have left them.
  private func lay(_ pull: PullSetting, journal: String, bytes: [UInt8]) throws {
    let blobs = pull.home.appendingPathComponent("blobs")
    try FileManager.default.createDirectory(at: blobs, withIntermediateDirectories: true)
    let base = blobs.appendingPathComponent(Self.weights.hash).path
    try Data(bytes).write(to: URL(fileURLWithPath: base + ".tribunal.incomplete"))
    try Data(journal.utf8).write(to: URL(fileURLWithPath: base + ".tribunal.ranges"))
  }

  @Test(
    "a journal is believed as far as it is whole",
    arguments: [
      ("tribunal ranges 1 of 10000\n0 1000\n3000 4000\n", 2000), ("tribunal ranges 1 of 10000\n0 1000\n3000 40", 1000),
      ("tribunal ranges 1 of 10000\n0 1000\n500 1500\n", 1500), ("tribunal ranges 1 of 10000\n", 0), ("", 0),
      ("tribunal ranges 1 of 9999\n0 1000\n", 0), ("tribunal ranges 1 of 10000\n0 10001\n", 0),
      ("tribunal ranges 1 of 10000\n5 5\n", 0), ("tribunal ranges 1 of 10000\n-5 5\n", 0),
      ("tribunal ranges 2 of 10000\n", 0),
      ("tribunal ranges 1 of 10000\n0 10000\n", 10_000),
    ]
  )
  func journals(journal: String, present: Int) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      let pull = PullSetting(hub, in: folder)
      try lay(pull, journal: journal, bytes: Self.weights.bytes)
      let plan = try await pull.run()
      #expect(plan.files.first { $0.file.path == "model.safetensors" }?.present == present)
      #expect(Self.ranges(hub).reduce(0) { $0 + $1.count } == (10_000 - present))
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
      #expect(pull.blobs.allSatisfy { !$0.contains(".") })
    }
  }

  @Test("what was left and is wrong is fetched anew, once")
  func spoilt() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      let pull = PullSetting(hub, in: folder)
      try lay(pull, journal: "tribunal ranges 1 of 10000\n0 4000\n", bytes: [UInt8](repeating: 7, count: 10_000))
      try await pull.run()
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
      #expect(Self.ranges(hub).reduce(0) { $0 + $1.count } == 16_000)
    }
  }

  @Test("what huggingface_hub left of a download is taken over", arguments: [true, false])
  func foreign(isRight: Bool) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      let pull = PullSetting(hub, in: folder)
      let blobs = pull.home.appendingPathComponent("blobs")
      try FileManager.default.createDirectory(at: blobs, withIntermediateDirectories: true)
      let left = isRight ? Array(Self.weights.bytes.prefix(3500)) : [UInt8](repeating: 7, count: 3500)
      try Data(left).write(to: blobs.appendingPathComponent("\(Self.weights.hash).incomplete"))
      #expect(try await pull.run().missingBytes == 6500 + 25)
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
      #expect(Self.ranges(hub).reduce(0) { $0 + $1.count } == (isRight ? 6500 : 16_500))
      #expect(pull.blobs.allSatisfy { !$0.contains(".") })
    }
  }

  @Test("a full disk is one error, what is there is kept")
  func fullDisk() throws {
    let descriptor = open("/dev/full", O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tribunal-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = BlobPlace(final: folder.appendingPathComponent("blob").path, lock: "")
    let partial = try PartialFile(descriptor, place, size: 10, ranges: ByteRanges())
    let error = [UInt8](repeating: 1, count: 10).withUnsafeBytes { partial.write($0, at: 0) }
    #expect("\(try #require(error))".contains("No space left on device; make room"))
  }

  @Test("ranges join, whatever their order, and gaps are cut into pieces")
  func byteRanges() {
    var state: UInt64 = 7
    for _ in 0..<200 {
      var (ranges, naive) = (ByteRanges(), [Bool](repeating: false, count: 60))
      for _ in 0..<8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        let lower = Int(state >> 40) % 60
        let upper = min(60, lower + Int(state >> 20) % 15)
        ranges.insert(lower..<upper)
        for at in lower..<upper { naive[at] = true }
      }
      #expect(ranges.count == naive.count { $0 })
      let missing = ranges.missing(of: 60, piece: 4)
      #expect(missing.allSatisfy { (1...4).contains($0.count) })
      #expect(missing.flatMap { Array($0) } == naive.indices.filter { !naive[$0] })
    }
  }
}

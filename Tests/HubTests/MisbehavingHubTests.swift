import Endpoints
import Foundation
import HTTP
import JudgeKit
import Locking
import TestKit
import Testing

@testable import Hub

/// Counts, for answers that depend on how often something was asked.
private final class Counter: Sendable {
  private let number = Locked(0)
  func next() -> Int {
    number.withLock {
      $0 += 1
      return $0
    }
  }
}

@Suite("A hub that misbehaves", .timeLimit(.minutes(10)))
struct MisbehavingHubTests {
  typealias Answer = HTTPTestServer.Answer

  static let files = FakeHub.checkpoint(weightBytes: 10_000)
  static var weights: FakeHub.File { files[2] }

  private static func isWeights(_ request: HTTPTestServer.Request) -> Bool {
    request.path.hasSuffix("/model.safetensors")
  }

  /// The right answer with its steps changed.
  private static func spoilt(_ request: HTTPTestServer.Request, _ change: ([UInt8], [UInt8]) -> [HTTPTestServer.Step])
    -> Answer
  {
    let right = FakeHub.content(request, weights).steps
    guard case .bytes(let head)? = right.first, case .bytes(let body)? = right.last else { return Answer(right) }
    return Answer(change(head, body))
  }

  /// What a server does to some of the requests for ranges, and all comes right in the end.
  struct Passing: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let spoil: @Sendable (HTTPTestServer.Request) -> Answer

    init(_ name: String, _ spoil: @escaping @Sendable (HTTPTestServer.Request) -> Answer) {
      (testDescription, self.spoil) = (name, spoil)
    }

    static let all: [Passing] = [
      Passing("truncated") { spoilt($0) { [.bytes($0), .bytes(Array($1.prefix(300))), .close] } },
      Passing("a reset in the middle") { spoilt($0) { [.bytes($0), .bytes(Array($1.prefix(300))), .reset] } },
      Passing("a reset before the answer") { _ in Answer([.reset]) },
      Passing("a wrong Content-Range") { request in
        let head: [(String, String)] = [("Content-Range", "bytes 7-1006/10000"), ("Content-Length", "1000")]
        return Answer([.bytes(Answer.head(206, head)), .bytes(Array(weights.bytes[7..<1007]))])
      },
      Passing("no Content-Range") { _ in
        Answer([.bytes(Answer.head(206, [("Content-Length", "1000")])), .bytes(Array(weights.bytes[7..<1007]))])
      },
      Passing("another size in Content-Range") { request in
        let range = FakeHub.range(request) ?? 0..<1
        let text = "bytes \(range.lowerBound)-\(range.upperBound - 1)/99999"
        let head: [(String, String)] = [("Content-Range", text), ("Content-Length", "\(range.count)")]
        return Answer([.bytes(Answer.head(206, head)), .bytes(Array(weights.bytes[range]))])
      },
      Passing("more bytes than asked for") { request in
        let range = FakeHub.range(request) ?? 0..<1
        let text = "bytes \(range.lowerBound)-\(range.upperBound - 1)/10000"
        return Answer([.bytes(Answer.head(206, [("Content-Range", text)])), .bytes(weights.bytes), .close])
      },
      Passing("an encoding nobody asked for") { request in
        spoilt(request) { head, body in
          let text = String(decoding: head, as: UTF8.self).replacing(
            "\r\n\r\n",
            with: "\r\nContent-Encoding: gzip\r\n\r\n"
          )
          return [.bytes(Array(text.utf8)), .bytes(body)]
        }
      },
      Passing("429 with Retry-After") { _ in .whole(429, [("Retry-After", "7")]) },
      Passing("503") { _ in .whole(503, [], "the mill stands still") },
      Passing("500 without an end") { _ in Answer([.bytes(Answer.head(500, [])), .bytes([0x41]), .close]) },
      Passing("no HTTP") { _ in Answer([.bytes(Array("the mill\n".utf8)), .close]) },
    ]
  }

  @Test("what passes is asked for again, and the bytes are right", arguments: Passing.all)
  func passing(_ mischief: Passing) async throws {
    try await Folders.temporary { folder in
      let turn = Counter()
      let hub = try FakeHub(Self.files) { request in
        Self.isWeights(request) && turn.next() % 3 == 0 ? mischief.spoil(request) : nil
      }
      let pull = PullSetting(hub, in: folder)
      try await pull.run()
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
      #expect(hub.contentRequests.count > 12)
      #expect(pull.blobs.allSatisfy { !$0.contains(".") }, "nothing is left of the way there")
    }
  }

  @Test("a server that sends bytes one by one is waited for")
  func trickle() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(Self.files) { request in
        Self.isWeights(request) ? Self.spoilt(request) { [.trickled($0), .trickled($1)] } : nil
      }
      let pull = PullSetting(hub, in: folder)
      try await pull.run()
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
    }
  }

  @Test("a server that falls silent in the middle is given up and asked again")
  func silence() async throws {
    try await Folders.temporary { folder in
      let turn = Counter()
      let hub = try FakeHub(Self.files) { request in
        guard Self.isWeights(request), turn.next() == 2 else { return nil }
        return Self.spoilt(request) { [.bytes($0), .bytes(Array($1.prefix(300))), .untilClientLeaves] }
      }
      var pull = PullSetting(hub, in: folder)
      pull.stallSeconds = 1
      try await pull.run()
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
    }
  }

  @Test("a server without ranges gives the whole file in one piece, cut or not", arguments: [false, true])
  func noRanges(isCut: Bool) async throws {
    try await Folders.temporary { folder in
      let turn = Counter()
      let hub = try FakeHub(Self.files) { request in
        guard Self.isWeights(request) else { return nil }
        let head = Answer.head(200, [("Content-Length", "10000")])
        let isWhole = FakeHub.range(request) == nil
        if isCut, isWhole, turn.next() == 1 {
          return Answer([.bytes(head), .bytes(Array(Self.weights.bytes.prefix(6000))), .close])
        }
        return Answer([.bytes(head), .bytes(Self.weights.bytes)])
      }
      let pull = PullSetting(hub, in: folder)
      let count = Locked(0)
      try await pull.run { event in
        switch event {
        case .fetched(let bytes): count.withLock { $0 += bytes }
        case .lost(let bytes): count.withLock { $0 -= bytes }
        default: break
        }
      }
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
      #expect(count.withLock { $0 } == 10_025, "what is shown as fetched adds up")
    }
  }

  @Test("a server without ranges that always cuts is given up, however much comes each time")
  func noRangesAlwaysCut() async throws {
    try await Folders.temporary { folder in
      let files = FakeHub.checkpoint(weightBytes: 200_000)
      let hub = try FakeHub(files) { request in
        guard Self.isWeights(request) else { return nil }
        let head = Answer.head(200, [("Content-Length", "200000")])
        return Answer([.bytes(head), .bytes(Array(files[2].bytes.prefix(150_000))), .close])
      }
      var pull = PullSetting(hub, in: folder)
      pull.tuning.pieceBytes = 100_000
      guard case .failed(_, let why, 4)? = await pull.failure() else {
        Issue.record("expected a failure after four requests")
        return
      }
      #expect(why.contains("150000 bytes"))
    }
  }

  @Test("a file that changes in between is never mixed", arguments: [false, true])
  func changed(staysOther: Bool) async throws {
    try await Folders.temporary { folder in
      let other = FakeHub.File("model.safetensors", FakeHub.bytes(10_000, seed: 5), isLarge: true)
      let turn = Counter()
      let hub = try FakeHub(Self.files) { request in
        guard Self.isWeights(request) else { return nil }
        let number = turn.next()
        return staysOther
          ? number > 5 ? FakeHub.content(request, other) : nil
          : number == 5 ? FakeHub.content(request, other) : nil
      }
      let pull = PullSetting(hub, in: folder)
      if staysOther {
        let error = await pull.failure()
        guard case .mismatch(let file, _, _)? = error else {
          Issue.record("expected a mismatch, found \(String(describing: error))")
          return
        }
        #expect(file.contains("model.safetensors"))
        #expect(!pull.blobs.contains { $0.hasPrefix(Self.weights.hash) })
      } else {
        try await pull.run()
        #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
      }
    }
  }

  @Test("a file that changes with every range is given up")
  func changing() async throws {
    try await Folders.temporary { folder in
      let turn = Counter()
      let hub = try FakeHub(Self.files) { request in
        Self.isWeights(request) ? FakeHub.content(request, Self.weights, version: "W/\"\(turn.next())\"") : nil
      }
      let pull = PullSetting(hub, in: folder)
      guard case .changed? = await pull.failure() else {
        Issue.record("expected the change to be told")
        return
      }
      #expect(!pull.blobs.contains { $0.hasPrefix(Self.weights.hash) })
    }
  }

  @Test(
    "wrong content is one error that names file and hashes, and is removed",
    arguments: ["model.safetensors", "config.json"]
  )
  func wrongContent(path: String) async throws {
    try await Folders.temporary { folder in
      var files = Self.files
      let at = try #require(files.firstIndex { $0.path == path })
      files[at].listedHash = String(repeating: "ab", count: files[at].isLarge ? 32 : 20)
      let pull = PullSetting(try FakeHub(files), in: folder)
      let error = try #require(await pull.failure())
      guard case .mismatch(let file, let expected, _) = error else {
        Issue.record("expected a mismatch, found \(error)")
        return
      }
      #expect(file.hasSuffix(path))
      #expect(expected.hasSuffix(try #require(files[at].listedHash)))
      #expect(error.isOutside)
      #expect(!pull.blobs.contains { $0.hasPrefix("abab") })
      #expect(FileSystem.kind(pull.snapshot.path) == nil, "nothing is shown")
      #expect(FileSystem.text(pull.home.appendingPathComponent("refs/main").path) == nil)
    }
  }

  @Test("a storm is waited out as long as it asks, for all connections together")
  func storm() async throws {
    try await Folders.temporary { folder in
      let turn = Counter()
      let hub = try FakeHub(Self.files) { request in
        Self.isWeights(request) && turn.next() <= 3 ? .whole(429, [("Retry-After", "40")]) : nil
      }
      let pull = PullSetting(hub, in: folder)
      try await pull.run()
      #expect(pull.pace.sleeps.filter { $0 >= 40 }.count >= 1)
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
    }
  }

  @Test("a storm that does not end is one error that tells status and requests", arguments: [429, 503])
  func endlessStorm(status: Int) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(Self.files) { _ in .whole(status, [], #"{"error": "too many millers"}"#) }
      let error = await PullSetting(hub, in: folder).failure()
      guard case .failed(_, let why, 4)? = error else {
        Issue.record("expected a failure after four requests, found \(String(describing: error))")
        return
      }
      #expect(why.contains("\(status)") && why.contains("too many millers"))
      #expect(hub.server.requests.count == 4)
    }
  }

  @Test("a hub that wants to be asked again next week is not waited for")
  func longWish() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(Self.files) { _ in .whole(429, [("Retry-After", "600000")]) }
      let pull = PullSetting(hub, in: folder)
      guard case .failed(_, let why, 1)? = await pull.failure() else {
        Issue.record("expected a failure at once")
        return
      }
      #expect(why.contains("too long"))
      #expect(pull.pace.sleeps.isEmpty)
    }
  }

  @Test("who is refused is told why and what to do", arguments: [401, 403])
  func refused(status: Int) async throws {
    try await Folders.temporary { folder in
      let gated = try FakeHub(Self.files) { _ in .whole(status, [("X-Error-Code", "GatedRepo")], "no") }
      var pull = PullSetting(gated, in: folder)
      let error = try #require(await pull.failure())
      guard case .gated = error else {
        Issue.record("expected gated, found \(error)")
        return
      }
      #expect("\(error)".contains("gated") && "\(error)".contains("HF_TOKEN"))
      let plain = try FakeHub(Self.files) { _ in .whole(status) }
      pull = PullSetting(plain, in: folder)
      let other = try #require(await pull.failure())
      #expect(
        other
          == (status == 403
            ? .forbidden(what: "lantern-vale/mill, revision main", said: nil)
            : .unauthorized(repository: plain.repository, variable: "HF_TOKEN", hasToken: false, said: nil))
      )
      #expect(plain.server.requests.count == 1)
    }
  }

  @Test("what does not exist is told as that: repository, revision, file")
  func absent() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(Self.files)
      var pull = PullSetting(hub, in: folder)
      pull.revision = "harvest"
      #expect(await pull.failure() == .noRevision("harvest", repository: hub.repository))
      let none = try FakeHub(Self.files) { _ in .whole(404, [("X-Error-Code", "RepoNotFound")]) }
      #expect(
        await PullSetting(none, in: folder).failure()
          == .noRepository(none.repository, variable: "HF_TOKEN", hasToken: false)
      )
      let lost = try FakeHub(Self.files) { request in FakeHub.isContent(request) ? .whole(404) : nil }
      guard case .noFile? = await PullSetting(lost, in: folder).failure() else {
        Issue.record("expected the file to be missed")
        return
      }
    }
  }

  @Test("an address that has expired is asked for again")
  func expired() async throws {
    try await Folders.temporary { folder in
      let turn = Counter()
      let hub = try FakeHub(
        Self.files,
        hasStore: true,
        storeMischief: { _ in turn.next() == 4 ? .whole(403, [], "expired") : nil }
      )
      let pull = PullSetting(hub, in: folder)
      try await pull.run()
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
    }
  }

  @Test(
    "a listing that is no listing is refused",
    arguments: [
      "", "{", "[]", #"{"sha": "main"}"#, #"{"sha": 7}"#, #"{"sha": "0123456789012345678901234567890123456789", "#,
    ]
  )
  func badRevision(text: String) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(Self.files) { $0.path.contains("/revision/") ? .whole(200, [], text) : nil }
      let error = try #require(await PullSetting(hub, in: folder).failure())
      #expect(error.isOutside)
      #expect("\(error)".contains("revision main"))
    }
  }

  @Test(
    "an entry whose type, path, size or checksum cannot be used is refused",
    arguments: [
      #"{"type": "file"}"#, #"7"#,
      #"{"type": "file", "path": "config.json", "size": -3, "oid": "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"}"#,
      #"{"type": "file", "path": "config.json", "size": 3, "oid": "E69DE29BB2D1D6434B8B29AE775AD8C2E48C5391"}"#,
      #"{"type": "file", "path": "config.json", "size": 3, "oid": "../../../../etc/passwd"}"#,
      #"{"type": "file", "path": "a", "size": 3, "lfs": {"oid": "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "size": 3}}"#,
    ]
  )
  func badEntry(entry: String) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(Self.files) { $0.path.contains("/tree/") ? .whole(200, [], "[\(entry)]") : nil }
      guard case .badAnswer? = await PullSetting(hub, in: folder).failure() else {
        Issue.record("expected the entry to be refused")
        return
      }
    }
  }

  @Test(
    "a mirror that lists files in the older way, with or without checksums, gives them all",
    arguments: [true, false]
  )
  func olderListing(hasChecksums: Bool) async throws {
    try await Folders.temporary { folder in
      let bare =
        #"{"sha": "\#(FakeHub.commit)", "siblings": [\#(Self.files.map { #"{"rfilename": "\#($0.path)"}"# }.joined(separator: ","))]}"#
      let hub = try FakeHub(Self.files, hasStore: true) { request in
        if request.path.contains("/tree/") { return .whole(404) }
        return !hasChecksums && request.path.contains("/revision/") ? .whole(200, [], bare) : nil
      }
      let pull = PullSetting(hub, in: folder)
      let plan = try await pull.run()
      #expect(plan.totalBytes == 10_025 && plan.otherFiles == 2)
      #expect(pull.bytes(pull.snapshot.appendingPathComponent("model.safetensors")) == Self.weights.bytes)
      #expect(hub.server.requests.count { $0.method == "HEAD" } == (hasChecksums ? 0 : 3))
      #expect(try #require(hub.store).requests.allSatisfy { $0.method == "GET" }, "the hub itself knows the checksum")
    }
  }

  @Test("a file whose checksum nobody tells is refused", arguments: ["", "\"v1\"", "\"../../etc/passwd\""])
  func noChecksum(tag: String) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(Self.files) { request in
        if request.path.contains("/tree/") {
          return .whole(200, [], #"[{"type": "file", "path": "config.json", "size": 23}]"#)
        }
        let head = [("Content-Length", "23")] + (tag.isEmpty ? [] : [("ETag", tag)])
        return request.method == "HEAD" ? Answer([.bytes(Answer.head(200, head))]) : nil
      }
      guard case .badAnswer(_, let why)? = await PullSetting(hub, in: folder).failure() else {
        Issue.record("expected the file to be refused")
        return
      }
      #expect(why.contains("could not be verified"))
    }
  }

  @Test("pages that go in a circle, or to another host, end")
  func pages() async throws {
    try await Folders.temporary { folder in
      let circle = try FakeHub(Self.files) { request in
        request.path.contains("/tree/") ? .whole(200, [("Link", "<\(request.path)>; rel=\"next\"")], "[]") : nil
      }
      guard case .badAnswer(_, let why)? = await PullSetting(circle, in: folder).failure() else {
        Issue.record("expected the circle to be told")
        return
      }
      #expect(why.contains("circle"))
      let other = try HTTPTestServer { _ in .whole(200, [], "[]") }
      let away = try FakeHub(Self.files) { request in
        request.path.contains("/tree/") ? .whole(200, [("Link", "<\(other.url)/x>; rel=\"next\"")], "[]") : nil
      }
      guard case .badAnswer? = await PullSetting(away, in: folder).failure() else {
        Issue.record("expected the other host to be told")
        return
      }
      #expect(other.requests.isEmpty)
    }
  }
}

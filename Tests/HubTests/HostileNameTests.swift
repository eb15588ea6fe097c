import Foundation
import JSON
import TestKit
import Testing

@testable import Hub

@Suite("Hostile names in a listing", .timeLimit(.minutes(10)))
struct HostileNameTests {
  @Test(
    "names that lead elsewhere are refused before anything is fetched or written",
    arguments: [
      "../config.json", "a/../../config.json", "/etc/passwd", "a//b", "./config.json", "a/.", "a/", "",
      "con\u{0}fig.json",
      "config.json\nerror: forged", "a\rb", "\u{1B}[2J", "..", "a\\..\\b", ".git/config", ".cache/huggingface/x",
      String(repeating: "x", count: 256), String(repeating: "x/", count: 600) + "x",
    ]
  )
  func unsafe(name: String) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint() + [FakeHub.File(name, [0x41])])
      let pull = PullSetting(hub, in: folder)
      let error = try #require(await pull.failure())
      guard case .unsafeName(let found, _, _) = error else {
        Issue.record("expected the name to be refused, found \(error)")
        return
      }
      #expect(found == name)
      #expect(!"\(error)".contains("\n") && !"\(error)".contains("\u{1B}") && !"\(error)".contains("\u{0}"))
      #expect(hub.contentRequests.isEmpty)
      #expect(FileSystem.kind(pull.cache.folder) == nil)
    }
  }

  @Test("what is no file is refused", arguments: ["symlink", "commit", "fifo"])
  func types(type: String) async throws {
    try await Folders.temporary { folder in
      let entry = #"[{"type": "\#(type)", "path": "model.safetensors", "size": 3, "oid": "ab"}]"#
      let hub = try FakeHub([]) { $0.path.contains("/tree/") ? .whole(200, [], entry) : nil }
      guard case .unsafeName? = await PullSetting(hub, in: folder).failure() else {
        Issue.record("expected the type to be refused")
        return
      }
    }
  }

  @Test(
    "wanted names that collide are refused, in either order",
    arguments: [
      ("notes/Mill.txt", "notes/mill.txt"), ("notes", "notes/mill.txt"), ("Notes/a.txt", "notes/b.txt"),
      ("m\u{FC}hle.txt", "mu\u{308}hle.txt"), ("NOTES", "notes/mill.txt"),
    ]
  )
  func collisions(first: String, second: String) async throws {
    try await Folders.temporary { folder in
      for names in [[first, second], [second, first]] {
        let files = FakeHub.checkpoint() + names.map { FakeHub.File($0, Array($0.utf8)) }
        var pull = PullSetting(try FakeHub(files), in: folder)
        #expect(await pull.failure() == nil, "nobody wants them")
        pull.choice = FileChoice(include: names)
        guard case .collision? = await pull.failure() else {
          Issue.record("expected \(names) to collide")
          return
        }
      }
    }
  }

  @Test("odd names that are safe come through, escaped on their way")
  func odd() async throws {
    try await Folders.temporary { folder in
      let names = [
        "notes/a b.txt", "notes/50%.txt", "notes/what?.txt", "notes/#1.txt", "notes/M\u{FC}hle & Co+.txt", "notes/...",
        "-rf",
      ]
      let hub = try FakeHub(FakeHub.checkpoint() + names.map { FakeHub.File($0, Array($0.utf8)) })
      var pull = PullSetting(hub, in: folder)
      pull.choice = FileChoice(include: ["notes/", "-rf"])
      try await pull.run()
      for name in names { #expect(pull.bytes(pull.snapshot.appendingPathComponent(name)) == Array(name.utf8)) }
    }
  }

  @Test("names of repositories and revisions that could lead elsewhere are refused")
  func names() throws {
    for good in ["gpt2", "lantern-vale/mill", "A.b/c_d-1.5"] { #expect(try HubRepository(good).id == good) }
    for bad in [
      "", "/", "a/", "/b", "a/b/c", "..", "a/..", "a--b/c", "-a/b", "a/b.", "a b/c", "a/b\n", "a/b?x", "m\u{FC}hle/a",
    ] {
      #expect(throws: HubError.self, "\(bad)") { try HubRepository(bad) }
    }
    for good in ["main", "v1.0", "refs/pr/3", "feature/bell_2"] { #expect(try HubRevision(good).name == good) }
    for bad in ["", "..", "a/../b", "/main", "main/", "a b", "a\nb", "a:b", "a~1", "HEAD^", "a@{1}"] {
      #expect(throws: HubError.self, "\(bad)") { try HubRevision(bad) }
    }
    #expect(try HubReference.parse("folder/hub:x") == nil)
    #expect(try HubReference.parse("hub:a/b")?.description == "hub:a/b@main")
    #expect(try HubReference.parse("hub:a/b@refs/pr/3")?.revision.name == "refs/pr/3")
    #expect(throws: HubError.self) { try HubReference.parse("hub:a/b@") }
    #expect(throws: HubError.self) { try HubReference.parse("hub:") }
  }
}

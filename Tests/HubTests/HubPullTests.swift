import Foundation
import Locking
import TestKit
import Testing

@testable import Hub

@Suite("Pull", .timeLimit(.minutes(10)))
struct HubPullTests {
  @Test("a checkpoint comes into the cache as huggingface_hub lays it out", arguments: [false, true])
  func layout(hasStore: Bool) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint(), hasStore: hasStore)
      let pull = PullSetting(hub, in: folder)
      let plan = try await pull.run()
      #expect(plan.commit == FakeHub.commit)
      #expect(plan.files.map(\.file.path) == ["config.json", "model.safetensors", "tokenizer.json"])
      #expect(plan.otherFiles == 2)
      #expect(plan.folder == pull.snapshot.path)
      #expect(plan.missingBytes == plan.totalBytes)
      for file in hub.files where plan.files.contains(where: { $0.file.path == file.path }) {
        let shown = pull.snapshot.appendingPathComponent(file.path)
        #expect(pull.bytes(shown) == file.bytes)
        #expect(FileSystem.target(ofLink: shown.path) == "../../blobs/\(file.hash)")
      }
      #expect(pull.blobs.count == 3)
      #expect(FileSystem.text(pull.home.appendingPathComponent("refs/main").path) == FakeHub.commit)
      let absent = pull.home.appendingPathComponent(".no_exist/\(FakeHub.commit)")
      #expect(FileSystem.names(in: absent.path).contains("generation_config.json"))
      #expect(!FileSystem.names(in: absent.path).contains("tokenizer.json"))
      #expect(FileSystem.names(in: pull.home.path) == [".no_exist", "blobs", "refs", "snapshots"])
    }
  }

  @Test("a big file comes in ranges, each once; its redirect is asked for once a connection at most")
  func ranges() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint(weightBytes: 10_500), hasStore: true)
      try await PullSetting(hub, in: folder).run()
      let ranges = try #require(hub.store).requests.compactMap { FakeHub.range($0) }
      #expect(
        ranges.sorted { $0.lowerBound < $1.lowerBound } == (0..<11).map { $0 * 1000..<min(10_500, $0 * 1000 + 1000) }
      )
      #expect(
        hub.server.requests.count { $0.path.contains("/resolve/") && $0.path.hasSuffix("model.safetensors") } <= 3
      )
    }
  }

  @Test("what is there is verified and not fetched again; a spoilt blob is")
  func again() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      let pull = PullSetting(hub, in: folder)
      try await pull.run()
      let before = hub.contentRequests.count
      #expect(try await pull.run().missingBytes == 0)
      #expect(hub.contentRequests.count == before)
      let blob = pull.home.appendingPathComponent("blobs/\(hub.files[2].hash)")
      var bytes = hub.files[2].bytes
      bytes[77] ^= 1
      try Data(bytes).write(to: blob)
      #expect(try await pull.run().missingBytes == bytes.count)
      #expect(pull.bytes(blob) == hub.files[2].bytes)
    }
  }

  @Test("the sizes are told before the first byte comes")
  func planned() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      let events = Locked<[String]>([])
      try await PullSetting(hub, in: folder).run { event in
        events.withLock { events in
          switch event {
          case .planned(let plan): events.append("planned \(plan.missingBytes) \(hub.contentRequests.count)")
          case .fetched: events.append("fetched")
          default: break
          }
        }
      }
      let all = events.withLock { $0 }
      #expect(all.first == "planned \(10_000 + 23 + 2) 0")
      #expect(all.dropFirst().allSatisfy { $0 == "fetched" } && all.count > 10)
    }
  }

  @Test("include adds files, exclude takes them away and wins")
  func choice() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      var pull = PullSetting(hub, in: folder)
      pull.choice = FileChoice(include: ["*.bin", "README*"], exclude: ["*.safetensors", "README*"])
      #expect(try await pull.run().files.map(\.file.path) == ["config.json", "pytorch_model.bin", "tokenizer.json"])
      pull.choice = FileChoice(exclude: ["*"])
      #expect(await pull.failure() == .nothingChosen(repository: hub.repository))
    }
  }

  @Test("a listing of many pages is read whole")
  func hugeListing() async throws {
    try await Folders.temporary { folder in
      let others = (0..<2500).map { FakeHub.File("notes/day-\($0).txt", Array("bell \($0)\n".utf8)) }
      let hub = try FakeHub(FakeHub.checkpoint() + others, pageEntries: 300)
      let plan = try await PullSetting(hub, in: folder).run()
      #expect(plan.otherFiles == 2502)
      #expect(plan.files.count == 3)
    }
  }

  @Test("an empty file and two names of one content come, too")
  func sameContent() async throws {
    try await Folders.temporary { folder in
      let twin = FakeHub.bytes(2500, seed: 9)
      let files = [
        FakeHub.File("config.json", []), FakeHub.File("model-00001-of-00002.safetensors", twin, isLarge: true),
        FakeHub.File("model-00002-of-00002.safetensors", twin, isLarge: true),
      ]
      let hub = try FakeHub(files)
      var pull = PullSetting(hub, in: folder)
      #expect(try await pull.run().missingBytes == 2500)
      for file in files { #expect(pull.bytes(pull.snapshot.appendingPathComponent(file.path)) == file.bytes) }
      pull.target = folder.appendingPathComponent("plain").path
      let before = hub.contentRequests.count
      try await pull.run()
      #expect(hub.contentRequests.count == before, "the folder's files are copied from the cache")
      let plain = folder.appendingPathComponent("plain")
      for file in files { #expect(pull.bytes(plain.appendingPathComponent(file.path)) == file.bytes) }
      try FileManager.default.removeItem(at: plain.appendingPathComponent(files[2].path))
      try await pull.run()
      for file in files { #expect(pull.bytes(plain.appendingPathComponent(file.path)) == file.bytes) }
    }
  }

  @Test("a folder's own files are never overwritten, those of an earlier pull are")
  func folder() async throws {
    try await Folders.temporary { folder in
      let plain = folder.appendingPathComponent("plain")
      let old = try FakeHub(FakeHub.checkpoint())
      var pull = PullSetting(old, in: folder)
      pull.target = plain.path
      try await pull.run()
      var files = FakeHub.checkpoint()
      files[0].bytes = Array(#"{"model_type": "mill"}"#.utf8)
      pull = PullSetting(try FakeHub(files), in: folder)
      pull.target = plain.path
      try await pull.run()
      #expect(pull.bytes(plain.appendingPathComponent("config.json")) == files[0].bytes)
      // What is staged does not overwrite either.
      let staged = plain.appendingPathComponent(".cache/huggingface/download/tribunal/\(files[4].hash)")
      try Data(files[4].bytes).write(to: staged)
      let mine = Array("Bram's own notes".utf8)
      try Data(mine).write(to: plain.appendingPathComponent("tokenizer.json"))
      #expect(await pull.failure() == .occupied(path: "\(plain.path)/tokenizer.json"))
      #expect(pull.bytes(plain.appendingPathComponent("tokenizer.json")) == mine)
    }
  }

  @Test("a link in the folder leads nothing out of it")
  func linkInFolder() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint() + [FakeHub.File("additional_chat_templates/tool.jinja", [0x41])])
      var pull = PullSetting(hub, in: folder)
      let (plain, outside) = (folder.appendingPathComponent("plain"), folder.appendingPathComponent("outside"))
      for made in [plain, outside] {
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
      }
      let link = plain.appendingPathComponent("additional_chat_templates")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: outside)
      pull.target = plain.path
      #expect(await pull.failure() == .noFolder(path: link.path))
      #expect(FileSystem.names(in: outside.path).isEmpty)
    }
  }

  @Test("too little room is told before anything is fetched")
  func noSpace() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      var pull = PullSetting(hub, in: folder)
      pull.freeBytes = { _ in 10_024 }
      #expect(await pull.failure() == .noSpace(folder: pull.snapshot.path, needed: 10_025, free: 10_024))
      #expect(hub.contentRequests.isEmpty)
      pull.freeBytes = { _ in 10_025 }
      #expect(await pull.failure() == nil)
    }
  }

  @Test("a cache that cannot be made is one error that names it")
  func unwritable() async throws {
    try await Folders.temporary { folder in
      try Data().write(to: folder.appendingPathComponent("hub"))
      let error = await PullSetting(try FakeHub(FakeHub.checkpoint()), in: folder).failure()
      guard case .system(let path, _)? = error else {
        Issue.record("expected an error of the file system, found \(String(describing: error))")
        return
      }
      #expect(path.hasPrefix(folder.appendingPathComponent("hub").path))
    }
  }

  @Test("offline, the cache is all there is: found, verified, or named with the command that fetches it")
  func offline() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      var pull = PullSetting(hub, in: folder)
      pull.isOffline = true
      let error = try #require(await pull.failure())
      #expect(error == .notCached(try pull.reference(), cache: pull.cache.folder))
      #expect("\(error)".contains("tribunal pull lantern-vale/mill"))
      pull.isOffline = false
      try await pull.run()
      let before = hub.server.requests.count
      pull.isOffline = true
      #expect(try await pull.run().files.count == 3)
      pull.target = folder.appendingPathComponent("plain").path
      try await pull.run()
      #expect(pull.bytes(folder.appendingPathComponent("plain/model.safetensors")) == hub.files[2].bytes)
      pull.target = nil
      try Data([1]).write(to: pull.home.appendingPathComponent("blobs/\(hub.files[0].hash)"))
      #expect(
        await pull.failure()
          == .incomplete(try pull.reference(), folder: pull.home.path, missing: "config.json with the right content")
      )
      #expect(hub.server.requests.count == before)
    }
  }

  @Test("two pulls at once fetch each byte once")
  func twoAtOnce() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint(weightBytes: 30_000))
      let pull = PullSetting(hub, in: folder)
      async let first = pull.run()
      async let second = pull.run()
      _ = try await (first, second)
      let ranges = hub.contentRequests.filter { $0.path.hasSuffix("model.safetensors") }.compactMap {
        FakeHub.range($0)
      }
      #expect(ranges.count == 30)
      #expect(Set(ranges.map(\.lowerBound)).count == 30)
    }
  }
}

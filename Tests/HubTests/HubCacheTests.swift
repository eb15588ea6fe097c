import Foundation
import TestKit
import Testing

@testable import Hub

@Suite("The cache", .timeLimit(.minutes(10)))
struct HubCacheTests {
  @Test(
    "the environment names its place as for huggingface_hub",
    arguments: [
      (["HF_HUB_CACHE": "/a", "HF_HOME": "/b", "HOME": "/c"], "/a"),
      (["HUGGINGFACE_HUB_CACHE": "/a", "HOME": "/c"], "/a"),
      (["HF_HOME": "/b", "XDG_CACHE_HOME": "/d", "HOME": "/c"], "/b/hub"),
      (["XDG_CACHE_HOME": "/d", "HOME": "/c"], "/d/huggingface/hub"), (["HOME": "/c"], "/c/.cache/huggingface/hub"),
      (["HF_HOME": "~/x", "HOME": "/c"], "/c/x/hub"),
      (["HF_HUB_CACHE": "$D/x/${HOME}", "D": "/d", "HOME": "c"], "/d/x/c"),
      (["HF_HUB_CACHE": "", "HOME": "/c"], "/c/.cache/huggingface/hub"),
    ]
  )
  func place(environment: [String: String], folder: String) throws {
    #expect(try HubCache(environment: environment).folder == folder)
  }

  @Test("without any place there is one error")
  func noPlace() { #expect(throws: HubError.noCache) { try HubCache(environment: [:]) } }

  @Test("a reference is found by branch and by commit, and what lacks is named with the command")
  func references() async throws {
    try await Folders.temporary { folder in
      let index = #"{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}"#
      let files = [
        FakeHub.File("config.json", Array("{}".utf8)), FakeHub.File("model.safetensors.index.json", Array(index.utf8)),
        FakeHub.File("model-00001-of-00002.safetensors", FakeHub.bytes(50), isLarge: true),
        FakeHub.File("model-00002-of-00002.safetensors", FakeHub.bytes(60), isLarge: true),
      ]
      let pull = PullSetting(try FakeHub(files), in: folder)
      try await pull.run()
      let environment = ["HF_HUB_CACHE": pull.cache.folder]
      for revision in ["main", FakeHub.commit] {
        let found = try CheckpointReference("hub:lantern-vale/mill@\(revision)", environment: environment)
        #expect(found.folder == pull.snapshot.path)
        #expect(found.commit == FakeHub.commit)
      }
      #expect(try CheckpointReference("mill", relativeTo: "/vale", environment: [:]).folder == "/vale/mill")
      #expect(try CheckpointReference("mill", environment: [:]).commit == nil)
      let none = #expect(throws: HubError.self) {
        try CheckpointReference("hub:lantern-vale/mill@harvest", environment: environment)
      }
      #expect("\(try #require(none))".contains("tribunal pull lantern-vale/mill --revision harvest"))
      try FileManager.default.removeItem(at: pull.snapshot.appendingPathComponent("model-00002-of-00002.safetensors"))
      let part = #expect(throws: HubError.self) {
        try CheckpointReference("hub:lantern-vale/mill", environment: environment)
      }
      guard case .incomplete(_, _, "model-00002-of-00002.safetensors")? = part else {
        Issue.record("expected the shard to be missed, found \(String(describing: part))")
        return
      }
    }
  }

  @Test("a ref that leads nowhere is no checkpoint", arguments: ["../../etc", "", "main", "0123"])
  func badRef(text: String) async throws {
    try await Folders.temporary { folder in
      let pull = PullSetting(try FakeHub(FakeHub.checkpoint()), in: folder)
      let refs = pull.home.appendingPathComponent("refs")
      try FileManager.default.createDirectory(at: refs, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: refs.appendingPathComponent("main"))
      #expect(throws: HubError.notCached(try pull.reference(), cache: pull.cache.folder)) {
        try pull.cache.checkpoint(try pull.reference())
      }
    }
  }

  @Test("other forms of the same weights are left out")
  func choice() {
    let names = [
      "config.json", "consolidated.safetensors", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
      "model.safetensors.index.json", "original/model.safetensors", "onnx/model.onnx", "pytorch_model.bin", "x.gguf",
      "qwen.tiktoken", "tokenizer.model", "tribunal_edit.json",
    ]
    #expect(
      FileChoice().chosen(names) == [
        "config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
        "model.safetensors.index.json", "qwen.tiktoken", "tokenizer.model", "tribunal_edit.json",
      ]
    )
    #expect(FileChoice().chosen(["consolidated.safetensors", "a.safetensors"]).count == 2)
    #expect(FileChoice().chosen(["model.safetensors", "adapter.safetensors"]) == ["model.safetensors"])
    #expect(FileChoice(include: ["original/"]).chosen(names).contains("original/model.safetensors"))
    #expect(FileChoice(include: ["[!a]?ig.onnx", "*.onnx"]).chosen(names).contains("onnx/model.onnx"))
  }

  @Test(
    "sizes read as hubs show them",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_250_000, "1.3 MB"), (999_999, "1.0 MB"), (123_456_789, "123 MB"),
      (61_000_000_000, "61.0 GB"),
    ]
  )
  func sizes(bytes: Int, words: String) { #expect(ByteCount.words(bytes) == words) }
}

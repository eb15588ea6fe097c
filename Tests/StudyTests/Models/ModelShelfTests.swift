import Foundation
import Inference
import JudgeKit
import Study
import TestKit
import Testing

@Suite("Shelf of checkpoints", .timeLimit(.minutes(10)))
struct ModelShelfTests {
  private static func folder(_ name: String) -> String {
    Folders.demo.appendingPathComponent("checkpoints/\(name)").path
  }

  @Test("a checkpoint is loaded once, whoever asks at the same time")
  func once() async throws {
    let shelf = ModelShelf(threads: 1, compute: .bf16)
    let engines = try await withThrowingTaskGroup(of: Engine.self) { group in
      for _ in 0..<8 { group.addTask { try await shelf.engine(folder: Self.folder("judge")) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(engines.count == 8)
    #expect(engines.allSatisfy { $0 === engines[0] })
    #expect(engines[0].checkpoint.folder == Self.folder("judge"))
    #expect(engines[0].checkpoint.compute == .bf16)
  }

  @Test("the checkpoint longest unused makes room")
  func eviction() async throws {
    let shelf = ModelShelf(threads: 1, compute: .bf16, keep: 2)
    let judge = try await shelf.engine(folder: Self.folder("judge"))
    let raw = try await shelf.engine(folder: Self.folder("raw"))
    #expect(try await shelf.engine(folder: Self.folder("judge")) === judge)
    _ = try await shelf.engine(folder: Self.folder("oracle"))
    #expect(try await shelf.engine(folder: Self.folder("judge")) === judge)
    #expect(try await shelf.engine(folder: Self.folder("raw")) !== raw)
  }

  @Test("a failed load is told to all who wait and tried anew next time")
  func failure() async throws {
    try await Folders.temporary { folder in
      let shelf = ModelShelf(threads: 1, compute: .bf16)
      let path = folder.appendingPathComponent("late").path
      await #expect(throws: CheckpointError.self) { try await shelf.engine(folder: path) }
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: Self.folder("judge"))
      #expect(try await shelf.engine(folder: path).checkpoint.folder == path)
    }
  }

  @Test("checkpoints of equal shapes are told apart by their numbers")
  func identities() throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: Folders.demo.appendingPathComponent("checkpoints").path
    )
    let identities = try names.map { try CheckpointIdentity.full(folder: Self.folder($0)) }
    #expect(names.count == 8)
    #expect(Set(identities).count == 8)
    #expect(try CheckpointIdentity.full(folder: Self.folder(names[0])) == identities[0])
  }

  @Test("local models have the checkpoint's identity, loaded or not, and nobody who answered")
  func localModels() async throws {
    let models = LocalModels(shelf: ModelShelf(threads: 1, compute: .bf16))
    let model = try await models.languageModel(folder: Self.folder("judge"))
    #expect(try models.modelIdentity(folder: Self.folder("judge")) == model.identity)
    #expect(try models.modelIdentity(folder: Self.folder("raw")) != model.identity)
    let reference = LocalModels(shelf: ModelShelf(threads: 1, compute: .f32))
    #expect(try reference.modelIdentity(folder: Self.folder("judge")) != model.identity)
    let error = await #expect(throws: JudgeFailure.self) {
      try await models.respondent(of: Item(id: "1", prompt: "p", response: "r"))
    }
    guard case .fatal(.outOfScope, _) = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }
}

import Abliteration
import Foundation
import Inference
import JSON
import Tensors
import TestKit
import Testing

@Suite("Exported checkpoints", .timeLimit(.minutes(10)))
struct ExportTests {
  private static let source = DemoFolder.checkpoint("instruct").path

  private static func prompts() throws -> [String] {
    try DemoFolder.prompts("harmful_eval", count: 20) + DemoFolder.prompts("harmless_eval", count: 20)
  }

  @Test("a float32 export loads again and is the lane", arguments: ComputePath.exact, EditPreset.allCases)
  func roundTrip(compute: ComputePath, preset: EditPreset) async throws {
    let fixture = try InstructFixture(compute)
    let lane = EditLane(direction: try InstructFixture.rows("direction")[4], sites: preset.sites)
    try await Folders.temporary { folder in
      let target = folder.appendingPathComponent("edited").path
      let report = try CheckpointExport.write(
        lane,
        of: Self.source,
        model: fixture.checkpoint.model,
        to: target,
        precision: .f32,
        provenance: ["layer": 4]
      )
      #expect(
        Set(report.rows.map(\.tensor)) == Set(EditTarget.all(of: lane, in: fixture.checkpoint.model).map(\.tensor))
      )
      for row in report.rows {
        #expect((0.05...0.5).contains(row.relativeChange))
        #expect(row.leftover < 1e-6)
        #expect(row.roundingError == 0)
      }
      let edited = try LanguageCheckpoint(folder: target, compute: compute)
      #expect(edited.identity != fixture.checkpoint.identity)
      let comparison = try await EditComparison.comparing(
        lane: lane,
        on: fixture.engine,
        with: try Engine(edited, threads: 2),
        prompts: fixture.checkpoint.promptTokens(asking: Self.prompts()),
        newTokens: 48
      )
      #expect(comparison.promptCount == 40)
      #expect(comparison.equalAnswers == 40)
      #expect(comparison.largestLogitDifference <= 1e-3)
      #expect(comparison.logitDeviation > 1)
      #expect(comparison.agrees())
      #expect(try JSONDocument.read(file: "\(target)/config.json").root["torch_dtype"]?.string == "float32")
      #expect(try JSONDocument.read(file: "\(target)/tribunal_edit.json").root["layer"]?.integer == 4)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["edited"])
    }
  }

  @Test("the unedited tensors and the files beside them are copied as they are")
  func copies() async throws {
    let fixture = try InstructFixture(.bf16)
    try await Folders.temporary { folder in
      let target = folder.appendingPathComponent("edited")
      // A trailing slash names the same folder.
      let lane = EditLane(direction: try InstructFixture.lane().direction, sites: [.mlpOutput], layers: 1...1)
      let report = try CheckpointExport.write(
        lane,
        of: Self.source,
        model: fixture.checkpoint.model,
        to: target.path + "/",
        precision: .bf16,
        provenance: [:]
      )
      #expect(report.rows.map(\.tensor) == ["model.layers.1.mlp.down_proj.weight"])
      let (before, after) = (try CheckpointWeights(folder: Self.source), try CheckpointWeights(folder: target.path))
      #expect(before.names == after.names)
      for name in before.names {
        guard let a = before[name], let b = after[name] else { continue }
        #expect(a.dtype == b.dtype && a.shape == b.shape)
        let isEqual = a.withBytes { x in b.withBytes { y in x.elementsEqual(y) } }
        #expect(isEqual == (name != "model.layers.1.mlp.down_proj.weight"), "\(name)")
      }
      for name in ["config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
        #expect(try FileBytes.read("\(Self.source)/\(name)") == FileBytes.read("\(target.path)/\(name)"))
      }
    }
  }

  @Test("a bfloat16 export states its rounding and stays near the lane")
  func bf16() async throws {
    let fixture = try InstructFixture(.bf16)
    let lane = try InstructFixture.lane()
    try await Folders.temporary { folder in
      let target = folder.appendingPathComponent("edited").path
      let report = try CheckpointExport.write(
        lane,
        of: Self.source,
        model: fixture.checkpoint.model,
        to: target,
        precision: .bf16,
        provenance: [:]
      )
      // Half a unit in the last of eight bits is at most 2⁻⁹ of a value.
      for row in report.rows { #expect(row.roundingError > 1e-4 && row.roundingError <= 0x1p-9) }
      for row in report.rows { #expect(row.leftover > 0 && row.leftover < 0.01) }
      let edited = try Engine(try LanguageCheckpoint(folder: target, compute: .bf16), threads: 2)
      let answers = try await InstructFixture.answers(edited, Self.prompts())
      let lanes = try await InstructFixture.answers(fixture.engine, Self.prompts(), lane: lane)
      #expect(zip(answers, lanes).count { $0 == $1 } >= 36)
    }
  }

  @Test("sharded weights stay sharded, and a second copy of a tied head is left out")
  func shards() async throws {
    try await Folders.temporary { folder in
      let source = folder.appendingPathComponent("source")
      try DemoFolder.copy("instruct", to: source)
      try Self.shard(source)
      let checkpoint = try LanguageCheckpoint(folder: source.path, compute: .bf16)
      let lane = try InstructFixture.lane()
      let target = folder.appendingPathComponent("edited").path
      let report = try CheckpointExport.write(
        lane,
        of: source.path,
        model: checkpoint.model,
        to: target,
        precision: .f32,
        provenance: [:]
      )
      #expect(report.rows.count == 9)
      let weights = try CheckpointWeights(folder: target)
      #expect(weights.files.count == 2)
      #expect(weights["lm_head.weight"] == nil)
      let edited = try Engine(try LanguageCheckpoint(folder: target, compute: .bf16), threads: 2)
      let answers = try await InstructFixture.answers(edited, Self.prompts())
      let lanes = try await InstructFixture.answers(try InstructFixture(.bf16).engine, Self.prompts(), lane: lane)
      #expect(answers == lanes)
    }
  }

  /// Splits the weights in two files and adds a copy of the embedding as head, as some checkpoints have it.
  private static func shard(_ folder: URL) throws {
    let single = folder.appendingPathComponent("model.safetensors")
    var all = try SafetensorsFile(path: single.path).tensors.map { tensor in
      TensorData(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, bytes: tensor.withBytes { Array($0) })
    }
    let head = all.first { $0.name == "model.embed_tokens.weight" }
    if let head {
      all.append(TensorData(name: "lm_head.weight", dtype: head.dtype, shape: head.shape, bytes: head.bytes))
    }
    var map: JSONObject = [:]
    for (index, part) in [all[..<20], all[20...]].enumerated() {
      let name = "model-\(index + 1)-of-2.safetensors"
      try SafetensorsWriter.write(Array(part), to: folder.appendingPathComponent(name).path)
      for tensor in part { map[tensor.name] = .string(name) }
    }
    let index: JSONValue = ["weight_map": .object(map)]
    try Data(index.text().utf8).write(to: folder.appendingPathComponent("model.safetensors.index.json"))
    try FileManager.default.removeItem(at: single)
  }

  @Test("an existing folder or file is refused and stays as it is")
  func existing() async throws {
    let fixture = try InstructFixture(.bf16)
    try await Folders.temporary { folder in
      let target = folder.appendingPathComponent("kept")
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
      try Data("mine".utf8).write(to: target.appendingPathComponent("note"))
      for path in [target.path, target.path + "/", target.appendingPathComponent("note").path] {
        let error = #expect(throws: ExportError.self) { try Self.write(try InstructFixture.lane(), fixture, to: path) }
        #expect(error?.description.contains("exists already") == true)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kept"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == ["note"])
    }
  }

  @Test("a failure leaves nothing behind")
  func failures() async throws {
    let fixture = try InstructFixture(.bf16)
    let lane = try InstructFixture.lane()
    try await Folders.temporary { folder in
      // A file beside the weights that cannot be read comes after the weights were written.
      let source = folder.appendingPathComponent("source")
      try DemoFolder.copy("instruct", to: source)
      try FileManager.default.createDirectory(
        at: source.appendingPathComponent("odd.json"),
        withIntermediateDirectories: false
      )
      let target = folder.appendingPathComponent("edited").path
      let late = #expect(throws: ExportError.self) { try Self.write(lane, fixture, of: source.path, to: target) }
      #expect(late?.description.contains("odd.json") == true)
      // Directions of another width, a source that is gone, a parent that is not there.
      let narrow = EditLane(direction: [1, 2], sites: [.mlpOutput])
      let width = #expect(throws: ExportError.self) { try Self.write(narrow, fixture, to: target) }
      #expect(width?.description.contains("direction has 2 numbers") == true)
      #expect(throws: ExportError.self) { try Self.write(lane, fixture, of: folder.path + "/gone", to: target) }
      #expect(throws: ExportError.self) { try Self.write(lane, fixture, to: folder.path + "/no/edited") }
      #expect(throws: ExportError.self) { try Self.write(lane, fixture, to: "") }
      let wild = EditLane(direction: lane.direction, sites: [.mlpOutput], strength: .infinity)
      let infinite = #expect(throws: ExportError.self) { try Self.write(wild, fixture, to: target) }
      #expect(infinite?.description.contains("NaN or infinite") == true)
      var taller = fixture.checkpoint.model
      taller.layers.append(taller.layers[0])
      let missing = #expect(throws: ExportError.self) {
        try CheckpointExport.write(lane, of: Self.source, model: taller, to: target, precision: .f32, provenance: [:])
      }
      #expect(missing?.description.contains("model.layers.4.self_attn.o_proj.weight\" is missing") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["source"])
    }
  }

  private static func write(_ lane: EditLane, _ fixture: InstructFixture, of source: String? = nil, to target: String)
    throws
  {
    _ = try CheckpointExport.write(
      lane,
      of: source ?? Self.source,
      model: fixture.checkpoint.model,
      to: target,
      precision: .f32,
      provenance: [:]
    )
  }
}

import Abliteration
import Foundation
import Inference
import JSON
import Tensors
import TestKit
import Testing

@Suite("Exports of every family", .timeLimit(.minutes(10)))
struct ArchitectureExportTests {
  private static let all: Set<EditSite> = [.attentionOutput, .mlpOutput, .embedding]
  /// Fixtures of `Tests/Oracles/architectures` with an edit that the reference computed, and that edit.
  private static let edits: [(fixture: String, edit: String, lane: EditLane)] = [
    ("llama-linear", "edit", EditLane(direction: [1], sites: all)),
    ("llama-linear", "edit_without_bias", EditLane(direction: [1], sites: all, includesBias: false)),
    ("qwen2-upper-windows", "edit", EditLane(direction: [1], sites: all)),
    ("qwen3-yarn", "edit", EditLane(direction: [1], sites: all)),
    ("glm4-half", "edit", EditLane(direction: [1], sites: all)),
    ("gemma2-uncapped", "edit", EditLane(direction: [1], sites: all)),
    ("phi3-longrope", "edit", EditLane(direction: [1], sites: all)),
    ("smollm3-interval", "edit", EditLane(direction: [1], sites: all)),
    ("gptoss-plain", "edit", EditLane(direction: [1], sites: all)),
    ("gptoss-plain", "edit_without_bias", EditLane(direction: [1], sites: all, includesBias: false)),
    (
      "gptoss-plain", "edit_part",
      EditLane(direction: [1], sites: [.residualWrites], layers: 1...1, strength: 0.5)
    ),
    (
      "gemma3-pattern", "edit_part",
      EditLane(direction: [1], sites: [.attentionOutput, .mlpOutput], layers: 1...1, strength: 0.5)
    ),
  ]

  private static func source(_ name: String) -> String {
    Folders.root.appendingPathComponent("Tests/Oracles/architectures/\(name)").path
  }

  private static func lane(_ outline: EditLane, _ expected: SafetensorsFile) throws -> EditLane {
    EditLane(
      direction: try #require(expected["direction"]).floats(),
      sites: outline.sites,
      layers: outline.layers,
      strength: outline.strength,
      includesBias: outline.includesBias
    )
  }

  @Test("an exported checkpoint computes what the reference computes with edited weights", arguments: edits.indices)
  func export(index: Int) async throws {
    let (fixture, edit, outline) = Self.edits[index]
    let source = Self.source(fixture)
    let expected = try SafetensorsFile(path: "\(source)/expected.safetensors")
    let model = try LanguageCheckpoint.description(folder: source)
    let declared = try DeclaredEdit(Self.lane(outline, expected), of: source, model: model)
    #expect(declared.facts["tensors"]?.array?.count == declared.targets.count)
    let tokens = try #require(expected["input_ids"]).integers().map { Int32($0) }
    let reference = try #require(expected["\(edit).logits"]).floats()
    try await Folders.temporary { folder in
      var files: [SafetensorsFile] = []
      for precision in CheckpointExport.Precision.allCases {
        let target = folder.appendingPathComponent(precision.rawValue).path
        let report = try CheckpointExport.write(
          declared.lane,
          of: source,
          model: model,
          to: target,
          precision: precision,
          provenance: declared.facts
        )
        let written = Set(report.rows.map { $0.tensor })
        #expect(written == Set(declared.targets.map { $0.tensor }))
        files.append(try SafetensorsFile(path: "\(target)/model.safetensors"))
        let engine = try Engine(try LanguageCheckpoint(folder: target, compute: .f32), threads: 1)
        let logits = try await engine.forward([LaneTokens(tokens, lane: .none)]).logits.suffix(reference.count)
        #expect(logits.allSatisfy { $0.isFinite })
        guard precision == .f32 else { continue }
        #expect(Self.error(Array(logits), reference) <= 2e-3)
        let left = abs(1 - Double(declared.lane.strength))
        #expect(report.rows.allSatisfy { abs($0.leftover - left) < 1e-5 })
      }
      // How far rounding moves the logits depends on the model; what is stored does not.
      for target in declared.targets {
        let whole = try #require(files[0][target.tensor]).floats()
        #expect(try #require(files[1][target.tensor]).bf16Bits() == whole.map { bf16($0) })
      }
    }
  }

  @Test("what no weights can hold is refused before anything is written", arguments: ["glm4-half", "gemma3-pattern"])
  func impossible(fixture: String) async throws {
    let source = Self.source(fixture)
    let model = try LanguageCheckpoint.description(folder: source)
    let lane = EditLane(direction: [Float](repeating: 1, count: 16), sites: [.residualWrites])
    #expect(EditTarget.all(of: lane, in: model).isEmpty)
    try await Folders.temporary { folder in
      let error = #expect(throws: ExportError.self) {
        try CheckpointExport.write(
          lane,
          of: source,
          model: model,
          to: folder.appendingPathComponent("edited").path,
          precision: .f32,
          provenance: [:]
        )
      }
      #expect(error?.description.contains("residualWrites cannot be put into the weights") == true)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.isEmpty)
    }
  }

  @Test("experts are edited along the axis of the residual stream, also where both axes are as long")
  func axis() throws {
    let model = try LanguageCheckpoint.description(folder: Self.source("gptoss-plain"))
    let lane = EditLane(direction: [Float](repeating: 1, count: 16), sites: [.mlpOutput], layers: 0...0)
    let wanted = [
      EditTarget(tensor: "model.layers.0.mlp.experts.down_proj", site: .mlpOutput, axis: .last),
      EditTarget(tensor: "model.layers.0.mlp.experts.down_proj_bias", site: .mlpOutput, axis: .last),
    ]
    #expect(EditTarget.all(of: lane, in: model) == wanted)
  }

  private static func error(_ ours: [Float], _ reference: [Float]) -> Double {
    guard ours.count == reference.count else { return .infinity }
    let mean = reference.reduce(0.0) { $0 + Double($1) } / Double(reference.count)
    let squares = reference.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let largest = zip(ours, reference).map { abs(Double($0) - Double($1)) }.max() ?? 0
    return largest / (squares / Double(reference.count)).squareRoot()
  }
}

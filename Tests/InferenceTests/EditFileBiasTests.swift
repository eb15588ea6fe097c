import Foundation
import Inference
import JSON
import Tensors
import TestKit
import Testing

@Suite("Edit files of models with biases and post-norms", .timeLimit(.minutes(10)))
struct EditFileBiasTests {
  private static func read(_ text: String, for fixture: String) async throws -> EditFile {
    let model = try LanguageCheckpoint.description(folder: ArchitectureFixture.folder(fixture))
    return try await Folders.temporary { folder in
      let direction = TensorData(name: "direction", shape: [16], floats: (0..<16).map { Float($0) })
      try SafetensorsWriter.write([direction], to: folder.appendingPathComponent("d.safetensors").path)
      let file = folder.appendingPathComponent("edit.json")
      try text.write(to: file, atomically: true, encoding: .utf8)
      return try EditFile(path: file.path, for: model)
    }
  }

  @Test("biases are edited with their matrices unless the file says otherwise")
  func bias() async throws {
    let text = #"{"direction": {"file": "d.safetensors"}, "sites": ["mlpOutput"], "bias": false}"#
    let without = try await Self.read(text, for: "gptoss-plain").lane
    #expect(!without.includesBias)
    #expect(without.recipe["bias"]?.bool == false)
    let plain = #"{"direction": {"file": "d.safetensors"}, "sites": ["mlpOutput"]}"#
    let with = try await Self.read(plain, for: "gptoss-plain").lane
    #expect(with.includesBias)
    #expect(with.recipe["bias"] == nil)
    #expect(with != without)
  }

  @Test(
    "what weights cannot hold, and what contradicts itself, is told where it stands",
    arguments: [
      ("glm4-half", #""sites": ["residualWrites"], "as": "weights""#, "as: the site residualWrites cannot be put"),
      ("gemma2-uncapped", #""sites": ["residualWrites"], "as": "weights""#, "of gemma2: behind each matrix a norm"),
      ("gptoss-plain", #""sites": ["residualWrites"], "bias": false"#, "bias: false contradicts"),
      ("gptoss-plain", #""sites": ["mlpOutput"], "bias": 1"#, "expected true or false"),
      ("gptoss-plain", #""sites": ["mlpOutput"], "biases": true"#, "did you mean \"bias\""),
    ]
  )
  func refused(fixture: String, fields: String, words: String) async throws {
    let text = "{\"direction\": {\"file\": \"d.safetensors\"},\n\(fields)}"
    let error = await #expect(throws: EditFile.Failure.self) { try await Self.read(text, for: fixture) }
    guard case .file(let errors) = error else {
      Issue.record("expected errors of the file, got \(String(describing: error))")
      return
    }
    #expect(errors.errors.count == 1)
    #expect(errors.errors.first?.place?.line == 2)
    #expect("\(errors)".contains(words), "\(errors)")
  }

  @Test("without post-norms the same site goes into the weights")
  func allowed() async throws {
    let text = #"{"direction": {"file": "d.safetensors"}, "sites": ["residualWrites"], "as": "weights"}"#
    let file = try await Self.read(text, for: "gptoss-plain")
    #expect(file.application == .weights)
    #expect(file.lane.sites == [.residualWrites])
  }
}

import Foundation
import Inference
import JSON
import Tensors
import TestKit
import Testing

@Suite("Edit files", .timeLimit(.minutes(10)))
struct EditFileTests {
  private static let model = Result { try DemoFixture("instruct", compute: .bf16).checkpoint.model }

  /// Writes an edit file beside directions and reads it.
  private static func read(_ text: String) async throws -> EditFile {
    try await Folders.temporary { folder in
      let directions = [
        TensorData(name: "direction", shape: [128], floats: (0..<128).map { Float($0) }),
        TensorData(name: "narrow", shape: [64], floats: [Float](repeating: 1, count: 64)),
        TensorData(name: "zero", shape: [128], floats: [Float](repeating: 0, count: 128)),
        TensorData(name: "broken", shape: [128], floats: [.nan] + [Float](repeating: 1, count: 127)),
        TensorData(name: "whole", shape: [128], int64: [Int64](repeating: 1, count: 128)),
      ]
      try SafetensorsWriter.write(directions, to: folder.appendingPathComponent("d.safetensors").path)
      let file = folder.appendingPathComponent("edit.json")
      try text.write(to: file, atomically: true, encoding: .utf8)
      return try EditFile(path: file.path, for: try model.get())
    }
  }

  @Test("a whole file is read, and what is left out has its standard")
  func whole() async throws {
    let full = try await Self.read(
      """
      {"direction": {"file": "d.safetensors", "tensor": "direction"}, "sites": ["mlpOutput", "embedding"],
       "layers": [1, 2], "strength": 0.5, "as": "weights"}
      """
    )
    #expect(full.application == .weights)
    #expect(full.lane.sites == [.mlpOutput, .embedding])
    #expect(full.lane.layers == 1...2)
    #expect(full.lane.strength == 0.5)
    let short = try await Self.read(
      #"{"direction": {"file": "d.safetensors"}, "sites": ["attentionOutput"], "layers": null}"#
    )
    #expect(short.application == .lane)
    #expect(short.lane.layers == nil)
    #expect(short.lane.strength == 1)
    #expect(short.lane.direction == full.lane.direction)
  }

  @Test(
    "a mistake in the file is reported at its place",
    arguments: [
      (
        "{\n\"direction\": {\"file\": \"d.safetensors\"},\n\"sites\": [\"mlpOutputs\"]\n}", 3, 11,
        "did you mean \"mlpOutput\"?"
      ),
      ("{\"direction\": {\"file\": \"d.safetensors\"}}", 1, 1, "missing key \"sites\""),
      ("{\"direction\": {\"file\": \"d.safetensors\"},\n \"sites\": []}", 2, 11, "at least one site"),
      ("{\"sites\": [\"mlpOutput\"]}", 1, 1, "missing key \"direction\""),
      ("{\"direction\": {\"tensor\": \"x\"}, \"sites\": [\"mlpOutput\"]}", 1, 15, "missing key \"file\""),
      (
        "{\"direction\": {\"file\": \"d.safetensors\"}, \"sites\": [\"mlpOutput\"],\n\"layers\": [2, 1]}", 2, 11,
        "first <= last"
      ),
      (
        "{\"direction\": {\"file\": \"d.safetensors\"}, \"sites\": [\"mlpOutput\"],\n\"layers\": [0, 4]}", 2, 15,
        "4 is outside 0 to 3"
      ),
      (
        "{\"direction\": {\"file\": \"d.safetensors\"}, \"sites\": [\"mlpOutput\"],\n\"strength\": \"1\"}", 2, 13,
        "expected a number"
      ),
      (
        "{\"direction\": {\"file\": \"d.safetensors\"}, \"sites\": [\"mlpOutput\"],\n\"as\": \"lanes\"}", 2, 7,
        "did you mean \"lane\"?"
      ),
      (
        "{\"direction\": {\"file\": \"d.safetensors\"}, \"sites\": [\"mlpOutput\"],\n\"layer\": 3}", 2, 1,
        "did you mean \"layers\"?"
      ),
      ("{\"direction\": \"d.safetensors\", \"sites\": [\"mlpOutput\"]}", 1, 15, "expected an object"),
      ("[1]", 1, 1, "expected an object"),
      ("{\"direction\": ", 1, 14, "not valid JSON"),
    ]
  )
  func mistakes(text: String, line: Int, column: Int, words: String) async throws {
    let error = await #expect(throws: EditFile.Failure.self) { try await Self.read(text) }
    guard case .file(let errors) = error, let first = errors.errors.first else {
      Issue.record("expected errors of the file, got \(String(describing: error))")
      return
    }
    #expect(first.place?.line == line)
    #expect(first.place?.column == column)
    #expect(first.problem.contains(words), "\(first)")
    #expect(errors.errors.count == 1, "\(errors)")
  }

  @Test("several mistakes are reported in one go, in the order of the text")
  func several() async throws {
    let text = "{\n\"strength\": true,\n\"sites\": [3],\n\"direction\": {\"file\": 1}\n}"
    let error = await #expect(throws: EditFile.Failure.self) { try await Self.read(text) }
    guard case .file(let errors) = error else {
      Issue.record("expected errors of the file")
      return
    }
    #expect(errors.errors.map { $0.place?.line } == [2, 3, 4])
  }

  @Test(
    "a direction that is none names its file and tensor",
    arguments: [
      ("absent", "is missing"), ("narrow", "[64]"), ("zero", "is zero or not finite"),
      ("broken", "is zero or not finite"),
      ("whole", "expected floating point"),
    ]
  )
  func directions(tensor: String, words: String) async throws {
    let text = #"{"direction": {"file": "d.safetensors", "tensor": "\#(tensor)"}, "sites": ["mlpOutput"]}"#
    let error = await #expect(throws: EditFile.Failure.self) { try await Self.read(text) }
    #expect(error?.description.contains("d.safetensors: tensor \"\(tensor)\"") == true)
    #expect(error?.description.contains(words) == true)
  }

  @Test("files that are not there are named")
  func missing() async throws {
    let text = #"{"direction": {"file": "other.safetensors"}, "sites": ["mlpOutput"]}"#
    let error = await #expect(throws: EditFile.Failure.self) { try await Self.read(text) }
    #expect(error?.description.contains("other.safetensors: cannot be opened") == true)
    let nothing = #expect(throws: EditFile.Failure.self) {
      try EditFile(path: "/nonexistent/e.json", for: Self.model.get())
    }
    #expect(nothing?.description.contains("/nonexistent/e.json") == true)
  }
}

import Foundation
import JSON
import TestKit
import Testing

@Suite("tribunal abliterate", .timeLimit(.minutes(10)))
struct AbliterateTests {
  private static let files = Folders.demo.appendingPathComponent("prompts").path

  /// Runs the verb on a demo checkpoint with the demo's training prompts, unless the arguments name others.
  private static func run(_ arguments: [String], model: String = "instruct", harmful: String? = nil) async throws
    -> Program.Outcome
  {
    try await Program.run(
      [
        "abliterate", "--model", DemoFolder.checkpoint(model).path, "--harmful",
        harmful ?? "\(files)/harmful_train.txt",
        "--harmless", "\(files)/harmless_train.txt",
      ] + arguments
    )
  }

  @Test("it says what it will edit and, asked to verify, that lane and weights agree")
  func plan() async throws {
    let run = try await Self.run(["--count", "12", "--layer", "3", "--preset", "block-writers", "--verify"])
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.contains("Directions from 12 harmful and 12 harmless prompts"))
    #expect(run.output.contains("<- removed (fixed)"))
    #expect(run.output.contains("8 tensors"))
    #expect(!run.output.contains("model.embed_tokens.weight"))
    #expect(run.output.contains("the edit in the weights: 24 of 24 greedy answers equal"))
    let (plan, verdict) = (run.output.range(of: "down_proj"), run.output.range(of: "greedy answers"))
    #expect(plan.map { plan in verdict.map { plan.lowerBound < $0.lowerBound } ?? false } == true)
  }

  @Test("it exports, verifies the export on other prompts, and tells all of it as JSON")
  func export() async throws {
    try await Folders.temporary { folder in
      let (target, direction) = (folder.appendingPathComponent("new").path, folder.appendingPathComponent("d.st").path)
      let run = try await Self.run([
        "--count", "16", "--rule", "largest-norm", "--export", target, "--direction", direction, "--compute", "f32",
        "--verify", "--prompts", "\(Self.files)/harmful_eval.txt", "--json", "--threads", "2",
      ])
      #expect(run.status == 0)
      #expect(run.errors.isEmpty)
      let facts = try JSONDocument.parse(run.output, name: "stdout").root
      #expect(facts["layer"]?.integer == 4)
      #expect(facts["rule"]?.string == "largest-norm")
      #expect(facts["norms"]?.array?.count == 5)
      #expect(facts["export"]?["dtype"]?.string == "f32")
      let rows = facts["export"]?["tensors"]?.array ?? []
      #expect(rows.count == 9)
      for row in rows {
        #expect((row["relative_change"]?.double ?? 0) > 0.01)
        #expect((row["leftover"]?.double ?? 1) < 1e-6)
        #expect(row["rounding_error"]?.double == 0)
      }
      #expect(facts["verification"]?["prompts"]?.integer == 50)
      #expect(facts["verification"]?["equal_answers"]?.integer == 50)
      #expect(facts["verification"]?["agrees"]?.bool == true)
      let made = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(made == ["d.st", "new"])
      let record = try JSONDocument.read(file: "\(target)/tribunal_edit.json").root
      #expect(record["edit"] == facts["edit"])
      #expect(record["direction"]?.string?.count == 64)
    }
  }

  @Test("a described edit is exported without prompts, and refused where no weights can hold it")
  func described() async throws {
    let oracles = Folders.root.appendingPathComponent("Tests/Oracles/architectures")
    try await Folders.temporary { folder in
      func export(_ fixture: String, _ sites: String, to name: String) async throws -> Program.Outcome {
        let model = oracles.appendingPathComponent(fixture).path
        let edit = folder.appendingPathComponent("\(fixture).json")
        let text = """
          {"direction": {"file": "\(model)/expected.safetensors", "tensor": "direction"}, "sites": [\(sites)]}
          """
        try text.write(to: edit, atomically: true, encoding: .utf8)
        let target = folder.appendingPathComponent(name).path
        return try await Program.run([
          "abliterate", "--model", model, "--edit", edit.path, "--export", target, "--json",
        ])
      }
      let run = try await export("gptoss-plain", #""mlpOutput", "attentionOutput""#, to: "edited")
      #expect(run.status == 0, "\(run.errors)")
      let facts = try JSONDocument.parse(run.output, name: "stdout").root
      // Two layers, each with output matrix and bias, experts and their biases.
      #expect(facts["tensors"]?.array?.count == 8)
      #expect(facts["export"]?["tensors"]?.array?.count == 8)
      #expect(try JSONDocument.read(file: folder.path + "/edited/tribunal_edit.json").root["edit"] == facts["edit"])
      let refused = try await export("glm4-half", #""residualWrites""#, to: "none")
      #expect(refused.status == 2)
      #expect(refused.errors.contains("residualWrites cannot be put into the weights of glm4"))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(left == ["edited", "glm4-half.json", "gptoss-plain.json"])
    }
  }

  @Test(
    "arguments that do not go together are refused",
    arguments: [
      (["--harmful", "a"], "--harmless is missing"), (["--edit", "e.json"], "--edit needs --export or --verify"),
      (["--edit", "e.json", "--harmful", "a", "--export", "x"], "brings its own direction"),
      (["--edit", "e.json", "--verify"], "needs --prompts"),
    ]
  )
  func arguments(arguments: [String], words: String) async throws {
    let run = try await Program.run(["abliterate", "--model", DemoFolder.checkpoint("instruct").path] + arguments)
    #expect(run.status != 0)
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  @Test("a difference in more than one answer of a hundred is a finding: exit 1")
  func finding() async throws {
    try await Folders.temporary { folder in
      let target = folder.appendingPathComponent("new").path
      // An edit this strong sits on many near ties, which the rounding of the weights turns.
      let run = try await Self.run(
        ["--count", "60", "--layer", "2", "--strength", "3", "--export", target, "--dtype", "bf16", "--verify"],
        model: "oracle"
      )
      #expect(run.status == 1)
      #expect(run.output.contains("NOT verified"))
      #expect(FileManager.default.fileExists(atPath: target))
    }
  }

  @Test(
    "bad input is one line of error and exit 2",
    arguments: [
      (["--layer", "0"], "layer 0"), (["--layer", "9"], "there is no layer 9"),
      (["--layer", "4", "--rule", "largest-norm"], "either --layer or --rule"), (["--rule", "best"], "best"),
      (["--preset", "writers"], "writers"), (["--prompts", "x"], "--verify"), (["--count", "0"], "at least 1"),
      (["--count", "161"], "harmful_train.txt: holds 160 prompts"),
      (["--strength", "0"], "a strength of 0.0 makes no sense"),
      (["--export", "/"], "exists already"), (["--verify", "--prompts", "/nonexistent/p"], "/nonexistent/p"),
    ]
  )
  func badInput(arguments: [String], words: String) async throws {
    let run = try await Self.run(arguments)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  @Test(
    "a spoiled prompt file is reported with its line",
    arguments: [
      ("How is it done?\n\nMay I?\n", ":2:1: an empty prompt"),
      ("One\r\nTwo\nOne\n", ":3:1: the same prompt as line 1"),
      ("", ": the file is empty"), ("  \n", ":1:1: an empty prompt"),
    ]
  )
  func spoiled(text: String, words: String) async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("prompts.txt")
      try Data(text.utf8).write(to: file)
      let run = try await Self.run([], harmful: file.path)
      #expect(run.status == 2)
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("error: \(file.path)\(words)"), "\(run.errors)")
      #expect(run.errors.split(separator: "\n").count == 1)
    }
  }
}

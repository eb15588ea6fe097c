import Foundation
import JSON
import Study
import TestKit
import Testing

@Suite("Commands", .timeLimit(.minutes(10)))
struct CommandEndToEndTests {
  @Test("the version and a wrong word")
  func words() async throws {
    let version = try await Program.run(["--version"])
    #expect(version.status == 0 && version.output == "0.1.0\n")
    let wrong = try await Program.run(["demoo"])
    #expect(wrong.status == 2 && !wrong.errors.isEmpty && wrong.output.isEmpty)
  }

  @Test("a run gives a run file and a report, and agree reads it")
  func run() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 3)
      let target = folder.appendingPathComponent("out/run").path
      let ran = try await Program.run(["run", study.file, "--output", target, "--json"])
      #expect(ran.status == 0, "\(ran.errors)")
      #expect(ran.errors.contains("answers of instruct: 12"))
      let page = try String(contentsOfFile: "\(target)/report.html", encoding: .utf8)
      #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("constructed reference"))
      let agreed = try await Program.run(["agree", target, "--json"])
      #expect(agreed.status == 0)
      // What a run prints, and the assessment of its judges beside it.
      var parts = try #require(try JSONDocument.parse(agreed.output, name: "out").root.object)
      #expect(parts["assessment"]?["standards"]?["positive"] == "refusal")
      parts["assessment"] = nil
      #expect(JSONValue.object(parts) == (try JSONDocument.parse(ran.output, name: "out").root))
      #expect(try JSONDocument.parse(agreed.output, name: "out").root["counts"]?["responses"]?.integer == 12)
      let text = try await Program.run(["agree", "\(target)/run.sqlite"])
      #expect(text.status == 0 && text.output.contains("Toy world"))
      #expect(text.output.contains("Fidelity to constructed-reference, harmful prompts"))
      #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
      let report = try await Program.run(["report", target, "--output", folder.appendingPathComponent("r.html").path])
      #expect(report.status == 0)
      #expect(try String(contentsOf: folder.appendingPathComponent("r.html"), encoding: .utf8) == page)
      let quiet = try await Program.run(["run", study.file, "--output", target, "--quiet"])
      #expect(quiet.status == 0 && quiet.errors.isEmpty)
    }
  }

  @Test("kill -9 again and again, then finish: the tables equal those of an undisturbed run")
  func killed() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 3)
      let calm = try await Program.run([
        "run", study.file, "--output", folder.appendingPathComponent("calm").path, "--json",
      ])
      #expect(calm.status == 0)
      let target = folder.appendingPathComponent("cut").path
      for line in 1...5 {
        let outcome = try await Program.run(["run", study.file, "--output", target], killAtErrorLine: line)
        #expect(outcome.status == -9 || outcome.status == 0)
      }
      let ended = try await Program.run(["run", study.file, "--output", target, "--json"])
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(ended.output == calm.output)
      let (one, two) = (try results(folder, "calm"), try results(folder, "cut"))
      #expect(one.responses == two.responses)
      #expect(one.verdicts.map { $0.map { $0?.verdict } } == two.verdicts.map { $0.map { $0?.verdict } })
      #expect(one.annotations == two.annotations)
    }
  }

  private func results(_ folder: URL, _ name: String) throws -> RunResults {
    try RunStore.reading(folder.appendingPathComponent(name).path).results()
  }

  @Test("bad input ends with 2, one clear error, and leaves nothing half-written")
  func badInput() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder) { $0["harmful"] = "Where is Bram?\n\nWhere is Bram?\n" }
      let target = folder.appendingPathComponent("run").path
      let empty = try await Program.run(["run", study.file, "--output", target])
      #expect(empty.status == 2)
      #expect(empty.errors.contains("harmful.txt:2:1: an empty prompt"))
      #expect(empty.errors.contains("harmful.txt:3:1: the same prompt as line 1"))
      #expect(!FileManager.default.fileExists(atPath: target))
      let dropped = try await Program.run(["study", "check", study.file, "--duplicates", "drop", "--empty", "drop"])
      #expect(dropped.status == 0 && dropped.output.contains("harmfulPrompts: 1"))
      let missing = try await Program.run(["study", "check", folder.appendingPathComponent("no.json").path, "--json"])
      #expect(missing.status == 2 && missing.errors.contains("no.json: cannot be opened: No such file"))
      let none = try await Program.run(["agree", folder.path])
      #expect(none.status == 2 && none.errors.contains("there is no run.sqlite"))
      let nowhere = try await Program.run(["demo", "--output", target, "--family", folder.path + "/x"])
      #expect(nowhere.status == 2 && nowhere.errors.contains("--family"))
    }
  }

  @Test("a checkpoint that turns out damaged ends the run with one error and leaves no folder behind")
  func damaged() async throws {
    try await Folders.temporary { folder in
      let model = folder.appendingPathComponent("model")
      try FileManager.default.copyItem(at: Folders.demo.appendingPathComponent("checkpoints/raw"), to: model)
      let weights = model.appendingPathComponent("model.safetensors")
      var bytes = try Data(contentsOf: weights)
      bytes[bytes.count - 1] = 0x7F
      bytes[bytes.count - 2] = 0xC0
      try bytes.write(to: weights)
      let study = try SmallStudy(in: folder) { parts in
        parts["study"] = parts["study"]?
          .replacing("\(Folders.demo.path)/checkpoints/instruct", with: model.path)
      }
      let target = folder.appendingPathComponent("run").path
      let outcome = try await Program.run(["run", study.file, "--output", target, "--quiet"])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("is NaN or infinite") && outcome.errors.split(separator: "\n").count == 1)
      #expect(!FileManager.default.fileExists(atPath: target))
    }
  }

  @Test("token lines are answered in order, bad ones with an error")
  func tokens() async throws {
    let model = Folders.demo.appendingPathComponent("checkpoints/instruct").path
    let input = "{\"text\":\"Where is Bram?\"}\nnonsense\n{\"ids\":[2]}\n{\"ids\":[99999]}\n{}\n"
    let outcome = try await Program.run(["inspect", "tokens", "--model", model], input: input)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(outcome.status == 0 && lines.count == 5)
    let answers = try lines.map { try JSONDocument.parse($0, name: "answer").root }
    #expect(answers[0]["decoded"]?.string == "Where is Bram?")
    #expect(
      answers[2]["decoded"]?.string == "<|im_end|>" && answers[2]["decoded_skip_special"]?.string?.isEmpty == true
    )
    for bad in [1, 3, 4] { #expect(answers[bad]["error"]?.string != nil) }
  }

  @Test("template lines render, raise and answer errors with a line")
  func templates() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("t.jinja")
      try Data(
        "{% for m in messages %}{{ m.content }}{% endfor %}\n{% if stop %}{{ raise_exception('no') }}{% endif %}".utf8
      )
      .write(to: file)
      let input = """
        {"messages":[{"role":"user","content":"Where is Bram?"}]}
        {"messages":[{"role":"user","content":"a"}],"vars":{"stop":true}}
        {"messages":3}

        """
      let outcome = try await Program.run(["inspect", "template", "--template", file.path], input: input)
      let answers = try outcome.output.split(separator: "\n").map { try JSONDocument.parse(String($0), name: "a").root }
      #expect(outcome.status == 0 && answers.count == 3)
      #expect(answers[0]["text"]?.string == "Where is Bram?")
      #expect(answers[1]["error"]?["message"]?.string == "no" && answers[1]["error"]?["line"]?.integer == 2)
      #expect(answers[2]["error"]?["type"]?.string == "RequestError")
    }
  }
}

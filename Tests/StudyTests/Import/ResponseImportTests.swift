import Foundation
import GRDB
import JudgeHost
import JudgeKit
import LabelTables
import Prompts
import TestKit
import Testing

@testable import Study

@Suite("Importing answers", .timeLimit(.minutes(10)))
struct ResponseImportTests {
  @Test("answers become a run: prompts, systems, answers, flags and where they come from")
  func imports() async throws {
    try await ImportFixture.with { fixture in
      let file = try fixture.file("a.csv", ImportFixture.village)
      let summary = try fixture.responses(file)
      #expect(summary.rows == 4 && summary.isChanged && !summary.isCheck && summary.newPrompts == 2)
      #expect(
        summary.systems.map(\.system) == ["owl", "fox"] && summary.systems.allSatisfy { $0.new == 2 && $0.known == 0 }
      )
      let results = try fixture.results
      #expect(results.study.name == "Imported answers")
      #expect(results.prompts.map(\.name) == ["harmful-1", "harmless-2"])
      #expect(results.prompts.map(\.category) == ["comb", "pond"])
      #expect(results.systems.map(\.name) == ["owl", "fox"] && results.systems.allSatisfy { $0.original == nil })
      #expect(results.models.map(\.source) == ["imported", "imported"])
      #expect(
        results.responses.map(\.text) == [
          "I'm sorry, but I can't help with that.", "Bread crumbs.", "Gladly. First dig a hole.", "",
        ]
      )
      #expect(results.responses[3].flags == [.empty] && results.responses[3].finish == "unknown")
      let facts = Dictionary(
        uniqueKeysWithValues: results.provenance.filter { $0.group == "import 1" }.map { ($0.name, $0.value) }
      )
      #expect(facts["file"] == "a.csv" && facts["rows"] == "4" && facts["sha256"] == summary.sha256)
      #expect(facts["time"]?.isEmpty == false && facts["mapping"] == #"{"map":{},"set":{}}"#)
      #expect(summary.sha256.count == 64)
    }
  }

  @Test("the same file again changes nothing and says so; a check changes nothing either")
  func idempotent() async throws {
    try await ImportFixture.with { fixture in
      let file = try fixture.file("a.csv", ImportFixture.village)
      let check = try fixture.responses(file, check: true)
      #expect(check.isCheck && check.isChanged && check.systems.allSatisfy { $0.new == 2 })
      #expect(!fixture.exists)
      try fixture.responses(file)
      let before = try fixture.fingerprint
      let again = try fixture.responses(file)
      #expect(!again.isChanged && again.systems.allSatisfy { $0.new == 0 && $0.known == 2 })
      #expect(again.lines.last == "nothing changed: the run has all of this already")
      #expect(try fixture.fingerprint == before)
      let more = try fixture.file(
        "b.jsonl",
        """
        {"promptId": "harmful-1", "response": "Ask Bram.", "system": "badger"}
        {"promptId": "harmless-2", "response": "Bread crumbs.", "system": "owl"}

        """
      )
      #expect(try fixture.responses(more, check: true).systems.map(\.new) == [1, 0])
      #expect(try fixture.fingerprint == before)
      let hash = try fixture.results.study.hash
      try fixture.responses(more)
      let results = try fixture.results
      #expect(results.responses.count == 5 && results.study.hash != hash)
      #expect(Set(results.provenance.map(\.group)) == ["import 1", "import 2"])
    }
  }

  @Test("a reader of JSON lines and a reader of CSV make the same run of the same rows, by whatever names")
  func formats() async throws {
    let lines = """
      \u{FEFF}{"q": "What do the carp eat?", "a": "Bread\\nand é.", "n": 1, "extra": {"x": [1]}}\r

      {"q": "Where is Bram?", "a": null, "n": 0}

      """
    try await ImportFixture.with { fixture in
      let file = try fixture.file("a.jsonl", lines)
      let names = ["prompt=q", "response=a", "sample=n"]
      #expect(
        fixture.problems { try fixture.responses(file, map: names, set: ["system=owl"], kind: .harmless) } == [
          "a.jsonl:3:1: no response; expected a column or key \"response\" or --map response=COLUMN"
        ]
      )
      #expect(!fixture.exists)
      let mended = try fixture.file("a.jsonl", lines.replacing("null", with: "\"Here.\""))
      let summary = try fixture.responses(mended, map: names, set: ["system=owl"], kind: .harmless)
      #expect(summary.unused == ["extra"])
      let first = try fixture.results
      try FileManager.default.removeItem(atPath: fixture.run)
      let table = try fixture.file(
        "a.tsv",
        "n\ta\tq\n1\t\"Bread\nand é.\"\tWhat do the carp eat?\n0\tHere.\tWhere is Bram?\n"
      )
      try fixture.responses(table, map: names, set: ["system=owl"], kind: .harmless)
      let second = try fixture.results
      #expect(first.responses == second.responses && first.prompts == second.prompts && first.systems == second.systems)
      #expect(first.responses.map(\.sample) == [1, 0])
    }
  }

  @Test("a kind is needed: in the row, from the run, or by the option; never guessed")
  func kinds() async throws {
    try await ImportFixture.with { fixture in
      let bare = try fixture.file("a.csv", "prompt,response,system\nWhere is Bram?,Here.,owl\n")
      let problem = fixture.problems { try fixture.responses(bare) }
      #expect(
        problem.count == 1 && problem[0].hasPrefix("a.csv:2:1: nothing says whether this prompt is harmful or harmless")
      )
      #expect(problem[0].contains("--kind harmful|harmless"))
      try fixture.responses(bare, kind: .harmless)
      // The run knows the prompt now.
      let later = try fixture.file("b.csv", "prompt,response,system\nWhere is Bram?,There.,fox\n")
      try fixture.responses(later)
      #expect(try fixture.results.prompts.map(\.kind) == [.harmless])
      let other = try fixture.file("c.csv", "prompt,response,system,promptKind\nWhere is Bram?,There.,elk,harmful\n")
      #expect(
        fixture.problems { try fixture.responses(other) } == [
          "c.csv:2:27: the prompt is harmful here and harmless in the run"
        ]
      )
      let odd = try fixture.file("d.csv", "prompt,response,system,promptKind\nWho?,Me.,elk,unkind\n")
      #expect(
        fixture.problems { try fixture.responses(odd) } == ["d.csv:2:14: \"unkind\" is not one of harmful, harmless"]
      )
    }
  }

  @Test("another text for the same system, prompt and sample is an error that names both places")
  func clash() async throws {
    try await ImportFixture.with { fixture in
      let file = try fixture.file(
        "a.csv",
        """
        prompt,response,system,promptKind
        Where is Bram?,Here.,owl,harmless
        Where is Bram?,Here.,owl,harmless
        Where is Bram?,There.,owl,harmless

        """
      )
      let found = fixture.problems { try fixture.responses(file) }
      #expect(found.count == 1)
      #expect(
        found[0].hasPrefix(
          "a.csv:4:16: system \"owl\", prompt \"harmless-1\", sample 0: here is another text than in line 2"
        )
      )
      try fixture.responses(
        try fixture.file("b.csv", "prompt,response,system,promptKind\nWhere is Bram?,Here.,owl,harmless\n")
      )
      let again = fixture.problems {
        try fixture.responses(try fixture.file("c.csv", "prompt,response,system\nWhere is Bram?,Gone.,owl\n"))
      }
      #expect(again.count == 1 && again[0].contains("another text than in the run"))
      let samples = try fixture.file(
        "d.csv",
        "prompt,response,system,sample\nWhere is Bram?,Gone.,owl,1\nWhere is Bram?,Gone.,owl,x\n"
      )
      #expect(
        fixture.problems { try fixture.responses(samples) } == [
          "d.csv:3:26: \"x\" is no sample number; expected a whole number from 0 to 1000000"
        ]
      )
    }
  }

  @Test("texts that differ in composed and decomposed letters are different texts")
  func bytes() async throws {
    try await ImportFixture.with { fixture in
      let file = try fixture.file(
        "a.csv",
        "prompt,response,system,promptKind\nWho is René?,A.,owl,harmless\nWho is Rene\u{301}?,B.,owl,harmless\n"
      )
      #expect(try fixture.responses(file).newPrompts == 2)
    }
  }

  @Test("an edited system finds its original by the model; two systems of one recipe are told apart or refused")
  func edits() async throws {
    try await ImportFixture.with { fixture in
      let head = "prompt,response,promptKind,system,model,edit\n"
      let file = try fixture.file(
        "a.csv",
        head + """
          Where is Bram?,Here.,harmless,lantern,lantern,none
          Where is Bram?,There.,harmless,lantern cut,lantern,cut
          Where is Bram?,Gone.,harmless,lone,moth,cut

          """
      )
      try fixture.responses(file)
      let results = try fixture.results
      #expect(results.systems.map(\.original) == [nil, 0, nil] && results.models.map(\.name) == ["lantern", "moth"])
      #expect(StudyAnalysis(results).edits == [EditPair(original: 0, edited: 1)])
      let twin = try fixture.file("b.csv", head + "Where is Bram?,Up.,harmless,lantern warm,lantern,\n")
      #expect(
        fixture.problems { try fixture.responses(twin) }.first?.contains(
          "the systems \"lantern warm\" and \"lantern\" have the same model"
        ) == true
      )
      let other = try fixture.file("c.csv", head + "Where is Bram?,Here.,harmless,lantern,moth,none\n")
      #expect(
        fixture.problems { try fixture.responses(other) } == [
          "c.csv:2:39: system \"lantern\" has the model \"moth\" here and \"lantern\" in the run"
        ]
      )
    }
  }

  @Test("names of prompts, categories and reasons contradict nothing")
  func contradictions() async throws {
    try await ImportFixture.with { fixture in
      let file = try fixture.file(
        "a.csv",
        """
        promptId,prompt,response,system,promptKind,category,finishReason
        a,Where is Bram?,Here.,owl,harmless,,stop
        b,Who is Ysolt?,She.,owl,harmless,people,max_tokens
        a,Who is Corvin?,He.,owl,harmless,people,stop
        c,Where is Bram?,There.,fox,harmless,people,stop
        b,Who is Ysolt?,She.,fox,harmless,pond,finished
        z,,Who knows.,fox,harmless,,stop

        """
      )
      let found = fixture.problems { try fixture.responses(file) }
      #expect(
        found.map { $0.prefix(80) }.map(String.init) == [
          "a.csv:4:1: the name \"a\" belongs to another prompt, of line 2",
          "a.csv:5:1: the same prompt is named \"a\" in line 2",
          "a.csv:6:35: the category is \"pond\" here and \"people\" in line 3",
          "a.csv:6:40: \"finished\" is not one of stop, end_turn, stop_sequence, eos, eos_tok",
          "a.csv:7:1: no prompt is named \"z\", and the row has no text of one",
        ]
      )
      #expect(!fixture.exists)
      let good = try fixture.file(
        "b.csv",
        """
        promptId,prompt,response,system,promptKind,category,finishReason
        a,Where is Bram?,Here.,owl,harmless,,stop
        a,Where is Bram?,There.,fox,harmless,people,max_tokens

        """
      )
      try fixture.responses(good)
      let results = try fixture.results
      #expect(results.prompts.map(\.category) == ["people"] && results.prompts.map(\.name) == ["a"])
      #expect(results.responses.map(\.finish) == ["stop", "length"] && results.responses[1].flags == [.truncated])
    }
  }

  @Test("at most twenty problems are told with their places, the others are counted")
  func many() async throws {
    try await ImportFixture.with { fixture in
      let rows = (0..<30).map { "Where is Bram number \($0)?,Here.,owl,unkind" }.joined(separator: "\n")
      let file = try fixture.file("a.csv", "prompt,response,system,promptKind\n" + rows + "\n")
      let found = fixture.problems { try fixture.responses(file) }
      #expect(found.count == 21 && found[20] == "… and 10 more problems; nothing was imported")
      #expect(!fixture.exists)
    }
  }

  @Test("broken files are refused whole, with the place")
  func broken() async throws {
    let head = Array("prompt,response\n".utf8)
    let cases: [(name: String, bytes: [UInt8], problem: String)] = [
      ("a.csv", head + Array("é\na,b\n".utf8), "a.csv:2:1: 1 cells where the first line names 2 columns"),
      (
        "a.csv", head + Array("ab,é".utf8) + [0xC3, 0x28, 0x0A],
        "a.csv:2:5: not UTF-8: save the file as UTF-8, or it is damaged here; `iconv -f latin1 -t utf8` turns Latin-1 "
          + "into UTF-8"
      ),
      ("a.csv", [0xFF, 0xFE, 0x61, 0], "a.csv:1:1: this is UTF-16; save the file as UTF-8"),
      ("a.csv", [], "a.csv: the file is empty; expected a line with the names of the columns"),
      ("a.csv", head, "a.csv: the file names its columns and holds no row"),
      ("a.csv", Array("prompt,prompt,response\na,b,c\n".utf8), "a.csv:1:8: the column \"prompt\" stands there twice"),
      ("a.csv", head + Array("a,\"b\n".utf8), "a.csv:2:3: a quotation mark opens here and is never closed"),
      ("a.jsonl", [], "a.jsonl: the file is empty; expected one JSON object a line"),
      (
        "a.jsonl", Array("{\"prompt\":\"a\",\"response\":\"b\\u0000\"}".utf8),
        "a.jsonl:1:26: response: the character NUL, which no text may hold"
      ),
      ("a.jsonl", Array("\n[1]\n".utf8), "a.jsonl:2:1: expected an object, found a list"),
      (
        "a.jsonl", Array("{\"prompt\":\"a\",\"response\":[\"b\"]}".utf8),
        "a.jsonl:1:26: response: expected a text or a number, found a list"
      ),
      ("a.txt", head, "a.txt: the name does not tell the format; say --format, one of csv, semicolons, tsv, jsonl"),
    ]
    try await ImportFixture.with { fixture in
      for (name, bytes, problem) in cases {
        let file = try fixture.file(name, bytes)
        let found = fixture.problems { try fixture.responses(file, set: ["system=owl"], kind: .harmless) }
        #expect(found == [problem])
      }
      let open = try fixture.file("a.jsonl", "{\"prompt\": 1,\n{\"prompt\": 1, \"prompt\": 2}\n")
      let places = fixture.problems { try fixture.responses(open) }.map { $0.prefix(10) }
      #expect(places == ["a.jsonl:1:", "a.jsonl:2:"])
      let missing = fixture.problems { try fixture.responses("/nonexistent.csv") }
      #expect(missing == ["/nonexistent.csv: cannot be opened: No such file or directory"])
      let device = fixture.problems { try fixture.responses(fixture.folder.path, set: ["system=owl"]) }
      #expect(device.count == 1)
      #expect(!fixture.exists)
    }
  }

  @Test("options that name no field or column are told")
  func options() async throws {
    try await ImportFixture.with { fixture in
      let file = try fixture.file("a.csv", ImportFixture.village)
      #expect(
        fixture.problems { try fixture.responses(file, map: ["respons=x", "prompt", "system=a"], set: ["system=b"]) }
          == [
            "--map respons=x: there is no field \"respons\"; did you mean \"response\"?",
            "--map prompt: expected field=column", "--set system=b: the field \"system\" is given twice",
          ]
      )
      #expect(
        fixture.problems { try fixture.responses(file, map: ["response=respons"]) }.first
          == "a.csv:1:1: there is no column \"respons\"; did you mean \"response\"?"
      )
    }
  }

  @Test("systems and checkpoints of a study are not touched, and its own run continues beside the imports")
  func besides() async throws {
    try await ImportFixture.with { fixture in
      do {
        let store = try RunStore.writing(folder: fixture.run)
        let prompt = Prompt(
          id: PromptFile.id("Where is Bram?", .harmless, occurrence: 0),
          name: "eval-1",
          text: "Where is Bram?",
          kind: .harmless,
          category: nil
        )
        let study = StudyInfo(name: "Vale", summary: "", caution: nil, hash: "00", json: "{\"version\":1}")
        try store.begin(study, prompts: [prompt], models: [ModelInfo(id: "m", name: "lantern", source: "s", facts: [])])
        try store.insert([
          StoredSystem(id: "s", position: 0, name: "lantern", model: "lantern", edit: "none", facts: [])
        ])
      }
      func problem(_ text: String) throws -> String? {
        let file = try fixture.file("a.csv", "prompt,response,system\nWhere is Bram?,Here.,\(text)\n")
        return fixture.problems { try fixture.responses(file) }.first
      }
      #expect(try problem("lantern")?.contains("the run has a system \"lantern\" of its own") == true)
      #expect(
        fixture.problems {
          try fixture.responses(
            try fixture.file("b.csv", "prompt,response,system,model\nWhere is Bram?,Here.,owl,lantern\n")
          )
        }.first?.contains("the run has a checkpoint \"lantern\" of its own") == true
      )
      #expect(try problem("owl") == nil)
      let store = try RunStore.writing(folder: fixture.run)
      // The study's second system takes its own position, which no import may have.
      try store.insert([
        StoredSystem(id: "t", position: 1, name: "lantern cut", model: "lantern", edit: "cut", facts: [])
      ])
      let results = try store.results()
      #expect(
        results.systems.map(\.name) == ["lantern", "lantern cut", "owl"] && results.study.name == "Vale"
          && results.study.hash == "00"
      )
      #expect(results.prompts.map(\.name) == ["eval-1"])
    }
  }

  @Test("a column of thoughts is kept beside the answers; other thoughts for the same answer contradict it")
  func reasoning() async throws {
    try await ImportFixture.with { fixture in
      let text = """
        prompt,response,system,promptKind,reasoning
        How do I hide the silver comb of Corvin?,No.,owl,harmful,"The comb, ""Corvin's"".
        It is his."
        What do the carp eat?,Crumbs.,owl,harmless,
        What do the carp eat?,Crumbs.,fox,harmless,"  "

        """
      try fixture.responses(try fixture.file("a.csv", text))
      let results = try fixture.results
      #expect(results.responses.map(\.text) == ["No.", "Crumbs.", "Crumbs."])
      #expect(results.responses.map(\.reasoning) == ["The comb, \"Corvin's\".\nIt is his.", nil, nil])
      #expect(results.responses.allSatisfy { $0.raw == nil && $0.flags.isEmpty })
      #expect(try !fixture.responses(try fixture.file("a.csv", text)).isChanged)
      // A row that is silent about thoughts agrees with any.
      let silent = #"{"promptId": "harmful-1", "response": "No.", "system": "owl"}"#
      #expect(try !fixture.responses(try fixture.file("b.jsonl", silent)).isChanged)
      let other = #"{"promptId": "harmful-1", "response": "No.", "system": "owl", "reasoning": "Hm."}"#
      let problems = fixture.problems { try fixture.responses(try fixture.file("c.jsonl", other)) }
      #expect(problems.count == 1)
      #expect(problems[0].contains("c.jsonl:1:") && problems[0].contains("other thoughts here than in the run"))
    }
  }

  @Test("in a file of labels the column is the judge's and no thought of the answer")
  func labelsReasoning() async throws {
    try await ImportFixture.with { fixture in
      let text = """
        prompt,response,system,promptKind,label,reasoning
        How do I hide the silver comb of Corvin?,No.,owl,harmful,refusal,It says no.

        """
      try fixture.labels(try fixture.file("a.csv", text), .plain) { $0.withResponses = true }
      #expect(try fixture.results.responses.map(\.reasoning) == [nil])
    }
  }
}

import Foundation
import JSON
import TestKit
import Testing

@Suite("The verb prompts", .timeLimit(.minutes(10)))
struct PromptsVerbTests {
  private func file(_ text: String, _ name: String, in folder: URL) throws -> String {
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  private func json(_ outcome: Program.Outcome) throws -> JSONValue {
    try JSONDocument.parse(outcome.output, name: "output").root
  }

  @Test("prompts are read from a table, filtered, split and checked, each by one command")
  func chain() async throws {
    try await Folders.temporary { folder in
      let things = ["jar", "comb", "kettle", "lantern", "letter", "fiddle", "anchor", "saddle", "basket", "pillow"]
      let deeds = ["Hide", "Borrow", "Polish", "Deliver", "Exchange"]
      var table = "text,kind,category\n"
      for (at, thing) in things.enumerated() {
        for (number, deed) in deeds.enumerated() {
          let where_ = String(repeating: "\(deed.lowercased()) \(thing) ", count: 4)
          table += "\(deed) the \(thing): \(where_),\(number < 2 ? "harmful" : "harmless"),c\(at % 2)\n"
        }
      }
      table += "月の鯉,harmless,c0\nHide the jar: \(String(repeating: "hide jar ", count: 4)),harmful,c1\n"
      let csv = try file(table, "p.csv", in: folder)
      let (all, latin, split) = (
        folder.appendingPathComponent("all.jsonl").path, folder.appendingPathComponent("latin.jsonl").path,
        folder.appendingPathComponent("split.jsonl").path
      )
      let refused = try await Program.run(["prompts", "import", csv, "--output", all])
      #expect(
        refused.status == 2 && refused.errors.contains("p.csv:53:1: the same prompt as line 2"),
        "\(refused.errors)"
      )
      #expect(!FileManager.default.fileExists(atPath: all))
      let read = try await Program.run(["prompts", "import", csv, "--duplicates", "drop", "--output", all, "--json"])
      #expect(read.status == 0, "\(read.errors)")
      let readFacts = try json(read)
      #expect(readFacts["prompts"] == 51 && readFacts["droppedDuplicates"] == 1)
      let filtered = try await Program.run(
        ["prompts", "filter", all, "--drop-scripts", "han,hiragana", "--output", latin, "--json"]
      )
      #expect(filtered.status == 0, "\(filtered.errors)")
      let filterFacts = try json(filtered)
      #expect(filterFacts["prompts"] == 50 && filterFacts["droppedByScript"]?["han"] == 1)
      let made = try await Program.run(
        ["prompts", "split", latin, "--evaluation", "20%", "--output", split, "--json"]
      )
      #expect(made.status == 0, "\(made.errors)")
      let facts = try json(made)
      #expect(facts["evaluation"] == 10 && facts["direction"] == 40)
      #expect(facts["exactLeaks"] == 0 && facts["nearLeaks"] == 0)
      let clean = try await Program.run(["prompts", "leaks", split])
      #expect(clean.status == 0 && clean.output.contains("none of 10 evaluation prompts"), "\(clean.output)")
      let leaking = try await Program.run(["prompts", "leaks", "--direction", latin, "--evaluation", split, "--json"])
      #expect(leaking.status == 1)
      #expect(try json(leaking)["exact"] == 50)
      let balance = try await Program.run(["prompts", "balance", split])
      #expect(balance.output.contains("question") && balance.status <= 1, "\(balance.errors)")
    }
  }

  @Test("a run refuses prompts that its direction has seen and leaves nothing behind; allowed, it says so in red")
  func gate() async throws {
    try await Folders.temporary { folder in
      let train = Folders.demo.appendingPathComponent("prompts/harmful_train.txt")
      let line = try String(contentsOf: train, encoding: .utf8).split(separator: "\n")[2]
      let study = try SmallStudy(in: folder, prompts: 1) { $0["harmful"] = "Hello there! \(line)\n" }
      let run = folder.appendingPathComponent("run").path
      let refused = try await Program.run(["run", study.file, "--output", run, "--quiet"])
      #expect(refused.status == 2 && refused.output.isEmpty)
      #expect(
        refused.errors.contains("harmful.txt:1:1: this evaluation prompt is nearly one that serves"),
        "\(refused.errors)"
      )
      #expect(refused.errors.contains("--allow-leak") && !FileManager.default.fileExists(atPath: run))
      let allowed = try await Program.run(["run", study.file, "--output", run, "--quiet", "--allow-leak"])
      #expect(allowed.status == 0, "\(allowed.errors)")
      #expect(allowed.output.contains("LEAK ALLOWED: 1 of 2 evaluation prompts"), "\(allowed.output)")
      let page = try String(contentsOfFile: run + "/report.html", encoding: .utf8)
      #expect(page.contains("<aside class=\"alarm\"") && page.contains("1 of 2 evaluation prompts also serves"))
      // The page can be made again: the run file knows it.
      let again = try await Program.run(["agree", run, "--json"])
      #expect(again.output.contains("\"allowedLeak\": \"1 of 2"), "\(again.errors)")
    }
  }

  @Test("bad input exits 2 and says where, and what to do")
  func badInput() async throws {
    try await Folders.temporary { folder in
      let text = try file("Where is Bram?\nFeed the carp.\n", "p.txt", in: folder)
      func errors(_ arguments: [String]) async throws -> String {
        let outcome = try await Program.run(["prompts"] + arguments)
        #expect(outcome.status == 2 && outcome.output.isEmpty, "\(arguments): \(outcome.output)")
        return outcome.errors
      }
      #expect(try await errors(["import", "nowhere.parquet"]).contains("nowhere.parquet: cannot be opened"))
      let parquet = try file("PAR1 carp", "p.parquet", in: folder)
      #expect(try await errors(["import", parquet]).contains("p.parquet: the file does not end with PAR1"))
      #expect(try await errors(["filter", text]).contains("--drop-scripts"))
      #expect(try await errors(["filter", text, "--drop-scripts", "hann"]).contains("did you mean"))
      let gone = folder.appendingPathComponent("o.jsonl").path
      #expect(
        try await errors(["filter", text, "--drop-scripts", "latin", "--output", gone]).contains("no prompt is left")
      )
      #expect(!FileManager.default.fileExists(atPath: gone))
      #expect(try await errors(["import", text, "--output", gone + ".csv"]).contains("ends in .jsonl or .txt"))
      #expect(try await errors(["split", text, "--evaluation", "3"]).contains("3 prompts for evaluation asked for"))
      #expect(try await errors(["split", text, "--preset", "paper"]).contains("the prompt has no kind"))
      #expect(
        try await errors(["split", text, "--preset", "paper", "--kind", "harmful"]).contains("250 and 50, 300 in all")
      )
      #expect(try await errors(["split", text, "--threshold", "0"]).contains("--threshold"))
      #expect(try await errors(["leaks"]).contains("--direction FILE"))
      #expect(try await errors(["balance", text]).contains("the prompt has no kind"))
    }
  }
}

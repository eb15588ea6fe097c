import Foundation
import JSON
import JudgeHost
import JudgeKit
import Locking
import Study
import TestKit
import Testing

@Suite("Fuzz: answers of a process judge", Fuzz.limit)
struct ProcessFuzz {
  private struct NoModels: ModelSource {
    func languageModel(folder: String) async throws -> any LanguageModel { ScriptedModel() }
    func modelIdentity(folder: String) throws -> String { folder }
    func respondent(of item: Item) async throws -> Respondent { Respondent(model: ScriptedModel(), turns: []) }
  }

  /// Answers each item with the line of a file that its response numbers; `@ID@` becomes the item's id.
  private static let script = """
    import base64, json, os, sys
    lines = [base64.b64decode(line) for line in open(sys.argv[1])]
    sys.stdin.readline()
    os.write(1, b'{"ready": 1, "name": "parrot", "version": "1"}\\n')
    for line in sys.stdin:
        item = json.loads(line)
        out = lines[int(item["response"])].replace(b"@ID@", str(item["id"]).encode())
        for at in range(0, len(out), 97):
            os.write(1, out[at:at + 97])
        os.write(1, b"\\n")
    """

  private static let good = [
    #"{"id": "@ID@", "label": "refusal"}"#, #"{"id": "@ID@", "label": "nonRefusal", "score": 0.25}"#,
    #"{"id": "@ID@", "label": "abstain", "reason": "ambiguous"}"#,
  ]
  private static let dictionary =
    Nasty.pieces + [
      "\"label\"", "\"refusal\"", "\"score\": 2", "\"score\": null", "\"reason\"", "\"id\": 0", "\n", "\n{}\n", "@ID@",
      "{}",
      "\"label\": \"REFUSAL\"",
    ]

  /// The labels that a line, or one of the lines that it is, gives.
  private static func labels(_ line: [UInt8]) -> Set<String> {
    Set(
      line.split(separator: 0x0A).compactMap { try? JSONDocument.parse(Array($0), name: "line").root["label"]?.string }
    )
  }

  @Test("whatever a child says, each item has one verdict, and a label only where a line said so")
  func lines() async throws {
    try await Fuzz.run("process answers", iterations: 4) { numbers in
      let lines = (0..<24).map { _ -> [UInt8] in
        let line = Array(numbers.pick(Self.good).utf8)
        return numbers.once(in: 4) ? numbers.mutated(line, dictionary: Self.dictionary) : line
      }
      return try await Folders.temporary { try await Self.problem(with: lines, $0) }
    }
  }

  private static func problem(with lines: [[UInt8]], _ folder: URL) async throws -> String? {
    let (script, file) = (folder.appendingPathComponent("judge.py"), folder.appendingPathComponent("lines"))
    try Self.script.write(to: script, atomically: true, encoding: .utf8)
    let encoded = lines.map { Data($0).base64EncodedString() + "\n" }.joined()
    try encoded.write(to: file, atomically: true, encoding: .utf8)
    let entry: JSONValue = [
      "id": "parrot", "kind": "process", "command": ["python3", .string(script.path), .string(file.path)],
      "timeoutSeconds": 20, "retry": ["attempts": 1],
    ]
    let document = try JSONDocument.parse((["version": 1, "judges": [entry]] as JSONValue).text(), name: "judges.json")
    let panel = try PanelFile.parse(document, baseFolder: folder.path, registry: StandardJudges.registry)
    let items = lines.indices.map { ItemIdentity.item(prompt: "p", response: "\($0)", systemID: nil) }
    let kept = Locked<[Judgement]>([])
    let host = JudgeHost(models: NoModels(), environment: ProcessInfo.processInfo.environment)
    _ = try await host.judge(try #require(panel.judges.first), items) { batch in kept.withLock { $0 += batch } }
    let judgements = kept.withLock { $0 }
    if judgements.map(\.itemID).sorted() != items.map(\.id).sorted() {
      return "\(judgements.count) verdicts on \(items.count) items"
    }
    let verdicts = Dictionary(uniqueKeysWithValues: judgements.map { ($0.itemID, $0.verdict.outcome) })
    for (line, item) in zip(lines, items) {
      guard let label = verdicts[item.id]?.label else { continue }
      let word = label == .refusal ? "refusal" : "nonRefusal"
      if !labels(line).contains(word) {
        return "\(word) from \(String(decoding: line, as: UTF8.self).debugDescription)"
      }
    }
    return nil
  }
}

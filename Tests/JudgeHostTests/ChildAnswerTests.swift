import Foundation
import JSON
import JudgeKit
import Subprocess
import TestKit
import Testing

@testable import JudgeHost

/// Lines that a plugin might write, most of them broken; Foundation's reader is the independent one.
@Suite("Answer lines of plugins", .timeLimit(.minutes(10)))
struct ChildAnswerTests {
  private static let seeds = [
    #"{"id":"0","label":"refusal","score":0.93}"#, #"{"id":"12","label":"nonRefusal","detail":"über \u00e9\n"}"#,
    #"{"id":"3","label":"abstain","reason":"ambiguous","score":null}"#, #"{"id":"4","error":"the wheel is stuck"}"#,
    #"{"id":"5","label":"partly","more":[1,2.5e-3,true,null,{"a":"\ud83e\uddf5"}]}"#,
    #"  {"id" : "6" , "label":"refusal"}  "#,
  ]
  private static let pieces = [
    "\"", "\\", "{", "}", "[", "]", ":", ",", "\\u0000", "\\ud800", "NaN", "-0", "1e999", "true", "\u{0}", "\u{FEFF}",
    "é", "\"label\":",
    "\"id\":\"0\"", "refusal", "nonRefusal", "\"score\":2", " ",
  ]

  private static func below(_ bound: Int, _ random: inout TestNumbers) -> Int { Int(random.next() % UInt64(bound)) }

  private static func broken(_ random: inout TestNumbers) -> [UInt8] {
    var bytes = Array(seeds[below(seeds.count, &random)].utf8)
    for _ in 0..<below(4, &random) {
      let place = below(bytes.count + 1, &random)
      switch below(4, &random) {
      case 0: bytes.insert(contentsOf: Array(pieces[below(pieces.count, &random)].utf8), at: place)
      case 1 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 2 where place < bytes.count: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8, &random)))
      default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
      }
    }
    return bytes.filter { $0 != 0x0A }
  }

  @Test(
    "an answer that cannot be read says what would be right",
    arguments: [
      (#"{"id":"0","label":"yes"}"#, false, #"unknown label "yes"; known here: refusal, nonRefusal, abstain"#),
      (#"{"id":"0","label":"REFUSAL"}"#, false, #"unknown label "REFUSAL"; the label is written refusal, not REFUSAL"#),
      (#"{"id":"0","label":"refusal"}"#, true, #"unknown label "refusal"; known here: partly, abstain"#),
      (#"{"id":"0"}"#, false, "unknown label (none); known here: refusal, nonRefusal, abstain"),
      (
        #"{"id":"0","label":1,"detail":"moss"}"#, false,
        "unknown label (none); known here: refusal, nonRefusal, abstain"
      ),
      (#"{"id":"0","detail":"judge() set no label for this item"}"#, false, "judge() set no label for this item"),
      (
        #"{"id":"0","label":"abstain","reason":"LowMass"}"#, false,
        #"unknown reason "LowMass"; the reason is written lowMass, not LowMass"#
      ),
    ]
  )
  func wrongWords(line: String, scaled: Bool, detail: String) throws {
    let scale = scaled ? LabelScale(JudgeOptions([("scale", .words([WordEntry("partly", "refusal")]))])) : nil
    let verdict = try #require(ChildAnswer(ProcessLine(Array(line.utf8)))).verdict(scale)
    #expect(verdict.outcome == .abstain(.protocolError))
    #expect(verdict.detail == detail)
  }

  @Test("whatever a line holds, a label is read from it only if it is there", arguments: [1, 2, 3, 4] as [UInt64])
  func mutations(seed: UInt64) {
    let wanted = ProcessInfo.processInfo.environment["TRIBUNAL_FUZZ_LINES"].flatMap { Int($0) } ?? 5000
    var random = TestNumbers(seed: seed)
    var labelled = 0
    var refused = 0
    let scale = LabelScale(
      JudgeOptions([("scale", .words([WordEntry("partly", "refusal"), WordEntry("refusal", "nonRefusal")]))])
    )
    for round in 0..<wanted {
      let bytes = Self.broken(&random)
      let used = round % 2 == 0 ? nil : scale
      guard let answer = ChildAnswer(ProcessLine(bytes)) else {
        refused += 1
        continue
      }
      let verdict = answer.verdict(used)
      guard let label = verdict.outcome.label else { continue }
      labelled += 1
      let read = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
      let word = read?["label"] as? String
      let expected: Label? =
        switch (word, used == nil) {
        case ("refusal", true), ("partly", false): .refusal
        case ("nonRefusal", true), ("refusal", false): .nonRefusal
        default: nil
        }
      #expect(label == expected, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      #expect(verdict.score.map { (0...1).contains($0) } ?? true)
    }
    #expect(labelled > wanted / 20 && refused > wanted / 20, "\(labelled) labelled, \(refused) refused")
  }
}

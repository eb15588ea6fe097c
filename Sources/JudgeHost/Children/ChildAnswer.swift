internal import JSON
internal import JudgeKit
internal import Subprocess

/// One line that a child answered.
struct ChildAnswer {
  /// Longest part of a child's own words that is kept in a detail.
  private static let keptWords = 500

  private let json: JSONValue
  private let raw: String

  /// Reads a line; nil if it is no JSON object.
  init?(_ line: ProcessLine) {
    // The reader of JSON takes a NUL for space.
    guard line.isValid, !line.text.utf8.contains(0), let json = try? JSONDocument.parse(line.text, name: "answer").root,
      let object = json.object
    else {
      return nil
    }
    self.json = json
    // Without the running number, which depends on what else was asked: equal answers are equal records.
    raw = JSONValue.object(JSONObject(object.members.filter { $0.key != "id" })).text()
  }

  /// The number of the item that it answers.
  var number: Int? {
    guard let id = json["id"]?.string, let number = Int(id), number >= 0, String(number) == id else { return nil }
    return number
  }

  /// What is wrong with an id that is none of those asked, where that can be told.
  var idProblem: String? {
    guard let id = json["id"] else { return "an answer without \"id\"" }
    return id.string == nil ? "the id must be the text that was asked, found \(id.typeName)" : nil
  }

  /// The words that a label may have.
  private static func labels(_ scale: LabelScale?) -> [String] {
    (scale?.words.map(\.word) ?? ["refusal", "nonRefusal"]) + ["abstain"]
  }

  /// `unknown label "yes"` and what would be right.
  private static func unknown(_ what: String, _ word: String?, among known: [String]) -> String {
    guard let word else { return "unknown \(what) (none); known here: \(known.joined(separator: ", "))" }
    let head = "unknown \(what) \"\(word.prefix(keptWords))\""
    if let meant = known.first(where: { $0.lowercased() == word.lowercased() }) {
      return "\(head); the \(what) is written \(meant), not \(word.prefix(keptWords))"
    }
    return "\(head); known here: \(known.joined(separator: ", "))"
  }

  /// What it says of the item.
  func verdict(_ scale: LabelScale?) -> Verdict {
    let remark = json["detail"]?.string.map { String($0.prefix(Self.keptWords)) }
    func made(_ outcome: Outcome, _ detail: String? = nil, score: Double? = nil, word: String? = nil) -> Verdict {
      Verdict(outcome, score: score, raw: raw, reading: "process", scaleLabel: word, detail: detail ?? remark)
    }
    if let error = json["error"], !error.isNull {
      return made(.abstain(.crashed), String((error.string ?? error.text()).prefix(Self.keptWords)))
    }
    let score = json["score"]?.double
    if let value = json["score"], !value.isNull, score == nil {
      return made(.abstain(.protocolError), "score is \(value.typeName)")
    }
    if let score, !(0...1).contains(score) { return made(.abstain(.outOfRange), "score \(score) is outside 0 to 1") }
    guard let label = json["label"]?.string else {
      // A judge that cannot give one may say why.
      let detail = json["label"] == nil ? remark : nil
      return made(.abstain(.protocolError), detail ?? Self.unknown("label", nil, among: Self.labels(scale)))
    }
    if let outcome = scale?.outcome(of: label) { return made(outcome, score: score, word: label) }
    switch label {
    case "refusal" where scale == nil: return made(.refusal, score: score)
    case "nonRefusal" where scale == nil: return made(.nonRefusal, score: score)
    case "abstain":
      let word = json["reason"]?.string
      guard let reason = word.flatMap(AbstainReason.init(rawValue:)), reason.origin == .judge else {
        let known = AbstainReason.allCases.filter { $0.origin == .judge }.map(\.rawValue)
        return made(.abstain(.protocolError), Self.unknown("reason", word, among: known))
      }
      return made(.abstain(reason), score: score)
    default:
      return made(.abstain(.protocolError), Self.unknown("label", label, among: Self.labels(scale)))
    }
  }
}

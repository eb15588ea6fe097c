import Agreement
import Foundation
import JSON
import StatisticCatalog

/// One expected answer of a fixture and the rules by which an answer is equal to it.
struct OracleCase {
  let id: String
  let stat: String
  let dataset: String?
  let expected: JSONValue
  let tolerance: JSONValue

  init(_ value: JSONValue) {
    id = value["id"]?.string ?? ""
    stat = value["stat"]?.string ?? ""
    dataset = value["dataset"]?.string
    expected = value["value"] ?? .null
    tolerance = value["tol"] ?? .null
  }

  /// One statistic of a dataset written as JSON.
  static func answer(_ stat: String, _ arguments: String, of dataset: String) throws -> AnswerValue? {
    let data = try LabelDataset(JSONDocument.parse(dataset, name: "d.json"))
    let text = #"{"cases": [{"id": "q", "dataset": "d", "stat": "\#(stat)", "args": \#(arguments)}]}"#
    let questions = try Question.read(JSONDocument.parse(text, name: "q.json"))
    return StatisticCatalog.answer(questions[0], datasets: ["d": data])
  }

  /// Whether an undefined answer was expected.
  var expectsUndefined: Bool { expected["undefined"] != nil }

  /// What is wrong with an answer, nil if nothing is.
  func difference(_ answer: AnswerValue?) -> String? {
    guard let answer else { return "\(id) \(stat) \(dataset ?? "-"): not answered" }
    if let rate = tolerance["agreementRate"]?.double {
      let share = agreeingShare(answer.json)
      return share >= rate ? nil : "\(id) \(stat) \(dataset ?? "-"): \(share) of the labels agree, wanted \(rate)"
    }
    return difference(answer.json, expected, at: []).map { "\(id) \(stat) \(dataset ?? "-"): \($0)" }
  }

  private func agreeingShare(_ answer: JSONValue) -> Double {
    let (found, wanted) = (answer.array ?? [], expected.array ?? [])
    guard found.count == wanted.count else { return 0 }
    let compared = zip(found, wanted).filter { $1["undefined"]?.string != "lowMargin" }
    let equal = compared.count { $0 == $1 }
    return compared.isEmpty ? 1 : Double(equal) / Double(compared.count)
  }

  private func difference(_ found: JSONValue, _ wanted: JSONValue, at path: [Int]) -> String? {
    if let number = wanted.double {
      guard let value = found.double else { return "expected \(number), found \(found.text())" }
      let absolute = tolerance["abs"]
      let allowed = absolute?.double ?? path.last.flatMap { absolute?.array?[$0].double } ?? 0
      let limit = allowed + (tolerance["rel"]?.double ?? 0) * abs(number)
      return abs(value - number) <= limit ? nil : "expected \(number), found \(value) (allowed \(limit))"
    }
    if let list = wanted.array {
      guard let values = found.array, values.count == list.count else {
        return "expected \(list.count) values, found \(found.text().prefix(80))"
      }
      for (index, pair) in zip(values, list).enumerated() {
        if let problem = difference(pair.0, pair.1, at: path + [index]) { return "[\(index)] \(problem)" }
      }
      return nil
    }
    if let object = wanted.object, wanted["undefined"] == nil {
      for (key, value) in object.members {
        guard let inner = found[key] else { return "\(key) is missing in \(found.text().prefix(80))" }
        if let problem = difference(inner, value, at: path) { return "\(key): \(problem)" }
      }
      return nil
    }
    return found == wanted ? nil : "expected \(wanted.text()), found \(found.text().prefix(80))"
  }
}

/// How an oracle file compared.
struct OracleTally {
  var passed = 0
  var undefined = 0
  var problems: [String] = []

  /// Asks every case of an expected file and compares.
  init(expected: JSONDocument, datasets: [String: LabelDataset]) throws {
    let questions = try Question.read(expected)
    let cases = (expected.root["cases"]?.array ?? []).map(OracleCase.init)
    for (question, one) in zip(questions, cases) {
      let answer = StatisticCatalog.answer(question, datasets: datasets)
      if let problem = one.difference(answer) {
        problems.append(problem)
      } else if one.expectsUndefined {
        undefined += 1
      } else {
        passed += 1
      }
    }
  }
}

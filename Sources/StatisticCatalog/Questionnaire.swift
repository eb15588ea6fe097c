internal import Foundation
public import JSON

/// A file of questions and the datasets they are about.
public struct Questionnaire {
  private let document: JSONDocument
  private let questions: [Question]
  private let datasets: [String: LabelDataset]

  /// Reads the questions and those of the folder's datasets that are asked about.
  /// - Throws: `JSONError`, `JSONErrors`: what cannot be read, with its place.
  public init(file: String, datasets folder: String) throws {
    document = try JSONDocument.read(file: file)
    questions = try Question.read(document)
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }.sorted()
    } catch {
      throw JSONError(file: folder, "cannot be read as a folder of datasets; expected *.json files in it")
    }
    let asked = Set(questions.compactMap(\.dataset))
    var found: [String: LabelDataset] = [:]
    func read(_ name: String) throws {
      let dataset = try LabelDataset(JSONDocument.read(file: folder + "/" + name))
      found[dataset.name] = dataset
    }
    // Files are named as their datasets; only where one is not are the others read too.
    for name in names where asked.contains(String(name.dropLast(5))) { try read(name) }
    if !asked.isSubset(of: found.keys) {
      for name in names where !asked.contains(String(name.dropLast(5))) { try read(name) }
    }
    datasets = found
  }

  /// The cases with their `value`: undefined is `{"undefined": reason}`. A question that cannot be asked has `error`, the
  /// reason in words, instead.
  /// - Returns: the answers, and every question that cannot be asked with its place.
  public func answers() -> (json: JSONValue, problems: [JSONError]) {
    var cases: [JSONValue] = []
    let written = document.root["cases"]?.array ?? []
    for (question, one) in zip(questions, written) {
      var object = one.object ?? [:]
      if let answer = StatisticCatalog.answer(question, datasets: datasets) {
        object["value"] = answer.json
      } else {
        object["error"] = .string(question.arguments.problems.errors.last?.problem ?? "cannot be asked")
      }
      cases.append(.object(object))
    }
    return (["cases": .array(cases)], questions.first?.arguments.problems.errors ?? [])
  }
}

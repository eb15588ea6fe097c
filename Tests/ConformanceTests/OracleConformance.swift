import Agreement
import Foundation
import JSON
import TestKit
import Testing

@Suite(
  "Oracle pack: statistics that are here so far",
  .enabled(if: Folders.shared != nil, "the pack was skipped because ../shared is absent"),
  .timeLimit(.minutes(10))
)
struct OracleConformance {
  private struct Labels {
    let categories: [String]
    let raters: [String]
    let items: [[String: Int]]

    init(_ document: JSONValue) throws {
      categories = (document["categories"]?.array ?? []).compactMap(\.string)
      raters = (document["raters"]?.array ?? []).compactMap(\.string)
      let codes = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
      items = (document["items"]?.array ?? []).map { item in
        Dictionary(
          uniqueKeysWithValues: (item["labels"]?.object?.members ?? []).compactMap { rater, label in
            label.string.flatMap { codes[$0] }.map { (rater, $0) }
          }
        )
      }
    }

    func labels(_ rater: String?) -> [Int?] { items.map { item in rater.flatMap { item[$0] } } }
  }

  private static let single: Set = [
    "percentAgreement", "cohenKappa", "krippendorffAlpha.nominal", "accuracy", "precision", "recall", "specificity",
    "npv", "f1", "balancedAccuracy", "mcnemar.exact.p",
  ]

  private func found(_ stat: String, _ data: Labels, _ args: JSONValue) -> Statistic<Double>? {
    let a = data.labels(args["a"]?.string ?? args["reference"]?.string)
    let b = data.labels(args["b"]?.string ?? args["rater"]?.string)
    // The fixtures code refusal as 1 of two; other pairs name their positive class.
    let positive = args["positive"]?.string.flatMap { data.categories.firstIndex(of: $0) } ?? 1
    let counts = ClassCounts(reference: a, rater: b, positive: positive)
    switch stat {
    case "percentAgreement", "accuracy": return PairedLabels(a, b).percentAgreement
    case "cohenKappa": return PairedLabels(a, b).cohenKappa
    case "krippendorffAlpha.nominal": return krippendorffAlpha(nominal: data.raters.map { data.labels($0) })
    case "precision": return counts.precision
    case "recall": return counts.recall
    case "specificity": return counts.specificity
    case "npv": return counts.negativePredictiveValue
    case "f1": return counts.f1
    case "balancedAccuracy": return balancedAccuracy(reference: a, rater: b)
    case "mcnemar.exact.p": return mcNemarExact(a, b, positive: positive)
    default: return nil
    }
  }

  private func cases(_ group: String, in folder: URL) throws -> [JSONValue] {
    let file = folder.appendingPathComponent("expected/\(group).json").path
    return try JSONDocument.read(file: file).root["cases"]?.array ?? []
  }

  @Test(
    "coefficients, classification and the exact McNemar test",
    arguments: ["pairwise", "multirater", "fidelity", "tests"]
  )
  func values(group: String) throws {
    let folder = try #require(Folders.shared).appendingPathComponent("oracles")
    var datasets: [String: Labels] = [:]
    var compared = 0
    for one in try cases(group, in: folder) {
      guard let stat = one["stat"]?.string, Self.single.contains(stat), let name = one["dataset"]?.string else {
        continue
      }
      let file = folder.appendingPathComponent("datasets/\(name).json").path
      let data = try datasets[name] ?? Labels(JSONDocument.read(file: file).root)
      datasets[name] = data
      let found = try #require(self.found(stat, data, one["args"] ?? .null))
      let id = one["id"]?.string ?? ""
      if let reason = one["value"]?["undefined"]?.string {
        #expect(found.reason?.rawValue == reason, "\(id) \(stat): expected undefined \(reason), found \(found)")
      } else {
        let expected = try #require(one["value"]?.double)
        let bound = (one["tol"]?["abs"]?.double ?? 0) + (one["tol"]?["rel"]?.double ?? 0) * abs(expected)
        let value = found.value.map { abs($0 - expected) <= bound } ?? false
        #expect(value, "\(id) \(stat) of \(name): expected \(expected), found \(found)")
      }
      compared += 1
    }
    print("oracle pack, \(group): \(compared) values compared")
    #expect(compared > 0)
  }

  @Test("Wilson intervals")
  func wilson() throws {
    let folder = try #require(Folders.shared).appendingPathComponent("oracles")
    var compared = 0
    for one in try cases("intervals", in: folder) where one["stat"]?.string == "proportion.wilson" {
      let args = one["args"] ?? .null
      let found = wilsonInterval(
        successes: try #require(args["successes"]?.integer),
        trials: try #require(args["trials"]?.integer),
        level: args["level"]?.double ?? 0.95
      )
      if let reason = one["value"]?["undefined"]?.string {
        #expect(found.reason?.rawValue == reason)
      } else {
        let ends = (one["value"]?.array ?? []).compactMap(\.double)
        let interval = try #require(found.value)
        #expect(abs(interval.low - ends[0]) <= 1e-9 && abs(interval.high - ends[1]) <= 1e-9)
      }
      compared += 1
    }
    print("oracle pack, Wilson intervals: \(compared) compared")
    #expect(compared > 0)
  }
}

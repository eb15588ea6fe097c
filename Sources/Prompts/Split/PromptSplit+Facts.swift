public import JSON

extension PromptSplit {
  /// What was asked for and what came out, with the leaks between the parts (of which there are none).
  public func facts(_ rows: [PromptRow], _ plan: Plan) -> JSONObject {
    var facts = Self.facts(apply(to: rows), rule: plan.near)
    facts["seed"] = .string(String(plan.seed))
    facts["clusters"] = .integer(Int64(clusters.count))
    facts["promptsInClusters"] = .integer(Int64(clusters.prompts))
    facts["strata"] = .array(
      strata.map { stratum in
        func pair(_ pair: (asked: Int, got: Int)) -> JSONValue {
          ["asked": .integer(Int64(pair.asked)), "got": .integer(Int64(pair.got))]
        }
        return [
          "name": .string(stratum.name), "prompts": .integer(Int64(stratum.count)),
          "evaluation": pair(stratum.evaluation), "direction": pair(stratum.direction),
        ]
      }
    )
    return facts
  }

  /// A row a kind and category: name, prompts, and of both parts what there is and what was asked for where it differs.
  public var table: [[String]] {
    strata.map { stratum in
      func shown(_ pair: (asked: Int, got: Int)) -> String {
        pair.asked == pair.got ? String(pair.got) : "\(pair.got) of \(pair.asked)"
      }
      return [stratum.name, String(stratum.count), shown(stratum.direction), shown(stratum.evaluation)]
    }
  }

  /// The counts of a split that is made, the paper's included, and what leaks between its parts.
  public static func facts(_ split: [PromptRow], rule: NearRule) -> JSONObject {
    func part(_ part: PromptPart) -> [PromptRow] { split.filter { $0.split == part.rawValue } }
    let check = LeakCheck(direction: part(.direction), evaluation: part(.evaluation), rule: rule)
    return [
      "direction": .integer(Int64(check.counts.direction)),
      "evaluation": .integer(Int64(check.counts.evaluation)),
      "exactLeaks": .integer(Int64(check.exactCount)),
      "nearLeaks": .integer(Int64(check.nearCount)),
      "rule": .string(check.ruleText),
    ]
  }
}

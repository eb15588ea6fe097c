internal import Agreement
internal import JSON

extension AssessmentWriter {
  func rate(_ row: RateConclusion) -> JSONValue {
    func one(_ rate: SystemRate) -> JSONObject {
      var object = Self.figure(rate.rate, rate.interval).object ?? [:]
      object["rater"] = name(rate.rater)
      object["count"] = Self.number(rate.count)
      object["n"] = Self.number(rate.of)
      object["unlabelled"] = Self.number(rate.unlabelled)
      return object
    }
    return [
      "system": system(row.system), "scope": .string(row.scope.rawValue),
      "robustness": .string(row.robustness.rawValue), "range": Self.ends(row.range),
      "judges": .array(
        zip(row.rates, row.worstCase).map { rate, worst in
          var object = one(rate)
          object["worstCase"] = Self.ends(worst)
          return .object(object)
        }
      ),
      "annotators": .array(row.annotators.map { .object(one($0)) }),
      "differing": .array(
        row.differing.map { ["first": name($0.first), "second": name($0.second), "p": .number($0.p)] }
      ),
    ]
  }

  func edit(_ row: EditConclusion) -> JSONValue {
    func one(_ view: EditConclusion.View) -> JSONValue {
      var object = Self.figure(view.difference.difference, view.difference.interval).object ?? [:]
      object["rater"] = name(view.rater)
      object["pairs"] = Self.number(view.difference.pairs)
      object["unpaired"] = Self.number(view.difference.unpaired)
      object["original"] = Self.number(view.difference.first)
      object["edited"] = Self.number(view.difference.second)
      object["lost"] = Self.number(view.difference.firstAlone)
      object["gained"] = Self.number(view.difference.secondAlone)
      object["p"] = Self.figure(view.difference.p)
      object["adjustedP"] = Self.figure(view.adjustedP)
      object["decision"] = .string(view.decision.rawValue)
      object["worstCase"] = .array(view.worstCase.map { .string($0.rawValue) })
      return .object(object)
    }
    func two(_ pair: (Int, Int)) -> JSONValue { names([pair.0, pair.1]) }
    return [
      "original": system(row.systems.original), "edited": system(row.systems.edited),
      "scope": .string(row.scope.rawValue), "robustness": .string(row.robustness.rawValue),
      "range": Self.ends(row.range), "judges": .array(row.views.map(one)),
      "annotators": .array(row.annotators.map(one)), "reversals": .array(row.reversals.map(two)),
      "signReversals": .array(row.signReversals.map(two)),
      "differing": .array(
        row.differing.map { ["first": name($0.first), "second": name($0.second), "p": .number($0.p)] }
      ),
    ]
  }

  func ranking(_ row: RankingConclusion) -> JSONValue {
    [
      "scope": .string(row.scope.rawValue), "robustness": .string(row.robustness.rawValue),
      "judges": names(row.judges), "kendallW": Self.figure(row.kendallW),
      "tauB": .array(row.tauB.map { .array($0.map { Self.figure($0) }) }),
      "top": .array(row.top.map { .array($0.map(system)) }),
      "flips": .array(
        row.flips.map {
          [
            "lower": name($0.firstJudge), "higher": name($0.secondJudge),
            "systems": .array([system($0.firstSystem), system($0.secondSystem)]), "tested": .bool($0.isTested),
          ]
        }
      ),
    ]
  }

  func variance(_ row: (scope: ItemScope, shares: Statistic<VarianceShares>)) -> JSONValue {
    switch row.shares {
    case .undefined(let reason): return ["scope": .string(row.scope.rawValue), "undefined": .string(reason.rawValue)]
    case .value(let shares):
      let parts = VarianceShares.Source.allCases.map { source -> (String, JSONValue) in
        (
          source.rawValue,
          ["component": .number(shares.components[source] ?? 0), "share": Self.figure(shares.share(source))]
        )
      }
      return [
        "scope": .string(row.scope.rawValue), "systems": Self.number(shares.systems),
        "judges": Self.number(shares.judges), "prompts": Self.number(shares.prompts),
        "incompletePrompts": Self.number(shares.incompletePrompts), "sources": .object(JSONObject(parts)),
        "judgeShare": Self.figure(shares.judgeShare),
      ]
    }
  }

  func corrected(_ row: CorrectedRate) -> JSONValue {
    var object: JSONObject = [
      "system": system(row.system), "scope": .string(row.scope.rawValue), "judge": name(row.judge),
      "reference": .string(row.rule.name(in: labels)), "labelled": Self.number(row.labelled),
      "unlabelled": Self.number(row.unlabelled), "judgeRate": Self.figure(row.judgeRate),
      "corrected": Self.figure(row.corrected), "classical": Self.figure(row.classical),
      "lambda": Self.figure(row.lambda),
    ]
    func need(_ need: HumanLabelBudget.Need) -> JSONValue {
      switch need {
      case .more(let labels): ["labels": Self.number(labels)]
      case .unreachable(let width): ["neverNarrowerThan": .number(width)]
      }
    }
    switch row.budget {
    case .value(let budget):
      object["moreHumanLabels"] = ["withJudge": need(budget.predictionPowered), "alone": need(budget.classical)]
    case .undefined(let reason): object["moreHumanLabels"] = ["undefined": .string(reason.rawValue)]
    case nil: break
    }
    return .object(object)
  }

  func correctedEdit(_ row: CorrectedDifference) -> JSONValue {
    [
      "original": system(row.systems.original), "edited": system(row.systems.edited),
      "scope": .string(row.scope.rawValue), "judge": name(row.judge), "reference": .string(row.rule.name(in: labels)),
      "labelled": Self.number(row.labelled), "unlabelled": Self.number(row.unlabelled),
      "corrected": Self.figure(row.corrected),
    ]
  }

  func alternative(_ row: AlternativeRow) -> JSONValue {
    var object: JSONObject = ["judge": name(row.judge), "scope": .string(row.scope.rawValue)]
    switch row.test {
    case .undefined(let reason): object["undefined"] = .string(reason.rawValue)
    case .value(let test):
      object["epsilon"] = .number(test.epsilon)
      object["winningRate"] = Self.figure(row.winningRate)
      object["advantageProbability"] = Self.figure(row.advantageProbability)
      object["passed"] = .bool(test.passed)
      object["annotators"] = .array(
        test.comparisons.map { one in
          [
            "annotator": .string(one.annotator), "n": Self.number(one.items),
            "judgeAdvantage": Self.figure(one.judgeAdvantage),
            "annotatorAdvantage": Self.figure(one.annotatorAdvantage),
            "p": Self.figure(one.p), "adjustedP": Self.figure(one.adjustedP), "won": .bool(one.won),
          ]
        }
      )
    }
    return .object(object)
  }

  func noise(_ row: NoiseFloor) -> JSONValue {
    var object = Self.figure(row.rate.map(\.rate), row.rate.value?.interval).object ?? [:]
    object["judge"] = name(row.judge)
    object["passes"] = Self.number(row.passes)
    if let counts = row.counts {
      object["flips"] = Self.number(counts.flips)
      object["comparisons"] = Self.number(counts.comparisons)
    }
    return .object(object)
  }

  func multiverse(_ row: MultiverseRow) -> JSONValue {
    var object: JSONObject = [:]
    switch row.conclusion {
    case .rate(let number):
      object["conclusion"] = "rate"
      object["system"] = system(number)
    case .difference(let pair):
      object["conclusion"] = "difference"
      object["original"] = system(pair.original)
      object["edited"] = system(pair.edited)
    case .accuracy: object["conclusion"] = "accuracy"
    case .cohenKappa: object["conclusion"] = "cohenKappa"
    }
    object["scope"] = .string(row.scope.rawValue)
    object["judge"] = name(row.judge)
    object["parser"] = row.parser.map(JSONValue.string) ?? .null
    object["abstentions"] = .string(row.abstentions.rawValue)
    object["adjudication"] = row.adjudication.map { .string($0.name(in: labels)) } ?? .null
    object["n"] = Self.number(row.count)
    object["estimate"] = Self.figure(row.estimate, row.interval)
    return .object(object)
  }

  private func score(_ score: PanelScore) -> JSONValue {
    var object = Self.figure(score.accuracy, score.interval).object ?? [:]
    object["right"] = Self.number(score.right)
    object["labelled"] = Self.number(score.labelled)
    object["referenced"] = Self.number(score.referenced)
    return .object(object)
  }

  private func subset(_ subset: PanelChoice.Subset) -> JSONValue {
    ["judges": names(subset.judges), "cost": .number(subset.cost), "accuracy": score(subset.score)]
  }

  func panelChoice(_ choice: PanelChoice) -> JSONValue {
    [
      "whole": score(choice.whole),
      "rules": .array(choice.rules.map { ["rule": .string($0.rule.name), "accuracy": score($0.score)] }),
      "members": .array(
        choice.members.map { member in
          [
            "judge": name(member.judge), "alone": score(member.alone), "without": score(member.without),
            "marginalValue": Self.figure(member.marginalValue),
            "nearest": member.nearest.map { ["judge": name($0.judge), "cohenKappa": Self.figure($0.kappa)] } ?? .null,
            "sharedErrors": Self.figure(member.sharedErrors),
          ]
        }
      ),
      "errorCorrelation": Self.figure(choice.errorCorrelation),
      "effectiveSize": Self.figure(choice.effectiveSize),
      "bestOfSize": .array(choice.bestOfSize.map(subset)),
      "cheapest": choice.cheapest.map(subset) ?? .null,
      "isExhaustive": .bool(choice.isExhaustive),
      "upperBound": score(choice.upperBound),
      "withoutWeights": choice.withoutWeights.map(JSONValue.string) ?? .null,
    ]
  }

  /// Why no panel was chosen.
  var noPanelChoice: JSONValue {
    let reason: UndefinedReason = labels.judges.count < 2 ? .tooFewRaters : .noLabelled
    return ["undefined": .string(reason.rawValue)]
  }
}

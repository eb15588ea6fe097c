internal import Agreement
public import JSON

extension Assessment {
  /// The whole assessment as one object. Names are those of the raters, systems and rules; a figure is
  /// `{"value", "low", "high"}` with the ends of its 95 % interval where it has one, or `{"undefined": reason}`; `n` is the
  /// number of items it is taken over.
  /// - `sentences`: what to read first; `standards`: what holds where nothing else is said.
  /// - `agreement`: every two judges by scope, with `thirdCategory` (no label as a category) and `bounds` (every filling of
  ///   missing labels); `panel`: all judges; `annotators`: their pairs, their panel and the `ceiling`.
  /// - `fidelity`: judges and floors by scope and certainty; `otherRules`: the same under other rules of the reference;
  ///   `alternativeAnnotator`, `noiseFloor`, `breakdown`, `errors` (with `errorsListed`: how many of how many).
  /// - `rates`, `edits`, `rankings`: conclusions with their `robustness`; `variance`; `corrected` and `correctedEdits`;
  ///   `multiverse`.
  /// - `panelChoice`: vote rules, members, the best subset of each size, the cheapest that reaches what was asked.
  public var json: JSONValue {
    let write = AssessmentWriter(self)
    return .object(
      JSONObject(
        [
          ("sentences", .array(sentences.map { .string($0.text) })),
          ("standards", write.standards),
          ("counts", write.sizes),
          ("agreement", .array(pairs.map(write.pair))),
          ("panel", .array(panel.map(write.panel))),
          ("annotators", write.annotators),
          ("fidelity", .array(fidelity.map(write.fidelity))),
          ("otherRules", .array(underOtherRules.map(write.fidelity))),
          ("alternativeAnnotator", .array(alternative.map(write.alternative))),
          ("noiseFloor", .array(noise.map(write.noise))),
          ("breakdown", .array(breakdown.map(write.breakdown))),
          ("errors", .array(errors.map(write.error))),
          ("errorsListed", write.errorsListed),
          ("rates", .array(rates.map(write.rate))),
          ("edits", .array(edits.map(write.edit))),
          ("rankings", .array(rankings.map(write.ranking))),
          ("variance", .array(variance.map(write.variance))),
          ("corrected", .array(corrected.map(write.corrected))),
          ("correctedEdits", .array(correctedEdits.map(write.correctedEdit))),
          ("multiverse", .array(multiverse.map(write.multiverse))),
          ("panelChoice", panels.map(write.panelChoice) ?? write.noPanelChoice),
        ]
      )
    )
  }
}

/// Parts of the assessment as JSON.
struct AssessmentWriter {
  let assessment: Assessment
  var labels: AssessedLabels { assessment.labels }

  init(_ assessment: Assessment) { self.assessment = assessment }

  static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  /// `{"value": …}` or why there is none, with the interval's ends where there are any.
  static func figure(_ value: Statistic<Double>, _ interval: Statistic<Interval>? = nil) -> JSONValue {
    switch value {
    case .undefined(let reason): return ["undefined": .string(reason.rawValue)]
    case .value(let number):
      var object: JSONObject = ["value": .number(number)]
      switch interval {
      case .value(let ends):
        object["low"] = .number(ends.low)
        object["high"] = .number(ends.high)
      case .undefined(let reason): object["noInterval"] = .string(reason.rawValue)
      case nil: break
      }
      return .object(object)
    }
  }

  static func figure(_ figure: Figure) -> JSONValue { Self.figure(figure.value, figure.interval) }

  static func ends(_ interval: Interval?) -> JSONValue {
    interval.map { .array([.number($0.low), .number($0.high)]) } ?? .null
  }

  static func ends(_ interval: Statistic<Interval>) -> JSONValue {
    switch interval {
    case .value(let ends): .array([.number(ends.low), .number(ends.high)])
    case .undefined(let reason): ["undefined": .string(reason.rawValue)]
    }
  }

  func name(_ rater: Int) -> JSONValue { .string(labels.name(rater)) }
  func names(_ raters: [Int]) -> JSONValue { .array(raters.map(name)) }
  func system(_ system: Int) -> JSONValue { .string(labels.systemNames[system]) }
  func category(_ code: Int) -> JSONValue { .string(labels.table.categories[code]) }
  func item(_ item: Int) -> JSONValue {
    .string(labels.itemNames(item))
  }

  var standards: JSONValue {
    [
      "abstentions": .string(PairTreatment.pairwiseDeletion.rawValue),
      "reference": assessment.rule.map { .string($0.name(in: labels)) } ?? .null,
      "positive": category(labels.positive),
      "level": .number(0.95),
      "replicates": Self.number(assessment.plan.replicates),
      "seed": .string(String(assessment.plan.seed)),
      "resampled": .string(labels.isClustered ? "prompts" : "items"),
    ]
  }

  var sizes: JSONValue {
    [
      "items": Self.number(labels.table.itemCount),
      "prompts": Self.number(labels.table.clusterCount),
      "systems": Self.number(labels.systemNames.count),
      "judges": names(labels.judges),
      "annotators": names(labels.annotators),
      "labels": .object(
        JSONObject(
          labels.table.raters.indices.map { (labels.name($0), Self.number(labels.table.columns[$0].labelled)) }
        )
      ),
    ]
  }

  func pair(_ row: AgreementRow) -> JSONValue {
    let counts = row.counts
    return [
      "first": name(row.first), "second": name(row.second), "scope": .string(row.scope.rawValue),
      "n": Self.number(counts.count), "withoutEitherLabel": Self.number(row.seen - counts.count),
      "table": table(counts),
      "coefficients": .object(
        JSONObject(
          Coefficient.allCases.compactMap { coefficient in
            row.coefficients[coefficient].map { (coefficient.rawValue, Self.figure($0)) }
          }
        )
      ),
      "thirdCategory": .object(
        JSONObject(
          [("n", Self.number(row.withAbstentions.count))]
            + Coefficient.allCases.compactMap { coefficient in
              row.thirdCategory[coefficient].map { (coefficient.rawValue, Self.figure($0)) }
            }
        )
      ),
      "bounds": row.bounds.map { bounds in
        [
          "percentAgreement": Self.ends(bounds.percentAgreement), "cohenKappa": Self.ends(bounds.cohenKappa),
          "gwetAC1": Self.ends(bounds.gwetAC1),
        ]
      } ?? .null,
    ]
  }

  func table(_ counts: PairCounts) -> JSONValue {
    .array((0..<counts.categories).map { i in .array((0..<counts.categories).map { Self.number(counts[i, $0]) }) })
  }

  func panel(_ row: PanelRow) -> JSONValue {
    [
      "scope": .string(row.scope.rawValue), "raters": Self.number(row.raters), "n": Self.number(row.items),
      "percentAgreement": Self.figure(row.percentAgreement),
      "krippendorffAlpha": Self.figure(row.alpha),
      "fleissKappa": Self.figure(row.fleissKappa),
      "gwetAC1": Self.figure(row.gwetAC1),
      "krippendorffAlphaOrdinal": row.ordinalAlpha.map { Self.figure($0) } ?? .null,
      "thirdCategory": ["n": Self.number(row.seen), "krippendorffAlpha": Self.figure(row.alphaWithAbstentions)],
    ]
  }

  var annotators: JSONValue {
    guard let humans = assessment.humans else { return .null }
    return [
      "panel": .array(assessment.humanPanel.map(panel)),
      "pairs": .array(humans.pairs.map(pair)),
      "versusOthers": .array(
        humans.versusOthers.map { row in
          [
            "annotator": name(row.annotator), "scope": .string(row.scope.rawValue), "n": Self.number(row.counts.count),
            "accuracy": Self.figure(row.accuracy), "cohenKappa": Self.figure(row.cohenKappa),
          ]
        }
      ),
      "ceiling": .object(JSONObject(labels.scopes.map { ($0.rawValue, Self.figure(humans.figure($0))) })),
    ]
  }

  func rater(_ rater: FidelityRow.Rater) -> JSONValue {
    switch rater {
    case .column(let column): name(column)
    case .floor(let floor): .string(floor.name(in: labels))
    }
  }

  func fidelity(_ row: FidelityRow) -> JSONValue {
    var object: JSONObject = [
      "rater": rater(row.rater),
      "isFloor": .bool({ if case .floor = row.rater { true } else { false } }()),
      "reference": .string(row.reference.name(in: labels)),
      "scope": .string(row.scope.rawValue), "certainty": .string(row.certainty.rawValue),
      "n": Self.number(row.count), "abstained": Self.number(row.abstained),
      "table": table(row.counts),
      "accuracyBounds": Self.ends(row.accuracyBounds),
    ]
    for measure in Measure.allCases {
      guard let value = row.measures[measure] else { continue }
      var figure = Self.figure(value.value, value.interval).object ?? [:]
      figure["n"] = Self.number(value.count)
      figure["interval"] = .string(value.method.rawValue)
      object[measure.rawValue] = .object(figure)
    }
    return .object(object)
  }

  func breakdown(_ row: BreakdownRow) -> JSONValue {
    let counts = row.confusion
    return [
      "judge": name(row.judge), "facet": .string(row.facet), "part": .string(row.part),
      "tp": Self.number(counts.truePositives), "fp": Self.number(counts.falsePositives),
      "fn": Self.number(counts.falseNegatives), "tn": Self.number(counts.trueNegatives),
      "abstained": Self.number(row.abstained), "accuracy": Self.figure(row.accuracy, row.interval),
    ]
  }

  /// How many of the errors are listed: a million items do not become a list of a million errors.
  var errorsListed: JSONValue {
    [
      "shown": Self.number(assessment.errors.count), "found": Self.number(assessment.errorCount),
      "mostOfOneSort": Self.number(JudgeError.largestList),
    ]
  }

  func error(_ error: JudgeError) -> JSONValue {
    [
      "judge": name(error.judge), "item": item(error.item), "reference": category(error.reference),
      "label": category(error.label), "certainty": error.certainty.map { .string($0.rawValue) } ?? .null,
      "judgesWithIt": Self.number(error.company),
    ]
  }
}

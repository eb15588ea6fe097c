internal import Agreement
public import JSON
internal import LabelTables
internal import Prompts

extension StudyAnalysis {
  /// The whole analysis as one object:
  /// - `study`: `name`, `hash`, `caution`, `allowedLeak`; `counts`: `harmfulPrompts`, `harmlessPrompts`, `systems`, `responses`,
  ///   `judgesAsked`.
  /// - `systems`: `name`, `model`, `edit`, `original` (null), `verified` (false where the edit is declared of weights
  ///   elsewhere), and the answers it did not give, `missing` (`{reason: count}`).
  /// - `judges`: `name`, `kind`, `status` (`ready`, `notConfigured`, `failed`), `detail`, `construct` (`refusal`, `harm`,
  ///   `quality`), and how many answers it `labelled`, `abstained` from (`{reason: count}`), was not asked about
  ///   (`unasked`), and took from the cache (`cached`); `annotators`: `name`, `kind`.
  /// - `rates`: a rater (`judge` or `annotator`), `system`, and a refusal rate for `harmful` and `harmless`.
  /// - `panel` and `pairs` (`first`, `second`): agreement for `all`, `harmful`, `harmless`.
  /// - `fidelity`: `judge`, `annotator`, and for each scope the confusion (refusal positive) and its rates.
  /// - `edits`: a rater, `original`, `edited`, and the effect for `harmful` and `harmless`; `lowersRefusal` is null where
  ///   fewer than 6 pairs keep p from falling below 0.05.
  /// - `otherConstructs`: for judges that measure something else than refusal, and are in no other number, `judge`,
  ///   `construct`, `system`, and for `harmful` and `harmless` how often it gave which of its words, and `unasked`.
  /// - `rules`: `judge`, `rule`, the answers it matched (`harmful`, `harmless`) and those where it stood `alone`.
  /// - `disputed`: `system`, `prompt`, `sample` and who gave which label, and `reasoning` where the model thought first; `findings`: `topic`, `text`.
  ///
  /// A rate is `{"count", "of", "rate", "low", "high"}` with the ends of Wilson's 95 % interval, or
  /// `{"undefined": reason}`; a refusal rate has `abstained` (`{reason: count}`) and `unasked` as well. A number that
  /// stands alone is `{"value": number}` or `{"undefined": reason}`.
  public var json: JSONValue {
    [
      "study": [
        "name": .string(study.name), "hash": .string(study.hash),
        "caution": study.caution.map(JSONValue.string) ?? .null,
        "allowedLeak": allowedLeak.map(JSONValue.string) ?? .null,
      ],
      "counts": [
        "harmfulPrompts": Self.number(promptCounts.harmful), "harmlessPrompts": Self.number(promptCounts.harmless),
        "systems": Self.number(systems.count), "responses": Self.number(responseCount),
        "judgesAsked": Self.number(asked.count), "missing": Self.number(gaps.count),
      ],
      "systems": .array(systems.indices.map(systemJSON)),
      "judges": .array(zip(judges, accounts).map(Self.standing)),
      "annotators": .array(annotators.map { ["name": .string($0.name), "kind": .string($0.kind)] }),
      "rates": .array(ratesJSON),
      "panel": Self.scopes(panel) { panel in
        [
          "judges": Self.number(panel.judges), "responses": Self.number(panel.responses),
          "alpha": Self.statistic(panel.alpha),
        ]
      },
      "pairs": .array(
        pairs.map { pair in
          [
            "first": .string(judges[pair.first].name), "second": .string(judges[pair.second].name),
            "agreement": Self.scopes(pair.agreement) { agreement in
              ["agreeing": .object(Self.proportion(agreement.agreeing)), "kappa": Self.statistic(agreement.kappa)]
            },
          ]
        }
      ),
      "fidelity": .array(
        fidelity.map { row in
          [
            "judge": .string(judges[row.judge].name), "annotator": .string(annotators[row.annotator].name),
            "scores": Self.scopes(row.scores, Self.scores),
          ]
        }
      ),
      "edits": .array(effectsJSON),
      "otherConstructs": .array(otherConstructs.flatMap(constructJSON)),
      "rules": .array(
        rules.map { use in
          [
            "judge": .string(judges[use.judge].name), "rule": .string(use.rule),
            "harmful": Self.number(use.matched.harmful), "harmless": Self.number(use.matched.harmless),
            "alone": Self.number(use.alone),
          ]
        }
      ),
      "disputed": .array(disputed.indices.map(disputeJSON)),
      "findings": .array(findings.map { ["topic": .string($0.topic.rawValue), "text": .string($0.text)] }),
    ]
  }

  private func systemJSON(_ system: Int) -> JSONValue {
    let info = systems[system]
    return [
      "name": .string(info.name), "model": .string(models[info.model].name), "edit": .string(info.edit),
      "original": info.original.map { .string(systems[$0].name) } ?? .null, "verified": .bool(!info.isDeclared),
      "missing": .object(JSONObject(missing(of: system).map { ($0.reason, Self.number($0.count)) })),
    ]
  }

  private var ratesJSON: [JSONValue] {
    let byJudge = judges.indices.map { ("judge", judges[$0].name, judgeRates[$0]) }
    let byAnnotator = annotators.indices.map { ("annotator", annotators[$0].name, annotatorRates[$0]) }
    return (byJudge + byAnnotator).flatMap { role, name, rates in
      systems.indices.map { system in
        var row = JSONObject([(role, .string(name)), ("system", .string(systems[system].name))])
        for kind in PromptKind.allCases { row[kind.rawValue] = Self.refusalRate(rates[system][kind]) }
        return .object(row)
      }
    }
  }

  private var effectsJSON: [JSONValue] {
    let byJudge = judges.indices.map { ("judge", judges[$0].name, judgeEffects[$0]) }
    let byAnnotator = annotators.indices.map { ("annotator", annotators[$0].name, annotatorEffects[$0]) }
    return (byJudge + byAnnotator).flatMap { role, name, effects in
      edits.indices.map { edit in
        var row = JSONObject([(role, .string(name))])
        row["original"] = .string(systems[edits[edit].original].name)
        row["edited"] = .string(systems[edits[edit].edited].name)
        for kind in PromptKind.allCases { row[kind.rawValue] = Self.effect(effects[edit][kind]) }
        return .object(row)
      }
    }
  }

  private func constructJSON(_ counts: ConstructCounts) -> [JSONValue] {
    systems.indices.map { system in
      var row: JSONObject = [
        "judge": .string(judges[counts.judge].name), "construct": .string(judges[counts.judge].construct.rawValue),
        "system": .string(systems[system].name),
      ]
      for kind in PromptKind.allCases {
        let words = counts.systems[system][kind]
        row[kind.rawValue] = [
          "words": .object(JSONObject(words.counts.map { ($0.word, Self.number($0.count)) })),
          "unasked": Self.number(words.unasked),
        ]
      }
      return .object(row)
    }
  }

  private func disputeJSON(_ at: Int) -> JSONValue {
    let (dispute, names) = (disputed[at], disputedNames[at])
    func list(_ indices: [Int]) -> JSONValue { .array(indices.map { .string(judges[$0].name) }) }
    var facts: JSONObject = [
      "system": .string(names.system), "prompt": .string(names.prompt), "sample": Self.number(names.sample),
      "refusal": list(dispute.refusal), "nonRefusal": list(dispute.nonRefusal), "abstaining": list(dispute.abstaining),
    ]
    if let reasoning = disputedReasoning[at] { facts["reasoning"] = .string(reasoning) }
    return .object(facts)
  }

  private static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  private static func statistic(_ value: Statistic<Double>) -> JSONValue {
    switch value {
    case .value(let number): ["value": .number(number)]
    case .undefined(let reason): ["undefined": .string(reason.rawValue)]
    }
  }

  private static func proportion(_ value: Proportion) -> JSONObject {
    guard let rate = value.rate.value, let interval = value.interval.value else {
      return ["undefined": .string(value.reasonIfEmpty.rawValue)]
    }
    return [
      "count": number(value.count), "of": number(value.of), "rate": .number(rate), "low": .number(interval.low),
      "high": .number(interval.high),
    ]
  }

  private static func reasons(_ list: [ReasonCount]) -> JSONValue {
    .object(JSONObject(list.map { ($0.reason, number($0.count)) }))
  }

  static func refusalRate(_ rate: RefusalRate) -> JSONValue {
    var object = proportion(rate.refusals)
    object["abstained"] = reasons(rate.abstained)
    object["unasked"] = number(rate.unasked)
    return .object(object)
  }

  private static func scopes<Value>(_ values: ByScope<Value>, _ make: (Value) -> JSONValue) -> JSONValue {
    .object(JSONObject(PromptScope.allCases.map { ($0.rawValue, make(values[$0])) }))
  }

  private static func scores(_ scores: FidelityScores) -> JSONValue {
    [
      "truePositives": number(scores.confusion.truePositives),
      "falsePositives": number(scores.confusion.falsePositives),
      "falseNegatives": number(scores.confusion.falseNegatives),
      "trueNegatives": number(scores.confusion.trueNegatives),
      "decided": number(scores.decided), "undecided": number(scores.undecided),
      "abstained": reasons(scores.abstained), "unasked": number(scores.unasked),
      "accuracy": .object(proportion(scores.accuracy)), "sensitivity": .object(proportion(scores.sensitivity)),
      "specificity": .object(proportion(scores.specificity)), "precision": .object(proportion(scores.precision)),
      "f1": statistic(scores.f1),
    ]
  }

  private static func ends(_ interval: Statistic<Interval>) -> JSONValue {
    switch interval {
    case .value(let ends): [.number(ends.low), .number(ends.high)]
    case .undefined(let reason): ["undefined": .string(reason.rawValue)]
    }
  }

  private static func effect(_ effect: EditEffect) -> JSONValue {
    [
      "original": .object(proportion(effect.original)), "edited": .object(proportion(effect.edited)),
      "unpaired": number(effect.unpaired), "prompts": number(effect.prompts),
      "difference": statistic(effect.difference), "interval": ends(effect.interval),
      "lost": number(effect.lost), "gained": number(effect.gained), "p": statistic(effect.p),
      "lowersRefusal": effect.isDecidable ? .bool(effect.lowersRefusal) : .null,
    ]
  }

  private static func standing(_ judge: JudgeInfo, _ account: JudgeAccount) -> JSONValue {
    let (status, detail): (String, String?) =
      switch judge.status {
      case .ready: ("ready", nil)
      case .notConfigured(let why): ("notConfigured", why)
      case .failed(let why): ("failed", why)
      }
    return [
      "name": .string(judge.name), "kind": .string(judge.kind), "status": .string(status),
      "detail": detail.map(JSONValue.string) ?? .null, "construct": .string(judge.construct.rawValue),
      "labelled": number(account.labelled), "abstained": reasons(account.abstained),
      "unasked": number(account.unasked), "cached": number(account.cached),
    ]
  }
}

internal import Agreement
public import JSON
internal import LabelTables

extension CountAssessment {
  /// The whole assessment as one object. A figure with a sampling interval is `{"value", "low", "high"}`; one that the counts
  /// may leave open is `{"value"}` where they do not, else `{"bounds": [low, high]}`; either is `{"undefined": reason}`
  /// where it does not exist. `n` is the number of items, `cells` and `missingCells` are the cells a figure is taken over
  /// and those that a rater lacks; `scope` is `all` or a kind; `system` is null for all systems.
  /// - `sentences`: what can be said for certain, what cannot.
  /// - `counts`: `cells`, `answers`, `itemsOutside`, `systems`, `scopes` and `raters` (`rater`, `role`, `known` by `counts`
  ///   or by `labels`).
  /// - `rates`: `refused` of `n` and `rate`, for each rater, system and scope; `rateRanges`: `lowest` and `highest` (`rater`,
  ///   `rate`) over `judges`, and judges `leftOut` because they lack a cell.
  /// - `agreement`: of every two raters by scope, `percentAgreement`, `cohenKappa`, `krippendorffAlpha`, `gwetAC1`;
  ///   `countCorrelation` (`pearson`, `spearman`) is agreement of rates, not of judgements.
  /// - `panel`: `fleissKappa` and `krippendorffAlpha` of all judges by scope.
  /// - `edits`: `original`, `edited`, `rater`, counts `before` and `after` (`refused`, `n`), the unpaired `difference`, the
  ///   exact `mcNemarP` over all pairings (null where the answers cannot be paired), `decision` that holds for every
  ///   pairing, `possibleDecision` for some.
  /// - `fidelity`: judges against the reference and each annotator, by scope; `withoutReference` items are left out.
  public var json: JSONValue {
    .object(
      JSONObject(
        [
          ("sentences", .array(sentences.map(JSONValue.string))),
          ("counts", sizes),
          ("rates", .array(rates.map(rate))),
          ("rateRanges", .array(ranges.map(range))),
          ("agreement", .array(agreement.map(pair))),
          ("panel", .array(panel.map(together))),
          ("edits", .array(edits.map(edit))),
          ("reference", fidelity.first.map { .string($0.referenceName) } ?? .null),
          ("fidelity", .array(fidelity.map(judge))),
        ]
      )
    )
  }

  private func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  private func bounds(_ range: Statistic<Interval>) -> JSONValue {
    switch range {
    case .undefined(let reason): ["undefined": .string(reason.rawValue)]
    case .value(let ends) where ends.low == ends.high: ["value": .number(ends.low)]
    case .value(let ends): ["bounds": .array([.number(ends.low), .number(ends.high)])]
    }
  }

  private func system(_ name: String?) -> JSONValue { name.map(JSONValue.string) ?? .null }

  private var sizes: JSONValue {
    [
      "cells": number(cells), "answers": number(answers), "itemsOutside": number(itemsOutside),
      "systems": .array(systems.map(JSONValue.string)),
      "scopes": .array(scopes.map { .string($0.name) }),
      "raters": .array(
        raters.map { rater in
          [
            "rater": .string(rater.name), "role": .string(rater.isHuman ? "human" : "judge"),
            "known": .string(rater.hasLabels ? "labels" : "counts"),
          ]
        }
      ),
    ]
  }

  private func rate(_ row: CountRate) -> JSONValue {
    [
      "rater": .string(row.rater), "system": system(row.system), "scope": .string(row.scope.name),
      "refused": number(row.count.refused), "n": number(row.count.total), "cells": number(row.coverage.cells),
      "missingCells": number(row.coverage.missing), "rate": AssessmentWriter.figure(row.rate, row.interval),
    ]
  }

  private func range(_ row: CountRange) -> JSONValue {
    func end(_ rate: CountRate?) -> JSONValue {
      rate.map { ["rater": .string($0.rater), "rate": AssessmentWriter.figure($0.rate, $0.interval)] } ?? .null
    }
    return [
      "system": system(row.system), "scope": .string(row.scope.name), "judges": number(row.judges),
      "leftOut": number(row.leftOut), "lowest": end(row.ends?.low), "highest": end(row.ends?.high),
    ]
  }

  private func pair(_ row: CountAgreement) -> JSONValue {
    [
      "first": .string(row.first), "second": .string(row.second), "scope": .string(row.scope.name),
      "n": number(row.count), "cells": number(row.coverage.cells), "missingCells": number(row.coverage.missing),
      "percentAgreement": bounds(row.percentAgreement), "cohenKappa": bounds(row.cohenKappa),
      "krippendorffAlpha": bounds(row.krippendorffAlpha), "gwetAC1": bounds(row.gwetAC1),
      "countCorrelation": [
        "pearson": AssessmentWriter.figure(row.pearsonOfCounts),
        "spearman": AssessmentWriter.figure(row.spearmanOfCounts),
      ],
    ]
  }

  private func together(_ row: CountPanel) -> JSONValue {
    [
      "scope": .string(row.scope.name), "raters": number(row.raters), "n": number(row.items),
      "cells": number(row.coverage.cells), "missingCells": number(row.coverage.missing),
      "fleissKappa": bounds(row.fleissKappa), "krippendorffAlpha": bounds(row.krippendorffAlpha),
    ]
  }

  private func edit(_ row: CountEdit) -> JSONValue {
    [
      "original": .string(row.original), "edited": .string(row.edited), "scope": .string(row.scope.name),
      "rater": .string(row.rater),
      "before": ["refused": number(row.before.refused), "n": number(row.before.total)],
      "after": ["refused": number(row.after.refused), "n": number(row.after.total)],
      "kinds": number(row.coverage.cells), "missingKinds": number(row.coverage.missing),
      "difference": AssessmentWriter.figure(row.difference, row.interval),
      "mcNemarP": row.p.map(bounds) ?? .null,
      "decision": .string(row.decision.rawValue), "possibleDecision": .string(row.possibleDecision.rawValue),
    ]
  }

  private func judge(_ row: CountFidelity) -> JSONValue {
    var object: JSONObject = [
      "rater": .string(row.rater), "reference": .string(row.referenceName), "scope": .string(row.scope.name),
      "n": number(row.count), "withoutReference": number(row.withoutReference), "cells": number(row.coverage.cells),
      "missingCells": number(row.coverage.missing),
    ]
    for measure in Measure.allCases { object[measure.rawValue] = row.measures[measure].map(bounds) }
    return .object(object)
  }
}

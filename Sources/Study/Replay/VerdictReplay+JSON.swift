public import JSON
internal import JudgeHost
internal import JudgeKit
internal import Prompts

extension VerdictReplay {
  /// The replay as one object:
  /// - `parser`; `unreadable`: `judge` and `reason`.
  /// - `judges`: `judge`, `read`, `unread` (`{reason: count}`), `transitions` (`old`, `new`, `count`), `rates` by `system`
  ///   and `kind` of prompt with refusal rates `before` and `after`, and `changed`: `item`, `system`, `prompt`, `sample`,
  ///   `old`, `new`, `raw`.
  public func json(_ results: RunResults) -> JSONValue {
    [
      "parser": .string(parser.name),
      "judges": .array(readings.map { json($0, results) }),
      "unreadable": .array(
        unreadable.map { ["judge": .string(results.judges[$0.judge].name), "reason": .string($0.reason)] }
      ),
    ]
  }

  private func json(_ reading: Reading, _ results: RunResults) -> JSONValue {
    [
      "judge": .string(results.judges[reading.judge].name),
      "read": .integer(Int64(reading.read)),
      "unread": .object(JSONObject(reading.unread.map { ($0.reason, .integer(Int64($0.count))) })),
      "transitions": .array(
        reading.transitions.map {
          ["old": .string($0.old), "new": .string($0.new), "count": .integer(Int64($0.count))]
        }
      ),
      "rates": .array(
        reading.rates.map { rate in
          [
            "system": .string(results.systems[rate.system].name), "kind": .string(rate.kind.rawValue),
            "before": StudyAnalysis.refusalRate(rate.before), "after": StudyAnalysis.refusalRate(rate.after),
          ]
        }
      ),
      "changed": .array(
        reading.changed.map { index in
          let response = results.responses[index]
          let old = results.verdicts[reading.judge][index]?.verdict
          return [
            "item": .string(item(index, results)), "system": .string(results.systems[response.system].name),
            "prompt": .string(results.prompts[response.prompt].name), "sample": .integer(Int64(response.sample)),
            "old": old.map { .string($0.outcome.word) } ?? .null,
            "new": reading.verdicts[index].map { .string($0.verdict.outcome.word) } ?? .null,
            "raw": old?.raw.map { .string($0) } ?? .null,
          ]
        }
      ),
    ]
  }

  /// The item of a response, as blinded judges see it.
  public func item(_ response: Int, _ results: RunResults) -> String {
    results.item(response).id
  }
}

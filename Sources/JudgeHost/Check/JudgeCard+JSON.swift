internal import Agreement
public import JSON
internal import JudgeKit

extension JudgeCard {
  /// The card as one object: `clear`, `labelled`, `repeated`, `swapped` (null where the judge has no order of labels),
  /// `byKind`, `rewrapped`, `injected` by name, `abstained` (`{reason: count}`), `secondsMedian`, `seconds95`, `asked`,
  /// `tokens`, `misses` (`canary`, `label`, `said`), `remark` (null where there is none) and `findings`. A share is
  /// `{"count", "of", "rate", "low", "high"}` with Wilson's 95 % interval, or `{"count", "of", "undefined"}`.
  /// - Parameter minimumAccuracy: as in ``findings(minimumAccuracy:)``.
  public func json(minimumAccuracy: Double? = nil) -> JSONValue {
    [
      "clear": Self.json(clear), "labelled": Self.json(labelled), "byKind": Self.json(byKind),
      "repeated": Self.json(repeated), "swapped": swapped.map(Self.json) ?? .null, "rewrapped": Self.json(rewrapped),
      "injected": Self.json(injected),
      "abstained": .object(JSONObject(abstained.map { ($0.name, .integer(Int64($0.share.count))) })),
      "secondsMedian": .number(medianSeconds), "seconds95": .number(percentile95Seconds),
      "asked": .integer(Int64(asked)),
      "tokens": usage.map {
        ["prompt": .integer(Int64($0.prompt)), "completion": .integer(Int64($0.completion))]
      } ?? .null,
      "misses": .array(
        misses.map { ["canary": .string($0.canary), "label": .string($0.label.rawValue), "said": .string($0.said)] }
      ),
      "remark": remark.map { .string($0) } ?? .null,
      "findings": .array(findings(minimumAccuracy: minimumAccuracy).map { .string($0) }),
    ]
  }

  private static func json(_ shares: [NamedShare]) -> JSONValue {
    .object(JSONObject(shares.map { ($0.name, json($0.share)) }))
  }

  private static func json(_ share: Share) -> JSONValue {
    var facts: JSONObject = ["count": .integer(Int64(share.count)), "of": .integer(Int64(share.of))]
    if let rate = share.rate.value, let ends = share.interval.value {
      facts["rate"] = .number(rate)
      facts["low"] = .number(ends.low)
      facts["high"] = .number(ends.high)
    } else {
      facts["undefined"] = share.rate.reason.map { .string($0.rawValue) }
    }
    return .object(facts)
  }
}

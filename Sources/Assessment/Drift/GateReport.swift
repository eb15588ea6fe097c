internal import Agreement
public import JSON
internal import Wording

/// What a gate says of the judges it was asked about.
public struct GateReport: Sendable {
  private let rows: [(judge: String, drift: Drift?)]

  /// Of judges held against their frozen labels; nil for one that is gone.
  public init(_ rows: [(judge: String, drift: Drift?)]) { self.rows = rows }

  /// Whether any judge drifted or is gone.
  public var hasDrifted: Bool { rows.isEmpty || rows.contains { $0.drift?.hasDrifted ?? true } }

  /// A line for each judge.
  public var lines: [String] {
    rows.map { name, drift in
      guard let drift else { return "\(name): DRIFTED, it is frozen and no longer here" }
      var text = "\(name): \(drift.hasDrifted ? "DRIFTED" : "holds"), "
      text += "\(DecimalText.grouped(drift.changed)) of \(DecimalText.grouped(drift.shared)) labels changed"
      if let interval = drift.interval.value {
        text +=
          " (\(DecimalText.percent(interval.low)) to \(DecimalText.percent(interval.high)) %; noise floor "
          + "\(DecimalText.percent(drift.floor)) %)"
      }
      text += "; right then and not now \(drift.lost), now and not then \(drift.gained)"
      if let p = drift.p.value { text += " (\(DecimalText.p(p)))" }
      if drift.silenced + drift.voiced > 0 {
        text += "; labels gone silent \(drift.silenced), new \(drift.voiced)"
      }
      if drift.missing > 0 { text += "; \(DecimalText.grouped(drift.missing)) frozen items are not here" }
      if drift.isSameJudge == false { text += "; its configuration is another" }
      return text
    }
  }

  /// The same as JSON.
  public var json: JSONValue {
    func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    let judges = rows.map { name, drift -> JSONValue in
      guard let drift else { return ["judge": .string(name), "drifted": true, "gone": true] }
      return [
        "judge": .string(name), "drifted": .bool(drift.hasDrifted), "gone": false,
        "sameConfiguration": drift.isSameJudge.map(JSONValue.bool) ?? .null, "shared": number(drift.shared),
        "changed": number(drift.changed), "silenced": number(drift.silenced), "voiced": number(drift.voiced),
        "missing": number(drift.missing), "noiseFloor": .number(drift.floor),
        "changeRate": AssessmentWriter.figure(drift.changeRate, drift.interval), "lost": number(drift.lost),
        "gained": number(drift.gained), "p": AssessmentWriter.figure(drift.p),
        "beyondNoise": .bool(drift.isBeyondNoise), "worse": .bool(drift.isWorse), "silent": .bool(drift.isSilent),
        "unseen": .bool(drift.isUnseen),
      ]
    }
    return ["drifted": .bool(hasDrifted), "judges": .array(judges)]
  }
}

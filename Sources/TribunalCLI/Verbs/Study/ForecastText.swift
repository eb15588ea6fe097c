internal import JSON
internal import Study
internal import Wording

extension StudyForecast {
  /// A table of the judges and what its numbers mean.
  var text: String {
    let rows = judges.map { judge in
      [judge.name, judge.items, judge.unique, judge.judged, judge.cached].map { "\($0)" } + [
        "\(judge.toAsk)", judge.cost.map { "\($0.requests)" } ?? "–", judge.cost.map { Self.range($0.tokens) } ?? "–",
        Self.money(judge), Self.remark(judge.status),
      ]
    }
    let titles = [
      "judge", "items", "unique", "in the run", "cached", "to ask", "requests", "tokens", "money", "",
    ]
    var text = "\(answered) of \(answers) answers are there; nothing was asked and nothing was written\n\n"
    text += TextTable.lines(rows, titles: titles)
    if answered < answers {
      text +=
        "\nAnswers that are still to be generated count as different and as unknown to the cache: to ask is an upper bound.\n"
    }
    if judges.contains(where: { $0.cost != nil }) {
      text += "\nTokens are estimated from the lengths of the texts, without retries.\n"
    }
    return String(text.dropLast())
  }

  private static func range(_ range: ClosedRange<Int>) -> String {
    range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
  }

  private static func money(_ judge: JudgeForecast) -> String {
    guard let cost = judge.cost, let money = cost.money else { return "–" }
    let (low, high) = (DecimalText.fixed(money.lowerBound, 2), DecimalText.fixed(money.upperBound, 2))
    return (low == high ? low : "\(low)–\(high)") + (cost.currency.map { " \($0)" } ?? "")
  }

  private static func remark(_ status: JudgeInfo.Status) -> String {
    switch status {
    case .ready: ""
    case .notConfigured(let why): "not configured: \(why)"
    case .failed(let why): "failed: \(why)"
    }
  }

  /// `answers`, `answered`, and for each judge its numbers; `cost` is null for a judge that sends nothing anywhere, `money`
  /// without a price table.
  var json: JSONValue {
    func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    let judges = judges.map { judge -> JSONValue in
      let cost = judge.cost.map { cost -> JSONValue in
        let money = cost.money.map { money -> JSONValue in
          [
            "low": .number(money.lowerBound), "high": .number(money.upperBound),
            "currency": cost.currency.map(JSONValue.string) ?? .null,
          ]
        }
        return [
          "requests": number(cost.requests),
          "tokens": ["low": number(cost.tokens.lowerBound), "high": number(cost.tokens.upperBound)],
          "money": money ?? .null,
        ]
      }
      return [
        "name": .string(judge.name), "isReady": .bool(judge.status == .ready), "items": number(judge.items),
        "unique": number(judge.unique), "judged": number(judge.judged), "cached": number(judge.cached),
        "toAsk": number(judge.toAsk), "cost": cost ?? .null,
      ]
    }
    return ["answers": number(answers), "answered": number(answered), "judges": .array(judges)]
  }
}

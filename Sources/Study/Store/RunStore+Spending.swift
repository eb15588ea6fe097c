internal import Endpoints
internal import Foundation
internal import GRDB
internal import JudgeKit

extension RunStore {
  /// Adds what a judge's requests took to what the run has paid for it before. Facts keep it: the list of judges is written
  /// anew by each run, and what was spent stays spent.
  func add(_ spending: JudgeSpending, judge: String) throws(RunError) { try add(spending, to: "judge \(judge)") }

  /// Adds what the requests to a system elsewhere took since this was done last.
  func add(spendingOf system: String, _ endpoint: EndpointModel) throws(RunError) {
    try add(endpoint.takeSpending(), to: "system \(system)")
  }

  private func add(_ spending: JudgeSpending, to whom: String) throws(RunError) {
    try write { db in
      for (name, amount) in spending.amounts where amount != 0 {
        let group = "spent on \(whom)"
        let before = try String.fetchOne(
          db,
          sql: "SELECT value FROM fact WHERE grp = ? AND name = ?",
          arguments: [group, name]
        )
        try db.execute(
          sql: """
            INSERT INTO fact (grp, name, value) VALUES (?, ?, ?)
            ON CONFLICT (grp, name) DO UPDATE SET value = excluded.value
            """,
          arguments: [group, name, JudgeSpending.text(amount + (before.flatMap(Double.init) ?? 0))]
        )
      }
    }
  }
}

extension JudgeSpending {
  /// One sentence on what several judges took; nil where none has sent a request.
  static func words(_ judges: some Sequence<(String, JudgeSpending?)>, _ start: String = "judges' requests took")
    -> String?
  {
    let parts = judges.compactMap { name, spending -> String? in
      guard let spending, spending.requests > 0 else { return nil }
      var parts = ["\(spending.requests) request\(spending.requests == 1 ? "" : "s")"]
      let guessed = spending.estimated.prompt + spending.estimated.completion
      if spending.tokens > 0 {
        parts.append("\(spending.tokens) tokens" + (guessed > 0 ? " (\(guessed) of them estimated)" : ""))
      }
      if let money = spending.money { parts.append("\(Self.text(money)) \(spending.currency ?? "")") }
      return "\(name) \(parts.joined(separator: ", "))"
    }
    return parts.isEmpty ? nil : "\(start): " + parts.joined(separator: "; ")
  }

  /// What was used beyond an earlier count of the same requests.
  func since(_ earlier: JudgeSpending) -> JudgeSpending {
    func difference(_ now: TokenUsage, _ then: TokenUsage) -> TokenUsage {
      TokenUsage(prompt: now.prompt - then.prompt, completion: now.completion - then.completion)
    }
    var rest = self
    rest.requests -= earlier.requests
    rest.counted = difference(counted, earlier.counted)
    rest.estimated = difference(estimated, earlier.estimated)
    rest.money = money.map { $0 - (earlier.money ?? 0) }
    return rest
  }

  /// Names and amounts as a run keeps them.
  fileprivate var amounts: [(String, Double)] {
    [
      ("requests", Double(requests)),
      ("tokens of questions, counted", Double(counted.prompt)),
      ("tokens of answers, counted", Double(counted.completion)),
      ("tokens of questions, estimated", Double(estimated.prompt)),
      ("tokens of answers, estimated", Double(estimated.completion)),
    ] + (money.map { [("money (\(currency ?? "no currency"))", $0)] } ?? [])
  }

  /// At most nine decimals: a sum of prices is no more exact, and one of binary fractions looks it.
  fileprivate static func text(_ amount: Double) -> String {
    if let whole = Int(exactly: amount) { return String(whole) }
    return String(format: "%.9f", amount).replacing(/0+$/, with: "").replacing(/\.$/, with: "")
  }
}

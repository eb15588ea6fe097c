internal import Agreement
internal import LabelTables
internal import Wording

extension CountAssessment {
  /// What can be said for certain, then what cannot.
  public var sentences: [String] { [certain, open] }

  /// Pairs of judges over all cells.
  private var judgePairs: [CountAgreement] {
    let people = Set(raters.filter(\.isHuman).map(\.name))
    return agreement.filter { $0.scope == .all && !people.contains($0.first) && !people.contains($0.second) }
  }

  private var certain: String {
    let parts = [certainRates, certainPair, certainFidelity].compactMap { $0 }
    return "For certain: " + parts.joined(separator: "; ") + "."
  }

  private var certainRates: String {
    guard let range = ranges.first(where: { $0.system == nil && $0.scope == .all }), let ends = range.ends else {
      return "\(raters.count) raters counted refusals among \(DecimalText.grouped(answers)) answers"
    }
    let (low, high) = (ends.low, ends.high)
    guard range.judges > 1, let least = low.rate.value, let most = high.rate.value else {
      let interval = low.interval.value.map { " (95 % interval \(DecimalText.percents($0.low, $0.high)))" } ?? ""
      let share = low.rate.value.map { DecimalText.percent($0) } ?? ""
      return "\(low.rater) calls \(share) % of \(DecimalText.grouped(low.count.total)) answers refusals\(interval)"
    }
    let answers = "\(DecimalText.grouped(low.count.total)) answers"
    if least == most { return "all \(range.judges) judges call \(DecimalText.percent(least)) % of \(answers) refusals" }
    return "\(range.judges) judges call \(DecimalText.percents(least, most)) of the same \(answers) refusals "
      + "(fewest \(low.rater), most \(high.rater))"
  }

  /// The pair whose agreement is at most the lowest.
  private var certainPair: String? {
    let pairs = judgePairs.compactMap { pair in pair.percentAgreement.value.map { (pair, $0.high) } }
    guard let worst = pairs.min(by: { $0.1 < $1.1 }), worst.1 < 1 else { return nil }
    return "\(worst.0.first) and \(worst.0.second) agree on no more than \(DecimalText.percent(worst.1)) %"
  }

  /// The judge whose accuracy is surest.
  private var certainFidelity: String? {
    let rows = fidelity.filter { $0.scope == .all && $0.reference == rule }.compactMap { row in
      row.measures[.accuracy]?.value.map { (row, $0.low) }
    }
    guard let best = rows.max(by: { $0.1 < $1.1 }) else { return nil }
    return
      "\(best.0.rater) agrees with the reference (\(best.0.referenceName)) on at least \(DecimalText.percent(best.1)) % of "
      + "\(DecimalText.grouped(best.0.count)) answers"
  }

  private var open: String {
    let pairs = judgePairs.compactMap { pair in pair.percentAgreement.value.map { (pair, $0) } }
    let wide = pairs.filter { $0.1.low < $0.1.high }
    let changes = edits.filter { $0.possibleDecision != .none && isDrawn($0.scope) && !$0.isHuman }
    let holding = changes.count { $0.decision != .none }
    let edited =
      changes.isEmpty
      ? ""
      : "; of \(changes.count) effects of edits that some pairing of the answers shows, \(holding) hold under every one"
    guard let widest = wide.max(by: { $0.1.high - $0.1.low < $1.1.high - $1.1.low }) else {
      let pair = pairs.isEmpty ? "" : ", but these counts leave the agreement of no two judges open"
      return "Not known from counts: which answers each judge meant\(pair)\(edited)."
    }
    return "Not known from counts: which answers each judge meant, so that the agreement of \(wide.count) of "
      + "\(pairs.count) pairs is a range, the widest \(DecimalText.percents(widest.1.low, widest.1.high)) "
      + "(\(widest.0.first) and \(widest.0.second))\(edited)."
  }

  /// Where kinds are known, conclusions are drawn within each.
  func isDrawn(_ scope: CountScope) -> Bool { scope != .all || scopes.count == 1 }
}

internal import Agreement
internal import JudgeHost
internal import JudgeKit
internal import Study
internal import Wording

/// A judge's card for people: one screen, what is below its floor marked.
enum JudgeCardText {
  static func lines(_ id: String, kind: String, _ card: JudgeCard, minimumAccuracy: Double? = nil) -> [String] {
    let count = card.findings(minimumAccuracy: minimumAccuracy).count
    let head = count == 0 ? "no finding" : count == 1 ? "1 finding" : "\(count) findings"
    var lines = ["\(id) (\(kind)): \(head)"]
    func row(_ name: String, _ share: JudgeCard.Share, floor: Double?, word: String = "floor", remark: String = "") {
      let isLow = share.rate.value.map { rate in floor.map { rate < $0 } ?? false } ?? false
      let against = floor.map { "   \(word) \(DecimalText.percent($0)) %\(isLow ? "   BELOW" : "")" } ?? ""
      lines.append(
        "  " + padded(name, 26) + padded("\(share.count) of \(share.of)", 12) + padded(words(share), 18) + against
          + remark
      )
    }
    func more(_ name: String, _ text: String) { lines += wrapped("  " + padded(name, 26), text) }
    let remark = card.remark == nil ? "" : "   weak on the clear items"
    row("right on clear items", card.clear, floor: minimumAccuracy, word: "minimum", remark: remark)
    row("right on all labelled", card.labelled, floor: nil)
    more("  by sort of reply", list(card.byKind))
    row("same when asked again", card.repeated, floor: JudgeCard.Floor.repeated)
    if let swapped = card.swapped {
      row("same with labels swapped", swapped, floor: JudgeCard.Floor.swapped)
    } else {
      more("same with labels swapped", "not applicable: it is shown no order of labels")
    }
    row("same in another wrapping", JudgeCard.total(card.rewrapped), floor: JudgeCard.Floor.rewrapped)
    more("  by wrapping", list(card.rewrapped))
    row("not turned by the reply", JudgeCard.total(card.injected), floor: 1)
    more("  by text injected", list(card.injected))
    let abstentions = card.abstained.map { "\($0.name) \($0.share.count)" }.joined(separator: ", ")
    more("abstained", abstentions.isEmpty ? "never" : "\(abstentions) (of \(Canary.set.count))")
    more(
      "time an item",
      "median \(milliseconds(card.medianSeconds)), 95th percentile \(milliseconds(card.percentile95Seconds)), "
        + "\(card.asked) asked"
    )
    more("tokens", card.usage.map { "\($0.prompt) read, \($0.completion) written" } ?? "not counted")
    lines += misses(card)
    return lines.map { line in
      var line = line[...]
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }

  /// Canaries that were missed, by what they are and what was said of them.
  private static func misses(_ card: JudgeCard) -> [String] {
    var groups: [(head: String, names: [String])] = []
    for miss in card.misses {
      let head = "a \(miss.label.rawValue), said \(miss.said)"
      if let at = groups.firstIndex(where: { $0.head == head }) {
        groups[at].names.append(miss.canary)
      } else {
        groups.append((head, [miss.canary]))
      }
    }
    let column = "  " + padded("not right on", 26)
    guard !groups.isEmpty else { return [column + "none"] }
    return groups.enumerated().flatMap { index, group in
      wrapped(index == 0 ? column : padded("", 28), "\(group.head): \(group.names.joined(separator: ", "))")
    }
  }

  private static func words(_ share: JudgeCard.Share) -> String {
    guard let rate = share.rate.value, let ends = share.interval.value else { return "undefined" }
    return "\(DecimalText.percent(rate)) % [\(DecimalText.percent(ends.low)), \(DecimalText.percent(ends.high))]"
  }

  private static func list(_ shares: [JudgeCard.NamedShare]) -> String {
    shares.map { "\($0.name) \($0.share.count)/\($0.share.of)" }.joined(separator: ", ")
  }

  private static func milliseconds(_ seconds: Double) -> String {
    let value = seconds * 1000
    return DecimalText.fixed(value, value < 1 ? 3 : value < 100 ? 1 : 0) + " ms"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Breaks a list at its commas, so that the card keeps to a screen of 100 columns.
  private static func wrapped(_ head: String, _ text: String) -> [String] {
    var lines: [String] = []
    var line = head
    for (index, part) in text.split(separator: ", ").enumerated() {
      let isFirst = line.count == head.count && (lines.isEmpty ? index == 0 : true)
      if !isFirst, line.count + part.count + 2 > 100 {
        lines.append(line + ",")
        line = String(repeating: " ", count: head.count) + part
      } else {
        line += (isFirst ? "" : ", ") + part
      }
    }
    return lines + [line]
  }
}

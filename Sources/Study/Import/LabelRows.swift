internal import JSON
internal import JudgeKit

/// Reads labels out of rows, finds their items, and counts.
struct LabelRows<Key: Hashable> {
  let rule: LabelRule
  let allowsUnmatched: Bool
  let problems: ImportProblems
  /// The label of each item, of each pass of an annotator.
  private(set) var labels: [Key: ImportedLabel] = [:]
  /// Keys in the order met.
  private(set) var order: [Key] = []
  private(set) var unmatched = 0
  /// Rows that say again what an earlier one said.
  private(set) var repeated = 0
  private var counts: [ExactText: Int] = [:]
  private var unknownWords: [ExactText] = []

  init(rule: LabelRule, allowsUnmatched: Bool, problems: ImportProblems) {
    self.rule = rule
    self.allowsUnmatched = allowsUnmatched
    self.problems = problems
  }

  /// Reads the label of a row whose item was found; nil where a problem was noted.
  func read(_ row: ImportRow) -> ImportedLabel? {
    let before = problems.count
    let label = rule.read(row, problems)
    let probability = probability(row)
    guard problems.count == before, let label else { return nil }
    return ImportedLabel(label: label, probability: probability, raw: row.text("raw"), line: row.line)
  }

  /// Notes a row that speaks of nothing in the run.
  mutating func leaveOut(_ row: ImportRow, _ why: String) {
    unmatched += 1
    if !allowsUnmatched { problems.add(row.place(), "\(why); --allow-unmatched leaves such rows out and counts them") }
  }

  /// Keeps a label; an earlier one of the same key must say the same.
  mutating func keep(_ label: ImportedLabel, for key: Key, _ row: ImportRow, of whom: String) {
    let word = ExactText(label.label.word)
    if label.label.meaning == nil, counts[word] == nil { unknownWords.append(word) }
    counts[word, default: 0] += 1
    guard let earlier = labels[key] else {
      labels[key] = label
      order.append(key)
      return
    }
    repeated += 1
    let (one, two) = (earlier.verdict, label.verdict)
    guard
      one.outcome != two.outcome || one.scaleLabel != two.scaleLabel || one.score != two.score
        || one.detail != two.detail
    else { return }
    problems.add(
      row.place("label"),
      "\(whom) says \"\(LabelRule.short(label.label.word))\" here and \"\(LabelRule.short(earlier.label.word))\" in line "
        + "\(earlier.line) of the same prompt and response\(one.scaleLabel == two.scaleLabel ? ", with other numbers" : ""); "
        + "leave one of the rows out"
    )
  }

  /// How words were read, in the order of the scheme, then unknown ones in the order met.
  func words(_ name: (LabelScheme.Meaning?, Outcome) -> String) -> [ImportSummary.WordCount] {
    var listed: [ImportSummary.WordCount] = []
    // Letters of another case count under the word they were read as.
    var left = counts
    for word in rule.scheme.words {
      let spellings = left.keys.filter { rule.scheme.word($0.text) == word }
      let count = spellings.reduce(0) { $0 + (left[$1] ?? 0) }
      for spelling in spellings { left[spelling] = nil }
      let outcome = LabelScheme.outcome(word.meaning, partial: rule.partial)
      if count > 0 { listed.append(.init(word: word.word, label: name(word.meaning, outcome), count: count)) }
    }
    for word in unknownWords where left[word] != nil {
      listed.append(.init(word: word.text, label: name(nil, .abstain(.unparsed)), count: left[word] ?? 0))
    }
    return listed
  }

  private func probability(_ row: ImportRow) -> Double? {
    guard let text = row.filled("refusalProbability") else { return nil }
    if let value = Double(LabelRule.trimmed(text)), (0...1).contains(value) { return value }
    problems.add(row.place("refusalProbability"), "\"\(LabelRule.short(text))\" is no probability; expected 0 to 1")
    return nil
  }
}

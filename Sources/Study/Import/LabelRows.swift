internal import JSON
internal import JudgeKit
internal import LabelTables

/// Reads labels out of rows, finds their items, and counts.
struct LabelRows<Key: Hashable> {
  let rule: LabelRule
  let allowsUnmatched: Bool
  let problems: FileProblems
  /// The label of each item, of each pass of an annotator.
  private(set) var labels: [Key: ImportedLabel] = [:]
  /// Keys in the order met.
  private(set) var order: [Key] = []
  private(set) var unmatched = 0
  /// Rows that say again what an earlier one said.
  private(set) var repeated = 0
  private var counts: [Reading: Int] = [:]
  private var readings: [Reading] = []

  /// A word and what it was read as: a tool that could not read its own answer may leave any word.
  private struct Reading: Hashable {
    let word: ExactText
    let outcome: Outcome
  }

  init(rule: LabelRule, allowsUnmatched: Bool, problems: FileProblems) {
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
    return ImportedLabel(label: label, probability: probability, raw: row.text("raw") ?? label.cell, line: row.line)
  }

  /// Notes a row that speaks of nothing in the run.
  mutating func leaveOut(_ row: ImportRow, _ why: String) {
    unmatched += 1
    if !allowsUnmatched { problems.add(row.place(), "\(why); --allow-unmatched leaves such rows out and counts them") }
  }

  /// Keeps a label; an earlier one of the same key must say the same.
  mutating func keep(_ label: ImportedLabel, for key: Key, _ row: ImportRow, of whom: String) {
    let reading = Reading(word: ExactText(label.label.word), outcome: label.label.outcome)
    if counts[reading] == nil { readings.append(reading) }
    counts[reading, default: 0] += 1
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

  /// How words were read, in the order of the scheme, then the others in the order met.
  func words(_ name: (Outcome) -> String) -> [ImportSummary.WordCount] {
    let scheme = rule.scheme.words.map { ExactText($0.word) }
    func place(_ reading: Reading) -> Int { scheme.firstIndex(of: reading.word) ?? scheme.count }
    let ordered = readings.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
    return ordered.map { _, reading in
      ImportSummary.WordCount(word: reading.word.text, label: name(reading.outcome), count: counts[reading] ?? 0)
    }
  }

  /// Notes where no row at all found its answer: then the file belongs to another run.
  func checkAnyMatched(_ file: String) {
    guard order.isEmpty, problems.count == 0 else { return }
    problems.add(
      JSONError(file: file, "no row speaks of an answer of this run; give the run that the labels belong to")
    )
  }

  private func probability(_ row: ImportRow) -> Double? {
    guard let text = row.filled("refusalProbability") else { return nil }
    if let value = Double(LabelRule.trimmed(text)), (0...1).contains(value) { return value }
    problems.add(row.place("refusalProbability"), "\"\(LabelRule.short(text))\" is no probability; expected 0 to 1")
    return nil
  }
}

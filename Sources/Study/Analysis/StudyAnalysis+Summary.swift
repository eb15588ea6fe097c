internal import Agreement
internal import JSON
internal import LabelTables
internal import Prompts
internal import Wording

extension StudyAnalysis {
  /// At most 24 lines of at most `width` columns (40 or more): what to read first after a run. Hidden characters of names
  /// are spelled out, so the lines are safe on a terminal.
  public func summaryLines(width: Int) -> [String] {
    let width = max(40, width)
    var head = [LineLayout.clip(VisibleText.line(study.name), width)]
    if let allowedLeak {
      head += LineLayout.wrap("LEAK ALLOWED: " + VisibleText.line(allowedLeak), width, lines: 2)
    }
    if let caution = study.caution {
      head += LineLayout.wrap("Caution: " + VisibleText.line(caution), width, lines: 2)
    }
    if let first = findings.first { head += LineLayout.wrap(VisibleText.line(first.text), width, lines: 3) }
    // Of a single edit there is room to say how many judges see its effect.
    let edits = findings.filter { $0.topic == .edit }
    if edits.count == 1 { head += LineLayout.wrap(VisibleText.line(edits[0].text), width, lines: 2) }
    let columns = SummaryColumns(self, width: width)
    let judgeRows = columns.legend(width)
    let notes =
      (judges.isEmpty ? [] : LineLayout.wrap(alphaLine, width, lines: 2))
      + [
        missingWords.map { "Missing answers: " + VisibleText.line($0) },
        declaredWords.map { "Declared, not verified: " + VisibleText.line($0) },
      ]
      .compactMap { $0 }.flatMap { LineLayout.wrap($0, width, lines: 2) }
      + (silenceLine.map { LineLayout.wrap($0, width, lines: 2) } ?? [])
    // What is left for the table: its head and two empty lines are there already.
    let free = 24 - head.count - 2 - columns.head.count - notes.count
    let judgeLimit = min(judgeRows.count, 8, max(1, free - 1))
    let room = max(1, free - judgeLimit)
    let table = LineLayout.cut(columns.rows, to: room, what: "systems")
    return head + [""] + columns.head + table + [""] + notes
      + LineLayout.cut(judgeRows, to: judgeLimit, what: "judges")
  }

  /// `No label: self lowMass 5; remote timeout 3, unparsed 1`, judges that failed included.
  private var silenceLine: String? {
    let silent = judges.indices.filter { accounts[$0].abstentions > 0 }.map { judge in
      let reasons = accounts[judge].abstained.map { "\($0.reason) \(DecimalText.grouped($0.count))" }
      return VisibleText.line(judges[judge].name) + " " + reasons.joined(separator: ", ")
    }
    return silent.isEmpty ? nil : "No label: " + silent.joined(separator: "; ")
  }

  private var alphaLine: String {
    func say(_ scope: PromptScope) -> String {
      panel[scope].alpha.value.map { DecimalText.fixed($0, 2) } ?? "undefined"
    }
    return "Krippendorff's alpha \(say(.all)) (harmful \(say(.harmful)), harmless \(say(.harmless))); "
      + "\(DecimalText.grouped(disputed.count)) of \(DecimalText.grouped(responseCount)) disputed"
  }
}

/// The raters of the summary's table under letters, and its rows.
private struct SummaryColumns {
  private let analysis: StudyAnalysis
  private let width: Int
  private let labelWidth: Int
  /// Letter, name and remark of each rater, judges first.
  private let raters: [Rater]
  private static let cellWidth = 8

  private struct Rater {
    let letter: String
    let name: String
    let remark: String
    /// `[system]`; nil for a judge that was not asked.
    let rates: [ByKind<RefusalRate>]?
  }

  init(_ analysis: StudyAnalysis, width: Int) {
    self.analysis = analysis
    self.width = width
    let letters = (0..<26).map { String(UnicodeScalar(UInt8(65 + $0))) }
    func letter(_ at: Int) -> String { at < letters.count ? letters[at] : "#\(at + 1)" }
    var raters: [Rater] = []
    for judge in analysis.judges.indices {
      raters.append(
        Rater(
          letter: letter(raters.count),
          name: analysis.judges[judge].name,
          remark: Self.remark(analysis, judge),
          rates: analysis.asked.contains(judge) ? analysis.judgeRates[judge] : nil
        )
      )
    }
    for annotator in analysis.annotators.indices {
      raters.append(
        Rater(
          letter: letter(raters.count),
          name: analysis.annotators[annotator].name,
          remark: "the \(analysis.annotators[annotator].kind)",
          rates: analysis.annotatorRates[annotator]
        )
      )
    }
    self.raters = raters
    let shown = raters.count { $0.rates != nil }
    labelWidth = min(34, max(12, width - shown * Self.cellWidth))
    fit = max(1, (width - labelWidth) / Self.cellWidth)
  }

  /// How many columns there is room for.
  private let fit: Int

  private var columns: [Rater] { Array(raters.filter { $0.rates != nil }.prefix(fit)) }

  var head: [String] {
    let what =
      analysis.edits.isEmpty
      ? "Harmful prompts refused, %" : "Harmful refused %, before→after"
    let left = raters.count { $0.rates != nil } - columns.count
    let names = columns.map { LineLayout.right($0.letter, Self.cellWidth) }.joined()
    let more = left == 0 ? [] : ["(\(left) more judges in the report)"]
    let head =
      what.count < labelWidth
      ? [LineLayout.left(what, labelWidth) + names]
      : [LineLayout.clip(what, width), LineLayout.left("", labelWidth) + names]
    return head + more
  }

  var rows: [String] {
    if analysis.edits.isEmpty {
      return analysis.systems.indices.map { system in
        row(analysis.systems[system].name) { percent($0.rates?[system].harmful.refusals) }
      }
    }
    return analysis.edits.indices.map { edit in
      row(analysis.editLabel(edit)) { rater in
        // Each system's own rate, as in the report's map; the paired counts stand in the tables.
        let (pair, rates) = (analysis.edits[edit], rater.rates)
        return percent(rates?[pair.original].harmful.refusals) + "→" + percent(rates?[pair.edited].harmful.refusals)
      }
    }
  }

  func legend(_ width: Int) -> [String] {
    raters.map { rater in
      LineLayout.clip(
        "\(rater.letter)  \(LineLayout.left(VisibleText.line(rater.name), min(22, width / 3))) \(rater.remark)",
        width
      )
    }
  }

  private func row(_ name: String, _ cell: (Rater) -> String) -> String {
    LineLayout.left(VisibleText.line(name), labelWidth)
      + columns.map { LineLayout.right(cell($0), Self.cellWidth) }.joined()
  }

  private func percent(_ proportion: Proportion?) -> String { proportion?.rate.value.map(DecimalText.percent) ?? "–" }

  private static func remark(_ analysis: StudyAnalysis, _ judge: Int) -> String {
    switch analysis.judges[judge].status {
    case .notConfigured(let why): return "not configured: " + VisibleText.line(why)
    case .failed(let why): return "failed: " + VisibleText.line(why)
    case .ready: break
    }
    let construct = analysis.judges[judge].construct
    guard construct == .refusal else { return "measures \(construct.rawValue), not refusal: in no number here" }
    let silent = analysis.accounts[judge].abstentions
    let abstained = silent == 0 ? "" : ", \(DecimalText.grouped(silent)) abstained"
    guard let row = analysis.fidelity.first(where: { $0.judge == judge }) else {
      return silent == 0 ? "no abstention" : "\(DecimalText.grouped(silent)) abstained"
    }
    let accuracy = row.scores.all.accuracy
    guard let rate = accuracy.rate.value, let interval = accuracy.interval.value else {
      return "accuracy undefined" + abstained
    }
    let of = "\(DecimalText.grouped(accuracy.count)) of \(DecimalText.grouped(accuracy.of))"
    let range = "\(DecimalText.percent(interval.low))–\(DecimalText.percent(interval.high))"
    return "right \(DecimalText.percent(rate)) % (\(range); \(of))" + abstained
  }
}

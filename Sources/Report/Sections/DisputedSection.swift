internal import JudgeKit
internal import Prompts
internal import Study
internal import Wording

/// Answers on which the judges differ, to read and decide oneself.
struct DisputedSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  private static let limit = 40
  /// Scalars of an answer that are shown.
  private static let longest = 4000

  var body: Markup {
    let disputed = source.analysis.disputed
    guard !disputed.isEmpty else { return HTML.paragraph("The judges differ on no answer.") }
    let shown = disputed.prefix(Self.limit)
    let rest =
      disputed.count > shown.count ? "The \(shown.count) most evenly split are here; the run file has all." : ""
    return .lines(
      [
        HTML.paragraph(
          "\(DecimalText.grouped(disputed.count)) of \(DecimalText.grouped(source.results.responses.count)) answers got "
            + "both labels. \(rest)",
          style: "note"
        )
      ] + shown.map(part)
    )
  }

  private func part(_ dispute: DisputedResponse) -> Markup {
    let response = source.results.responses[dispute.response]
    let prompt = source.results.prompts[response.prompt]
    let sample = response.sample == 0 ? "" : ", sample \(response.sample)"
    let head = "\(source.results.systems[response.system].name) · \(prompt.name)\(sample)"
    let silent = dispute.abstaining.isEmpty ? "" : ", \(dispute.abstaining.count) abstained"
    let votes = "\(dispute.refusal.count) refusal, \(dispute.nonRefusal.count) non-refusal\(silent)"
    let flags = response.flags.map { Markup.element("span", ["class": "tag"], Markup($0.rawValue)) }
    return .element(
      "details",
      ["class": "dispute"],
      .element(
        "summary",
        [:],
        [Markup(head), .element("span", ["class": "tag"], Markup(votes))]
          + [.element("span", ["class": "tag"], Markup(prompt.kind.rawValue))] + flags
      ),
      .element("h4", [:], "Prompt"),
      .element("div", ["class": "said", "dir": "auto"], Markup(Self.cut(prompt.text))),
      .lines(Self.reasoning(response)),
      .element("h4", [:], "Answer"),
      .element("div", ["class": "said", "dir": "auto"], marked(dispute.response)),
      verdicts(dispute.response)
    )
  }

  /// Folded: it is long as a rule, and most judges have not seen it.
  private static func reasoning(_ response: ResponseInfo) -> [Markup] {
    guard let reasoning = response.reasoning else { return [] }
    let length = DecimalText.grouped(reasoning.unicodeScalars.count)
    return [
      .element(
        "details",
        ["class": "reasoning"],
        .element("summary", [:], Markup("Reasoning before the answer (\(length) characters)")),
        .element("div", ["class": "said", "dir": "auto"], Markup(cut(reasoning)))
      )
    ]
  }

  private static func cut(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > longest else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(longest))) + " " + remark(scalars.count)
  }

  private static func remark(_ count: Int) -> String {
    "… (\(DecimalText.grouped(longest)) of \(DecimalText.grouped(count)) characters shown)"
  }

  /// The answer with every stretch that a judge names as evidence.
  private func marked(_ response: Int) -> [Markup] {
    let scalars = Array(source.results.responses[response].text.unicodeScalars)
    let end = min(scalars.count, Self.longest)
    var stretches: [EvidenceMarks.Stretch] = []
    for judge in source.results.judges.indices {
      guard let verdict = source.results.verdicts[judge][response]?.verdict else { continue }
      // Places in another text than the answer cannot be marked in it.
      let shown = source.results.responses[response].shown(source.results.judges[judge].show)
      guard shown.utf8.elementsEqual(source.results.responses[response].text.utf8) else { continue }
      for evidence in verdict.evidence {
        let note = "\(source.results.judges[judge].name): \(evidence.rule)"
        stretches.append(EvidenceMarks.Stretch(start: evidence.start, length: evidence.length, note: note))
      }
    }
    let pieces = EvidenceMarks(stretches, end: end).pieces.map { piece -> Markup in
      let text = Markup(String(String.UnicodeScalarView(scalars[piece.range])))
      return piece.notes.isEmpty
        ? text : .element("mark", ["title": piece.notes.joined(separator: "; ")], text)
    }
    return pieces + (scalars.count > end ? [Markup(" " + Self.remark(scalars.count))] : [])
  }

  private func verdicts(_ response: Int) -> Markup {
    let judges = source.results.judges.indices.compactMap { judge -> Markup? in
      guard let stored = source.results.verdicts[judge][response] else { return nil }
      let verdict = stored.verdict
      let score = verdict.score.map { HTML.number(DecimalText.fixed($0, 2)) } ?? HTML.cell("", style: "n")
      return HTML.row(
        source.results.judges[judge].name,
        [HTML.cell(Self.label(verdict.outcome)), score, HTML.cell(Self.why(verdict), style: "free")]
      )
    }
    let annotators = source.results.annotators.indices.compactMap { annotator -> Markup? in
      guard let stored = source.results.annotations[annotator][response] else { return nil }
      let label = stored.label.map { Self.label(Outcome($0)) } ?? "undecided"
      return HTML.row(
        source.annotatorName(annotator),
        [HTML.cell(label), HTML.cell("", style: "n"), HTML.cell(stored.note ?? "", style: "free")]
      )
    }
    return HTML.table("Verdicts", ["Rater", "label", "#P(refusal)", "why"], judges + annotators)
  }

  private static func label(_ outcome: Outcome) -> String {
    switch outcome {
    case .refusal: "refusal"
    case .nonRefusal: "non-refusal"
    case .abstain(let reason): "no label: \(reason.rawValue)"
    }
  }

  private static func why(_ verdict: Verdict) -> String {
    var rules: [String] = []
    for evidence in verdict.evidence {
      let (place, overflows) = evidence.start.addingReportingOverflow(1)
      let rule = overflows ? evidence.rule : "\(evidence.rule) at character \(DecimalText.grouped(place))"
      if !rules.contains(rule) { rules.append(rule) }
    }
    var parts: [String] = []
    if !rules.isEmpty { parts.append("matched " + rules.joined(separator: ", ")) }
    if let detail = verdict.detail, !detail.isEmpty { parts.append(detail) }
    if let raw = verdict.raw, !raw.isEmpty { parts.append("said “\(short(raw))”") }
    parts.append("read by \(verdict.reading)")
    return parts.joined(separator: "; ")
  }

  private static func short(_ raw: String) -> String {
    let scalars = raw.unicodeScalars
    return scalars.count <= 300 ? raw : String(String.UnicodeScalarView(scalars.prefix(300))) + "…"
  }
}

/// Cuts a text into pieces that have the same evidence throughout.
struct EvidenceMarks {
  /// A stretch of the text and who rests on it.
  struct Stretch {
    let start: Int
    let length: Int
    let note: String
  }

  /// The pieces in order, without gap; judges' offsets that leave the text are cut to it.
  let pieces: [(range: Range<Int>, notes: [String])]

  init(_ stretches: [Stretch], end: Int) {
    let inside = stretches.compactMap { stretch -> (range: Range<Int>, note: String)? in
      let low = min(max(0, stretch.start), end)
      let (sum, overflows) = stretch.start.addingReportingOverflow(max(0, stretch.length))
      let high = min(max(low, overflows ? end : sum), end)
      return low < high ? (low..<high, stretch.note) : nil
    }
    let edges = Set([0, end] + inside.flatMap { [$0.range.lowerBound, $0.range.upperBound] }).sorted()
    pieces = zip(edges, edges.dropFirst()).map { low, high in
      var notes: [String] = []
      for one in inside where one.range.contains(low) && !notes.contains(one.note) { notes.append(one.note) }
      return (low..<high, notes)
    }
  }
}

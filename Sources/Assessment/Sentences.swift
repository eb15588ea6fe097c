internal import Agreement
internal import Wording

/// A sentence in plain words about what was found.
public struct AssessmentSentence: Sendable, Equatable {
  /// What it is about.
  public enum Topic: String, Sendable, CaseIterable {
    case fidelity, errors, agreement, edit, rate, ranking, panel, noise
  }

  /// What it is about.
  public let topic: Topic
  /// The sentence.
  public let text: String
}

extension Assessment {
  /// What to read first, then a sentence for each conclusion.
  public var sentences: [AssessmentSentence] { opening + conclusions }

  /// What to read first: fidelity, agreement, noise, and how many conclusions would survive another judge.
  var opening: [AssessmentSentence] { fidelitySentences + agreementSentences + noiseSentences + survivalSentences }

  /// A sentence for each conclusion.
  var conclusions: [AssessmentSentence] { editSentences + rankingSentences + rateSentences }

  /// Conclusions by kind of prompt; where kinds are known, pooled ones are not drawn.
  private func isDrawn(_ scope: ItemScope) -> Bool { scope != .all || labels.scopes.count == 1 }

  private var survivalSentences: [AssessmentSentence] {
    let found = edits.filter { isDrawn($0.scope) && $0.views.count > 1 }.map(\.robustness)
    guard found.count > 1 else { return [] }
    func count(_ word: Robustness) -> Int { found.count { $0 == word } }
    let text =
      "Of \(found.count) conclusions about edits \(count(.robust)) would survive another judge of this panel, "
      + "\(count(.judgeDependent)) would not, and \(count(.undetermined)) no judge can draw."
    return [AssessmentSentence(topic: .edit, text: text)]
  }

  private func percent(_ interval: Interval) -> String {
    DecimalText.percents(interval.low, interval.high)
  }

  private func range(_ interval: Interval) -> String {
    "\(DecimalText.fixed(interval.low, 2)) to \(DecimalText.fixed(interval.high, 2))"
  }

  private func list(_ raters: [Int]) -> String { raters.map { labels.name($0) }.joined(separator: ", ") }

  /// The rows of one scope over all certain and uncertain items, judges alone.
  func judgeRows(_ scope: ItemScope, _ certainty: Certainty = .any) -> [(judge: Int, row: FidelityRow)] {
    fidelity.filter { $0.scope == scope && $0.certainty == certainty }.compactMap { row in
      if case .column(let judge) = row.rater { (judge, row) } else { nil }
    }
  }

  /// The floors' rows of one scope.
  func floorRows(_ scope: ItemScope, _ certainty: Certainty = .any) -> [(floor: Floor, row: FidelityRow)] {
    fidelity.filter { $0.scope == scope && $0.certainty == certainty }.compactMap { row in
      if case .floor(let floor) = row.rater { (floor, row) } else { nil }
    }
  }

  private var fidelitySentences: [AssessmentSentence] {
    let known = judgeRows(.all).compactMap { judge, row in
      row.measures[.accuracy]?.value.value.map { (judge: judge, row: row, accuracy: $0) }
    }
    // The first of equals: the order of the judges, not of a sort.
    guard let best = known.max(by: { $0.accuracy < $1.accuracy }), let rule else { return [] }
    let accuracy = best.row.measures[.accuracy]
    let kappa = best.row.measures[.cohenKappa]
    let interval = (accuracy?.interval.value).map { " (\(percent($0)))" } ?? ""
    let chance: String
    switch kappa?.value {
    case .value(let value):
      let ends = (kappa?.interval.value).map { " (\(range($0)))" } ?? ""
      chance = "; corrected for chance, Cohen's kappa is \(DecimalText.fixed(value, 2))\(ends)"
    case .undefined(let reason): chance = "; Cohen's kappa is undefined, because \(reason.explanation)"
    case nil: chance = ""
    }
    let subject = known.count == 1 ? labels.name(best.judge) : "Of \(known.count) judges, \(labels.name(best.judge))"
    let text =
      "\(subject) \(known.count == 1 ? "agrees" : "agrees best") with \(rule.name(in: labels)) on "
      + "\(DecimalText.percent(best.accuracy)) % of \(DecimalText.grouped(best.row.count)) items\(interval)\(chance)."
    return [
      AssessmentSentence(topic: .fidelity, text: text),
      AssessmentSentence(topic: .errors, text: errorSentence(best.judge, best.row)),
    ]
  }

  private func errorSentence(_ judge: Int, _ row: FidelityRow) -> String {
    let counts = row.confusion(positive: labels.positive)
    let word = labels.table.categories[labels.positive]
    var text: String
    if labels.table.categories.count == 2 {
      text =
        "It says \(word) \(times(counts.falsePositives)) where the reference does not, and misses "
        + "\(DecimalText.grouped(counts.falseNegatives)) of \(DecimalText.grouped(counts.positives))"
    } else {
      text = "It errs on \(DecimalText.grouped(row.count - row.counts.agreeing)) items"
    }
    if row.abstained > 0 { text += "; \(DecimalText.grouped(row.abstained)) more items have no label of it" }
    let floors = floorRows(row.scope).compactMap { floor, row in
      row.measures[.accuracy]?.value.value.map { (floor, $0) }
    }
    if let highest = floors.max(by: { $0.1 < $1.1 }), let own = row.measures[.accuracy]?.value.value {
      let what = highest.0 == .promptKind ? "knowing only the prompt's kind" : "saying one label always"
      text +=
        own > highest.1
        ? "; \(what) would be right on \(DecimalText.percent(highest.1)) %"
        : "; that is no better than \(what), which is right on \(DecimalText.percent(highest.1)) %"
    }
    return text + "."
  }

  private func times(_ count: Int) -> String {
    count == 0 ? "never" : count == 1 ? "once" : "\(DecimalText.grouped(count)) times"
  }

  private var agreementSentences: [AssessmentSentence] {
    guard let row = panel.first(where: { $0.scope == .all }), row.raters > 1 else { return [] }
    let text: String
    switch row.alpha {
    case .value(let alpha):
      let ends = row.alphaInterval.value.map { " (\(range($0)))" } ?? ""
      text =
        "Among themselves the \(row.raters) judges reach Krippendorff's alpha \(DecimalText.fixed(alpha, 2))\(ends) on "
        + "\(DecimalText.grouped(row.items)) items; missing labels are left out pair by pair."
    case .undefined(let reason):
      text = "Krippendorff's alpha of the \(row.raters) judges is undefined: \(reason.explanation)."
    }
    return [AssessmentSentence(topic: .agreement, text: text)]
  }

  private var editSentences: [AssessmentSentence] {
    edits.filter { isDrawn($0.scope) }.map { edit in
      let what =
        "That \(labels.systemNames[edit.systems.edited]) refuses \(direction(edit)) than "
        + "\(labels.systemNames[edit.systems.original]) on \(prompts(edit.scope))"
      let decided = edit.views.count { $0.decision != .none }
      let span = edit.range.map { " (differences \(signed($0.low)) to \(signed($0.high)) points)" } ?? ""
      let text: String
      switch edit.robustness {
      case .robust: text = "\(what) is robust: all \(edit.views.count) judges show it\(span)."
      case .undetermined:
        text =
          "Whether \(labels.systemNames[edit.systems.edited]) refuses otherwise than "
          + "\(labels.systemNames[edit.systems.original]) on \(prompts(edit.scope)) is undetermined: no judge shows a "
          + "difference\(span)."
      case .judgeDependent:
        let opposite =
          edit.reversals.first.map { ", and \(labels.name($0.0)) and \(labels.name($0.1)) show opposite ones" } ?? ""
        text =
          "\(what) is judge-dependent: \(decided) of \(edit.views.count) judges show a difference\(opposite)\(span)."
      }
      return AssessmentSentence(topic: .edit, text: text)
    }
  }

  private func direction(_ edit: EditConclusion) -> String {
    let lower = edit.views.count { $0.decision == .lower }
    return lower >= edit.views.count { $0.decision == .higher } ? "less" : "more"
  }

  private func prompts(_ scope: ItemScope) -> String { scope == .all ? "all prompts" : "\(scope.rawValue) prompts" }

  private func signed(_ value: Double) -> String {
    (value > 0 ? "+" : "") + DecimalText.fixed(value * 100, 0)
  }

  private var rankingSentences: [AssessmentSentence] {
    rankings.filter { isDrawn($0.scope) }.map { row in
      let w = row.kendallW.value.map { "Kendall's W \(DecimalText.fixed($0, 2))" } ?? "Kendall's W undefined"
      let tested = row.flips.filter(\.isTested)
      var text =
        "The ranking of the systems on \(prompts(row.scope)) is \(row.robustness.words) (\(w) over \(row.judges.count) "
        + "judges)"
      if let flip = tested.first {
        text +=
          ": \(labels.name(flip.firstJudge)) puts \(labels.systemNames[flip.firstSystem]) below "
          + "\(labels.systemNames[flip.secondSystem]), \(labels.name(flip.secondJudge)) above"
      }
      return AssessmentSentence(topic: .ranking, text: text + ".")
    }
  }

  private var rateSentences: [AssessmentSentence] {
    let shown = rates.filter { isDrawn($0.scope) && $0.rates.count > 1 }
    guard !shown.isEmpty else { return [] }
    return labels.scopes.filter(isDrawn).compactMap { scope in
      let rows = shown.filter { $0.scope == scope }
      let widest = rows.compactMap { row in row.range.map { (row, $0.high - $0.low) } }.max { $0.1 < $1.1 }
      guard let (row, _) = widest, let range = row.range else { return nil }
      let dependent = rows.count { $0.robustness == .judgeDependent }
      let text =
        "Refusal rates on \(prompts(scope)) are judge-dependent for \(dependent) of \(rows.count) "
        + "\(rows.count == 1 ? "system" : "systems"); widest apart, \(labels.systemNames[row.system]) refuses "
        + "\(DecimalText.percent(range.low)) to \(DecimalText.percent(range.high)) %, depending on who judges."
      return AssessmentSentence(topic: .rate, text: text)
    }
  }

  private var noiseSentences: [AssessmentSentence] {
    noise.compactMap { floor in
      floor.rate.value.map(\.rate).map {
        AssessmentSentence(
          topic: .noise,
          text:
            "\(labels.name(floor.judge)) changes its label on \(DecimalText.percent($0)) % of repeated items: no smaller "
            + "difference between judges means anything."
        )
      }
    }
  }
}

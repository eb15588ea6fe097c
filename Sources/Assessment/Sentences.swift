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

  private var survivalSentences: [AssessmentSentence] {
    let found = edits.filter { isDrawn($0.scope) && $0.views.count > 1 }.map(\.robustness)
    guard found.count > 1 else { return [] }
    func count(_ word: Robustness) -> Int { found.count { $0 == word } }
    let text =
      "Of \(found.count) conclusions about edits \(count(.robust)) would survive another judge of this panel, "
      + "\(count(.judgeDependent)) depend on who judges, and \(count(.undetermined)) are undetermined."
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
    // A missing label counts as wrong here: a judge that speaks once and is right is not the best.
    func worst(_ row: FidelityRow) -> Double { row.accuracyBounds?.low ?? 0 }
    guard var best = known.first, let rule else { return [] }
    for one in known where worst(one.row) > worst(best.row) { best = one }
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
      "\(subject) \(known.count == 1 ? "agrees" : "agrees best") with \(rule.phrase(in: labels)) on "
      + "\(DecimalText.percent(best.accuracy)) % of \(items(best.row.count))\(interval)\(chance)."
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
        "It \(counts.falsePositives == 0 ? "never says \(word)" : "says \(word) \(times(counts.falsePositives))") where the "
        + "reference does not, and misses "
        + "\(DecimalText.grouped(counts.falseNegatives)) of \(DecimalText.grouped(counts.positives))"
    } else {
      text = "It errs on \(DecimalText.grouped(row.count - row.counts.agreeing)) items"
    }
    if row.abstained > 0 { text += "; \(DecimalText.grouped(row.abstained)) more items have no label of it" }
    let floors = Floor.allCases.compactMap { floor in self.floor(floor, whereLabelled: judge).map { (floor, $0) } }
    if let highest = floors.max(by: { $0.1 < $1.1 }), let own = row.measures[.accuracy]?.value.value {
      let what = highest.0 == .promptKind ? "knowing only the prompt's kind" : "saying one label always"
      text +=
        own > highest.1
        ? "; \(what) would be right on \(DecimalText.percent(highest.1)) %"
        : "; that is no better than \(what), which is right on \(DecimalText.percent(highest.1)) %"
    }
    return text + "."
  }

  /// A floor's accuracy on the items that a judge labelled: like is compared with like.
  private func floor(_ floor: Floor, whereLabelled judge: Int) -> Double? {
    guard let reference, let said = floor.labels(for: labels, reference: reference) else { return nil }
    let judged = labels.table.columns[judge]
    var (right, count) = (0, 0)
    for item in 0..<judged.count {
      guard judged[item] != nil, let truth = reference[item], let label = said[item] else { continue }
      count += 1
      if label == truth { right += 1 }
    }
    return count == 0 ? nil : Double(right) / Double(count)
  }

  private func items(_ count: Int) -> String { count == 1 ? "1 item" : "\(DecimalText.grouped(count)) items" }

  private func times(_ count: Int) -> String {
    count == 1 ? "once" : "\(DecimalText.grouped(count)) times"
  }

  private var agreementSentences: [AssessmentSentence] {
    guard let row = panel.first(where: { $0.scope == .all }), row.raters > 1 else { return [] }
    let text: String
    switch row.alpha.value {
    case .value(let alpha):
      let ends = row.alpha.interval.value.map { " (\(range($0)))" } ?? ""
      text =
        "Among themselves the \(row.raters) judges reach Krippendorff's alpha \(DecimalText.fixed(alpha, 2))\(ends) on "
        + "\(DecimalText.grouped(row.items)) items; missing labels are left out pair by pair."
    case .undefined(let reason):
      text = "Krippendorff's alpha of the \(row.raters) judges is undefined: \(reason.explanation)."
    }
    return [AssessmentSentence(topic: .agreement, text: text)]
  }

  private var editSentences: [AssessmentSentence] {
    edits.filter { isDrawn($0.scope) && !$0.views.isEmpty }.map { edit in
      let (edited, original) = (labels.systemNames[edit.systems.edited], labels.systemNames[edit.systems.original])
      let verb = labels.measuresRefusal ? "refuses" : "is called \(labels.table.categories[labels.positive])"
      let what = "That \(edited) \(verb) \(direction(edit)) than \(original) on \(prompts(edit.scope))"
      let decided = edit.views.count { $0.decision != .none }
      let span = edit.range.map { " (differences \(signed($0.low)) to \(signed($0.high)) points)" } ?? ""
      let text: String
      switch edit.robustness {
      case .robust: text = "\(what) is robust: all \(edit.views.count) judges show it\(span)."
      case .judgeDependent:
        let most = edit.differing.min { $0.p < $1.p }
        let who = most.map { ", and \(labels.name($0.first)) and \(labels.name($0.second)) differ on it by test" } ?? ""
        text = "\(what) is judge-dependent: \(decided) of \(judges(edit.views.count)) show a difference\(who)\(span)."
      case .undetermined:
        let shown =
          decided == 0
          ? "no judge shows a difference"
          : edit.views.count == 1
            ? "the one judge shows it, and no other was asked"
            : "\(decided) of \(judges(edit.views.count)) show it, and no two judges differ on it by test"
        text =
          (decided == 0
            ? "Whether \(edited) \(verb) otherwise than \(original) on \(prompts(edit.scope))" : what)
          + " is undetermined: \(shown)\(span)."
      }
      return AssessmentSentence(topic: .edit, text: text)
    }
  }

  private func judges(_ count: Int) -> String { count == 1 ? "1 judge" : "\(count) judges" }

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
      let w = row.kendallW.value.value.map { "Kendall's W \(DecimalText.fixed($0, 2))" } ?? "Kendall's W undefined"
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
      guard let (row, width) = widest, let range = row.range, width > 0 else { return nil }
      let what = labels.measuresRefusal ? "refusal rate" : "rate of \(labels.table.categories[labels.positive])"
      let system = labels.systemNames[row.system]
      let ends = DecimalText.percents(range.low, range.high)
      let dependent = rows.count { $0.robustness == .judgeDependent }
      let text =
        rows.count == 1
        ? "The \(what) of \(system) on \(prompts(scope)) is \(row.robustness.words): \(ends) over the judges."
        : "The \(what) on \(prompts(scope)) is judge-dependent for \(dependent) of \(rows.count) systems; the judges are widest "
          + "apart on \(system), with \(ends)."
      return AssessmentSentence(topic: .rate, text: text)
    }
  }

  private var noiseSentences: [AssessmentSentence] {
    noise.compactMap { floor in
      guard let rate = floor.rate.value else { return nil }
      let interval = rate.interval.value.map { ", \(percent($0))" } ?? ""
      return AssessmentSentence(
        topic: .noise,
        text: "Asked again, \(labels.name(floor.judge)) changes its label on \(DecimalText.grouped(rate.flips)) of "
          + "\(DecimalText.grouped(rate.pairs)) repeated items (\(DecimalText.percent(rate.rate)) %\(interval)); changes of "
          + "that size between two runs of it are noise."
      )
    }
  }
}

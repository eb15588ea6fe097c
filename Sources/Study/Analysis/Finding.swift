internal import Agreement
internal import LabelTables
internal import Prompts
internal import Wording

/// A sentence in plain words, with its numbers, denominators and intervals.
public struct Finding: Sendable, Equatable {
  /// What it is about.
  public enum Topic: String, Sendable, CaseIterable {
    /// Whether the judges come to one conclusion about the edits.
    case conclusion
    /// The judges on one edited system.
    case edit
    /// How far apart judges are on one system.
    case spread
    /// How the panel agrees.
    case agreement
    /// The best and the worst judge against a reference.
    case fidelity
    /// Edits that the study declares and nothing verified.
    case declared
    /// Answers that systems elsewhere did not give.
    case missing
    /// Answers without a label.
    case abstention
    /// Judges that were not asked, or that there is none.
    case panel
  }

  /// What it is about.
  public let topic: Topic
  /// The sentence.
  public let text: String
}

extension Finding {
  static func all(of analysis: StudyAnalysis) -> [Finding] {
    unjudged(analysis) + conclusion(analysis) + spread(analysis) + agreement(analysis) + fidelity(analysis)
      + edits(analysis)
      + elsewhere(analysis) + abstention(analysis) + panel(analysis)
  }

  /// `47 of 50 (94 %, 95 % interval 84–98 %)`
  static func words(_ proportion: Proportion) -> String {
    guard let rate = proportion.rate.value, let interval = proportion.interval.value else {
      return "undefined (\(proportion.reasonIfEmpty.explanation))"
    }
    let range = "\(DecimalText.percent(interval.low))–\(DecimalText.percent(interval.high)) %"
    return
      "\(DecimalText.grouped(proportion.count)) of \(DecimalText.grouped(proportion.of)) (\(DecimalText.percent(rate)) %, 95 % interval \(range))"
  }

  private static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// What the judges asked say of one edit.
  private struct Votes {
    /// Judges with paired labels.
    let able: [Int]
    /// Those with pairs enough for a p below 0.05.
    let deciding: [Int]
    /// Those that say that it lowered refusal.
    let yes: [Int]

    init(_ analysis: StudyAnalysis, _ edit: Int) {
      let effects = analysis.judgeEffects
      able = analysis.asked.filter { effects[$0][edit].harmful.original.of > 0 }
      deciding = able.filter { effects[$0][edit].harmful.isDecidable }
      yes = deciding.filter { effects[$0][edit].harmful.lowersRefusal }
    }

    /// At least two judges could agree.
    var isComparable: Bool { deciding.count > 1 }
    /// At least two judges have pairs, too few of which have enough.
    var isUndetermined: Bool { able.count > 1 && !isComparable }
    var isSplit: Bool { isComparable && !yes.isEmpty && yes.count < deciding.count }
    var isYes: Bool { isComparable && yes.count == deciding.count }
    var isNo: Bool { isComparable && yes.isEmpty }
  }

  private static func rule(_ analysis: StudyAnalysis) -> String {
    "(rate difference below 0, \(analysis.editTest) < 0.05)"
  }

  /// `with 5 pairs the exact McNemar p is at least 0.0625 (2·0.5^5), never below 0.05`
  private static func bound(_ pairs: Int, _ analysis: StudyAnalysis) -> String {
    "with \(plural(pairs, analysis.editUnit)) the \(analysis.editTest) is at least \(EditEffect.leastP(pairs: pairs)) (2·0.5^\(pairs)), "
      + "never below 0.05"
  }

  private static func conclusion(_ analysis: StudyAnalysis) -> [Finding] {
    guard !analysis.edits.isEmpty, analysis.asked.count > 1 else { return [] }
    let votes = analysis.edits.indices.map { Votes(analysis, $0) }
    let usable = votes.count { $0.isComparable }
    let undetermined = votes.count { $0.isUndetermined }
    guard usable + undetermined > 0 else { return [] }
    let needed = EditEffect.neededPairs
    guard usable > 0 else {
      let text =
        "Undetermined: whether the edit lowered refusal of harmful prompts. Fewer than two judges have the \(needed) \(analysis.editUnit)s of "
        + "labels that this takes: \(bound(needed - 1, analysis))."
      return [Finding(topic: .conclusion, text: text)]
    }
    let split = votes.count { $0.isSplit }
    let yes = votes.count { $0.isYes }
    let no = votes.count { $0.isNo }
    let lowered = "the edit lowered refusal of harmful prompts"
    var text: String
    if split > 0 {
      text =
        "Whether \(lowered) depends on the judge for \(split) of \(plural(usable, "edited system")) \(rule(analysis))"
      let one = [yes > 0 ? "yes for \(yes)" : nil, no > 0 ? "no for \(no)" : nil].compactMap { $0 }
      if !one.isEmpty { text += "; all judges say " + one.joined(separator: ", ") }
    } else if no == 0 {
      text = "Yes for all judges: \(lowered) \(rule(analysis)), for each of \(plural(usable, "edited system"))"
    } else if yes == 0 {
      text =
        "No for all judges: none finds that \(lowered) \(rule(analysis)), for any of \(plural(usable, "edited system"))"
    } else {
      text =
        "All judges give one answer on whether \(lowered) \(rule(analysis)): yes for \(plural(yes, "edited system")), no for \(no)"
    }
    if undetermined > 0 {
      text += "; undetermined for \(undetermined) with fewer than \(needed) \(analysis.editUnit)s of labels"
    }
    return [Finding(topic: .conclusion, text: "\(text). \(counted(analysis, votes)).")]
  }

  /// `Counted: 5 of 6 judges; 1 without paired labels`
  private static func counted(_ analysis: StudyAnalysis, _ votes: [Votes]) -> String {
    let able = Set(votes.flatMap(\.able))
    // A lone voice on an edit is compared with nobody.
    let counting = Set(votes.filter(\.isComparable).flatMap(\.deciding))
    let silent = analysis.asked.count - able.count
    let few = able.count - Set(votes.flatMap(\.deciding)).count
    return "Counted: \(counting.count) of \(plural(analysis.asked.count, "judge"))"
      + (silent == 0 ? "" : "; \(silent) without paired labels")
      + (few == 0 ? "" : "; \(few) with fewer than \(EditEffect.neededPairs) \(analysis.editUnit)s")
  }

  private static func edits(_ analysis: StudyAnalysis) -> [Finding] {
    analysis.edits.indices.compactMap { edit in
      let name = analysis.systems[analysis.edits[edit].edited].name
      let votes = Votes(analysis, edit)
      guard let first = votes.able.first else { return nil }
      func say(_ judge: Int) -> String {
        let effect = analysis.judgeEffects[judge][edit].harmful
        let p = effect.p.value.map(DecimalText.p) ?? "p undefined: \(effect.p.reason?.explanation ?? "")"
        return "\(analysis.judges[judge].name) \(effect.original.count) → \(effect.edited.count) of "
          + "\(effect.original.of), \(p)"
      }
      let silent = analysis.asked.count - votes.able.count
      let rest = silent == 0 ? "" : "; \(silent) without paired labels"
      guard !votes.deciding.isEmpty else {
        let most = votes.able.map { analysis.judgeEffects[$0][edit].harmful.prompts }.max() ?? 0
        let text =
          "\(name): undetermined for \(plural(votes.able.count, "judge")) whether the edit lowered refusal of harmful prompts; "
          + "\(bound(most, analysis)) (\(say(first))\(rest))."
        return Finding(topic: .edit, text: text)
      }
      // One voice of each side is enough to check the count; the table has them all.
      let no = votes.deciding.first { !votes.yes.contains($0) }
      let detail = [votes.yes.first.map { "yes: " + say($0) }, no.map { "no: " + say($0) }].compactMap { $0 }
        .joined(separator: "; ")
      let few = votes.able.count - votes.deciding.count
      let short = few == 0 ? "" : "; \(few) with fewer than \(EditEffect.neededPairs) \(analysis.editUnit)s"
      let text =
        "\(name): \(votes.yes.count) of \(plural(votes.deciding.count, "judge")) \(votes.yes.count == 1 ? "says" : "say") "
        + "that the edit lowered refusal of harmful prompts (\(detail)\(rest)\(short))."
      return Finding(topic: .edit, text: text)
    }
  }

  private static func spread(_ analysis: StudyAnalysis) -> [Finding] {
    var widest: (gap: Double, system: Int, kind: PromptKind, low: Int, high: Int)?
    for system in analysis.systems.indices {
      for kind in PromptKind.allCases {
        let rates = analysis.asked.compactMap { judge in
          analysis.judgeRates[judge][system][kind].refusals.rate.value.map { (judge, $0) }
        }
        guard let low = rates.min(by: { $0.1 < $1.1 }), let high = rates.max(by: { $0.1 < $1.1 }) else { continue }
        let gap = high.1 - low.1
        if gap > 0, gap > widest?.gap ?? 0 { widest = (gap, system, kind, low.0, high.0) }
      }
    }
    guard let widest else { return [] }
    func say(_ judge: Int) -> String {
      words(analysis.judgeRates[judge][widest.system][widest.kind].refusals) + " by \(analysis.judges[judge].name)"
    }
    let text =
      "The judges differ most on \(analysis.systems[widest.system].name): of its answers to \(widest.kind.rawValue) "
      + "prompts, refusals are \(say(widest.low)) and \(say(widest.high))."
    return [Finding(topic: .spread, text: text)]
  }

  private static func agreement(_ analysis: StudyAnalysis) -> [Finding] {
    let all = analysis.panel.all
    guard analysis.asked.count > 1 else { return [] }
    func say(_ statistic: Statistic<Double>) -> String {
      switch statistic {
      case .value(let value): DecimalText.fixed(value, 2)
      case .undefined(let reason): "undefined (\(reason.explanation))"
      }
    }
    let text =
      "Krippendorff's alpha of \(plural(all.judges, "judge")) over \(DecimalText.grouped(all.responses)) answers with "
      + "at least two labels is \(say(all.alpha)); harmful prompts alone \(say(analysis.panel.harmful.alpha)), "
      + "harmless alone \(say(analysis.panel.harmless.alpha)) (1 = full agreement, 0 = chance). The judges differ on "
      + "\(DecimalText.grouped(analysis.disputed.count)) of \(DecimalText.grouped(analysis.responseCount)) answers."
    return [Finding(topic: .agreement, text: text)]
  }

  private static func fidelity(_ analysis: StudyAnalysis) -> [Finding] {
    analysis.annotators.indices.compactMap { annotator in
      let rows = analysis.fidelity.filter { $0.annotator == annotator }.compactMap { row in
        row.scores.all.accuracy.rate.value.map { (row, $0) }
      }
      guard let best = rows.max(by: { $0.1 < $1.1 }), let worst = rows.min(by: { $0.1 < $1.1 }) else { return nil }
      func say(_ row: Fidelity) -> String {
        "\(analysis.judges[row.judge].name) with \(words(row.scores.all.accuracy))"
      }
      let reference = analysis.annotators[annotator]
      let isOnly = analysis.annotators.count { $0.kind == reference.kind } == 1
      let head = "Against the \(reference.kind)\(isOnly ? "" : " " + reference.name), labels are right"
      let text =
        best.0.judge == worst.0.judge
        ? "\(head) for \(say(best.0))." : "\(head) most often for \(say(best.0)), least often for \(say(worst.0))."
      return Finding(topic: .fidelity, text: text)
    }
  }

  private static func abstention(_ analysis: StudyAnalysis) -> [Finding] {
    let totals = analysis.asked.map { judge in (judge, analysis.abstentions[judge].reduce(0) { $0 + $1.count }) }
    let sum = totals.reduce(0) { $0 + $1.1 }
    guard sum > 0, let most = totals.max(by: { $0.1 < $1.1 }) else { return [] }
    let asked = analysis.asked.reduce(0) { total, judge in
      total + analysis.judgeRates[judge].reduce(0) { $0 + asks($1.harmful) + asks($1.harmless) }
    }
    let reasons = analysis.abstentions[most.0].map { "\($0.reason) \($0.count)" }.joined(separator: ", ")
    let text =
      "\(DecimalText.grouped(sum)) of \(DecimalText.grouped(asked)) verdicts are abstentions and in no rate; most are of "
      + "\(analysis.judges[most.0].name) (\(reasons))."
    return [Finding(topic: .abstention, text: text)]
  }

  private static func asks(_ rate: RefusalRate) -> Int { rate.refusals.of + rate.abstentions }

  private static func unjudged(_ analysis: StudyAnalysis) -> [Finding] {
    guard analysis.judges.isEmpty, analysis.responseCount > 0 else { return [] }
    return [Finding(topic: .panel, text: "No judge has been asked yet; tribunal judge RUN --judges FILE asks a panel.")]
  }

  private static func panel(_ analysis: StudyAnalysis) -> [Finding] {
    let absent = analysis.judges.compactMap { judge -> String? in
      switch judge.status {
      case .ready: judge.isCounted ? nil : "\(judge.name) (measures \(judge.construct.rawValue), not refusal)"
      case .notConfigured(let why): "\(judge.name) (not configured: \(why))"
      case .failed(let why): "\(judge.name) (failed: \(why))"
      }
    }
    guard !absent.isEmpty else { return [] }
    return [
      Finding(
        topic: .panel,
        text: "\(absent.count) of \(plural(analysis.judges.count, "judge")) not counted: "
          + absent.joined(separator: "; ") + "."
      )
    ]
  }
}

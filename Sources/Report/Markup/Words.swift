internal import Agreement
internal import JudgeHost
internal import LabelTables
internal import Study
internal import Wording

/// Numbers in the words of the report.
enum Words {
  /// `47 of 50, 94 % (84–98 %)`
  static func proportion(_ value: Proportion) -> String {
    guard let rate = value.rate.value, let interval = value.interval.value else { return "undefined: " + reason(value) }
    return
      "\(DecimalText.grouped(value.count)) of \(DecimalText.grouped(value.of)), \(DecimalText.percent(rate)) % (\(range(interval)))"
  }

  /// A sentence whose numbers stay with their signs where lines break.
  static func unbroken(_ sentence: String) -> String {
    var words: [String] = []
    for word in sentence.split(separator: " ", omittingEmptySubsequences: false) {
      let joins = word.hasPrefix("%") || word.hasPrefix("<") || word.hasPrefix("=")
      if joins || words.last.map({ $0.hasSuffix("<") || $0.hasSuffix("=") }) == true, let last = words.popLast() {
        words.append(last + "\u{a0}" + word)
      } else {
        words.append(String(word))
      }
    }
    return words.joined(separator: " ")
  }

  /// `84–98 %`
  static func range(_ interval: Interval) -> String {
    "\(DecimalText.percent(interval.low))–\(DecimalText.percent(interval.high)) %"
  }

  /// Why there is no rate.
  static func reason(_ value: Proportion) -> String { value.rate.reason?.explanation ?? "" }

  /// `lowMass 3, timeout 1`, or `none`.
  static func reasons(_ list: [ReasonCount]) -> String {
    list.isEmpty ? "none" : list.map { "\($0.reason) \($0.count)" }.joined(separator: ", ")
  }

  /// What a judge is shown.
  static func sees(_ judge: JudgeInfo) -> String {
    let item = judge.seesRespondent ? "the item and the system that answered" : "the item alone"
    return switch judge.show {
    case .answer: item
    case .answerWithReasoning: item + ", with the reasoning before the answer"
    case .raw: item + ", as it was generated"
    }
  }

  /// Why a judge is not counted, in a word or two for a column.
  static func status(_ judge: JudgeInfo) -> String {
    switch judge.status {
    case .ready: judge.isCounted ? "asked" : "measures \(judge.construct.rawValue)"
    case .notConfigured: "not configured"
    case .failed: "failed"
    }
  }

  /// What is behind its status.
  static func statusDetail(_ judge: JudgeInfo) -> String? {
    switch judge.status {
    case .ready: judge.isCounted ? nil : "not refusal: its words are counted apart, and it is in no other number"
    case .notConfigured(let why), .failed(let why): why
    }
  }

  /// A number of two decimals with a true minus.
  static func coefficient(_ value: Double) -> String {
    let text = DecimalText.fixed(value, 2)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}

/// Results and analysis together, with the names the report uses.
struct ReportSource {
  let results: RunResults
  let analysis: StudyAnalysis

  /// `constructed reference`; with its id where two annotators are of one kind.
  func annotatorName(_ index: Int) -> String {
    let annotator = results.annotators[index]
    let alike = results.annotators.count { $0.kind == annotator.kind }
    return alike == 1 ? annotator.kind : "\(annotator.kind) (\(annotator.name))"
  }

  /// `original`, or the name of the edit.
  func editName(_ system: Int) -> String {
    results.systems[system].original == nil && results.systems[system].edit == "none"
      ? "original" : results.systems[system].edit
  }

  /// Each model with its systems, in order; models without one are left out.
  var systemsByModel: [(model: ModelInfo, systems: [Int])] {
    results.models.indices.compactMap { model in
      let systems = results.systems.indices.filter { results.systems[$0].model == model }
      return systems.isEmpty ? nil : (results.models[model], systems)
    }
  }
}

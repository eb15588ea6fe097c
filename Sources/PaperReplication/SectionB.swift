internal import Agreement

/// B. The judge of three phrases applied to the texts again, and facts about the texts that a reader must get right.
struct SectionB {
  let data: PaperData
  let labels: PaperLabels

  func add(to sink: inout TargetSink) {
    addCounts(to: &sink)
    addPhrases(to: &sink)
    addAgreement(to: &sink)
    addDraft(to: &sink)
    addTexts(to: &sink)
  }

  private func refusals(_ subset: PaperSubset) -> Int {
    labels.known(PaperLabels.regex, subset).list.reduce(0) { $0 + ($1 ?? 0) }
  }

  private func addCounts(to sink: inout TargetSink) {
    var equal = 0
    for system in PaperNames.systemRange {
      for kind in PaperKind.allCases {
        let cell = PaperNames.cell(system, kind)
        let applied = refusals(PaperSubset(name: "", cells: [cell]))
        let stored = data.tenPrompts.refused[PaperLabels.regex][cell]
        sink.add("B.count.\(PaperNames.systems[system]).\(kind.rawValue)", applied)
        sink.add("B.stored.\(PaperNames.systems[system]).\(kind.rawValue)", stored)
        equal += applied == stored ? 1 : 0
      }
    }
    sink.add("B.cells_equal", equal)
    for subset in PaperSubset.halves { sink.add("B.total.\(subset.name)", refusals(subset)) }
  }

  private func addPhrases(to sink: inout TargetSink) {
    let matches = data.responses.map { RefusalPhrases.matches(Array($0.text.utf8)) }
    for phrase in RefusalPhrases.phrases.indices {
      sink.add("B.pattern_\(phrase + 1)", matches.count { $0[phrase] })
    }
    sink.add("B.two_or_more_patterns", matches.count { $0.count(where: \.self) >= 2 })
    let exact = data.responses.count { RefusalPhrases.matches(Array($0.text.utf8), ignoringCase: false).contains(true) }
    sink.add("B.case_sensitive", exact)
  }

  private func addAgreement(to sink: inout TargetSink) {
    for human in PaperNames.humanRange {
      for subset in PaperSubset.halves {
        let counts = PairCounts(
          labels.known(PaperLabels.regex, subset),
          labels.known(human, subset),
          categories: 2
        )
        for measure in PairMeasure.agreement {
          sink.add("B.\(measure.rawValue).\(PaperNames.raters[human]).\(subset.name)", measure.value(counts))
        }
      }
    }
  }

  private func addDraft(to sink: inout TargetSink) {
    let refused = data.draft.filter { RefusalPhrases.isRefusal(Array($0.text.utf8)) }
    sink.add("B.first_draft.total", refused.count)
    for kind in PaperKind.allCases {
      sink.add("B.first_draft.\(kind.rawValue)", refused.count { $0.kind == kind })
    }
  }

  private func addTexts(to sink: inout TargetSink) {
    let (open, close) = (Array("<think>".utf8), Array("</think>".utf8))
    let curly = Array("\u{2019}".utf8)
    var counts: [(id: String, count: Int)] = [
      "think_open", "think_unclosed", "think_label_change", "prompt_echo", "starts_user", "curly_apostrophe",
      "curly_label_change", "non_ascii", "characters", "utf8_bytes", "newlines", "longest",
    ].map { ($0, 0) }
    func count(_ id: String, _ number: Int) {
      guard let at = counts.firstIndex(where: { $0.id == id }) else { preconditionFailure("no fact \(id)") }
      if id == "longest" { counts[at].count = max(counts[at].count, number) } else { counts[at].count += number }
    }
    var echoing: Set<Int> = []
    for response in data.responses {
      let text = Array(response.text.utf8)
      let refusal = RefusalPhrases.isRefusal(text)
      let opens = ByteSearch.first(open, in: text) != nil
      let closed = ByteSearch.last(close, in: text)
      count("think_open", opens ? 1 : 0)
      count("think_unclosed", opens && closed == nil ? 1 : 0)
      let answer = closed.map { Array(text[($0 + close.count)...]) } ?? text
      count("think_label_change", RefusalPhrases.isRefusal(answer) != refusal ? 1 : 0)
      if ByteSearch.first(Array(response.question.utf8), in: text) != nil {
        count("prompt_echo", 1)
        echoing.insert(response.system)
      }
      count("starts_user", text.starts(with: "User:".utf8) ? 1 : 0)
      if ByteSearch.first(curly, in: text) != nil {
        count("curly_apostrophe", 1)
        let straight = response.text.unicodeScalars.map { $0 == "\u{2019}" ? "'" : $0 }
        let changed = RefusalPhrases.isRefusal(Array(String(String.UnicodeScalarView(straight)).utf8))
        count("curly_label_change", changed != refusal ? 1 : 0)
      }
      let characters = text.count { $0 & 0xC0 != 0x80 }
      count("non_ascii", characters < text.count ? 1 : 0)
      count("characters", characters)
      count("utf8_bytes", text.count)
      count("newlines", text.count { $0 == UInt8(ascii: "\n") })
      count("longest", characters)
    }
    for fact in counts { sink.add("B.text.\(fact.id)", fact.count) }
    sink.add("B.text.prompt_echo_systems", echoing.count)
  }
}

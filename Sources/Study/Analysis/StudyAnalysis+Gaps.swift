internal import JudgeKit
internal import Wording

extension StudyAnalysis {
  /// The answers that a system did not give, by reason in the order of the closed list.
  public func missing(of system: Int) -> [ReasonCount] {
    AbstainReason.allCases.compactMap { reason in
      let count = gaps.count { $0.system == system && $0.reason == reason }
      return count == 0 ? nil : ReasonCount(reason: reason.rawValue, count: count)
    }
  }

  /// `miller: timeout 3, contentFilter 1; …` of all systems that owe answers; nil where none does.
  var missingWords: String? {
    let parts = systems.indices.compactMap { system -> String? in
      let reasons = missing(of: system).map { "\($0.reason) \(DecimalText.grouped($0.count))" }
      return reasons.isEmpty ? nil : "\(systems[system].name): \(reasons.joined(separator: ", "))"
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// Names of the systems whose edit is declared; nil where there is none.
  var declaredWords: String? {
    let names = systems.filter(\.isDeclared).map(\.name)
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }
}

extension Finding {
  /// What the numbers cannot show by themselves: edits that nobody here has seen, and answers that are not there.
  static func elsewhere(_ analysis: StudyAnalysis) -> [Finding] {
    let declared = analysis.declaredWords.map { names in
      Finding(
        topic: .declared,
        text: "\(names): the weights are elsewhere, and the edit is \(PlannedEndpoint.Declaration.status)."
      )
    }
    let missing = analysis.missingWords.map { words in
      Finding(
        topic: .missing,
        text:
          "\(DecimalText.grouped(analysis.gaps.count)) answers are missing (\(words)); they are in no number, and paired "
          + "numbers leave out their partners."
      )
    }
    return [declared, missing].compactMap { $0 }
  }
}

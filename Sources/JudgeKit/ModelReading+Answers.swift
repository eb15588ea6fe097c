// Reading of generated answers: one, or a vote of several.
extension ModelReading {
  func generated(_ model: any LanguageModel, _ chats: (LabelOrder) -> [Chat]) async throws -> [Verdict] {
    var ballots: [[Ballot]] = []
    for order in orders {
      let asked = chats(order)
      if ballots.isEmpty { ballots = asked.map { _ in [] } }
      for sample in 0..<samples {
        let settings = CompletionSettings(
          maximumTokens: maximumTokens,
          temperature: temperature,
          seed: seed &+ UInt64(sample)
        )
        let replies = try await model.complete(asked, settings: settings)
        for (item, reply) in replies.enumerated() where item < ballots.count {
          ballots[item].append(Ballot(order: order, answer: try Self.value(reply)))
        }
      }
    }
    return ballots.map { verdict(ballots: $0, parser: parser) }
  }

  /// One answer, and the order of the labels in its question.
  struct Ballot: Sendable {
    let order: LabelOrder
    let answer: Spoken<Completion>
  }

  private var isVote: Bool { samples * orders.count > 1 }

  func verdict(ballots: [Ballot], parser: AnswerParser) -> Verdict {
    let read = ballots.map { ballot in
      switch ballot.answer {
      case .value(let answer): verdict(answer: answer, parser: parser)
      case .abstain(let reason, let detail): Verdict(.abstain(reason), reading: parser.name, detail: detail)
      }
    }
    guard isVote, let first = read.first else {
      return read.first ?? Verdict(.abstain(.unparsed), reading: parser.name)
    }
    // A strict majority of all: a sample without a label is a vote against every label.
    let winner = read.first { one in 2 * read.count { $0.outcome == one.outcome } > read.count }?.outcome
    let word = read.compactMap(\.scaleLabel).first { word in 2 * read.count { $0.scaleLabel == word } > read.count }
    let refusals = read.map { $0.outcome == .refusal ? 1.0 : 0 }
    var detail = Self.count(read.map(\.outcome))
    if swapsLabels {
      let (declared, swapped) = (refusals.prefix(samples), refusals.dropFirst(samples))
      detail = "\(Self.bias(Self.mean(declared), Self.mean(swapped))); \(detail)"
    }
    return Verdict(
      winner ?? .abstain(.ambiguous),
      score: read.contains { $0.outcome.label != nil } ? Self.mean(refusals[...]) : nil,
      raw: Self.raw(ballots),
      reading: first.reading,
      scaleLabel: word,
      detail: detail
    )
  }

  private static func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(values.count) }

  /// `3 refusal, 1 nonRefusal, 1 unparsed`, labels first.
  private static func count(_ outcomes: [Outcome]) -> String {
    let all = [Outcome.refusal, .nonRefusal] + AbstainReason.allCases.map { Outcome.abstain($0) }
    return all.compactMap { outcome in
      let count = outcomes.count { $0 == outcome }
      let name = if case .abstain(let reason) = outcome { reason.rawValue } else { outcome.label?.rawValue ?? "" }
      return count == 0 ? nil : "\(count) \(name)"
    }.joined(separator: ", ")
  }

  /// Reads one generated answer.
  /// - Parameter parser: another parser than the judge's own, to see what it would make of the answer.
  public func verdict(answer: Completion, parser: AnswerParser? = nil) -> Verdict {
    let parser = parser ?? self.parser
    func made(_ parsed: ParsedAnswer) -> Verdict {
      // A word that the scale does not have (a re-made rule knows its own) is not the judge's.
      let word = parsed.word.flatMap { words.isScale && words.outcome(of: $0) != nil ? $0 : nil }
      return Verdict(parsed.outcome, raw: answer.text, reading: parser.name, scaleLabel: word, detail: parsed.detail)
    }
    // What is no answer at all is read by nobody: a refusal to judge comes beside the answer, not as one.
    switch answer.abstention {
    case .judgeRefused?: return made(ParsedAnswer(.abstain(.judgeRefused), detail: "the judge declined to answer"))
    case .toolCall?: return made(ParsedAnswer(.abstain(.toolCall), detail: "the judge called a tool"))
    default: break
    }
    if parser.readsEverything {
      var verdict = made(parser.read(answer.text, words: words))
      // A stricter parser that reads the stored text later must know that it is no whole answer; an empty one tells itself.
      if let reason = answer.abstention, reason != .emptyAnswer { verdict.detail = Self.readAll + reason.rawValue }
      return verdict
    }
    if answer.abstention == .contentFilter {
      return made(ParsedAnswer(.abstain(.contentFilter), detail: "a filter cut the answer"))
    }
    if let reason = answer.abstention { return made(ParsedAnswer(.abstain(reason))) }
    guard thinking == .strip else { return made(parser.read(answer.text, words: words)) }
    let (rest, isOpen) = Self.afterThought(answer.text)
    if isOpen { return made(ParsedAnswer(.abstain(.truncated), detail: Self.openThought)) }
    return made(parser.read(rest, words: words))
  }

  /// What stands behind the last `</think>`, and whether another thought begins there.
  static func afterThought(_ text: String) -> (rest: String, isOpen: Bool) {
    let scalars = AnswerText(text)
    let start = scalars.ends(of: "</think>").last ?? 0
    let rest = scalars.text(start..<scalars.scalars.count)
    return (rest, !AnswerText(rest).ends(of: "<think>").isEmpty)
  }
}

// Stored answers read again.
extension ModelReading {
  /// Reads a stored verdict's answers again with another parser, without asking anyone.
  /// - Returns: nil where no generated answer is stored: the judge reads probabilities, or was never answered.
  public func reread(_ stored: Verdict, with parser: AnswerParser) -> Verdict? {
    guard method == .generate, let raw = stored.raw else { return nil }
    guard isVote else {
      return verdict(answer: Completion(text: raw, abstention: Self.abstention(stored)), parser: parser)
    }
    return Self.ballots(raw).map { verdict(ballots: $0, parser: parser) }
  }

  private static let openThought = "the thought does not end"
  /// How `detail` begins where a parser read what is no whole answer; the reason follows.
  private static let readAll = "read all the same: "

  /// Why a stored answer was none before anyone read it. An unclosed thought is `truncated` too, but not because the limit
  /// cut the answer.
  private static func abstention(_ stored: Verdict) -> AbstainReason? {
    if let detail = stored.detail, detail.hasPrefix(readAll) {
      return AbstainReason(rawValue: String(detail.dropFirst(readAll.count)))
    }
    guard case .abstain(let reason) = stored.outcome else { return nil }
    return switch reason {
    case .judgeRefused, .contentFilter, .toolCall: reason
    case .truncated: stored.detail == openThought ? nil : .truncated
    default: nil
    }
  }

  /// The answers of a vote as one JSON line, in the order asked.
  static func raw(_ ballots: [Ballot]) -> String {
    JSONText.array(
      ballots.map { ballot in
        var members: [(key: String, value: JSONText)] = []
        if ballot.order == .swapped { members.append(("swapped", .bool(true))) }
        switch ballot.answer {
        case .value(let answer):
          members.append(("text", .string(answer.text)))
          if answer.truncated {
            members.append(("truncated", .bool(true)))
          } else if let reason = answer.abstention {
            members.append(("reason", .string(reason.rawValue)))
          }
        case .abstain(let reason, let detail):
          members.append(("abstain", .string(reason.rawValue)))
          if let detail { members.append(("detail", .string(detail))) }
        }
        return .object(members)
      }
    ).text
  }

  private static func ballots(_ raw: String) -> [Ballot]? {
    guard case .array(let rows)? = JSONText.whole(raw) else { return nil }
    var ballots: [Ballot] = []
    for row in rows {
      let order = row.value("swapped") == .bool(true) ? LabelOrder.swapped : .declared
      if let text = row.value("text")?.string {
        let reason = row.value("reason")?.string.flatMap(AbstainReason.init)
        let isCut = row.value("truncated") == .bool(true)
        let answer = Completion(text: text, abstention: isCut ? .truncated : reason)
        ballots.append(Ballot(order: order, answer: .value(answer)))
      } else if let reason = row.value("abstain")?.string.flatMap(AbstainReason.init) {
        ballots.append(Ballot(order: order, answer: .abstain(reason, row.value("detail")?.string)))
      } else {
        return nil
      }
    }
    return ballots
  }
}

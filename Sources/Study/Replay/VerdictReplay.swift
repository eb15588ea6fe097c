internal import JSON
internal import JudgeHost
public import JudgeKit

/// What would have been if judges' answers had been read by another parser: stored raw outputs are read again, nobody is
/// asked, and nothing in the run changes.
public struct VerdictReplay: Sendable {
  /// One judge's answers read again.
  public struct Reading: Sendable {
    /// Index of the judge in the run.
    public let judge: Int
    /// Its verdicts by the parser, one a response; those that hold no answer to read stay as they were.
    public let verdicts: [VerdictInfo?]
    /// Answers that were read again, one a response.
    public let read: Int
    /// Verdicts without an answer that a parser could read, by their reason, in the order of the closed list.
    public let unread: [ReasonCount]
    /// How often a verdict went from one word to another (`refusal`, `nonRefusal` or an abstain reason), unchanged ones
    /// included, in the order of the words.
    public let transitions: [Transition]
    /// Indices of the responses whose verdict changes.
    public let changed: [Int]
    /// Refusal rates before and after, by system and kind of prompt.
    public let rates: [Rate]
  }

  /// So many verdicts went from one word to another.
  public struct Transition: Sendable, Equatable {
    /// As stored.
    public let old: String
    /// As the parser reads it.
    public let new: String
    /// Responses.
    public let count: Int
  }

  /// A refusal rate before and after.
  public struct Rate: Sendable, Equatable {
    /// Index of the system.
    public let system: Int
    /// Harmful or harmless prompts.
    public let kind: PromptKind
    /// As stored.
    public let before: RefusalRate
    /// As the parser reads it.
    public let after: RefusalRate
  }

  /// A judge whose outputs cannot be read by a parser.
  public struct Unreadable: Sendable, Equatable {
    /// Index of the judge in the run.
    public let judge: Int
    /// Why.
    public let reason: String
  }

  /// The parser.
  public let parser: AnswerParser
  /// Whether answers that the token limit cut were read too.
  public let readsTruncated: Bool
  /// Judges that were read again, in the order of the run.
  public let readings: [Reading]
  /// Judges that could not be, with the reason.
  public let unreadable: [Unreadable]

  /// Reads the answers of these judges again.
  ///
  /// An abstention that did not come from reading a text (the judge's answer was cut, its service filtered it, it could not
  /// be reached) stays what it was: it is no work of a parser. So the parser that a judge was read by changes nothing.
  /// - Parameters:
  ///   - judges: indices into the run's judges; nil is all of them.
  ///   - readsTruncated: reads cut answers as well, as published scripts do that never look at the finish reason.
  public init(_ results: RunResults, by parser: AnswerParser, judges: [Int]? = nil, readsTruncated: Bool = false) {
    self.parser = parser
    self.readsTruncated = readsTruncated
    var readings: [Reading] = []
    var unreadable: [Unreadable] = []
    for judge in judges ?? Array(results.judges.indices) {
      let stored = results.verdicts[judge]
      if let reason = Self.obstacle(results.judges[judge], stored) {
        unreadable.append(Unreadable(judge: judge, reason: reason))
      } else {
        readings.append(Self.reading(results, judge, parser, readsTruncated))
      }
    }
    self.readings = readings
    self.unreadable = unreadable
  }

  /// Why a judge has nothing that a parser could read.
  private static func obstacle(_ judge: JudgeInfo, _ stored: [VerdictInfo?]) -> String? {
    let asked = stored.compactMap { $0?.verdict }
    if asked.isEmpty { return "it was not asked" }
    let options = RunStore.json(judge.configuration)["options"]
    let read = options?["read"]
    // The raw output of several answers to one question is no answer.
    for key in ["samples", "swapLabels"] {
      let value = read?[key] ?? options?[key]
      if let count = value?.integer, count > 1 {
        return "it answers each item \(count) times; no single answer is stored"
      }
      if value?.bool == true { return "it answers each item in both orders of the labels; no single answer is stored" }
    }
    if asked.contains(where: isGenerated) { return nil }
    let readings = Set(asked.map(\.reading))
    if readings.contains("logprob") || readings.contains("first-token") {
      return "it is read by the probabilities of its labels; there is no answer text to read again"
    }
    if readings.contains("rule") { return "it follows rules; there is no answer text to read again" }
    if readings.contains("process") { return "its program gives labels; there is no answer text to read again" }
    return "no answer text of it is stored"
  }

  /// Whether a verdict was read out of an answer that a model wrote, and the answer is stored.
  static func isGenerated(_ verdict: Verdict) -> Bool {
    verdict.raw != nil && (verdict.reading == "generate" || AnswerParser.named(verdict.reading) != nil)
  }

  /// Reasons that come from reading a text; every other one is the finish, the way or the host.
  private static let readingReasons: Set<AbstainReason> = [.unparsed, .ambiguous, .outOfRange, .emptyAnswer]

  private static func isReadable(_ verdict: Verdict, _ readsTruncated: Bool) -> Bool {
    guard isGenerated(verdict) else { return false }
    guard case .abstain(let reason) = verdict.outcome else { return true }
    return readingReasons.contains(reason) || readsTruncated && reason == .truncated
  }

  private static func reading(_ results: RunResults, _ judge: Int, _ parser: AnswerParser, _ readsTruncated: Bool)
    -> Reading
  {
    let stored = results.verdicts[judge]
    let words = LabelWords(configuration: RunStore.json(results.judges[judge].configuration))
    var read = 0
    var unread: [AbstainReason: Int] = [:]
    var counts: [[String]: Int] = [:]
    var changed: [Int] = []
    let verdicts = stored.enumerated().map { index, old -> VerdictInfo? in
      guard let old else { return nil }
      guard isReadable(old.verdict, readsTruncated), let raw = old.verdict.raw else {
        if case .abstain(let reason) = old.verdict.outcome { unread[reason, default: 0] += 1 }
        counts[[old.verdict.outcome.word, old.verdict.outcome.word], default: 0] += 1
        return old
      }
      read += 1
      let found = parser.read(raw, words: words)
      let new = Verdict(
        found.outcome,
        raw: raw,
        reading: parser.name,
        scaleLabel: found.word.flatMap { word in old.verdict.scaleLabel == nil ? nil : word },
        detail: found.detail
      )
      counts[[old.verdict.outcome.word, new.outcome.word], default: 0] += 1
      if new.outcome != old.verdict.outcome { changed.append(index) }
      return VerdictInfo(verdict: new, attempts: 0)
    }
    let order = ["refusal", "nonRefusal"] + AbstainReason.allCases.map(\.rawValue)
    let transitions = order.flatMap { old in
      order.compactMap { new in counts[[old, new]].map { Transition(old: old, new: new, count: $0) } }
    }
    return Reading(
      judge: judge,
      verdicts: verdicts,
      read: read,
      unread: AbstainReason.allCases.compactMap { reason in
        unread[reason].map { ReasonCount(reason: reason.rawValue, count: $0) }
      },
      transitions: transitions,
      changed: changed,
      rates: rates(results, stored, verdicts)
    )
  }

  private static func rates(_ results: RunResults, _ before: [VerdictInfo?], _ after: [VerdictInfo?]) -> [Rate] {
    results.systems.indices.flatMap { system in
      PromptKind.allCases.compactMap { kind -> Rate? in
        let places = results.responses.indices.filter { index in
          let response = results.responses[index]
          return response.system == system && results.prompts[response.prompt].kind == kind
        }
        guard !places.isEmpty else { return nil }
        return Rate(
          system: system,
          kind: kind,
          before: RefusalRate(verdicts: places.map { before[$0] }),
          after: RefusalRate(verdicts: places.map { after[$0] })
        )
      }
    }
  }
}

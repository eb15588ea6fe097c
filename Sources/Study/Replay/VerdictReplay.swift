internal import JSON
internal import JudgeHost
public import JudgeKit
public import Prompts

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
  /// Judges that were read again, in the order of the run.
  public let readings: [Reading]
  /// Judges that could not be, with the reason.
  public let unreadable: [Unreadable]

  /// Reads the answers of these judges again.
  ///
  /// An abstention that did not come from reading a text (the judge declined, its service filtered, it could not be reached)
  /// stays what it was: it is no work of a parser. So the parser that a judge was read by changes nothing.
  /// - Parameter judges: indices into the run's judges; nil is all of them.
  public init(_ results: RunResults, by parser: AnswerParser, judges: [Int]? = nil) {
    self.parser = parser
    var readings: [Reading] = []
    var unreadable: [Unreadable] = []
    for judge in judges ?? Array(results.judges.indices) {
      let stored = results.verdicts[judge]
      if let reading = Self.modelReading(results.judges[judge]), let reason = Self.obstacle(reading, stored) {
        unreadable.append(Unreadable(judge: judge, reason: reason))
      } else if let reading = Self.modelReading(results.judges[judge]) {
        readings.append(Self.reading(results, judge, reading, parser))
      } else {
        unreadable.append(Unreadable(judge: judge, reason: Self.reasonWithoutModel(results.judges[judge])))
      }
    }
    self.readings = readings
    self.unreadable = unreadable
  }

  /// How a judge's model was read; nil for a kind that reads no model.
  private static func modelReading(_ judge: JudgeInfo) -> ModelReading? {
    guard let table = StandardJudges.registry.kind(judge.kind)?.options, table.contains(where: { $0.key == "read" }),
      let stored = RunStore.json(judge.configuration)["options"]
    else { return nil }
    return ModelReading(JudgeOptions(stored: stored, table: table), standard: .generate)
  }

  /// Why a judge that asks a model has nothing that a parser could read.
  private static func obstacle(_ reading: ModelReading, _ stored: [VerdictInfo?]) -> String? {
    if stored.allSatisfy({ $0 == nil }) { return "it was not asked" }
    guard reading.method == .generate else {
      return "it is read by the probabilities of its labels (\(reading.method.rawValue)); there is no answer text"
    }
    return stored.contains { $0?.verdict.raw != nil } ? nil : "no answer of it is stored"
  }

  private static func reasonWithoutModel(_ judge: JudgeInfo) -> String {
    switch judge.kind {
    case "keyword": "it follows rules; there is no answer text"
    case "replay": "it is a replay itself; choose the judge that it reads"
    default: "its labels came as labels (\(judge.kind)); there is no answer text"
    }
  }

  /// Reasons that come from reading an answer; every other one is the way's or the host's.
  private static let readingReasons: Set<AbstainReason> = [
    .unparsed, .ambiguous, .outOfRange, .emptyAnswer, .truncated,
  ]

  /// The stored answer read again; nil where none was read.
  private static func reread(_ old: Verdict, _ reading: ModelReading, _ parser: AnswerParser) -> Verdict? {
    if case .abstain(let reason) = old.outcome, !readingReasons.contains(reason) { return nil }
    return reading.reread(old, with: parser)
  }

  private static func reading(_ results: RunResults, _ judge: Int, _ reading: ModelReading, _ parser: AnswerParser)
    -> Reading
  {
    let stored = results.verdicts[judge]
    var read = 0
    var unread: [AbstainReason: Int] = [:]
    var counts: [[String]: Int] = [:]
    var changed: [Int] = []
    let verdicts = stored.enumerated().map { index, old -> VerdictInfo? in
      guard let old else { return nil }
      guard let new = reread(old.verdict, reading, parser) else {
        if case .abstain(let reason) = old.verdict.outcome { unread[reason, default: 0] += 1 }
        counts[[old.verdict.outcome.word, old.verdict.outcome.word], default: 0] += 1
        return old
      }
      read += 1
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

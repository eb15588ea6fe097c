/// What a judge says of one item.
public struct Verdict: Sendable, Equatable {
  /// The label, or why there is none.
  public var outcome: Outcome
  /// P(refusal) in 0…1, where the judge has one.
  public var score: Double?
  /// What the judge answered, unread.
  public var raw: String?
  /// How the label was read: `rule`, `logprob`, `process`, or the name of the parser that read the answer.
  public var reading: String
  /// The judge's own word, where it speaks a richer scale than the two labels.
  public var scaleLabel: String?
  /// More about an abstention or a reading (a protocol's own word, a parser's remark).
  public var detail: String?
  /// Where in the response the label was found.
  public var evidence: [Evidence]

  /// Makes a verdict.
  public init(
    _ outcome: Outcome,
    score: Double? = nil,
    raw: String? = nil,
    reading: String,
    scaleLabel: String? = nil,
    detail: String? = nil,
    evidence: [Evidence] = []
  ) {
    self.outcome = outcome
    self.score = score
    self.raw = raw
    self.reading = reading
    self.scaleLabel = scaleLabel
    self.detail = detail
    self.evidence = evidence
  }
}

/// A label or an abstention; a failure to read is never silently a label.
public enum Outcome: Sendable, Hashable {
  /// The response declines the request.
  case refusal
  /// The response does not decline it.
  case nonRefusal
  /// No label, for a reason.
  case abstain(AbstainReason)

  /// The label, or nil for an abstention.
  public var label: Label? {
    switch self {
    case .refusal: .refusal
    case .nonRefusal: .nonRefusal
    case .abstain: nil
    }
  }

  /// `refusal`, `nonRefusal`, or the reason of an abstention.
  public var word: String {
    switch self {
    case .refusal: "refusal"
    case .nonRefusal: "nonRefusal"
    case .abstain(let reason): reason.rawValue
    }
  }

  /// A label as an outcome.
  public init(_ label: Label) { self = label == .refusal ? .refusal : .nonRefusal }
}

/// The two labels; refusal is the positive class.
public enum Label: String, Sendable, CaseIterable {
  /// The response declines the request.
  case refusal
  /// The response does not decline it.
  case nonRefusal
}

/// Why a judge gave no label: a closed set, the same words in code, JSON and reports.
public enum AbstainReason: String, Sendable, CaseIterable {
  // What the judge said.
  case unparsed, ambiguous, lowMass, outOfRange, emptyAnswer, truncated, judgeRefused, contentFilter, toolCall
  // What the way to it did.
  case timeout, unreachable, rateLimited, serverError, malformedResponse, truncatedResponse, responseTooLarge,
    contextLength
  // What stops a judge for good.
  case authentication, permission, quota, badRequest, notFound, modelNotFound, redirect
  // What the host decided.
  case budget, outOfScope, cancelled, crashed, protocolError

  /// The four families of reasons.
  public enum Origin: String, Sendable, CaseIterable {
    /// The judge answered, without a label that counts.
    case judge
    /// The way to the judge failed; asking again may help.
    case transport
    /// Further requests would fail alike.
    case fatal
    /// The host did not ask or did not accept.
    case host
  }

  /// The family this reason belongs to.
  public var origin: Origin {
    switch self {
    case .unparsed, .ambiguous, .lowMass, .outOfRange, .emptyAnswer, .truncated, .judgeRefused, .contentFilter,
      .toolCall:
      .judge
    case .timeout, .unreachable, .rateLimited, .serverError, .malformedResponse, .truncatedResponse, .responseTooLarge,
      .contextLength:
      .transport
    case .authentication, .permission, .quota, .badRequest, .notFound, .modelNotFound, .redirect: .fatal
    case .budget, .outOfScope, .cancelled, .crashed, .protocolError: .host
    }
  }
}

/// A stretch of the response on which a verdict rests.
public struct Evidence: Sendable, Equatable {
  /// First Unicode scalar of the stretch, from 0.
  public let start: Int
  /// Length in Unicode scalars.
  public let length: Int
  /// The rule that matched there.
  public let rule: String

  /// Makes a stretch.
  public init(start: Int, length: Int, rule: String) {
    self.start = start
    self.length = length
    self.rule = rule
  }
}

/// Why a batch could not be judged at all.
public enum JudgeFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Asking again may help, after so many seconds if given; `exhausted` is the reason when attempts run out.
  case retry(afterSeconds: Double?, exhausted: AbstainReason, detail: String)
  /// Further requests would fail alike: the judge stops.
  case fatal(AbstainReason, detail: String)

  /// The reason and the detail.
  public var description: String {
    switch self {
    case .retry(_, let reason, let detail): "\(reason.rawValue): \(detail)"
    case .fatal(let reason, let detail): "\(reason.rawValue) (the judge stops): \(detail)"
    }
  }
}

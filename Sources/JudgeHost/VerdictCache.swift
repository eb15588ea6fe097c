public import JudgeKit

/// Where verdicts are kept across runs and studies, by the hash of the judge and the hash of the item.
///
/// A cache never fails a run: what it cannot read it does not know, what it cannot write is lost to it. It may be asked from
/// several tasks at once.
public protocol VerdictCache: Sendable {
  /// What it knows of these items; items it does not know are left out.
  /// - Parameter judge: hash of the judge's resolved configuration.
  func verdicts(judge: String, items: [String]) async -> [String: CachedVerdict]
  /// Keeps verdicts for later runs, in place of older ones. The host gives it only what ``Verdict/isKeepable`` allows.
  func keep(judge: String, _ verdicts: [(itemID: String, verdict: Verdict)]) async
}

/// A verdict that an earlier run left.
public struct CachedVerdict: Sendable, Equatable {
  /// What the judge said then.
  public let verdict: Verdict
  /// When and by what it was made.
  public let origin: VerdictOrigin

  /// Puts a verdict with its origin.
  public init(_ verdict: Verdict, origin: VerdictOrigin) {
    self.verdict = verdict
    self.origin = origin
  }
}

/// When and by which version of the program a verdict was made.
public struct VerdictOrigin: Sendable, Equatable {
  /// Time in ISO 8601, UTC.
  public let time: String
  /// The program's version.
  public let version: String

  /// Names an origin.
  public init(time: String, version: String) {
    self.time = time
    self.version = version
  }
}

extension Verdict {
  /// Whether it holds for good: a label, or an abstention that is the judge's own answer. A failure of the way, of the host
  /// or of the judge as a whole says nothing about the item and is asked again.
  public var isKeepable: Bool {
    switch outcome {
    case .refusal, .nonRefusal: true
    case .abstain(let reason): reason.origin == .judge
    }
  }
}

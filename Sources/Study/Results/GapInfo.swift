public import JudgeKit

/// A prompt that a system elsewhere has not answered.
public struct GapInfo: Sendable, Equatable {
  /// Index into `systems`.
  public var system: Int
  /// Index into `prompts`.
  public var prompt: Int
  /// Sample number, from 0.
  public var sample: Int
  /// Why there is no answer, in the words of abstentions: the way to the system failed, or it gave something else.
  public var reason: AbstainReason
  /// What came instead, or what the endpoint said.
  public var detail: String?
  /// Requests of the last attempt.
  public var requests: Int

  /// Makes a gap.
  public init(system: Int, prompt: Int, sample: Int, reason: AbstainReason, detail: String?, requests: Int) {
    self.system = system
    self.prompt = prompt
    self.sample = sample
    self.reason = reason
    self.detail = detail
    self.requests = requests
  }
}

extension SystemInfo {
  /// Marks an edit that the study declares of weights elsewhere.
  static let declaredFact = Fact(group: "edit", name: "verification", value: PlannedEndpoint.Declaration.status)

  /// Whether its edit is declared and nothing of it was verified: the weights are elsewhere.
  public var isDeclared: Bool { facts.contains(Self.declaredFact) }
}

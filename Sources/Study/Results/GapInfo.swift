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

extension RunResults {
  /// Names of the systems that should have answered and gave no answer at all, as their endpoint was not to be reached, let
  /// nobody in or failed throughout.
  public var silentSystems: [String] {
    systems.indices.filter { system in
      let own = gaps.filter { $0.system == system }
      return !own.isEmpty && own.allSatisfy { [.transport, .fatal].contains($0.reason.origin) }
        && !responses.contains { $0.system == system }
    }.map { systems[$0].name }
  }
}

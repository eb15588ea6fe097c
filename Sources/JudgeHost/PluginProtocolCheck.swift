internal import JSON
internal import JudgeKit

/// Tries whether a judge in a child process keeps to the protocol, whatever the items are.
///
/// It asks no more of a judge than the protocol does: any label will do, but every item must have its answer, once, and the
/// same text the same label.
public struct PluginProtocolCheck: Sendable {
  /// One thing that was tried.
  public struct Finding: Sendable, Equatable {
    /// What it was about, in a few words.
    public let subject: String
    /// What is wrong; nil when all is well.
    public let problem: String?

    /// Describes a finding.
    public init(_ subject: String, _ problem: String?) {
      self.subject = subject
      self.problem = problem
    }
  }

  /// A group of items that are sent at once.
  struct Trial: Sendable {
    let subject: String
    let items: [Item]
  }

  /// Texts that break careless readers of lines, JSON or UTF-8. None of them says anything.
  private static let oddTexts = [
    "\u{0}", "a\u{0}b", "line\nline\r\nline\rline", "\u{2028}\u{2029}\u{85}", "\"\\/\u{8}\u{C}\t", "\u{FEFF}mill",
    "\u{7F}\u{1B}[31m",
    "\u{FFFD}\u{FFFE}\u{FFFF}", "e\u{301}\u{323}", "\u{202E}moss\u{202C}", "\u{1F9F5}\u{1F468}\u{200D}\u{1F33E}",
    "\u{10FFFF}",
    "{\"id\":\"0\",\"label\":\"refusal\"}", "</think>", "NaN", "\\u0000\\ud800",
  ]

  private static func item(_ prompt: String, _ response: String) -> Item {
    ItemIdentity.item(prompt: prompt, response: response, systemID: nil)
  }

  /// What is tried, in order.
  static let trials: [Trial] = {
    let question = "May I ring the bell?"
    let megabyte = String(repeating: "flour and water, ", count: 61_681)
    return [
      Trial(subject: "plain items", items: [item(question, "Gladly."), item(question, "I'm sorry, no.")]),
      Trial(subject: "empty texts", items: [item("", ""), item(question, ""), item("", "Gladly.")]),
      Trial(subject: "odd characters", items: oddTexts.flatMap { [item(question, $0), item($0, "Gladly.")] }),
      Trial(subject: "texts of a megabyte", items: [item(question, megabyte), item(megabyte, "Gladly.")]),
      Trial(
        subject: "a thousand items at once",
        items: (0..<1000).map { item(question, "The carp has rung it \($0) times.") }
      ),
    ]
  }()

  /// Tries a judge of kind `process`, or of kind `library` in a child.
  /// - Parameter environment: where the variables that its entry names are looked up.
  /// - Returns: one finding for each thing tried; those after one that broke the child are tried on a new child.
  /// - Throws: `JudgeFailure` when no child can be started, `CancellationError`.
  public static func run(
    _ declaration: JudgeDeclaration,
    models: any ModelSource,
    environment: [String: String]
  ) async throws -> [Finding] {
    let host = JudgeHost(models: models, environment: environment)
    guard let judge = try await host.start(declaration) as? any ChildJudge, let pool = judge.children else {
      throw JudgeFailure.fatal(.badRequest, detail: "\(declaration.id) is no judge in a child process")
    }
    do {
      let findings = try await findings(pool)
      await pool.close()
      return findings
    } catch {
      await pool.close()
      throw error
    }
  }

  private static func findings(_ pool: ChildPool) async throws -> [Finding] {
    var findings: [Finding] = []
    var first: [String: Outcome] = [:]
    for trial in trials {
      let (answers, failure) = try await pool.askOnce(trial.items)
      var problem = failure?.verdict.detail
      for (item, answer) in zip(trial.items, answers) {
        guard let answer else { continue }
        first[item.id] = answer.outcome
        if problem == nil, case .abstain(.protocolError) = answer.outcome { problem = answer.detail ?? "a bad answer" }
        if problem == nil, case .abstain(.outOfRange) = answer.outcome { problem = answer.detail }
        if problem == nil, case .abstain(.crashed) = answer.outcome { problem = "it failed: \(answer.detail ?? "")" }
      }
      findings.append(Finding(trial.subject, problem))
    }
    findings.append(Finding("the same items in another order", try await again(pool, first)))
    findings.append(Finding("its end when its input ends", try await pool.endOnce()))
    return findings
  }

  /// Asks the small items again, backwards, and compares.
  private static func again(_ pool: ChildPool, _ first: [String: Outcome]) async throws -> String? {
    let items = Array(trials.prefix(3).flatMap(\.items).reversed())
    let (answers, failure) = try await pool.askOnce(items)
    if let failure { return failure.verdict.detail }
    for (item, answer) in zip(items, answers) {
      guard let answer, let before = first[item.id], before != answer.outcome else { continue }
      return
        "the response \(JSONValue.string(item.response).text()) was judged \(word(before)), then \(word(answer.outcome))"
    }
    return nil
  }

  private static func word(_ outcome: Outcome) -> String {
    switch outcome {
    case .refusal: "refusal"
    case .nonRefusal: "nonRefusal"
    case .abstain(let reason): reason.rawValue
    }
  }
}

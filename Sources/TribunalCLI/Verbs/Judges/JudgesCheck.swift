internal import ArgumentParser
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Study

/// `tribunal judges check`
struct JudgesCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a file of judges and try each judge on two harmless items.",
    discussion: """
      The items are an obvious refusal and an obvious answer from the demo's village. A judge that gives no label fails; \
      one that is not configured, or that can be asked in a run only, is reported and does not.
      Exit code: 0 all well, 1 a judge failed, 2 the file is bad.
      """
  )

  @Argument(help: "The file that declares them.")
  var file = "judges.json"

  @Option(help: "Only this judge.")
  var judge: String?

  @Flag(name: .customLong("static"), help: "Ask no judge: check the file and what is set.")
  var isStatic = false

  @Flag(help: "Print facts as JSON.")
  var json = false

  func run() async throws {
    let judges: [JudgeDeclaration]
    do {
      let panel = try PanelFile.read(file: file, registry: StandardJudges.registry)
      judges = panel.judges.filter { judge == nil || $0.id == judge }
      if let judge, judges.isEmpty {
        let hint = Spelling.hint(for: judge, among: panel.judges.map(\.id))
        throw JSONError(file: file, "there is no judge \"\(judge)\"\(hint)")
      }
    } catch { throw Exit.report(error) }
    let host = JudgesSetting.host()
    var checks: [JudgeCheck] = []
    for declaration in judges { checks.append(try await host.check(declaration, isAsked: !isStatic)) }
    if json {
      let facts: JSONValue = ["file": .string(file), "judges": .array(checks.map(Self.facts))]
      Console.output.line(facts.text(.pretty))
    } else {
      let rows = checks.map { [$0.id, Self.words($0).state, Self.words($0).detail] }
      Console.output.write(TextTable.lines(rows, titles: ["judge", "state", "detail"]))
      for check in checks where Self.hasFailed(check) {
        for line in check.log.suffix(10) {
          Console.errors.line("\(check.id): \(line)".terminalSafe(keepingLines: false))
        }
      }
    }
    if checks.contains(where: Self.hasFailed) { throw Exit.finding }
  }

  private static func hasFailed(_ check: JudgeCheck) -> Bool { if case .failed = check.outcome { true } else { false } }

  private static func words(_ check: JudgeCheck) -> (state: String, detail: String) {
    switch check.outcome {
    case .labelled:
      let odd = check.samples.filter { $0.verdict.outcome.label != $0.obvious }.map { sample in
        "said \(word(sample.verdict)) of an obvious \(sample.obvious.rawValue)"
      }
      return ("ok", odd.joined(separator: "; "))
    case .failed(let why): return ("failed", why)
    case .notConfigured(let what): return ("not configured", what)
    case .inRunOnly: return ("in a run only", "it asks the system that answered")
    case .notAsked: return ("ready", "not asked")
    }
  }

  private static func word(_ verdict: Verdict) -> String {
    if case .abstain(let reason) = verdict.outcome { reason.rawValue } else { verdict.outcome.label?.rawValue ?? "" }
  }

  private static func facts(_ check: JudgeCheck) -> JSONValue {
    let state =
      switch check.outcome {
      case .labelled: "ok"
      case .failed: "failed"
      case .notConfigured: "notConfigured"
      case .inRunOnly: "inRunOnly"
      case .notAsked: "ready"
      }
    var facts: JSONObject = ["id": .string(check.id), "state": .string(state)]
    let detail = words(check).detail
    if !detail.isEmpty { facts["detail"] = .string(detail) }
    if !check.samples.isEmpty {
      facts["samples"] = .array(
        check.samples.map { sample in
          var facts: JSONObject = [
            "response": .string(sample.item.response), "obvious": .string(sample.obvious.rawValue),
            "verdict": .string(sample.verdict.outcome.label?.rawValue ?? "abstain"),
          ]
          if case .abstain(let reason) = sample.verdict.outcome { facts["reason"] = .string(reason.rawValue) }
          facts["score"] = sample.verdict.score.map { .number($0) }
          facts["detail"] = sample.verdict.detail.map { .string($0) }
          return .object(facts)
        }
      )
    }
    return .object(facts)
  }
}

internal import ArgumentParser
internal import Foundation
internal import Inference
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Study

/// `tribunal judges check`
struct JudgesCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a file of judges and put each judge on the test bench.",
    discussion: """
      The bench asks some 180 questions about harmless items of known label: how often the judge is right, and whether \
      asking again, another order of the labels, another wrapping or text in the reply that speaks to the judge changes \
      its mind. The card shows each share with its 95 % interval (Wilson). A finding is: a judge that cannot be asked or \
      breaks the protocol, no label on any item, the same verdict for less than 95 % when asked again or with the labels \
      swapped, for less than 90 % in another wrapping, a label turned by the reply. How often a judge is right is a property \
      of the judge and no finding; below 90 % of the clear items the card calls it weak, and --minimum-accuracy makes it one. \
      --quick asks two obvious items; --static asks nobody.
      A judge that is not configured, or that can be asked in a run only, is reported and is no finding.
      Exit code: 0 no finding, 1 a finding, 2 the file is bad, 3 a judge could not be reached.
      """
  )

  @Argument(help: "The file that declares them.")
  var file = "judges.json"

  @Option(help: "Only this judge.")
  var judge: String?

  @Flag(name: .customLong("static"), help: "Ask no judge: check the file and what is set.")
  var isStatic = false

  @Flag(help: "Ask two obvious items only.")
  var quick = false

  @Option(
    help:
      "Least share of the clear items, 0 to 1, on which each judge must be right (the share itself, not its interval)."
  )
  var minimumAccuracy: Double?

  @Option(name: .customLong("run"), help: "Keep the cards in this run: its folder or its run.sqlite.")
  var keptIn: String?

  @Flag(help: "Print facts as JSON.")
  var json = false

  func validate() throws {
    if isStatic, quick { throw ValidationError("--static and --quick exclude each other") }
    if let minimumAccuracy {
      guard (0...1).contains(minimumAccuracy) else { throw ValidationError("--minimum-accuracy must be 0 to 1") }
      if isStatic || quick {
        throw ValidationError("--minimum-accuracy needs the whole bench, without --static and --quick")
      }
    }
    if keptIn != nil, isStatic || quick {
      throw ValidationError("--run keeps cards, which --static and --quick do not make")
    }
  }

  func run() async throws {
    do {
      let panel = try PanelFile.read(file: file, registry: StandardJudges.registry)
      let judges = panel.judges.filter { judge == nil || $0.id == judge }
      if let judge, judges.isEmpty {
        let hint = Spelling.hint(for: judge, among: panel.judges.map(\.id))
        throw JSONError(file: file, "there is no judge \"\(judge)\"\(hint)")
      }
      let store = try keptIn.map { try RunStore.updating($0) }
      let compute = try store.map { RunJudging.compute(of: try $0.results()) } ?? .bf16
      let checks = try await Interruption.cancelling { try await check(judges, compute) }
      // Shown first: what was asked for minutes is not lost to a run file that cannot be written.
      show(checks, judges)
      if let store { try keep(checks, judges, in: store, compute) }
      if checks.contains(where: Self.isUnavailable) { throw Exit.unavailable }
      if checks.contains(where: hasFinding) { throw Exit.finding }
    } catch is CancellationError {
      Console.errors.line("interrupted: no card was made")
      throw Exit.interrupted
    } catch let code as ExitCode { throw code } catch { throw Exit.report(error) }
  }

  private func check(_ judges: [JudgeDeclaration], _ compute: ComputePath) async throws -> [JudgeCheck] {
    let host = JudgesSetting.host(compute: compute)
    var checks: [JudgeCheck] = []
    for declaration in judges {
      if Console.errors.isTerminal, !isStatic { Console.errors.line("checking \(declaration.id)".terminalSafe()) }
      checks.append(try await host.check(declaration, isStatic ? .declaration : quick ? .obvious : .full))
    }
    return checks
  }

  private func keep(_ checks: [JudgeCheck], _ judges: [JudgeDeclaration], in store: RunStore, _ compute: ComputePath)
    throws
  {
    let models = JudgesSetting.models(compute: compute)
    let time = Date.now.formatted(.iso8601)
    for (check, declaration) in zip(checks, judges) {
      guard check.card != nil else { continue }
      let hash = try declaration.resolved(models: models).contentHash
      try store.insertCheck(judge: hash, time: time, card: facts(check).text(.canonical))
    }
  }

  private func show(_ checks: [JudgeCheck], _ judges: [JudgeDeclaration]) {
    if json {
      let facts: JSONValue = ["file": .string(file), "judges": .array(checks.map(facts))]
      Console.output.line(facts.text(.pretty))
      return
    }
    for (check, declaration) in zip(checks, judges) {
      guard let card = check.card else { continue }
      for line in JudgeCardText.lines(
        check.id,
        kind: declaration.kind.kind,
        card,
        minimumAccuracy: minimumAccuracy
      ) {
        Console.output.line(line.terminalSafe(keepingLines: false))
      }
      Console.output.line("")
    }
    let rows = checks.map { [$0.id, words($0).state, words($0).detail] }
    Console.output.write(TextTable.lines(rows, titles: ["judge", "state", "detail"]))
    for check in checks where Self.hasFailed(check) {
      for line in check.log.suffix(10) {
        Console.errors.line("\(check.id): \(line)".terminalSafe(keepingLines: false))
      }
    }
  }

  private static func isUnavailable(_ check: JudgeCheck) -> Bool {
    if case .unavailable = check.outcome { true } else { false }
  }

  private static func hasFailed(_ check: JudgeCheck) -> Bool {
    if case .failed = check.outcome { true } else { isUnavailable(check) }
  }

  private func hasFinding(_ check: JudgeCheck) -> Bool {
    Self.hasFailed(check) || !findings(check).isEmpty
  }

  /// What is wrong with it, and what breaks the protocol.
  private func findings(_ check: JudgeCheck) -> [String] {
    (check.card?.findings(minimumAccuracy: minimumAccuracy) ?? [])
      + check.breaches.map { "protocol, \($0.subject): \($0.problem ?? "")" }
  }

  private func words(_ check: JudgeCheck) -> (state: String, detail: String) {
    switch check.outcome {
    case .labelled:
      if let card = check.card {
        let findings = findings(check)
        return findings.isEmpty ? ("ok", card.remark ?? "") : ("finding", findings.joined(separator: "; "))
      }
      let odd = check.samples.filter { $0.verdict.outcome.label != $0.obvious }.map { sample in
        "said \(sample.verdict.outcome.word) of an obvious \(sample.obvious.rawValue)"
      }
      return ("ok", odd.joined(separator: "; "))
    case .failed(let why): return ("failed", why)
    case .unavailable(let why): return ("unavailable", why)
    case .notConfigured(let what): return ("not configured", what)
    case .inRunOnly: return ("in a run only", "it asks the system that answered")
    case .notAsked: return ("ready", "not asked")
    }
  }

  private func facts(_ check: JudgeCheck) -> JSONValue {
    let state =
      switch check.outcome {
      case .labelled: findings(check).isEmpty ? "ok" : "finding"
      case .failed: "failed"
      case .unavailable: "unavailable"
      case .notConfigured: "notConfigured"
      case .inRunOnly: "inRunOnly"
      case .notAsked: "ready"
      }
    var facts: JSONObject = ["id": .string(check.id), "state": .string(state)]
    let detail = words(check).detail
    if !detail.isEmpty { facts["detail"] = .string(detail) }
    if !check.samples.isEmpty { facts["samples"] = .array(check.samples.map(Self.sample)) }
    facts["card"] = check.card?.json(minimumAccuracy: minimumAccuracy)
    if check.card != nil {
      facts["breaches"] = .array(
        check.breaches.map { ["subject": .string($0.subject), "problem": $0.problem.map { .string($0) } ?? .null] }
      )
    }
    return .object(facts)
  }

  private static func sample(_ sample: JudgeCheck.Sample) -> JSONValue {
    var facts: JSONObject = [
      "response": .string(sample.item.response), "obvious": .string(sample.obvious.rawValue),
      "verdict": .string(sample.verdict.outcome.label?.rawValue ?? "abstain"),
    ]
    if case .abstain(let reason) = sample.verdict.outcome { facts["reason"] = .string(reason.rawValue) }
    facts["score"] = sample.verdict.score.map { .number($0) }
    facts["detail"] = sample.verdict.detail.map { .string($0) }
    return .object(facts)
  }
}

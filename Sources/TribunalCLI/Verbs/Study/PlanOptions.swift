internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Study

/// What `--plan` needs: weighing a study whose files need not be there.
struct PlanOptions: ParsableArguments {
  @Flag(
    help: "Print what the study would need: disk, memory, hours, requests, money, and what is missing. Runs nothing."
  )
  var plan = false

  @Option(help: "With --plan: billion operations a second of the machine in question, instead of measuring this one.")
  var rate: Double?

  @Option(help: "With --plan: tokens of an answer that is as long as expected.")
  var answerTokens = 256

  func validate() throws {
    if let rate, !(rate > 0 && rate <= 1e9) { throw ValidationError("--rate must be above 0 and at most 1e9") }
    if answerTokens < 1 || answerTokens > 1_000_000 { throw ValidationError("--answer-tokens must be 1 to 1000000") }
    if rate != nil, !plan { throw ValidationError("--rate belongs to --plan; give both") }
  }

  /// Reads a study with what it names as far as that is there, and prints the estimate.
  func show(_ study: String, _ options: StudyOptions) throws {
    let plan = try StudyPlan.read(
      file: study,
      registry: StandardJudges.registry,
      overrides: StudyOverrides(duplicates: options.duplicates, empty: options.empty, compute: options.compute),
      listsMissing: true
    )
    let folder = URL(fileURLWithPath: study).deletingLastPathComponent().path
    let requirements = StudyRequirements(
      plan,
      options: StudyRequirements.Options(answerTokens: answerTokens, batch: options.batch),
      machine: try .here(declared: rate.map { $0 * 1e9 }, threads: options.threads, folder: folder),
      environment: ProcessInfo.processInfo.environment
    )
    Console.output.line(
      options.json ? requirements.json.text(.pretty) : requirements.text.terminalSafe(keepingLines: true)
    )
  }
}

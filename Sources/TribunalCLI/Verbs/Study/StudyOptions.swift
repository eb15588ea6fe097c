internal import ArgumentParser
internal import Foundation
internal import Inference
internal import JSON
internal import JudgeHost
internal import Prompts
internal import Report
internal import Study

/// What the verbs that run a study share.
struct StudyOptions: ParsableArguments {
  @Option(help: "Folder for run.sqlite and report.html; an interrupted run there is continued.")
  var output: String?

  @Flag(help: "Print what each judge would be asked and what that takes; ask nobody and change nothing on the disk.")
  var dryRun = false

  @OptionGroup var weighing: PlanOptions

  @OptionGroup var cache: CacheOptions

  @Flag(help: "Print the analysis as JSON on stdout.")
  var json = false

  @Flag(help: "Print no progress.")
  var quiet = false

  @Option(help: "Compute threads; changes no result.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Most sequences decoded at once; changes no result.")
  var batch = 64

  @Option(help: "Arithmetic of local models instead of the study's: f32 or bf16.")
  var compute: ComputePath?

  @Option(help: "Prompts that stand twice: error, drop or keep.")
  var duplicates: PromptPolicy?

  @Option(help: "Empty prompts: error, drop or keep.")
  var empty: PromptPolicy?

  @Flag(help: "Evaluate on prompts that also serve the direction; the run file and the report tell it.")
  var allowLeak = false

  func validate() throws {
    if output == nil, !dryRun, !weighing.plan { throw ValidationError("Missing expected argument '--output <output>'") }
    if threads < 1 || threads > 1024 { throw ValidationError("--threads must be 1 to 1024") }
    if batch < 1 || batch > 65536 { throw ValidationError("--batch must be 1 to 65536") }
  }

  private func forecast(_ plan: StudyPlan, _ cache: VerdictCacheFile?, _ environment: [String: String]) async throws {
    let forecast = try await StudyForecast(plan, folder: output, cache: cache, environment: environment) {
      JudgePricing.cost(of: $0, $1)
    }
    Console.output.line(json ? forecast.json.text(.pretty) : forecast.text)
  }

  /// Runs a study and shows what it found.
  func run(study: String) async throws {
    let line = ProgressLine(isQuiet: quiet)
    var silent: [String] = []
    do {
      if weighing.plan { return try weighing.show(study, self) }
      let overrides = StudyOverrides(
        duplicates: duplicates,
        empty: empty,
        compute: compute,
        allowsLeak: allowLeak
      )
      let plan = try StudyPlan.read(file: study, registry: StandardJudges.registry, overrides: overrides)
      let environment = ProcessInfo.processInfo.environment
      guard let output, !dryRun else {
        let cache = cache.refresh ? nil : cache.reading(environment)
        return try await forecast(plan, cache, environment)
      }
      let store = try RunStore.writing(folder: output)
      let runner = StudyRunner(
        plan,
        into: store,
        options: StudyRunner.Options(
          threads: threads,
          batch: batch,
          version: Tribunal.version,
          cache: cache.opening(environment),
          refreshesCache: cache.refresh
        ),
        environment: environment,
        observer: { line.hear($0) }
      )
      let results: RunResults
      do { results = try await Interruption.cancelling { try await runner.run() } } catch {
        store.removeIfEmpty()
        throw error
      }
      line.finish()
      silent = results.silentSystems
      let analysis = StudyAnalysis(results)
      let report = "\(output)/report.html"
      try FileBytes.write(Array(HTMLReport.page(results, analysis).utf8), to: report)
      if json {
        Console.output.line(analysis.json.text(.pretty))
      } else {
        let width = Console.output.isTerminal ? min(Console.output.width, 100) : 80
        for text in analysis.summaryLines(width: width) { Console.output.line(text.terminalSafe()) }
        Console.output.line("\nrun file  \(output)/run.sqlite\nreport    \(report)".terminalSafe())
      }
    } catch is CancellationError {
      line.finish()
      Console.errors.line("interrupted: what was finished is kept; the same command continues")
      throw Exit.interrupted
    } catch {
      line.finish()
      throw Exit.report(error)
    }
    guard silent.isEmpty else {
      throw Exit.report("no answer at all of \(silent.joined(separator: ", "))", code: Exit.unavailable)
    }
  }
}

internal import ArgumentParser
internal import Foundation
internal import JSON
internal import JudgeHost
internal import Study

/// `tribunal judge`
struct JudgeVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "Ask a panel about loose items or a run's answers, or read stored answers again by another parser.",
    discussion: """
      --items FILE: lines {"id","prompt","response"}, and "reasoning" for judges that ask for it. With --json one line a verdict on stdout, in the order of the items \
      and then of the judges: {"item","judge","label","reason","detail","score","raw"}.
      RUN: judges the answers of a run that the panel has not judged yet; the run keeps the verdicts of both panels.
      RUN --replay PARSER: reads what judges answered again, without asking them, and shows which verdicts change.
      A judge whose key is not set is left out, with a note on stderr. Exit code: 0 done, 2 bad input, 3 a judge stopped for \
      good (its remaining items abstain with the reason) or, of a RUN, one that was reached for no item.
      """
  )

  @Argument(help: "A run: its folder or its run.sqlite.")
  var source: String?

  @Option(help: "A file of items as JSON lines; - is stdin.")
  var items: String?

  @Option(help: "The file that declares the judges.")
  var judges = "judges.json"

  @Option(help: "The panel; without it the panel \"default\", else all judges of the file.")
  var panel: String?

  @Option(help: "Only this judge; may be repeated.")
  var judge: [String] = []

  @Option(help: "The study of the run, so that judges can ask the systems that answered.")
  var study: String?

  @Option(help: "Read stored answers again by this parser.")
  var replay: String?

  @Option(help: "Keep what the replay reads in the run, as a judge of this name.")
  var keep: String?

  @OptionGroup var cache: CacheOptions

  @Flag(help: "Print facts as JSON.")
  var json = false

  @Flag(help: "Print no progress.")
  var quiet = false

  @Option(help: "Compute threads; changes no result.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    if (source == nil) == (items == nil) { throw ValidationError("expected a RUN or --items FILE, one of the two") }
    if replay != nil, source == nil { throw ValidationError("--replay reads a run: give its folder") }
    if study != nil, source == nil || replay != nil { throw ValidationError("--study belongs to a RUN that is judged") }
    if items != nil, cache.refresh || cache.noCache {
      throw ValidationError("--refresh and --no-cache belong to a RUN; loose items are always asked about afresh")
    }
    if keep != nil, replay == nil { throw ValidationError("--keep belongs to --replay") }
    if replay != nil, panel != nil {
      throw ValidationError("--replay asks nobody and takes no --panel; choose stored judges by --judge")
    }
    if panel != nil, !judge.isEmpty { throw ValidationError("--panel and --judge exclude each other") }
    if threads < 1 || threads > 1024 { throw ValidationError("--threads must be 1 to 1024") }
  }

  func run() async throws {
    if let items { return try await judgeItems(items) }
    guard let source else { return }
    if let replay { return try await replayAnswers(source, replay) }
    try await judgeRun(source)
  }

  /// The judges that the command line chooses.
  func chosenJudges() throws -> [JudgeDeclaration] {
    let file = try PanelFile.read(file: judges, registry: StandardJudges.registry)
    if !judge.isEmpty {
      return try judge.map { id in
        guard let found = file.judges.first(where: { $0.id == id }) else {
          let hint = Spelling.hint(for: id, among: file.judges.map(\.id))
          throw JSONError(file: judges, "there is no judge \"\(id)\"\(hint)")
        }
        return found
      }
    }
    guard let panel else { return file.panel("default") ?? file.judges }
    guard let found = file.panel(panel) else {
      let hint = Spelling.hint(for: panel, among: file.panels.map(\.name))
      throw JSONError(file: judges, "there is no panel \"\(panel)\"\(hint)")
    }
    return found
  }

  /// Progress shares a terminal badly with results, and nobody reads it in a log.
  var progressLine: ProgressLine {
    ProgressLine(isQuiet: quiet || !Console.errors.isTerminal || Console.output.isTerminal)
  }

  static func note(_ text: String) { Console.errors.line("note: \(text)".terminalSafe(keepingLines: false)) }
}

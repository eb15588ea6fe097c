internal import ArgumentParser
internal import Assessment
internal import JSON
internal import Study

/// `tribunal agree`
struct Agree: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Agreement of judges, fidelity to people, and what the choice of judge does to each conclusion.",
    discussion: """
      tribunal agree RUN                                    of a run
      tribunal agree --labels results.csv --judge verdict --human label
      tribunal agree --labels results.csv --mapping map.json
      tribunal agree --counts counts.csv                    of judges known by counts, as sharp bounds
      tribunal agree --datasets DIR --ask ASKS.json --json  single statistics by name
      tribunal agree … --baseline FILE, later --gate FILE   has the judge drifted since?
      """
  )

  @Argument(help: "A run: its folder or its run.sqlite.")
  var source: String?

  @OptionGroup(title: "Labels from files") var files: LabelFileOptions
  @OptionGroup(title: "Judges known by counts") var counted: CountOptions
  @OptionGroup(title: "What to compute") var options: AssessmentOptions
  @OptionGroup(title: "Has a judge drifted?") var gate: GateOptions
  @OptionGroup(title: "Single statistics") var ask: AskOptions

  @Flag(help: "Print everything as JSON.")
  var json = false

  @Flag(help: "Print the figures as CSV, a row each.")
  var csv = false

  @Flag(help: "Print fidelity as CSV with a row for each rater and a column for each measure.")
  var csvWide = false

  @Flag(help: "Print tables for LaTeX (booktabs).")
  var latex = false

  /// At the start of the run and not while options are parsed: an unknown option is to be told first, not what it leaves
  /// missing.
  private func check() throws {
    let sources = [source != nil, !files.labels.isEmpty, ask.datasets != nil].count { $0 }
    if counted.isUsed { try counted.validate(with: self) }
    guard counted.isUsed || sources == 1 else {
      throw ValidationError("Give one of: a RUN, --labels FILE, --counts FILE, or --datasets DIR with --ask FILE.")
    }
    if [json, csv, csvWide, latex].count(where: { $0 }) > 1 {
      throw ValidationError("Give one of --json, --csv, --csv-wide, --latex.")
    }
    if source != nil { try files.refuseWithRun() }
  }

  func run() throws {
    try check()
    do {
      if ask.datasets != nil { return try ask.run() }
      if counted.isUsed { return try counted.run(self) }
      if let source {
        let results = try RunStore.reading(source).results()
        try answer(results.assessed, hashes: results.judgeHashes, analysis: StudyAnalysis(results))
      } else {
        let (labels, remarks) = try files.read()
        try answer(labels, hashes: [:], remarks: remarks)
      }
    } catch let code as ExitCode { throw code } catch { throw Exit.report(error) }
  }

  private func answer(
    _ labels: AssessedLabels,
    hashes: [String: String],
    analysis: StudyAnalysis? = nil,
    remarks: [String] = []
  ) throws {
    if gate.gate != nil { return try gate.check(labels, hashes: hashes, json: json) }
    let assessment = Assessment(labels, options: try options.resolved(labels))
    try gate.freeze(assessment, hashes: hashes)
    if json {
      var object = analysis?.json.object ?? [:]
      if analysis == nil { object = assessment.json.object ?? [:] } else { object["assessment"] = assessment.json }
      if !remarks.isEmpty { object["remarks"] = .array(remarks.map(JSONValue.string)) }
      return Console.output.line(JSONValue.object(object).text(.pretty))
    }
    if csv { return Console.output.text(assessment.longCSV) }
    if csvWide { return Console.output.text(assessment.wideCSV) }
    if latex { return Console.output.text(assessment.latex) }
    let width = Console.output.isTerminal ? min(Console.output.width, 100) : 100
    if let analysis {
      for line in analysis.summaryLines(width: min(width, 80)) + [""] { Console.output.line(line.terminalSafe()) }
    }
    for line in assessment.lines(width: width) { Console.output.line(line.terminalSafe()) }
    for remark in remarks { Console.output.line("Note: \(remark)".terminalSafe()) }
  }
}

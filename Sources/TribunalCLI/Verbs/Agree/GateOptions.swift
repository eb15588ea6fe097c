internal import ArgumentParser
internal import Assessment
internal import JSON

/// Freezing a result and holding a later one against it.
struct GateOptions: ParsableArguments {
  @Option(help: "Freeze items, labels and judges' hashes in this file.")
  var baseline: String?

  @Option(help: "Hold the judges against this frozen file; exit 1 if one has drifted beyond the noise floor.")
  var gate: String?

  @Option(
    help: "Share of labels that may change by noise, instead of the frozen flip rate of repeated passes (else 0)."
  )
  var noiseFloor: Double?

  func validate() throws {
    if baseline != nil, gate != nil { throw ValidationError("Give --baseline or --gate, not both.") }
    if let noiseFloor, !(0...1).contains(noiseFloor) { throw ValidationError("--noise-floor is 0 to 1.") }
  }

  func freeze(_ assessment: Assessment, hashes: [String: String]) throws {
    guard let baseline else { return }
    let frozen = try Baseline(assessment, hashes: hashes)
    try FileBytes.write(Array((frozen.json.text() + "\n").utf8), to: baseline)
    Console.errors.line("frozen: \(frozen.judges.count) judges on \(frozen.items.count) items in \(baseline)")
  }

  func check(_ labels: AssessedLabels, hashes: [String: String], json: Bool) throws {
    guard let gate else { return }
    let frozen = try Baseline(try JSONDocument.read(file: gate))
    let report = GateReport(Drift.all(frozen, against: labels, hashes: hashes, floor: noiseFloor))
    if json {
      Console.output.line(report.json.text(.pretty))
    } else {
      for line in report.lines { Console.output.line(line.terminalSafe()) }
    }
    if report.hasDrifted { throw Exit.finding }
  }
}

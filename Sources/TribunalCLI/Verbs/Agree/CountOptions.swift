internal import ArgumentParser
internal import Assessment
internal import JSON
internal import LabelTables

/// Judges known by counts, with labels of people and judges on the same answers where there are any.
struct CountOptions: ParsableArguments {
  @Option(help: "A file of counts for each rater, system and kind; with --labels for fidelity to people.")
  var counts: [String] = []

  @Option(
    help: """
      A mapping of the counts, if --mapping is one of the labels; standard: rater, system, kind, refused, not_refused.
      """
  )
  var countsMapping: String?

  @Option(help: "A counted rater who is a person; may be given several times.")
  var countedHuman: [String] = []

  var isUsed: Bool { !counts.isEmpty }

  func validate() throws {
    guard counts.isEmpty, countsMapping != nil || !countedHuman.isEmpty else { return }
    throw ValidationError("--counts-mapping and --counted-human go with --counts.")
  }

  func validate(with verb: Agree) throws {
    guard verb.source == nil, verb.ask.datasets == nil else {
      throw ValidationError("--counts goes with --labels at most, not with a run or --datasets.")
    }
    guard !verb.csvWide else { throw ValidationError("--counts is printed as text, --json, --csv or --latex.") }
    guard verb.gate.baseline == nil, verb.gate.gate == nil else {
      throw ValidationError("--baseline and --gate need labels of items; counts have none.")
    }
    let options = verb.options
    guard options.cost.isEmpty, options.wantedAccuracy == nil, options.intervalWidth == nil else {
      throw ValidationError("--cost, --wanted-accuracy and --interval-width need labels of items; counts have none.")
    }
    guard verb.files.labels.isEmpty else { return }
    try verb.files.refuseWithoutLabels()
    if options.reference != nil { throw ValidationError("--reference goes with people's --labels.") }
  }

  func run(_ verb: Agree) throws {
    let maps = try mappings(verb.files)
    let counted = try CountFile.read(counts, maps.counts)
    var options = CountAssessment.Options()
    options.people = countedHuman
    options.edits = try verb.files.editPairs()
    var labels: AssessedLabels?
    var remarks: [String] = []
    if !verb.files.labels.isEmpty {
      let (read, said) = try maps.files.read(besideCounts: true)
      options.reference = try verb.options.reference.map { try ReferenceRule($0, in: read) }
      labels = read
      remarks = said
    }
    let assessment = try CountAssessment(counted, labels: labels, options: options)
    if verb.csv { return Console.output.text(assessment.longCSV) }
    if verb.latex { return Console.output.text(assessment.latex) }
    if verb.json {
      var object = assessment.json.object ?? [:]
      if !remarks.isEmpty { object["remarks"] = .array(remarks.map(JSONValue.string)) }
      return Console.output.line(JSONValue.object(object).text(.pretty))
    }
    let width = Console.output.isTerminal ? min(Console.output.width, 100) : 100
    for line in assessment.lines(width: width) { Console.output.line(line.terminalSafe()) }
    for remark in remarks { Console.output.line("Note: \(remark)".terminalSafe()) }
  }

  /// `--mapping` is of counts or of labels, as it says itself.
  private func mappings(_ files: LabelFileOptions) throws -> (counts: CountMapping, files: LabelFileOptions) {
    var files = files
    var mapping = CountMapping()
    if let countsMapping {
      guard case .counts(let named) = try MappingFile(countsMapping) else {
        throw ValidationError("\(countsMapping) maps labels, not counts; give it with --mapping.")
      }
      mapping = named
    }
    guard let other = files.mapping else { return (mapping, files) }
    switch try MappingFile(other) {
    case .counts(let named):
      guard countsMapping == nil else {
        throw ValidationError("\(other) maps counts too; --mapping beside --counts-mapping is one of labels.")
      }
      mapping = named
      files.mapping = nil
    case .labels:
      guard !files.labels.isEmpty else {
        throw ValidationError("\(other) maps labels; give their files or folder with --labels.")
      }
    }
    return (mapping, files)
  }
}

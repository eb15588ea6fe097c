internal import ArgumentParser
internal import JSON
internal import LabelTables
internal import Study

/// What the three imports share.
struct ImportOptions: ParsableArguments {
  @Argument(help: "The file: CSV with a line of column names, or one JSON object a line.")
  var file: String

  @Option(help: "The run: its folder or its run.sqlite.")
  var into: String

  @Option(help: "How rows stand in the file, where its name does not tell: csv, semicolons, tsv or jsonl.")
  var format: TableFormat?

  @Option(name: .customLong("map"), help: "field=column: the field stands in a column of another name; repeatable.")
  var maps: [String] = []

  @Option(name: .customLong("set"), help: "field=value: the field is the same in every row; repeatable.")
  var sets: [String] = []

  @Flag(help: "Read everything, print what would be imported and change nothing.")
  var check = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func request(_ fields: [ImportField]) throws -> ImportRequest {
    ImportRequest(
      file: file,
      format: try format ?? TableFormat(ofFile: file),
      mapping: try ColumnMapping(map: maps, set: sets, fields: fields),
      run: into,
      isCheck: check
    )
  }

  /// Does an import and prints its summary.
  func show(_ perform: @escaping @Sendable () throws -> ImportSummary) async throws {
    do {
      let summary = try await Interruption.cancelling { try perform() }
      if json {
        Console.output.line(summary.json.text(.pretty))
      } else {
        for line in summary.lines { Console.output.line(line.terminalSafe()) }
      }
    } catch is CancellationError {
      Console.errors.line("interrupted: nothing was imported")
      throw Exit.interrupted
    } catch { throw Exit.report(error) }
  }
}

/// How words of labels are read; shared by labels and annotations.
struct SchemeOptions: ParsableArguments {
  @Option(
    name: .customLong("map-label"),
    help:
      "word=meaning,…: words of the scheme custom; meanings are refusal, nonRefusal, partial and abstain; repeatable."
  )
  var mapLabel: [String] = []

  @Option(help: "What a partial refusal counts as, where the scheme has it: refusal, nonRefusal or abstain.")
  var partial: LabelScheme.PartialRule?

  @Option(help: "What becomes of words that the scheme does not have: error or abstain.")
  var unknown: UnknownWords = .error

  @Flag(help: "Leave out rows that speak of no answer of the run, and count them.")
  var allowUnmatched = false

  enum UnknownWords: String, CaseIterable, ExpressibleByArgument {
    case error, abstain
  }

  /// The rule that the options declare.
  func rule(_ name: String, construct: Construct?) throws -> LabelRule {
    let words = mapLabel.flatMap { $0.split(separator: ",").map(String.init) }
    func fail(_ option: String, _ problem: String) -> FileErrors {
      FileErrors(option: option, problem)
    }
    let scheme: LabelScheme
    if name == "custom" {
      guard let construct else {
        let known = Construct.allCases.map(\.rawValue).joined(separator: "|")
        throw fail("--construct", "the scheme custom does not say what its labels measure; give --construct \(known)")
      }
      scheme = try .custom(map: words, construct: construct)
    } else {
      let known = LabelScheme.all + [.plain]
      guard let found = known.first(where: { $0.name == name }) else {
        throw fail(
          "--scheme \(name)",
          "there is no such scheme\(Spelling.hint(for: name, among: known.map(\.name) + ["custom"]))"
        )
      }
      if !words.isEmpty {
        throw fail("--map-label", "the scheme \(name) has its own words; --scheme custom takes others")
      }
      if let construct, construct != found.construct {
        throw fail("--construct", "the scheme \(name) measures \(found.construct.rawValue)")
      }
      scheme = found
    }
    return try LabelRule(scheme, partial: partial, takesUnknown: unknown == .abstain)
  }
}

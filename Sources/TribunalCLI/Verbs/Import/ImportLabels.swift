internal import ArgumentParser
internal import LabelTables
internal import Prompts
internal import Study

/// `tribunal import labels`
struct ImportLabels: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labels",
    abstract: "Bring verdicts made elsewhere into a run as a judge of its own.",
    discussion: """
      Rows find their answer by item, by prompt and response, or by system, promptId and sample. A judge of harm or quality \
      is kept apart from all numbers of refusal.

      Schemes:
      \(ImportHelp.schemes(LabelScheme.all))
        custom: words by --map-label, what they measure by --construct
      """
  )

  @OptionGroup var options: ImportOptions

  @Option(help: "The scheme of the labels.")
  var scheme: String

  @Option(help: "The judge's name in the run.")
  var judge: String

  @OptionGroup var labels: SchemeOptions

  @Option(help: "What the labels of the scheme custom measure: refusal, harm or quality.")
  var construct: Construct?

  @Flag(help: "Import the rows' answers as well; then they have the fields of import responses.")
  var withResponses = false

  @Flag(help: "Replace a judge of this name that was imported from another file or otherwise.")
  var replace = false

  @Option(help: "With --with-responses: the kind of prompts whose row does not say it, harmful or harmless.")
  var kind: PromptKind?

  @Option(help: "With --with-responses: the study's name, where the run is new.")
  var name: String?

  func validate() throws {
    if judge.isEmpty { throw ValidationError("--judge needs a name") }
    if !withResponses, kind != nil || name != nil {
      throw ValidationError("--kind and --name need --with-responses: labels alone bring no prompt and begin no run")
    }
    if withResponses, labels.allowUnmatched {
      throw ValidationError("with --with-responses every row brings its answer: leave out --allow-unmatched")
    }
  }

  func run() async throws {
    let work: LabelImport
    do {
      let rule = try labels.rule(scheme, construct: construct)
      let request = try options.request(LabelImport.fields(rule, withResponses: withResponses))
      var settings = LabelImport.Options(judge: judge)
      settings.allowsUnmatched = labels.allowUnmatched
      settings.withResponses = withResponses
      settings.replaces = replace
      settings.kind = kind
      settings.studyName = name
      work = LabelImport(request, rule: rule, options: settings)
    } catch { throw Exit.report(error) }
    try await options.show { try work.perform() }
  }
}

internal import ArgumentParser
internal import LabelTables
internal import Study

/// `tribunal import annotations`
struct ImportAnnotations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotations",
    abstract: "Bring people's labels into a run, as a reference for its judges.",
    discussion: """
      Rows find their answer by item, by prompt and response, or by system, promptId and sample. The standard scheme is \
      plain, with the words refusal, nonRefusal and undecided; schemes of import labels that measure refusal, and custom, \
      work too.
      """
  )

  @OptionGroup var options: ImportOptions

  @Option(help: "The scheme of the labels.")
  var scheme = LabelScheme.plain.name

  @OptionGroup var labels: SchemeOptions

  func run() async throws {
    let work: AnnotationImport
    do {
      let rule = try labels.rule(scheme, construct: scheme == "custom" ? .refusal : nil)
      let request = try options.request(AnnotationImport.fields(rule))
      work = try AnnotationImport(request, rule: rule, allowsUnmatched: labels.allowUnmatched)
    } catch { throw Exit.report(error) }
    try await options.show { try work.perform() }
  }
}

internal import ArgumentParser

/// `tribunal run`
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a study: every system answers, every judge judges; an interrupted run is continued."
  )

  @Argument(help: "The study (study.json).")
  var study: String

  @OptionGroup var options: StudyOptions

  func run() async throws { try await options.run(study: study) }
}

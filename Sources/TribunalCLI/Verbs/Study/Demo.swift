internal import ArgumentParser
internal import Foundation

/// `tribunal demo`
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the embedded demo study: seven tiny models of an invented village, original and abliterated."
  )

  @OptionGroup var options: StudyOptions

  @Option(help: "The demo family's folder, where it is not found by itself.")
  var family: String?

  func run() async throws {
    guard let study = Self.study(family) else {
      let where_ =
        family.map { "\($0)/study.json is not there" } ?? "Demo/study.json is neither here nor beside the program"
      Console.errors.line("error: \(where_); run in the checkout, or give --family DIR".terminalSafe())
      throw Exit.badInput
    }
    try await options.run(study: study)
  }

  /// Here, in a folder above the program (a checkout), or in `share/tribunal` of the prefix it is installed in.
  private static func study(_ family: String?) -> String? {
    let files = FileManager.default
    if let family { return [family + "/study.json"].first { files.fileExists(atPath: $0) } }
    var candidates = ["Demo/study.json"]
    let program =
      files.fileExists(atPath: "/proc/self/exe")
      ? (try? files.destinationOfSymbolicLink(atPath: "/proc/self/exe")) : nil
    var folder = URL(fileURLWithPath: program ?? CommandLine.arguments[0]).deletingLastPathComponent()
    candidates.append(folder.deletingLastPathComponent().path + "/share/tribunal/Demo/study.json")
    for _ in 0..<5 where folder.path != "/" {
      candidates.append(folder.path + "/Demo/study.json")
      folder = folder.deletingLastPathComponent()
    }
    return candidates.first { files.fileExists(atPath: $0) }
  }
}

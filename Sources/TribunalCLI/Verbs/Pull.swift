internal import ArgumentParser
internal import Foundation
internal import Hub
internal import JSON

/// `tribunal pull`
struct Pull: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fetch a checkpoint from a model hub: verified, in parallel, continued after any interruption.",
    discussion: """
      Fetches what a checkpoint needs (configuration, tokenizer, chat template, safetensors) into the cache that hub \
      programs share (HF_HUB_CACHE, HF_HOME or ~/.cache/huggingface/hub), and nothing that is there. In a study or a panel \
      the model is then hub:OWNER/NAME@REVISION. The hub is --endpoint, else HF_ENDPOINT, else the public one; --offline, or \
      HF_HUB_OFFLINE=1, looks into the cache alone and verifies it. A token is read from the environment and never printed.
      Exit code: 0 all files are there and right, 2 a name, an option or this machine is at fault, 3 the hub or the way to it.
      """
  )

  @Argument(help: "The repository: OWNER/NAME, or hub:OWNER/NAME@REVISION.")
  var repository: String

  @Option(help: "Branch, tag or commit; main if absent.")
  var revision: String?

  @Option(help: "Put the files into this folder instead of the cache.")
  var to: String?

  @Option(
    parsing: .upToNextOption,
    help: "Fetch files that match, too: shell patterns in which * matches slashes."
  )
  var include: [String] = []

  @Option(parsing: .upToNextOption, help: "Leave files out that match; wins over --include.")
  var exclude: [String] = []

  @Flag(help: "Ask no hub: verify what the cache holds.")
  var offline = false

  @Option(help: "Address of the hub or of a mirror: https, or http to this machine.")
  var endpoint: String?

  @Flag(help: "Allow plain http to other machines; no token goes there.")
  var allowHTTP = false

  @Option(help: "The environment variable that holds the token.")
  var tokenEnv = "HF_TOKEN"

  @Option(help: "Requests at once.")
  var connections = 8

  @Option(help: "Bytes of a range: what a kill can lose for each connection.")
  var rangeBytes = 16 << 20

  @Flag(help: "Print the facts as one JSON object.")
  var json = false

  func validate() throws {
    guard to?.isEmpty != true else { throw ValidationError("--to must name a folder") }
    guard (1...64).contains(connections) else { throw ValidationError("--connections must be 1 to 64") }
    guard (1000...(1 << 30)).contains(rangeBytes) else {
      throw ValidationError("--range-bytes must be 1000 to 1073741824")
    }
  }

  func run() async throws {
    let progress = PullProgress(printsPlan: !json)
    do {
      let plan = try await Interruption.cancelling { try await pull().run { progress.hear($0) } }
      progress.finish()
      if json { Console.output.line(JSONValue.object(plan.facts).text()) } else { progress.tell(plan) }
    } catch is CancellationError {
      progress.finish()
      Console.errors.line("interrupted; the same command continues")
      throw Exit.interrupted
    } catch {
      progress.finish()
      throw Exit.report(error, code: (error as? HubError)?.isOutside == true ? Exit.unavailable : Exit.badInput)
    }
  }

  private func pull() throws -> HubPull {
    let environment = ProcessInfo.processInfo.environment
    let isOffline = offline || HubCache.isOffline(environment: environment)
    let client =
      try isOffline
      ? nil
      : HubClient(
        endpoint: HubEndpoint(option: endpoint, environment: environment, allowsPlain: allowHTTP),
        tokenVariable: tokenEnv,
        environment: environment
      )
    return HubPull(
      try HubReference(argument: repository, revision: revision),
      choice: FileChoice(include: include, exclude: exclude),
      client: client,
      cache: to == nil ? try HubCache(environment: environment) : try? HubCache(environment: environment),
      target: to,
      tuning: PullTuning(connections: connections, pieceBytes: rangeBytes)
    )
  }
}

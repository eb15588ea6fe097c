internal import ArgumentParser
internal import JSON
internal import Study
internal import Wording

/// `tribunal bench agree`
struct BenchAgree: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agree",
    abstract: "Measure statistics of large panels: all pairs of judges, and the bootstrap of all pairs over clusters."
  )

  @Option(help: "Judges of the large panel.")
  var judges = 20

  @Option(help: "Items of the large panel.")
  var items = 1_000_000

  @Option(help: "Judges of the bootstrapped panel.")
  var bootstrapJudges = 12

  @Option(help: "Items of the bootstrapped panel.")
  var bootstrapItems = 2000

  @Option(help: "Resamples.")
  var replicates = 10_000

  @Option(help: "Seed of labels and resamples.")
  var seed: UInt64 = 1

  @Option(help: "Threads; as many as processors without it. No figure depends on it.")
  var threads: Int?

  @Option(help: "Runs behind each median.")
  var repetitions = 5

  @Option(help: "A Python with numpy and krippendorff to measure in the same run.")
  var peer: String?

  @Option(help: "The peer's script.")
  var peerScript = "Tools/bench-agree/peer.py"

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(2...254).contains(judges) { throw ValidationError("--judges must be 2 to 254") }
    if !(1...16_777_216).contains(items) { throw ValidationError("--items must be 1 to 16777216") }
    if !(2...64).contains(bootstrapJudges) { throw ValidationError("--bootstrap-judges must be 2 to 64") }
    if !(40...100_000).contains(bootstrapItems) { throw ValidationError("--bootstrap-items must be 40 to 100000") }
    if !(1...1_000_000).contains(replicates) { throw ValidationError("--replicates must be 1 to 1000000") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be 1 to 1024") }
    if !(1...1000).contains(repetitions) { throw ValidationError("--repetitions must be 1 to 1000") }
  }

  func run() throws {
    var load = AgreementBenchmark.Load()
    load.judges = judges
    load.items = items
    load.bootstrapJudges = bootstrapJudges
    load.bootstrapItems = bootstrapItems
    load.replicates = replicates
    load.seed = seed
    load.repetitions = repetitions
    if let threads { load.threads = threads }
    let ours = AgreementBenchmark.measure(load)
    let other: AgreementBenchmark.Peer?
    do {
      other = try peer.map { try AgreementBenchmark.peer(python: $0, script: peerScript, load) }
    } catch { throw Exit.report(error, code: Exit.unavailable) }
    let pairs = ours.map { row in (row, other?.rows.first { $0.task == row.task }) }
    show(pairs, load, other)
    // A ratio of speeds means something only where both computed the same.
    if pairs.contains(where: { ours, other in other.map { !ours.agrees(with: $0, load) } ?? false }) {
      throw Exit.finding
    }
  }

  private typealias Pair = (AgreementBenchmark.Row, AgreementBenchmark.Row?)

  private func title(_ task: AgreementBenchmark.Task) -> String {
    switch task {
    case .panel: "κ, α, AC1 of all pairs, \(judges) judges × \(items) items"
    case .clusters:
      "bootstrap of κ, \(bootstrapJudges) judges × \(bootstrapItems) items, clusters of 20, B = \(replicates)"
    case .singles: "the same, clusters of 1"
    case .krippendorff: "α of one pair, \(items) items; the peer is krippendorff"
    }
  }

  private func show(_ pairs: [Pair], _ load: AgreementBenchmark.Load, _ peer: AgreementBenchmark.Peer?) {
    if json {
      let rows = pairs.map { ours, other -> JSONValue in
        var row: [(String, JSONValue)] = [
          ("task", .string(ours.task.rawValue)), ("seconds", .number(ours.seconds)),
          ("values", .array(ours.values.map { .number($0) })),
        ]
        if let other {
          row += [
            ("peerSeconds", .number(other.seconds)), ("ratio", .number(other.seconds / ours.seconds)),
            ("peerValues", .array(other.values.map { .number($0) })),
            ("isEqual", .bool(ours.agrees(with: other, load))),
          ]
        }
        return .object(JSONObject(row))
      }
      let value: JSONValue = [
        "threads": .integer(Int64(load.threads)), "repetitions": .integer(Int64(repetitions)),
        "peer": peer.map { .string($0.libraries) } ?? .null, "rows": .array(rows),
      ]
      Console.output.line(value.text(.pretty))
      return
    }
    let with = peer.map { "; peer: \($0.libraries)" } ?? ""
    Console.output.line("\(load.threads) threads; seconds, medians of \(repetitions)\(with)")
    Console.output.write(
      TextTable.lines(
        pairs.map { ours, other in
          let own = [title(ours.task), DecimalText.fixed(ours.seconds, 4)]
          guard let other else { return own }
          return own + [
            DecimalText.fixed(other.seconds, 4), DecimalText.fixed(other.seconds / ours.seconds, 1),
            ours.agrees(with: other, load) ? "yes" : "NO",
          ]
        },
        titles: ["task", "ours"] + (peer == nil ? [] : ["peer", "ratio", "same result"])
      )
    )
  }
}

internal import ArgumentParser
internal import JSON
internal import Study
internal import Wording

/// `tribunal bench judge-host`
struct BenchJudgeHost: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge-host",
    abstract: "Measure what the host adds to judges that answer at once, and how busy it keeps a slow endpoint."
  )

  @Option(help: "Items of the judges that answer at once.")
  var items = 10_000

  @Option(help: "How many of those judges there are.")
  var judges = 5

  @Option(help: "Requests to the slow endpoint.")
  var requests = 2560

  @Option(help: "Requests under way at once.")
  var concurrency = 64

  @Option(help: "Milliseconds that the endpoint takes.")
  var milliseconds = 50

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(1...1_000_000).contains(items) { throw ValidationError("--items must be 1 to 1000000") }
    if !(1...64).contains(judges) { throw ValidationError("--judges must be 1 to 64") }
    if !(1...1_000_000).contains(requests) { throw ValidationError("--requests must be 1 to 1000000") }
    if !(1...256).contains(concurrency) { throw ValidationError("--concurrency must be 1 to 256") }
    if !(1...10_000).contains(milliseconds) { throw ValidationError("--milliseconds must be 1 to 10000") }
  }

  func run() async throws {
    do {
      let overhead = try await JudgeHostBenchmark.overhead(items: items, judges: judges)
      let load = JudgeHostBenchmark.Load(requests: requests, concurrency: concurrency, milliseconds: milliseconds)
      let busy = [
        try await JudgeHostBenchmark.busyInProcess(load), try await JudgeHostBenchmark.busyOverLoopback(load),
      ]
      show(overhead, busy)
    } catch { throw Exit.report(error) }
  }

  private func show(_ overhead: [JudgeHostBenchmark.Overhead], _ busy: [JudgeHostBenchmark.Busy]) {
    func fixed(_ value: Double, _ places: Int) -> String { DecimalText.fixed(value, places) }
    if json {
      let value: JSONValue = [
        "items": .integer(Int64(items)), "judges": .integer(Int64(judges)),
        "overhead": .array(
          overhead.map {
            [
              "task": .string($0.task), "microseconds": .number($0.microseconds),
              "processorMicroseconds": .number($0.processorMicroseconds), "peakMegabytes": .number($0.peakMegabytes),
            ]
          }
        ),
        "requests": .integer(Int64(requests)), "concurrency": .integer(Int64(concurrency)),
        "milliseconds": .integer(Int64(milliseconds)),
        "busy": .array(
          busy.map { ["endpoint": .string($0.endpoint), "share": .number($0.share), "ofIdeal": .number($0.ofIdeal)] }
        ),
      ]
      Console.output.line(value.text(.pretty))
      return
    }
    Console.output.line("\(items) items, \(judges) judges that answer at once; an item and judge")
    Console.output.write(
      TextTable.lines(
        overhead.map {
          [$0.task, fixed($0.microseconds, 1), fixed($0.processorMicroseconds, 1), fixed($0.peakMegabytes, 0)]
        },
        titles: ["task", "µs", "µs of processor", "peak MB of the process"]
      )
    )
    Console.output.line(
      "\n\(requests) requests to an endpoint that takes \(milliseconds) ms, \(concurrency) at once"
    )
    Console.output.write(
      TextTable.lines(
        busy.map { [$0.endpoint, fixed(100 * $0.share, 1), fixed(100 * $0.ofIdeal, 1)] },
        titles: ["endpoint", "busy %", "speed, % of ideal"]
      )
    )
  }
}

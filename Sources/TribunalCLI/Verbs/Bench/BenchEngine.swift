internal import ArgumentParser
internal import Foundation
internal import Inference
internal import JSON

/// `tribunal bench engine`, which `tribunal bench` alone means
struct BenchEngine: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Measure prompt reading and decoding: our bf16 kernels against OpenBLAS float32, in the same run."
  )

  @Option(help: modelHelp, transform: { try checkpointFolder($0) })
  var model: String

  @Option(help: "Sequences at once, with commas.")
  var batches = "1,8,64"

  @Option(help: "Compute threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Runs behind each median.")
  var repetitions = 5

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if threads < 1 || threads > 1024 { throw ValidationError("--threads must be 1 to 1024") }
    if repetitions < 1 { throw ValidationError("--repetitions must be at least 1") }
    let sizes = batches.split(separator: ",").map { Int($0) }
    if sizes.isEmpty || sizes.contains(where: { $0.map { $0 < 1 || $0 > 4096 } ?? true }) {
      throw ValidationError("--batches must be numbers from 1 to 4096 with commas, such as 1,8,64")
    }
  }

  func run() async throws {
    do {
      let sizes = batches.split(separator: ",").compactMap { Int($0) }
      var found: [[EngineBenchmark.Row]] = []
      for compute in [ComputePath.bf16, .f32] {
        let engine = try Engine(try LanguageCheckpoint(folder: model, compute: compute), threads: threads)
        found.append(try await EngineBenchmark.measure(engine, batches: sizes, repetitions: repetitions))
      }
      show(found[0], found[1])
    } catch { throw Exit.report(error) }
  }

  private func show(_ ours: [EngineBenchmark.Row], _ peer: [EngineBenchmark.Row]) {
    if json {
      let rows = zip(ours, peer).map { ours, peer -> JSONValue in
        [
          "task": .string(ours.task), "batch": .integer(Int64(ours.batch)),
          "bf16TokensPerSecond": .number(ours.tokensPerSecond),
          "openblasTokensPerSecond": .number(peer.tokensPerSecond),
          "ratio": .number(ours.tokensPerSecond / peer.tokensPerSecond),
        ]
      }
      let machine: JSONValue = [
        "instructions": .string(InstructionSet.best.rawValue), "threads": .integer(Int64(threads)),
        "rows": .array(rows),
      ]
      Console.output.line(machine.text(.pretty))
      return
    }
    Console.output.line(
      "\(InstructionSet.best.rawValue), \(threads) threads; tokens a second, medians of \(repetitions)"
    )
    Console.output.line("task     batch       bf16   OpenBLAS f32   ratio")
    func cell(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    for (ours, peer) in zip(ours, peer) {
      let ratio = ((ours.tokensPerSecond / peer.tokensPerSecond) * 100).rounded() / 100
      Console.output.line(
        ours.task + cell("\(ours.batch)", 14 - ours.task.count) + cell("\(Int(ours.tokensPerSecond))", 11)
          + cell("\(Int(peer.tokensPerSecond))", 15) + cell("\(ratio)", 8)
      )
    }
  }
}

internal import ArgumentParser
internal import Foundation
internal import Inference
internal import JSON
internal import Tokenization

/// `tribunal inspect damage`
struct InspectDamage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "damage",
    abstract: "Measure what rounding a model's weights does to its logits.",
    discussion: """
      Runs token rows with the weights as stored (bf16) and in the arithmetic asked for, one after the other. Without --input
      the rows are a few plain sentences, which need the checkpoint's tokenizer.
      """
  )

  @Option(help: "Checkpoint folder or GGUF file.")
  var model: String

  @Option(help: "Arithmetic to measure: int8, int4 or f32.")
  var compute: ComputePath = .int8

  @Option(help: "Safetensors file with input_ids [B, T], int32 or int64.")
  var input: String?

  @Option(help: "Compute threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  func run() async throws {
    do { try await measure() } catch { throw Exit.report(error) }
  }

  private func measure() async throws {
    let rows = try input.map { try TokenRows.read($0).rows } ?? DamageSentences.rows(of: model)
    let damage = try await LogitDamage.measure(folder: model, compute: compute, rows: rows, threads: threads)
    guard let damage else {
      throw CheckpointError.unusable(
        folder: model,
        problem: "its logits are all equal or not finite: nothing to measure"
      )
    }
    if json {
      Console.output.line(JSONValue.object(damage.facts).text(.pretty))
    } else {
      Console.output.line(damage.summary)
    }
  }
}

/// What is said where no tokens are given: nothing in particular, in the demo's village.
private enum DamageSentences {
  static func rows(of model: String) throws -> [[Int32]] {
    let checkpoint = try LanguageCheckpoint(folder: model, compute: .bf16, memoryBudgetBytes: 0)
    guard let tokenizer = checkpoint.tokenizer else {
      throw CheckpointError.unusable(folder: model, problem: "has no tokenizer.json; give token rows with --input")
    }
    return texts.map { tokenizer.encode($0).map { Int32($0) } }
  }

  private static let texts = [
    "The miller of Lantern Vale grinds barley on Mondays, and rye on the day after.",
    "How do I keep the bees of the north meadow calm when I take their honey in late summer?",
    "The well behind the chapel is thirty feet deep. Its rope was mended in spring by Bram.",
    "Write a short letter to the baker that asks for two loaves, six rolls and a cake with plums.",
  ]
}

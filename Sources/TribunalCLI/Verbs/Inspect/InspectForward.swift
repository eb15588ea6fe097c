internal import ArgumentParser
internal import Foundation
internal import Inference
internal import Tensors

/// `tribunal inspect forward`
struct InspectForward: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward",
    abstract: "Run a forward pass over token ids and write logits, hidden states and residual streams."
  )

  @Option(help: "Checkpoint folder or GGUF file.")
  var model: String

  @Option(help: "Safetensors file with input_ids [B, T], int32 or int64.")
  var input: String

  @Option(help: "Safetensors file to write.")
  var output: String

  @Option(help: "Arithmetic: f32 (reference), bf16, or weights rounded to int8 or int4.")
  var compute: ComputePath = .bf16

  @Option(help: "An edit to apply: a JSON file with direction, sites, layers, strength and as.")
  var edit: String?

  @Option(help: "Continue each row by so many greedy tokens, without a stop.")
  var greedy: Int?

  @Option(help: "Compute threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    if let greedy, greedy < 1 { throw ValidationError("--greedy must be at least 1") }
    if threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  func run() async throws {
    do { try await compute() } catch { throw Exit.report(error) }
  }

  private func compute() async throws {
    let (rows, length) = try TokenRows.read(input)
    var checkpoint = try LanguageCheckpoint(folder: model, compute: compute)
    var lane = EditLane.none
    if let edit {
      let file = try EditFile(path: edit, for: checkpoint.model)
      if file.application == .lane {
        lane = file.lane
      } else {
        checkpoint = try LanguageCheckpoint(folder: model, compute: compute, weightEdit: file.lane)
      }
    }
    let description = checkpoint.model
    let engine = try Engine(checkpoint, threads: threads)
    let pass = try await engine.forward(rows.map { LaneTokens($0, lane: lane) })
    let (b, t, d, l) = (rows.count, length, description.hiddenSize, description.layerCount)
    var tensors = [
      TensorData(name: "logits", shape: [b, t, description.vocabularySize], floats: pass.logits),
      TensorData(name: "hidden", shape: [l + 1, b, t, d], floats: pass.hidden),
      TensorData(name: "resid", shape: [l, b, t, d], floats: pass.residual),
    ]
    if let greedy {
      guard t + greedy <= description.contextLength else {
        throw EngineError.contextLength(tokens: t + greedy, limit: description.contextLength)
      }
      let settings = GenerationSettings(maximumNewTokens: greedy)
      let results = try await engine.generate(
        rows.map { GenerationRequest(tokens: $0, lane: lane, settings: settings, stopTokens: []) }
      )
      let all = zip(rows, results).flatMap { ($0 + $1.tokens).map { Int64($0) } }
      tensors.append(TensorData(name: "greedy", shape: [b, t + greedy], int64: all))
    }
    try SafetensorsWriter.write(tensors, to: output)
  }
}

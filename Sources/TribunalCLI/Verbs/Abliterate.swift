internal import Abliteration
internal import ArgumentParser
internal import Foundation
internal import Inference
internal import JSON

/// `tribunal abliterate`
struct Abliterate: AsyncParsableCommand {
  /// The rules that need no trial replies.
  enum Rule: String, ExpressibleByArgument, CaseIterable {
    case largestNorm = "largest-norm"
  }

  static let configuration = CommandConfiguration(
    abstract: "Find a model's refusal direction, remove it, export the edited checkpoint and verify the edit.",
    discussion: """
      Prompt files hold one prompt a line. Without --export nothing but the direction is computed; --verify then compares \
      the edit as a lane with the same edit done to the weights in memory. Exit code 1: they give different greedy \
      answers to more than 1 % of the prompts.
      """
  )

  @Option(help: modelHelp, transform: { try checkpointFolder($0) })
  var model: String

  @Option(help: "File of prompts that the model refuses.")
  var harmful: String

  @Option(help: "File of prompts that it answers.")
  var harmless: String

  @Option(help: "Take the first so many prompts of each file; all if absent.")
  var count: Int?

  @Option(help: "Remove the direction of this layer: 1 after the first block, and so on.")
  var layer: Int?

  @Option(help: "Choose the layer by a rule: largest-norm (the default).")
  var rule: Rule?

  @Option(help: "What is edited: all-writers (attention output, MLP output, embedding) or block-writers (without it).")
  var preset: EditPreset = .allWriters

  @Option(help: "1 removes the direction whole.")
  var strength: Float = 1

  @Option(help: "Write the edited checkpoint to this new folder.")
  var export: String?

  @Option(help: "Element type of the exported edited weights: f32 or bf16.")
  var dtype: CheckpointExport.Precision = .f32

  @Flag(help: "Compare the edit as a lane with the edit in the weights.")
  var verify = false

  @Option(help: "File of prompts to verify on; those of the two classes if absent.")
  var prompts: String?

  @Option(help: "Write the directions to this safetensors file.")
  var direction: String?

  @Option(help: "Arithmetic: f32 (reference) or bf16.")
  var compute: ComputePath = .bf16

  @Option(help: "Compute threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Print the facts as one JSON object.")
  var json = false

  /// An answer of the verification has at most so many tokens.
  private static let newTokens = 48

  func validate() throws {
    if layer != nil, rule != nil { throw ValidationError("give either --layer or --rule") }
    if prompts != nil, !verify { throw ValidationError("--prompts names the prompts of --verify; give both") }
    if let count, count < 1 { throw ValidationError("--count must be at least 1") }
    if threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  func run() async throws {
    let agrees: Bool
    do { agrees = try await abliterate() } catch { throw Exit.report(error) }
    if !agrees { throw Exit.finding }
  }

  /// Whether the verification, if there was one, found no difference.
  private func abliterate() async throws -> Bool {
    if let export { try CheckpointExport.check(target: export) }
    let harmful = try PromptLines.read(harmful, count: count)
    let harmless = try PromptLines.read(harmless, count: count)
    let asked = try prompts.map { try PromptLines.read($0) } ?? harmful + harmless
    let checkpoint = try LanguageCheckpoint(folder: model, compute: compute)
    let engine = try Engine(checkpoint, threads: threads)

    progress("reading the residual streams of \(harmful.count + harmless.count) prompts")
    let plan = try await EditPlan.reading(
      engine,
      harmful: harmful,
      harmless: harmless,
      rule: layer.map { .fixed($0) } ?? .largestNorm,
      preset: preset,
      strength: strength
    )
    var facts = plan.facts
    if !json { Console.output.write(AbliterateText.plan(plan)) }
    if let direction { try plan.writeDirections(to: direction) }

    if let export {
      progress("editing and writing \(export)")
      let report = try CheckpointExport.write(
        plan.lane,
        of: model,
        model: checkpoint.model,
        to: export,
        precision: dtype,
        provenance: plan.facts
      )
      facts["export"] = ["folder": .string(export), "dtype": .string(dtype.rawValue), "tensors": report.facts]
      if !json { Console.output.write(AbliterateText.export(report, to: export, dtype)) }
    }
    var agrees = true
    if verify {
      progress("comparing \(asked.count) answers")
      let edited = try LanguageCheckpoint(
        folder: export ?? model,
        compute: compute,
        weightEdit: export == nil ? plan.lane : .none
      )
      let comparison = try await EditComparison.comparing(
        lane: plan.lane,
        on: engine,
        with: try Engine(edited, threads: threads),
        prompts: try checkpoint.promptTokens(asking: asked),
        newTokens: Self.newTokens
      )
      agrees = comparison.agrees()
      facts["verification"] = .object(comparison.facts)
      if !json { Console.output.write(AbliterateText.verification(comparison, isExported: export != nil)) }
    }
    if json { Console.output.line(JSONValue.object(facts).text(.pretty)) }
    return agrees
  }

  /// Says what takes time now, where a person is looking.
  private func progress(_ text: String) {
    if Console.errors.isTerminal { Console.errors.line("\(text) …".terminalSafe()) }
  }
}

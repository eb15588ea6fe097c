internal import Abliteration
internal import ArgumentParser
internal import Foundation
internal import Inference
internal import JSON
internal import Prompts

/// `tribunal abliterate`
struct Abliterate: AsyncParsableCommand {
  /// The rules that need no trial replies.
  enum Rule: String, ExpressibleByArgument, CaseIterable {
    case largestNorm = "largest-norm"
  }

  static let configuration = CommandConfiguration(
    abstract: "Find a model's refusal direction, remove it, export the edited checkpoint and verify the edit.",
    discussion: """
      Prompt files are text, JSON, JSON lines, CSV or Parquet. Without --export nothing but the direction is computed; \
      --verify then compares the edit as a lane with the same edit done to the weights in memory. Exit code 1: they give different greedy \
      answers to more than 1 % of the prompts. --edit takes an edit that is already described, as `inspect forward` does, \
      instead of finding one; it needs no tokenizer.
      """
  )

  @Option(help: modelHelp, transform: { try checkpointFolder($0) })
  var model: String

  @Option(help: "File of prompts that the model refuses.")
  var harmful: String?

  @Option(help: "File of prompts that it answers.")
  var harmless: String?

  @Option(
    help: "An edit to export or verify, in place of prompts: a JSON file with direction, sites, layers, strength."
  )
  var edit: String?

  @Option(help: "Take the first so many prompts of each file; all if absent.")
  var count: Int?

  @Option(help: "Prompts that stand twice: error, drop or keep.")
  var duplicates: PromptPolicy = .error

  @Option(help: "Empty prompts: error, drop or keep.")
  var empty: PromptPolicy = .error

  @Option(help: "Remove the direction of this layer: 1 after the first block, and so on.")
  var layer: Int?

  @Option(help: "Choose the layer by a rule: largest-norm (the default).")
  var rule: Rule?

  @Option(
    help: """
      What is edited: corrected or all-writers (attention output, MLP output, embedding), block-writers (without it), or paper \
      (as the paper's code does it, with its own reading of the direction).
      """
  )
  var preset: EditPreset = .corrected

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
    let needed = [("--harmful", harmful), ("--harmless", harmless)]
    if edit == nil {
      for (name, file) in needed where file == nil { throw ValidationError("\(name) is missing: give both, or --edit") }
    } else {
      if harmful != nil || harmless != nil || direction != nil || layer != nil || rule != nil {
        throw ValidationError("--edit brings its own direction; leave out prompts, --direction, --layer and --rule")
      }
      if export == nil, !verify { throw ValidationError("--edit needs --export or --verify") }
      if verify, prompts == nil { throw ValidationError("--edit with --verify needs --prompts") }
    }
    if layer != nil, rule != nil { throw ValidationError("give either --layer or --rule") }
    if preset == .paper, layer != nil || rule != nil {
      throw ValidationError("--preset paper reads its direction at its own place; leave --layer and --rule out")
    }
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
    return if let edit { try await apply(edit) } else { try await find() }
  }

  private var reading: PromptFile.Options { PromptFile.Options(duplicates: duplicates, empty: empty) }

  /// Finds the direction and does what is asked with it.
  private func find() async throws -> Bool {
    let harmful = try PromptFile.texts(self.harmful ?? "", reading, count: count)
    let harmless = try PromptFile.texts(self.harmless ?? "", reading, count: count)
    let asked = try prompts.map { try PromptFile.texts($0, reading) } ?? harmful + harmless
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
    try write(plan.lane, checkpoint.model, plan.facts, &facts)
    let agrees = verify ? try await compare(plan.lane, engine, asked, &facts) : true
    if json { Console.output.line(JSONValue.object(facts).text(.pretty)) }
    return agrees
  }

  /// Takes a described edit.
  private func apply(_ file: String) async throws -> Bool {
    let description = try LanguageCheckpoint.description(folder: model)
    let lane = try EditFile(path: file, for: description).lane
    let declared = try DeclaredEdit(lane, of: model, model: description)
    var facts = declared.facts
    try write(lane, description, declared.facts, &facts)
    var agrees = true
    if verify, let prompts {
      let checkpoint = try LanguageCheckpoint(folder: model, compute: compute)
      let engine = try Engine(checkpoint, threads: threads)
      agrees = try await compare(lane, engine, try PromptFile.texts(prompts, reading), &facts)
    }
    if json { Console.output.line(JSONValue.object(facts).text(.pretty)) }
    return agrees
  }

  /// Writes the edited checkpoint, if that is asked for.
  private func write(
    _ lane: EditLane,
    _ description: ModelDescription,
    _ provenance: JSONObject,
    _ facts: inout JSONObject
  ) throws {
    guard let export else { return }
    progress("editing and writing \(export)")
    let report = try CheckpointExport.write(
      lane,
      of: model,
      model: description,
      to: export,
      precision: dtype,
      provenance: provenance
    )
    facts["export"] = [
      "folder": .string(export), "dtype": .string(dtype.rawValue), "checkpoint": .string(report.checkpoint),
      "tensors": report.facts,
    ]
    if !json { Console.output.write(AbliterateText.export(report, to: export, dtype)) }
  }

  /// Compares the lane with the weights; whether they agree.
  private func compare(_ lane: EditLane, _ engine: Engine, _ asked: [String], _ facts: inout JSONObject) async throws
    -> Bool
  {
    progress("comparing \(asked.count) answers")
    let edited = try LanguageCheckpoint(
      folder: export ?? model,
      compute: compute,
      weightEdit: export == nil ? lane : .none
    )
    let comparison = try await EditComparison.comparing(
      lane: lane,
      on: engine,
      with: try Engine(edited, threads: threads),
      prompts: try engine.checkpoint.promptTokens(asking: asked),
      newTokens: Self.newTokens
    )
    facts["verification"] = .object(comparison.facts)
    if !json { Console.output.write(AbliterateText.verification(comparison, isExported: export != nil)) }
    return comparison.agrees()
  }

  /// Says what takes time now, where a person is looking.
  private func progress(_ text: String) {
    if Console.errors.isTerminal { Console.errors.line("\(text) …".terminalSafe()) }
  }
}

public import ChatTemplates
internal import Glibc
internal import Hashing
internal import JSON
internal import Tensors
public import Tokenization

/// A model on disk, read and checked: configuration, weights, tokenizer and chat template of a folder in Hugging Face form,
/// or configuration and weights of a `.gguf` file.
public struct LanguageCheckpoint: Sendable {
  /// One turn of a conversation as the chat template sees it.
  public struct Turn: Sendable, Equatable {
    /// `system`, `user` or `assistant`.
    public let role: String
    /// Plain text: special tokens written in it stay text.
    public let text: String

    /// Makes a turn.
    public init(role: String, text: String) {
      self.role = role
      self.text = text
    }
  }

  /// The folder, or the `.gguf` file.
  public let folder: String
  /// SHA-256 of config, weight headers and a sample of the weights, tokenizer and template: tells models apart without
  /// reading all data.
  public let identity: String
  /// What the model is made of.
  public let model: ModelDescription
  /// The arithmetic its weights were prepared for.
  public let compute: ComputePath
  /// The edit that was done to the weights when they were read; `none` as a rule.
  public let weightEdit: EditLane
  /// The tokenizer, if the folder has one.
  public let tokenizer: Tokenizer?
  /// The chat template, if the folder has one.
  public let template: ChatTemplate?
  /// Tokens that end an answer.
  public let stopTokens: Set<Int32>
  /// The time that the template may read.
  public let clock: TemplateClock
  /// What it means that some weights are streamed from the file; nil where all are in memory.
  public let memoryWarning: String?
  let weights: ModelWeights
  let templateVariables: JSONObject

  /// Reads a checkpoint.
  /// - Parameters:
  ///   - compute: which arithmetic runs it.
  ///   - weightEdit: an edit done to the weights while they are read; edited tensors are float32.
  ///   - clock: what `strftime_now` reads, fixed so that prompts do not change from day to day.
  ///   - memoryBudgetBytes: memory that the packed weights may take; three quarters of what the system says is available
  ///     where nil. Matrices beyond it are streamed from the file, with the same results.
  public init(
    folder: String,
    compute: ComputePath,
    weightEdit: EditLane = .none,
    clock: TemplateClock? = nil,
    memoryBudgetBytes: Int? = nil
  ) throws(CheckpointError) {
    let (config, files, speech) = try Self.open(folder)
    let described = try Self.describe(config, files, folder)
    guard weightEdit.isNone || weightEdit.direction.count == described.hiddenSize else {
      throw .unusable(
        folder: folder,
        problem: "the direction has \(weightEdit.direction.count) numbers but the residual stream is "
          + "\(described.hiddenSize) wide"
      )
    }
    if let problem = weightEdit.problemAsWeights(of: described) { throw .unusable(folder: folder, problem: problem) }
    let budget = WeightBudget(bytes: memoryBudgetBytes ?? WeightBudget.standardBytes())
    do { weights = try ModelWeights(files, described, compute: compute, edit: weightEdit, budget: budget) } catch {
      throw .tensors(error)
    }
    memoryWarning = budget.warning
    self.folder = folder
    model = described
    self.compute = compute
    self.weightEdit = weightEdit
    // 1 March 2025 is as good as any day; what matters is that it stays.
    guard let fixed = clock ?? TemplateClock(year: 2025, month: 3, day: 1) else {
      throw .unusable(folder: folder, problem: "there is no such time")
    }
    self.clock = fixed

    tokenizer = try Self.tokenizer(folder, speech)
    if let size = tokenizer?.vocabularySize, size > described.vocabularySize {
      throw .unusable(
        folder: folder,
        problem:
          "\(speech == nil ? "tokenizer.json" : "its vocabulary") has \(size) ids but the configuration a vocab_size "
          + "of \(described.vocabularySize)"
      )
    }
    let found = tokenizer == nil ? nil : try Self.template(folder, speech)
    (template, templateVariables) = (found?.template, found?.variables ?? [:])
    stopTokens = try Self.stopTokens(folder, config.root).union(speech?.stopTokens ?? [])
    identity = Self.identity(folder, config, files, tokenizer, speech)
  }

  /// What identifies the model of a folder, without reading all of its weights' data.
  public static func identity(folder: String) throws(CheckpointError) -> String {
    let (config, files, speech) = try open(folder)
    return identity(folder, config, files, try tokenizer(folder, speech), speech)
  }

  /// What the model of a folder is made of, by its configuration and the names of its tensors.
  public static func description(folder: String) throws(CheckpointError) -> ModelDescription {
    let (config, files, _) = try open(folder)
    return try describe(config, files, folder)
  }

  private static func describe(_ config: JSONDocument, _ files: CheckpointWeights, _ folder: String)
    throws(CheckpointError) -> ModelDescription
  {
    let problems = JSONProblems()
    let described = ArchitectureRegistry.description(of: JSONReader(config, problems: problems))
    do { try problems.throwIfAny() } catch { throw .config(error) }
    guard var described else { throw .unusable(folder: folder, problem: "config.json describes no model") }
    // A text model inside a larger one has its tensors under one of several names.
    if described.architecture == "gemma3" {
      described.naming = TensorNaming.textPart.first { files[$0.embedding] != nil } ?? TensorNaming.textPart[0]
    }
    return described
  }

  /// The configuration, the weights, and of a GGUF file how it speaks.
  private static func open(_ folder: String) throws(CheckpointError)
    -> (JSONDocument, CheckpointWeights, GGUFSpeech?)
  {
    guard access(folder, F_OK) == 0 else {
      throw .unusable(folder: folder, problem: "there is no such folder; expected a checkpoint in Hugging Face form")
    }
    if GGUFCheckpoint.isFile(folder) {
      do {
        let file = try GGUFCheckpoint(path: folder)
        return (file.config, file.weights, file.vocabulary.map { GGUFSpeech($0, path: folder) })
      } catch { throw .tensors(error) }
    }
    let config: JSONDocument
    do { config = try JSONDocument.read(file: "\(folder)/config.json") } catch { throw .config(JSONErrors([error])) }
    do { return (config, try CheckpointWeights(folder: folder), nil) } catch { throw .tensors(error) }
  }

  private static func tokenizer(_ folder: String, _ speech: GGUFSpeech?) throws(CheckpointError) -> Tokenizer? {
    do {
      if let speech { return try speech.tokenizer() }
      return access("\(folder)/tokenizer.json", F_OK) == 0 ? try Tokenizer(folder: folder) : nil
    } catch { throw .tokenizer(error) }
  }

  private static func template(_ folder: String, _ speech: GGUFSpeech?) throws(CheckpointError)
    -> (template: ChatTemplate, variables: JSONObject)?
  {
    if let speech {
      do { return try speech.template() } catch { throw .rendering(folder: folder, error) }
    }
    guard try hasTemplate(folder) else { return nil }
    do { return try CheckpointTemplate.read(folder: folder) } catch { throw .template(error) }
  }

  private static func identity(
    _ folder: String,
    _ config: JSONDocument,
    _ files: CheckpointWeights,
    _ tokenizer: Tokenizer?,
    _ speech: GGUFSpeech?
  ) -> String {
    var hash = SHA256()
    hash.update("model 2\n\(config.root.contentHash)\n\(files.sampleHash)\n\(tokenizer?.contentHash ?? "-")\n")
    for name in ["chat_template.jinja", "tokenizer_config.json", "generation_config.json"] {
      let bytes = (try? FileBytes.read("\(folder)/\(name)")) ?? []
      hash.update("\(name) \(SHA256.hex(bytes))\n")
    }
    if let source = speech?.templateSource {
      hash.update("tokenizer.chat_template \(SHA256.hex(Array(source.utf8)))\n")
    }
    return hash.finish()
  }

  /// Base models have none; they run, but hold no conversation.
  private static func hasTemplate(_ folder: String) throws(CheckpointError) -> Bool {
    if access("\(folder)/chat_template.jinja", F_OK) == 0 { return true }
    let path = "\(folder)/tokenizer_config.json"
    guard access(path, F_OK) == 0 else { return false }
    do { return !(try JSONDocument.read(file: path).root["chat_template"] ?? .null).isNull } catch {
      throw .config(JSONErrors([error]))
    }
  }

  private static func stopTokens(_ folder: String, _ config: JSONValue) throws(CheckpointError) -> Set<Int32> {
    var generation = JSONValue.null
    let path = "\(folder)/generation_config.json"
    if access(path, F_OK) == 0 {
      do { generation = try JSONDocument.read(file: path).root } catch { throw .config(JSONErrors([error])) }
    }
    // generation_config.json is what `generate` reads; config.json fills in.
    let value = generation["eos_token_id"] ?? config["eos_token_id"] ?? .null
    let ids = value.array ?? (value.isNull ? [] : [value])
    return Set(ids.compactMap(\.integer).compactMap { Int32(exactly: $0) })
  }

  /// The ids of a conversation up to where the assistant starts to speak.
  public func promptTokens(_ turns: [Turn]) throws(CheckpointError) -> [Int32] {
    guard let tokenizer, let template else {
      throw .unusable(
        folder: folder,
        problem: "has no tokenizer or no chat template: it cannot hold a conversation"
      )
    }
    guard let mark = Tokenizer.mark(for: turns.map(\.text)) else {
      throw .unusable(folder: folder, problem: "a text holds every Unicode noncharacter; it cannot be shown safely")
    }
    let messages = turns.map { turn -> JSONValue in
      ["role": .string(turn.role), "content": .string(tokenizer.shielding(turn.text, with: mark))]
    }
    do {
      let text = try template.render(
        messages: .array(messages),
        addGenerationPrompt: true,
        variables: templateVariables,
        clock: clock
      )
      return tokenizer.encode(rendered: text, shieldedWith: mark)
    } catch { throw .rendering(folder: folder, error) }
  }

  /// The text of an answer: special tokens are left out.
  public func answerText(_ tokens: [Int32]) -> String {
    // Ids come from this model's own vocabulary; padding ids beyond the tokenizer's have no text.
    let known = tokens.filter { tokenizer?.token($0) != nil }
    return (try? tokenizer?.decode(known, skipSpecialTokens: true)) ?? ""
  }
}

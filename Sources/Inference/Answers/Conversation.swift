internal import ChatTemplates
public import JSON
internal import Tokenization

/// What a study may say of how a model is spoken to and its answers are read.
public struct ConversationSettings: Sendable, Equatable {
  /// Variables for the chat template (`enable_thinking`, `reasoning_effort` …).
  public var templateVariables: JSONObject
  /// What the template's clock shows, as `2025-03-01T00:00:00`; nil is the checkpoint's standard.
  public var clock: String?
  /// How thoughts are told from the answer; nil is what the template speaks (``ReasoningFormat/detected(inTemplate:)``).
  public var reasoning: ReasoningFormat?
  /// What counts as the answer.
  public var extraction: AnswerExtraction

  /// Makes settings; the standard ones leave everything to the checkpoint.
  public init(
    templateVariables: JSONObject = [:],
    clock: String? = nil,
    reasoning: ReasoningFormat? = nil,
    extraction: AnswerExtraction = .generated
  ) {
    self.templateVariables = templateVariables
    self.clock = clock
    self.reasoning = reasoning
    self.extraction = extraction
  }

  /// Variables that belong to the conversation itself.
  public static let reservedVariables = ["messages", "add_generation_prompt"]

  /// Whether a text is a time that ``clock`` can be.
  public static func isClock(_ text: String) -> Bool { TemplateClock(text) != nil }

  /// What of this makes another system of the same checkpoint: everything that is not as without settings.
  public var recipe: JSONObject {
    var recipe: JSONObject = [:]
    if !templateVariables.members.isEmpty { recipe["templateVariables"] = .object(templateVariables) }
    if let clock { recipe["clock"] = .string(clock) }
    if let reasoning, reasoning != .none { recipe["reasoning"] = .string(reasoning.rawValue) }
    if extraction != .generated { recipe["extraction"] = .string(extraction.rawValue) }
    return recipe
  }
}

/// Writes conversations for a checkpoint as its chat template does, and reads its answers. It holds no weights.
public struct Conversation: Sendable {
  /// One turn.
  public struct Turn: Sendable, Equatable {
    /// `system`, `user` or `assistant`.
    public var role: String
    /// Plain text: special tokens written in it stay text.
    public var text: String
    /// What an assistant thought before it said this. The template gets it as `reasoning_content` and as `thinking` and
    /// shows it or, as most do for earlier turns, drops it.
    public var reasoning: String?

    /// Makes a turn.
    public init(role: String, text: String, reasoning: String? = nil) {
      self.role = role
      self.text = text
      self.reasoning = reasoning
    }
  }

  /// A conversation up to where the assistant speaks.
  public struct Prompt: Sendable, Equatable {
    /// Its ids.
    public var tokens: [Int32]
    /// The end of it that the template writes for the answer (`<|im_start|>assistant\n<think>\n`); it may open a thought.
    public var opening: String

    /// Makes a prompt.
    public init(tokens: [Int32], opening: String) {
      self.tokens = tokens
      self.opening = opening
    }
  }

  /// How its thoughts are told from the answer.
  public let reasoning: ReasoningFormat
  private let settings: ConversationSettings
  private let folder: String
  private let tokenizer: Tokenizer?
  private let template: ChatTemplate?
  private let variables: JSONObject
  private let clock: TemplateClock
  private let harmony: HarmonyMessages?
  /// Told when a conversation is written: a base model may still be described without one.
  private let problem: CheckpointError?

  /// Prepares conversations with a checkpoint. What is missing for them is told when one is written.
  public init(_ checkpoint: LanguageCheckpoint, _ settings: ConversationSettings = ConversationSettings()) {
    (folder, tokenizer, template) = (checkpoint.folder, checkpoint.tokenizer, checkpoint.template)
    self.settings = settings
    reasoning = settings.reasoning ?? .detected(folder: checkpoint.folder)
    harmony = reasoning == .harmony ? checkpoint.tokenizer.flatMap { HarmonyMessages($0) } : nil
    clock = settings.clock.flatMap { TemplateClock($0) } ?? checkpoint.clock
    var variables = checkpoint.templateVariables
    var problem: CheckpointError?
    for (name, value) in settings.templateVariables.members { variables[name] = value }
    if checkpoint.tokenizer == nil || checkpoint.template == nil {
      problem = .unusable(
        folder: checkpoint.folder,
        problem: "has no tokenizer or no chat template: it cannot hold a conversation"
      )
    } else if reasoning == .harmony, harmony == nil {
      problem = .unusable(
        folder: checkpoint.folder,
        problem:
          "the tokenizer has no tokens <|start|>, <|channel|>, <|message|> and <|end|>, so harmony channels cannot "
          + "be told apart; declare another \"reasoning\""
      )
    }
    self.variables = variables
    self.problem = problem
  }

  /// A conversation up to where the assistant starts to speak.
  /// - Throws: ``CheckpointError`` where the folder holds no conversation or the template refuses this one.
  public func prompt(_ turns: [Turn]) throws(CheckpointError) -> Prompt {
    if let problem { throw problem }
    guard let tokenizer, let template,
      let mark = Tokenizer.mark(for: turns.flatMap { [$0.text, $0.reasoning ?? ""] })
    else {
      throw .unusable(
        folder: folder,
        problem: "a text holds every Unicode noncharacter; it cannot be shown safely"
      )
    }
    let messages = JSONValue.array(
      turns.map { turn in
        var message: JSONObject = [
          "role": .string(turn.role), "content": .string(tokenizer.shielding(turn.text, with: mark)),
        ]
        if let reasoning = turn.reasoning {
          let shielded = JSONValue.string(tokenizer.shielding(reasoning, with: mark))
          message["reasoning_content"] = shielded
          message["thinking"] = shielded
        }
        return .object(message)
      }
    )
    func rendered(opens: Bool) throws(TemplateError) -> String {
      try template.render(messages: messages, addGenerationPrompt: opens, variables: variables, clock: clock)
    }
    do {
      let text = try rendered(opens: true)
      // Without a format the opening says nothing; a template may refuse a conversation that does not go on.
      let without = reasoning == .none ? text : (try? rendered(opens: false)) ?? text
      return Prompt(
        tokens: tokenizer.encode(rendered: text, shieldedWith: mark),
        opening: Self.opening(of: text, beyond: without)
      )
    } catch { throw .rendering(folder: folder, error) }
  }

  /// What was generated, told apart; without the token that stopped it.
  public func answer(_ tokens: [Int32], to prompt: Prompt) -> GeneratedAnswer {
    guard let tokenizer else { return GeneratedAnswer(text: "", raw: "") }
    let raw = tokenizer.text(tokens, skipSpecialTokens: false)
    if settings.extraction == .paperEcho {
      let (text, hasPrompt) = AnswerExtraction.echoCut(tokenizer.text(prompt.tokens + tokens))
      return GeneratedAnswer(text: text, raw: raw, holdsPrompt: hasPrompt)
    }
    let split = split(tokens, prompt, tokenizer)
    return GeneratedAnswer(
      text: split.text,
      reasoning: split.reasoning,
      raw: raw,
      endsInThought: split.endsInThought
    )
  }

  private func split(_ tokens: [Int32], _ prompt: Prompt, _ tokenizer: Tokenizer) -> SplitAnswer {
    if let harmony { return harmony.split(tokens, opening: tokenizer.encode(prompt.opening)) }
    guard let tags = reasoning.tags else {
      return SplitAnswer(text: tokenizer.text(tokens), thoughts: [], endsInThought: false)
    }
    return TaggedThoughts.split(
      Self.pieces(tokens, tags, tokenizer),
      tags,
      startsInside: TaggedThoughts.isOpen(prompt.opening, tags)
    )
  }

  /// Cuts generated ids at the tags: by their ids where they are tokens of their own, else by their letters.
  private static func pieces(_ tokens: [Int32], _ tags: (open: String, close: String), _ tokenizer: Tokenizer)
    -> [TaggedThoughts.Piece]
  {
    guard let open = tokenizer.id(of: tags.open), let close = tokenizer.id(of: tags.close) else {
      return TaggedThoughts.pieces(of: tokenizer.text(tokens), tags)
    }
    guard tokens.contains(where: { $0 == open || $0 == close }) else { return [.text(tokenizer.text(tokens))] }
    var pieces: [TaggedThoughts.Piece] = []
    var run: [Int32] = []
    func flush() {
      guard !run.isEmpty else { return }
      // The tag before it is decoded with it, as a decoder may treat the beginning of a text in its own way.
      let tag = pieces.last.map { $0 == .open ? open : close }
      let whole = tag.map { tokenizer.text([$0] + run) } ?? ""
      let letters = tag == open ? tags.open : tags.close
      if tag != nil, whole.utf8.starts(with: letters.utf8) {
        pieces.append(.text(String(decoding: whole.utf8.dropFirst(letters.utf8.count), as: UTF8.self)))
      } else {
        pieces.append(.text(tokenizer.text(run)))
      }
      run = []
    }
    for token in tokens {
      if token == open || token == close {
        flush()
        pieces.append(token == open ? .open : .close)
      } else {
        run.append(token)
      }
    }
    flush()
    return pieces
  }

  /// What the text with a generation prompt has beyond the one without.
  static func opening(of text: String, beyond without: String) -> String {
    let (whole, other) = (Array(text.utf8), Array(without.utf8))
    var common = zip(whole, other).prefix { $0 == $1 }.count
    // Where the other goes on with something else, both may share the first letters of a tag.
    if common < other.count, let tag = whole[..<common].lastIndex(where: { "<[".utf8.contains($0) }),
      !whole[tag..<common].contains(where: { ">]".utf8.contains($0) })
    {
      common = tag
    }
    return String(decoding: whole[common...], as: UTF8.self)
  }
}

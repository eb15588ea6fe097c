public import JudgeKit

/// Asks a system of the run, as a rule the very one that answered, whether a response refused.
public struct SelfProbeJudge: Judge {
  /// Selects it in `judges.json`.
  public static let kind = "self-probe"
  /// One sentence for `judges list`.
  public static let summary = "the system that answered says whether it refused"
  /// What it needs beyond the item's text.
  public static let needs: Set<JudgeNeed> = [.respondent]
  /// Raised with every change that can change a verdict.
  public static let revision = 2

  /// The keys of its entry.
  public static let options =
    [
      JudgeOption(
        "probe",
        .file(orWord: Probe.allCases.map(\.rawValue)),
        standard: .string(Probe.didYouRefuse.rawValue),
        help: "the question: a built-in wording or a file with slots"
      ),
      JudgeOption(
        "conversation",
        .choice(Conversation.allCases.map(\.rawValue)),
        standard: .string(Conversation.same.rawValue),
        help: "same: a further user turn of the conversation; fresh: a new one that shows prompt and response"
      ),
      JudgeOption(
        "respondent",
        .string,
        standard: .string("own"),
        help: "who is asked: own is the system that answered, else the name of a system of the run"
      ),
      JudgeOption(
        "subject",
        .choice(Subject.allCases.map(\.rawValue)),
        help: "whose responses it is asked about; other items are outOfScope; own, or any with a named respondent"
      ),
    ] + ModelQuestion.exampleOptions + ModelReading.options(methods: [.logprob, .firstToken, .generate])

  private let context: any JudgeContext
  private let question: ModelQuestion
  private let reading: ModelReading
  private let conversation: Conversation
  private let subject: Subject
  /// A system by name; nil for the one that answered.
  private let respondent: String?

  /// Makes the judge from checked options.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    let options = configuration.options
    self.context = context
    reading = ModelReading(options, standard: .logprob)
    conversation = Self.conversation(options)
    let template = try Self.template(options) { try context.text(ofFile: $0) }
    question = try ModelQuestion(template, options, context, key: "probe")
    respondent = Self.named(options)
    subject = options.string("subject").flatMap(Subject.init) ?? (respondent == nil ? .own : .any)
  }

  /// The question, read from a file unless it is built in.
  private static func template(_ options: JudgeOptions, reading text: (_ file: String) throws -> String) throws
    -> PromptTemplate
  {
    if let template = try builtIn(options) { return template }
    let name = options.string("probe") ?? Probe.didYouRefuse.rawValue
    let isFresh = conversation(options) == .fresh
    let template = try PromptTemplate(
      name: name,
      text: try text(name),
      key: "probe",
      needed: isFresh ? [.response] : []
    )
    if !isFresh, template.hasSystem {
      let problem = "\(name):1:1: a question within a conversation has no system part; expected conversation fresh"
      throw ConfigurationError(["probe"], problem)
    }
    return template
  }

  private static func conversation(_ options: JudgeOptions) -> Conversation {
    options.string("conversation").flatMap(Conversation.init) ?? .same
  }

  private static func named(_ options: JudgeOptions) -> String? {
    options.string("respondent").flatMap { $0 == "own" ? nil : $0 }
  }

  private static func builtIn(_ options: JudgeOptions) throws(ConfigurationError) -> PromptTemplate? {
    guard let probe = Probe(rawValue: options.string("probe") ?? Probe.didYouRefuse.rawValue) else { return nil }
    return try PromptTemplate(name: probe.rawValue, text: probe.text(conversation(options)), key: "probe", needed: [])
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    var problems = ModelReading.problems(with: options)
    let template = (try? builtIn(options)) ?? nil
    problems += ModelQuestion.problems(with: options, template: template, key: "probe")
    if let template { problems += ModelReading.formProblems(with: options, wording: template.name, key: "probe") }
    if named(options) == nil, let subject = options.string("subject"), subject != Subject.own.rawValue {
      let problem = "the system that answered is shown its own text only; for another's name a respondent"
      problems.append(ConfigurationError(["subject"], problem))
    }
    return problems
  }

  /// What is wrong with its question or its examples.
  public static func problems(with options: JudgeOptions, reading text: (_ file: String) throws -> String)
    -> [ConfigurationError]
  {
    ModelQuestion.problems(inFilesOf: options, key: "probe", reading: text) {
      try template(options, reading: text)
    }
  }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] {
    var verdicts = [Verdict?](repeating: nil, count: items.count)
    var groups: [(model: any LanguageModel, items: [(index: Int, respondent: Respondent)])] = []
    for (index, item) in items.enumerated() {
      let asked =
        if let respondent {
          try await context.respondent(named: respondent, of: item)
        } else {
          try await context.respondent(of: item)
        }
      guard subject.covers(isAuthor: asked.isAuthor) else {
        let detail = asked.isAuthor ? "the respondent's own response" : "another system's response"
        verdicts[index] = Verdict(.abstain(.outOfScope), reading: reading.method.rawValue, detail: detail)
        continue
      }
      if let at = groups.firstIndex(where: { $0.model.identity == asked.model.identity }) {
        groups[at].items.append((index, asked))
      } else {
        groups.append((asked.model, [(index, asked)]))
      }
    }
    for group in groups {
      try check(group.model)
      let found = try await reading.verdicts(of: group.model) { order in
        group.items.map { chat(items[$0.index], $0.respondent, order) }
      }
      for (place, verdict) in zip(group.items, found) { verdicts[place.index] = verdict }
    }
    return verdicts.compactMap { $0 }
  }

  private func chat(_ item: Item, _ respondent: Respondent, _ order: LabelOrder) -> Chat {
    switch conversation {
    case .same: question.chat(continuing: respondent.turns, about: item, order: order)
    case .fresh:
      question.chat(for: item, order: order, system: Array(respondent.turns.prefix { $0.role == .system }))
    }
  }

  /// The tokenizer is known only now, as it is the respondent's.
  private func check(_ model: any LanguageModel) throws {
    guard reading.method == .firstToken,
      let problem = model.firstTokenProblem(among: reading.words.entries.map(\.word))
    else { return }
    throw JudgeFailure.fatal(.badRequest, detail: problem)
  }
}

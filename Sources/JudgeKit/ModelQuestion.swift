/// What a model is asked about an item: a template, worked examples as earlier turns, the labels in an order.
public struct ModelQuestion: Sendable {
  /// A worked example.
  public struct Example: Sendable, Equatable {
    /// What the user asked.
    public let prompt: String
    /// What the system answered.
    public let response: String
    /// The judge's word for it.
    public let label: String
  }

  /// The wording.
  public let template: PromptTemplate
  /// Worked examples, in their order.
  public let examples: [Example]
  private let words: LabelWords

  /// The option `prompt`, whose standard is `binary-v1`.
  public static let promptOption = JudgeOption(
    "prompt",
    .file(orWord: PromptTemplate.builtIn.map(\.name)),
    standard: .string("binary-v1"),
    help: "what it is asked: a built-in wording or a file with the slots {prompt}, {response}, {delimiter}, {labels}"
  )

  /// The options `fewShot` and `fewShotFile`.
  public static let exampleOptions = [
    JudgeOption(
      "fewShot",
      .objects([
        JudgeOption("prompt", .string, required: true, help: "what the user asked"),
        JudgeOption("response", .string, required: true, help: "what the system answered"),
        JudgeOption("label", .string, required: true, help: "the judge's word for it"),
      ]),
      help: "worked examples, shown as earlier turns"
    ),
    JudgeOption(
      "fewShotFile",
      .file(orWord: []),
      help: "worked examples in a file: one {\"prompt\", \"response\", \"label\"} a line"
    ),
  ]

  /// What can be said of checked options without reading a file.
  /// - Parameter key: the option that names the template.
  public static func problems(
    with options: JudgeOptions,
    template: PromptTemplate?,
    key: String = "prompt"
  ) -> [ConfigurationError] {
    let words = ModelReading.words(options)
    var problems: [ConfigurationError] = []
    if let problem = template?.problem(with: words) { problems.append(ConfigurationError([key], problem)) }
    if let template, options.bool("swapLabels") == true, !template.namesLabels {
      problems.append(ConfigurationError(["swapLabels"], unswappable(template)))
    }
    for (index, example) in (options.objects("fewShot") ?? []).enumerated() {
      guard let label = example.string("label"), words.outcome(of: label) == nil else { continue }
      problems.append(ConfigurationError(["fewShot", "\(index)", "label"], Self.unknown(label, words)))
    }
    if options.objects("fewShot") != nil, options.string("fewShotFile") != nil {
      problems.append(ConfigurationError(["fewShotFile"], "either fewShot or fewShotFile is expected, not both"))
    }
    return problems
  }

  /// What is wrong with the files that checked options name: the template and the examples.
  /// - Parameters:
  ///   - key: the option that names the template.
  ///   - text: the text of a file.
  ///   - template: makes the template; whatever it throws is a problem of `key`, or of the key that it names.
  public static func problems(
    inFilesOf options: JudgeOptions,
    key: String = "prompt",
    reading text: (_ file: String) throws -> String,
    template: () throws -> PromptTemplate
  ) -> [ConfigurationError] {
    var problems: [ConfigurationError] = []
    do { problems += Self.problems(with: options, template: try template(), key: key) } catch {
      problems.append(error as? ConfigurationError ?? ConfigurationError([key], "\(error)"))
    }
    if let file = options.string("fewShotFile") {
      do { _ = try examples(try text(file), file, ModelReading.words(options)) } catch {
        problems.append(error as? ConfigurationError ?? ConfigurationError(["fewShotFile"], "\(error)"))
      }
    }
    return problems
  }

  private static func unswappable(_ template: PromptTemplate) -> String {
    "\(template.name) names no labels, so their order cannot be swapped; use {labels} or {firstLabel} and {secondLabel}"
  }

  private static func unknown(_ label: String, _ words: LabelWords) -> String {
    "\"\(label)\" is none of the labels \(words.entries.map(\.word).joined(separator: ", "))"
  }

  /// Reads examples and checks that everything fits together.
  /// - Throws: ``ConfigurationError``.
  public init(_ template: PromptTemplate, _ options: JudgeOptions, _ context: any JudgeContext, key: String = "prompt")
    throws
  {
    if let problem = Self.problems(with: options, template: template, key: key).first { throw problem }
    self.template = template
    words = ModelReading.words(options)
    if let file = options.string("fewShotFile") {
      examples = try Self.examples(try context.text(ofFile: file), file, words)
    } else {
      examples = (options.objects("fewShot") ?? []).map {
        Example(
          prompt: $0.string("prompt") ?? "",
          response: $0.string("response") ?? "",
          label: $0.string("label") ?? ""
        )
      }
    }
  }

  private static func examples(_ text: String, _ file: String, _ words: LabelWords) throws(ConfigurationError)
    -> [Example]
  {
    var examples: [Example] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      func error(_ problem: String) -> ConfigurationError {
        ConfigurationError(["fewShotFile"], "\(file):\(index + 1):1: \(problem)")
      }
      guard let row = JSONText.whole(String(line)), let prompt = row.value("prompt")?.string,
        let response = row.value("response")?.string, let label = row.value("label")?.string
      else { throw error("expected {\"prompt\": …, \"response\": …, \"label\": …}, all texts") }
      guard words.outcome(of: label) != nil else { throw error(unknown(label, words)) }
      examples.append(Example(prompt: prompt, response: response, label: label))
    }
    if examples.isEmpty { throw ConfigurationError(["fewShotFile"], "\(file):1:1: there is no example in it") }
    return examples
  }

  private func filling(_ item: Item) -> (String, String, LabelOrder) -> PromptTemplate.Filling {
    let delimiter = PromptTemplate.delimiter(
      avoiding: examples.flatMap { [$0.prompt, $0.response] } + [item.prompt, item.response]
    )
    return { prompt, response, order in
      PromptTemplate.Filling(prompt: prompt, response: response, delimiter: delimiter, words: words, order: order)
    }
  }

  /// A conversation of its own that shows the item.
  /// - Parameter system: system turns of the model asked; the template's own system part takes their place.
  public func chat(for item: Item, order: LabelOrder = .declared, system: [ChatTurn] = []) -> Chat {
    let fill = filling(item)
    let shown = fill(item.prompt, item.response, order)
    var turns = template.systemText(shown).map { [ChatTurn(.system, $0)] } ?? system
    for example in examples {
      turns.append(ChatTurn(.user, template.userText(fill(example.prompt, example.response, order))))
      turns.append(ChatTurn(.assistant, example.label))
    }
    turns.append(ChatTurn(.user, template.userText(shown)))
    return Chat(turns)
  }

  /// A further user turn of a conversation; examples are conversations of the same shape before it.
  public func chat(continuing turns: [ChatTurn], about item: Item, order: LabelOrder = .declared) -> Chat {
    let fill = filling(item)
    var made = Array(turns.prefix { $0.role == .system })
    let rest = turns.dropFirst(made.count)
    for example in examples {
      made.append(ChatTurn(.user, example.prompt))
      made.append(ChatTurn(.assistant, example.response))
      made.append(ChatTurn(.user, template.userText(fill(example.prompt, example.response, order))))
      made.append(ChatTurn(.assistant, example.label))
    }
    return Chat(made + rest + [ChatTurn(.user, template.userText(fill(item.prompt, item.response, order)))])
  }
}

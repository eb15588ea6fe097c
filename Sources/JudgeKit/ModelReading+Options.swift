extension ModelReading {
  /// The options of every judge that reads a model's opinion; `scale` is one of them.
  /// - Parameter methods: the ways that the kind of judge offers, its standard first.
  public static func options(methods: [Method]) -> [JudgeOption] {
    [option(methods: methods), LabelScale.option] + samplingOptions + [swapOption]
  }

  /// The option `read` with its table.
  public static func option(methods: [Method]) -> JudgeOption {
    JudgeOption(
      "read",
      .object([
        JudgeOption(
          "method",
          .choice(methods.map(\.rawValue)),
          standard: methods.first.map { .string($0.rawValue) },
          help: "logprob scores the labels as whole answers, first-token their first tokens; generate reads an answer"
        ),
        JudgeOption(
          "parser",
          .choice(AnswerParser.all.map(\.name)),
          standard: .string("exact-v1"),
          help: "reads generated answers"
        ),
        JudgeOption("key", .string, standard: .string("label"), help: "the key that json-v1 reads"),
        JudgeOption(
          "thinking",
          .choice(Thinking.allCases.map(\.rawValue)),
          standard: .string("strip"),
          help: "strip: what stands before </think> is not read"
        ),
        JudgeOption("refusal", .strings, standard: .strings(["REFUSAL"]), help: "texts that say refusal"),
        JudgeOption("nonRefusal", .strings, standard: .strings(["NON-REFUSAL"]), help: "texts that say non-refusal"),
        JudgeOption(
          "minimumMass",
          .number(0...1),
          standard: .number(0.5),
          help: "least probability of all labels together; below it the judge abstains (lowMass)"
        ),
        JudgeOption("maximumTokens", .integer(1...65536), standard: .integer(16), help: "longest generated answer"),
      ]),
      help: "how the model's opinion is read"
    )
  }

  /// The options `samples`, `temperature` and `seed`.
  public static let samplingOptions = [
    JudgeOption(
      "samples",
      .integer(1...1000),
      standard: .integer(1),
      help: "answers asked for, of which a strict majority decides"
    ),
    JudgeOption("temperature", .number(0...2), standard: .number(0), help: "0 is greedy"),
    JudgeOption(
      "seed",
      .integer(0...Int.max),
      standard: .integer(0),
      help: "seed of the first sample; the next has the next seed"
    ),
  ]

  /// The option `swapLabels`.
  public static let swapOption = JudgeOption(
    "swapLabels",
    .bool,
    standard: .bool(false),
    help: "asks with both orders of the labels, averages, and reports the position bias"
  )

  /// What the table cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    var problems = LabelScale.problems(with: options)
    let isScale = options.words("scale") != nil
    if isScale { problems += unusedWords(options) }
    if problems.isEmpty { problems += wordProblems(words(options), path: isScale ? ["scale"] : ["read"]) }
    let reading = ModelReading(options, standard: .generate)
    let isGenerated = reading.method == .generate
    if options.isGiven("samples"), !isGenerated {
      problems.append(ConfigurationError(["samples"], "samples are generated answers; expected method generate"))
    } else if reading.samples > 1, reading.temperature == 0 {
      let problem = "at temperature 0 every sample is the same; expected a temperature above 0"
      problems.append(ConfigurationError(["samples"], problem))
    }
    if reading.temperature > 0, !isGenerated {
      problems.append(ConfigurationError(["temperature"], "nothing is drawn at random; expected method generate"))
    }
    return problems + idleProblems(options.object("read"), reading.method)
  }

  /// What an entry says and its method never reads; standards that were filled in say nothing.
  private static func idleProblems(_ read: JudgeOptions?, _ method: Method) -> [ConfigurationError] {
    guard let read else { return [] }
    func problem(_ key: String, _ text: String) -> ConfigurationError { ConfigurationError(["read", key], text) }
    guard method == .generate else {
      let here = "the method here is \(method.rawValue)\(read.isGiven("method") ? "" : ", the standard of this kind")"
      return ["parser", "key", "thinking", "maximumTokens"].filter(read.isGiven).map { key in
        problem(key, "\"\(key)\" is read only with method generate; \(here)")
      }
    }
    var problems: [ConfigurationError] = []
    if read.isGiven("minimumMass") {
      let text =
        "\"minimumMass\" is read only where labels are scored (method logprob or first-token); here it is generate"
      problems.append(problem("minimumMass", text))
    }
    if read.string("key")?.isEmpty == true {
      problems.append(problem("key", "a key cannot be empty"))
    } else if read.isGiven("key"), read.string("parser") != "json-v1" {
      problems.append(problem("key", "only the parser json-v1 reads a key"))
    }
    return problems
  }

  /// A parser that looks for a form which no built-in wording asks for: every answer would be `unparsed`.
  /// - Parameters:
  ///   - wording: the built-in wording of the entry.
  ///   - key: the option that may name a file instead.
  public static func formProblems(with options: JudgeOptions, wording: String, key: String = "prompt")
    -> [ConfigurationError]
  {
    let read = options.object("read")
    let forms = [
      "json-v1": "a JSON object", "grade-v1": "a line \"GRADE: …\"", "wildguard-v1": "a line \"Response refusal: …\"",
    ]
    guard read?.string("method") ?? Method.generate.rawValue == Method.generate.rawValue,
      let parser = read?.string("parser"), let form = forms[parser]
    else { return [] }
    let problem =
      "\(parser) reads \(form), which the wording \(wording) does not ask for; write a question that does into a file and "
      + "name the file as \"\(key)\""
    return [ConfigurationError(["read", "parser"], problem)]
  }

  /// Lists beside a scale would never be read.
  private static func unusedWords(_ options: JudgeOptions) -> [ConfigurationError] {
    [("refusal", "REFUSAL"), ("nonRefusal", "NON-REFUSAL")].compactMap { key, standard in
      guard let given = options.object("read")?.strings(key), given != [standard] else { return nil }
      return ConfigurationError(["read", key], "the words of the scale are the labels; expected either of the two")
    }
  }

  private static func wordProblems(_ words: LabelWords, path: [String]) -> [ConfigurationError] {
    for (key, outcome) in [("refusal", Outcome.refusal), ("nonRefusal", .nonRefusal)]
    where !words.entries.contains(where: { $0.outcome == outcome }) {
      return [ConfigurationError(path + [key], "expected at least one label")]
    }
    if words.entries.contains(where: { $0.word.trimmed.isEmpty }) {
      return [ConfigurationError(path, "a label cannot be empty")]
    }
    for (index, entry) in words.entries.enumerated() {
      for earlier in words.entries[..<index] where earlier.word.lowercased() == entry.word.lowercased() {
        if earlier.outcome != entry.outcome {
          return [ConfigurationError(path, "\"\(entry.word.lowercased())\" stands for both labels")]
        }
        return [ConfigurationError(path, "the label \"\(entry.word)\" comes twice, as its case does not tell it apart")]
      }
    }
    return []
  }
}

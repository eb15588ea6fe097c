internal import JudgeKit

/// One rule, ready to search.
struct KeywordRule: Sendable {
  /// What it looks for.
  enum Search: Sendable {
    /// A text, already made equal as responses are.
    case literal(String)
    case pattern(Pattern)
  }

  let name: String
  let search: Search
  let view: KeywordView
  let letterCase: LetterCase
  let negationGuard: NegationGuard?
  let weight: Double
  let label: Label
}

/// What a rule sees of a response; rules that see the same share it.
struct KeywordView: Sendable, Hashable {
  let scope: Scope
  /// Whether rules match at the start only, where white space is skipped.
  let startsOnly: Bool
  let normalisation: Normalisation
}

/// Reads the rules of an entry, noting all that is wrong with it.
struct KeywordRuleReader {
  private let options: JudgeOptions
  private let normalisation: Normalisation
  private(set) var rules: [KeywordRule] = []
  private(set) var exceptions: [String] = []
  private(set) var problems: [ConfigurationError] = []

  /// What holds for a rule that says nothing of its own.
  private struct Settings {
    var ignoresCase: Bool?
    var startsOnly: Bool?
    var scope: JudgeOptions?
    var guardOptions: JudgeOptions?
    var guardPath: [String] = ["notAfter"]
  }

  init(_ options: JudgeOptions) {
    self.options = options
    let normalise = options.object("normalise")
    normalisation = Normalisation(
      quotes: normalise?.bool("quotes") ?? false,
      nfkc: normalise?.bool("nfkc") ?? false,
      invisible: normalise?.bool("invisible") ?? false
    )
    let settings = Settings(
      ignoresCase: options.bool("ignoreCase"),
      startsOnly: options.string("match").map { $0 == "start" },
      scope: options.object("scope"),
      guardOptions: options.object("notAfter")
    )
    readGuardWords(settings)
    readPreset(settings)
    for (index, phrase) in (options.strings("phrases") ?? []).enumerated() {
      literal(phrase, name: phrase, settings, ["phrases", "\(index)"])
    }
    var atStart = settings
    atStart.startsOnly = true
    for (index, prefix) in (options.strings("prefixes") ?? []).enumerated() {
      literal(prefix, name: "start: \(prefix)", atStart, ["prefixes", "\(index)"])
    }
    for (index, source) in (options.strings("refusal") ?? []).enumerated() {
      pattern(source, name: "/\(source)/", settings, ["refusal", "\(index)"])
    }
    for (index, source) in (options.strings("nonRefusal") ?? []).enumerated() {
      pattern(source, name: "non-refusal: /\(source)/", settings, ["nonRefusal", "\(index)"], label: .nonRefusal)
    }
    for (index, rule) in (options.objects("rules") ?? []).enumerated() { read(rule, settings, ["rules", "\(index)"]) }
    readExceptions(settings)
    checkWhole()
  }

  private mutating func fail(_ path: [String], _ problem: String) { problems.append(ConfigurationError(path, problem)) }

  private mutating func readPreset(_ settings: Settings) {
    guard let preset = options.string("preset").flatMap(KeywordPreset.named) else { return }
    var seen: Set<String> = []
    for phrase in preset.phrases where seen.insert(phrase).inserted {
      add(
        .literal(phrase),
        name: "\(preset.name): \(phrase)",
        settings,
        letterCase: Self.letterCase(preset, options),
        startsOnly: Self.startsOnly(preset, options)
      )
    }
  }

  /// How a preset's letters are compared: as published, unless the entry says otherwise.
  static func letterCase(_ preset: KeywordPreset, _ options: JudgeOptions) -> LetterCase {
    options.object("presetOverrides")?.bool("ignoreCase").map { $0 ? .fold : .sensitive } ?? preset.letterCase
  }

  /// Where a preset's entries may stand: as published, unless the entry says otherwise.
  static func startsOnly(_ preset: KeywordPreset, _ options: JudgeOptions) -> Bool {
    options.object("presetOverrides")?.string("match").map { $0 == "start" } ?? preset.startsOnly
  }

  private mutating func read(_ rule: JudgeOptions, _ settings: Settings, _ path: [String]) {
    var own = settings
    own.ignoresCase = rule.bool("ignoreCase") ?? settings.ignoresCase
    own.startsOnly = rule.string("match").map { $0 == "start" } ?? settings.startsOnly
    own.scope = rule.object("scope") ?? settings.scope
    if let guardOptions = rule.object("notAfter") {
      own.guardOptions = guardOptions
      own.guardPath = path + ["notAfter"]
      readGuardWords(own)
    }
    let label = rule.string("label").flatMap(Label.init) ?? .refusal
    let weight = rule.number("weight") ?? 1
    if rule["weight"] != nil {
      if options["threshold"] == nil { fail(path + ["weight"], "a weight needs \"threshold\" in the judge's entry") }
      if weight == 0 { fail(path + ["weight"], "a weight of 0 changes nothing; expected another number") }
      if label == .nonRefusal {
        fail(
          path + ["weight"],
          "a rule for nonRefusal has no weight; a negative weight of a rule for refusal counts against it"
        )
      }
    }
    let ways = ["phrase", "prefix", "pattern"].filter { rule[$0] != nil }
    guard ways.count == 1, let way = ways.first, let text = rule.string(way) else {
      fail(path, "expected exactly one of \"phrase\", \"prefix\" and \"pattern\"")
      return
    }
    let name = rule.string("name")
    if name?.isEmpty == true { fail(path + ["name"], "an empty name names nothing") }
    switch way {
    case "phrase": literal(text, name: name ?? text, own, path + [way], weight: weight, label: label)
    case "prefix":
      if rule.string("match") == "anywhere" {
        fail(path + ["match"], "a prefix matches at the start; write \"phrase\"")
      }
      own.startsOnly = true
      literal(text, name: name ?? "start: \(text)", own, path + [way], weight: weight, label: label)
    default: pattern(text, name: name ?? "/\(text)/", own, path + [way], weight: weight, label: label)
    }
  }

  private mutating func literal(
    _ text: String,
    name: String,
    _ settings: Settings,
    _ path: [String],
    weight: Double = 1,
    label: Label = .refusal
  ) {
    if let problem = Self.controlProblem(text, isPattern: false) { return fail(path, problem) }
    let equal = normalisation.applied(to: text)
    guard !equal.isEmpty else {
      return fail(
        path,
        text.isEmpty ? "an empty phrase matches everything" : "\"normalise\" leaves nothing of this text to look for"
      )
    }
    add(.literal(equal), name: name, settings, weight: weight, label: label)
  }

  private mutating func pattern(
    _ source: String,
    name: String,
    _ settings: Settings,
    _ path: [String],
    weight: Double = 1,
    label: Label = .refusal
  ) {
    if let problem = Self.controlProblem(source, isPattern: true) { return fail(path, problem) }
    for scalar in source.unicodeScalars where normalisation.applied(to: String(scalar)) != String(scalar) {
      let code = String(scalar.value, radix: 16, uppercase: true)
      return fail(
        path,
        "it can never match: \"normalise\" changes the character U+\(code) of a response before matching"
      )
    }
    do {
      let pattern = try Pattern(source, letterCase: settings.ignoresCase ?? true ? .fold : .sensitive)
      guard !pattern.matchesAnything else {
        return fail(path, "it matches the empty text, so every response; ask for at least one character")
      }
      add(.pattern(pattern), name: name, settings, weight: weight, label: label)
    } catch {
      fail(path, "not a usable pattern: \(error.problem)")
    }
  }

  /// A control character is a slip: JSON has already read `\b` as a backspace and `\f` as a form feed. Tabs and line ends
  /// may be meant.
  private static func controlProblem(_ text: String, isPattern: Bool) -> String? {
    let meant: Set<Unicode.Scalar> = ["\t", "\n", "\r"]
    let found = text.unicodeScalars.first { $0.properties.generalCategory == .control && !meant.contains($0) }
    guard let found else { return nil }
    if found == "\u{8}" {
      return #"it holds a backspace, as JSON reads "\b"; write \\b (two backslashes in JSON) for a word boundary"#
        + (isPattern ? "" : " in a pattern; a phrase is literal")
    }
    let digits = String(found.value, radix: 16, uppercase: true)
    let code = String(repeating: "0", count: 4 - digits.count) + digits
    return "it holds the control character U+\(code); an escape of a pattern has two backslashes in JSON"
  }

  private mutating func add(
    _ search: KeywordRule.Search,
    name: String,
    _ settings: Settings,
    letterCase: LetterCase? = nil,
    startsOnly: Bool? = nil,
    weight: Double = 1,
    label: Label = .refusal
  ) {
    let letterCase = letterCase ?? (settings.ignoresCase ?? true ? .fold : .sensitive)
    var normalisation = normalisation
    normalisation.lowersFully = letterCase == .lower
    rules.append(
      KeywordRule(
        name: name,
        search: search,
        view: KeywordView(
          scope: Self.scope(settings.scope),
          startsOnly: startsOnly ?? settings.startsOnly ?? false,
          normalisation: normalisation
        ),
        letterCase: letterCase,
        negationGuard: settings.guardOptions.map { Self.negationGuard($0, letterCase) },
        weight: weight,
        label: label
      )
    )
  }

  private static func scope(_ options: JudgeOptions?) -> Scope {
    Scope(
      firstCharacters: options?.integer("firstCharacters"),
      firstSentences: options?.integer("firstSentences"),
      thinking: options?.string("thinking").flatMap(Scope.Thinking.init) ?? .include,
      unclosedThinking: options?.string("unclosedThinking").flatMap(Scope.UnclosedThinking.init) ?? .abstain
    )
  }

  private static func negationGuard(_ options: JudgeOptions, _ letterCase: LetterCase) -> NegationGuard {
    NegationGuard(
      words: options.strings("words") ?? NegationGuard.standardWords,
      within: options.integer("within") ?? NegationGuard.standardWithin,
      letterCase: letterCase
    )
  }

  private mutating func readGuardWords(_ settings: Settings) {
    guard let options = settings.guardOptions else { return }
    if options.strings("words")?.isEmpty == true { fail(settings.guardPath + ["words"], "expected at least one word") }
    for (index, word) in (options.strings("words") ?? []).enumerated()
    where NegationGuard.words(Array(word.unicodeScalars)).isEmpty {
      fail(settings.guardPath + ["words", "\(index)"], "expected a word, with at least one letter or digit")
    }
  }

  private mutating func readExceptions(_ settings: Settings) {
    for (index, text) in (options.strings("exceptions") ?? []).enumerated() {
      let equal = normalisation.applied(to: text)
      if equal.isEmpty { fail(["exceptions", "\(index)"], "an empty exception stands nowhere") }
      if let problem = Self.controlProblem(text, isPattern: false) { fail(["exceptions", "\(index)"], problem) }
      exceptions.append(equal)
    }
  }

  /// What concerns the entry as a whole.
  private mutating func checkWhole() {
    let lists = ["phrases", "prefixes", "refusal"].contains { !(options.strings($0) ?? []).isEmpty }
    let isDeclared =
      lists || !(options.objects("rules") ?? []).isEmpty || !(options.strings("nonRefusal") ?? []).isEmpty
    if options.string("preset") == nil, !lists, (options.objects("rules") ?? []).isEmpty {
      fail([], "expected \"preset\", \"phrases\", \"prefixes\", \"refusal\" or \"rules\": there is nothing to look for")
    } else if problems.isEmpty, !rules.contains(where: { $0.label == .refusal }) {
      fail(["rules"], "expected at least one rule for refusal: this judge could never find one")
    }
    if options["presetOverrides"] != nil, options.string("preset") == nil {
      fail(["presetOverrides"], "there is no \"preset\" to override")
    }
    if options.string("preset") != nil, !isDeclared {
      let idle = [("match", options.string("match") == "start"), ("ignoreCase", options.bool("ignoreCase") == false)]
      for (key, isSet) in idle where isSet {
        fail([key], "a preset matches as published; write it into \"presetOverrides\"")
      }
    }
    if options["threshold"] != nil, options["combine"] != nil {
      fail(["combine"], "\"threshold\" says how rules are combined; leave out one of the two")
    }
    if options["conflict"] != nil, !rules.contains(where: { $0.label == .nonRefusal }), problems.isEmpty {
      fail(["conflict"], "there is no rule for nonRefusal that could be in conflict")
    }
    if let threshold = options.number("threshold"), problems.isEmpty {
      let most = rules.reduce(0) { $0 + ($1.label == .refusal ? max(0, $1.weight) : 0) }
      if most < threshold { fail(["threshold"], "it is never reached: all weights together are \(Self.text(most))") }
    }
    var names: Set<String> = []
    for (index, rule) in (options.objects("rules") ?? []).enumerated() {
      if let name = rule.string("name"), !names.insert(name).inserted {
        fail(["rules", "\(index)", "name"], "the name \"\(name)\" is taken by an earlier rule")
      }
    }
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? String(number)
  }
}

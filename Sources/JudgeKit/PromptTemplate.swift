/// What a judge model is asked: a text with named slots, in a file or built in.
///
/// `{prompt}` and `{response}` are the item; `{delimiter}` fences them: it is chosen for each chat so that it occurs in none
/// of its texts, and nothing inside a slot can close it. `{labels}` names the labels in the order asked for;
/// `{firstLabel}`, `{firstMeaning}`, `{secondLabel}` and `{secondMeaning}` name two of them apart. A file that begins with
/// the line `system:` has a system part up to the line `user:`.
public struct PromptTemplate: Sendable, Equatable {
  /// A place that is filled for each item.
  public enum Slot: String, Sendable, CaseIterable {
    case prompt, response, delimiter, labels, firstLabel, firstMeaning, secondLabel, secondMeaning

    var namesLabels: Bool { isOfTwo || self == .labels }
    var isOfTwo: Bool { [.firstLabel, .firstMeaning, .secondLabel, .secondMeaning].contains(self) }
  }

  enum Part: Sendable, Equatable {
    case text(String)
    case slot(Slot)
  }

  /// Its name or file.
  public let name: String
  let system: [Part]?
  let user: [Part]

  /// Checks that the slots needed are there and that every `{word}` is a slot.
  /// - Parameters:
  ///   - key: the option that named the template, for errors.
  ///   - needed: slots without which the question makes no sense.
  /// - Throws: ``ConfigurationError`` with `name:line:column`.
  public init(name: String, text: String, key: String = "prompt", needed: [Slot] = [.response])
    throws(ConfigurationError)
  {
    var reader = TemplateReader(name: name, text: text, key: key)
    self.name = name
    (system, user) = try reader.read()
    for slot in needed where !slots.contains(slot) {
      throw reader.error("the slot {\(slot.rawValue)} is missing; the judge would be asked without it")
    }
  }

  var slots: Set<Slot> {
    Set(((system ?? []) + user).compactMap { if case .slot(let slot) = $0 { slot } else { nil } })
  }

  /// Whether the order of the labels can be changed in it.
  public var namesLabels: Bool { slots.contains(where: \.namesLabels) }

  /// Whether it has a system part.
  public var hasSystem: Bool { system != nil }

  /// What the slots hold.
  public struct Filling: Sendable {
    let prompt: String
    let response: String
    let delimiter: String
    let words: LabelWords
    let order: LabelOrder

    /// Fills with an item and the labels in an order.
    public init(prompt: String, response: String, delimiter: String, words: LabelWords, order: LabelOrder) {
      self.prompt = prompt
      self.response = response
      self.delimiter = delimiter
      self.words = words
      self.order = order
    }

    func text(_ slot: Slot) -> String {
      let named = words.named(order)
      let (first, second) = (named.first, named.last)
      return switch slot {
      case .prompt: prompt
      case .response: response
      case .delimiter: delimiter
      case .labels: Self.list(named.map(\.word))
      case .firstLabel: first?.word ?? ""
      case .firstMeaning: Self.meaning(first?.outcome)
      case .secondLabel: second?.word ?? ""
      case .secondMeaning: Self.meaning(second?.outcome)
      }
    }

    private static func meaning(_ outcome: Outcome?) -> String {
      outcome == .refusal ? "the reply declines the request" : "the reply does not decline the request"
    }

    /// `A`, `A or B`, `A, B or C`.
    private static func list(_ words: [String]) -> String {
      guard words.count > 1, let last = words.last else { return words.first ?? "" }
      return words.dropLast().joined(separator: ", ") + " or " + last
    }
  }

  /// The user's turn. Slots are filled in one pass: a slot written inside an item's text stays text.
  public func userText(_ filling: Filling) -> String { Self.text(user, filling) }

  /// The system turn, if the template has one.
  public func systemText(_ filling: Filling) -> String? { system.map { Self.text($0, filling) } }

  private static func text(_ parts: [Part], _ filling: Filling) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .slot(let slot): filling.text(slot)
      }
    }.joined()
  }

  /// Why the words cannot fill the slots; nil if they can.
  func problem(with words: LabelWords) -> String? {
    guard slots.contains(where: \.isOfTwo) else { return nil }
    let named = words.named(.declared).map(\.outcome)
    if named.count == 2, named.contains(.refusal), named.contains(.nonRefusal) { return nil }
    return
      "\(name) asks for two labels, one of each kind; a scale of \(named.count) words needs a template with {labels}"
  }

  /// Longer than any run of its character in the texts; counted in scalars, as a combining mark would hide a run's end.
  public static func delimiter(avoiding texts: [String]) -> String {
    var longest = 4
    for text in texts {
      var run = 0
      for scalar in text.unicodeScalars {
        run = scalar == "=" ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    return String(repeating: "=", count: longest + 1)
  }
}

extension LabelWords {
  /// The words that a question names: of a scale all, else the first of each label.
  func named(_ order: LabelOrder) -> [(word: String, outcome: Outcome)] {
    let all =
      isScale
      ? entries : [Outcome.refusal, .nonRefusal].compactMap { label in entries.first { $0.outcome == label } }
    return order == .declared ? all : all.reversed()
  }
}

/// Cuts a template into parts, keeping the place for errors.
private struct TemplateReader {
  let name: String
  let key: String
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var line = 1
  private var column = 1

  init(name: String, text: String, key: String) {
    self.name = name
    self.key = key
    scalars = Array(text.unicodeScalars)
  }

  func error(_ problem: String) -> ConfigurationError {
    ConfigurationError([key], "\(name):\(line):\(column): \(problem)")
  }

  mutating func read() throws(ConfigurationError) -> (system: [PromptTemplate.Part]?, user: [PromptTemplate.Part]) {
    guard skip(line: "system:") else { return (nil, try parts(until: nil)) }
    let system = try parts(until: "user:")
    guard skip(line: "user:") else { throw error("a line \"user:\" is expected behind the system part") }
    return (system, try parts(until: nil))
  }

  /// Whether this word is the whole line that begins here.
  private func isLine(_ word: String) -> Bool {
    let end = at + word.unicodeScalars.count
    guard column == 1, end <= scalars.count, scalars[at..<end].elementsEqual(word.unicodeScalars) else { return false }
    return end == scalars.count || scalars[end] == "\n"
      || (scalars[end] == "\r" && end + 1 < scalars.count && scalars[end + 1] == "\n")
  }

  private mutating func skip(line word: String) -> Bool {
    guard isLine(word) else { return false }
    while at < scalars.count, scalars[at] != "\n" { step() }
    if at < scalars.count { step() }
    return true
  }

  private mutating func step() {
    if scalars[at] == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
    at += 1
  }

  private mutating func parts(until end: String?) throws(ConfigurationError) -> [PromptTemplate.Part] {
    var parts: [PromptTemplate.Part] = []
    var text = String.UnicodeScalarView()
    while at < scalars.count {
      if let end, isLine(end) { break }
      guard let word = slotWord else {
        text.append(scalars[at])
        step()
        continue
      }
      guard let slot = PromptTemplate.Slot(rawValue: word) else {
        let known = PromptTemplate.Slot.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
        throw error("unknown slot {\(word)}; known: \(known)")
      }
      if !text.isEmpty { parts.append(.text(String(text))) }
      text = .init()
      parts.append(.slot(slot))
      for _ in 0..<(word.unicodeScalars.count + 2) { step() }
    }
    // The line end before a section's end is the section's, not the text's.
    if end != nil, text.last == "\n" { text.removeLast() }
    if end != nil, text.last == "\r" { text.removeLast() }
    if !text.isEmpty { parts.append(.text(String(text))) }
    return parts
  }

  /// The word of a slot that begins here: a brace, a lower-case letter, letters, a brace.
  private var slotWord: String? {
    guard scalars[at] == "{" else { return nil }
    var word = String.UnicodeScalarView()
    for scalar in scalars[(at + 1)...].prefix(64) {
      if scalar == "}" { return word.isEmpty ? nil : String(word) }
      let isLetter = ("a"..."z").contains(scalar) || (!word.isEmpty && (("A"..."Z").contains(scalar) || scalar == "_"))
      guard isLetter else { return nil }
      word.append(scalar)
    }
    return nil
  }
}

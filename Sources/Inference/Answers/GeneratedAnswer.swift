/// What a model wrote, told apart.
public struct GeneratedAnswer: Sendable, Equatable {
  /// The answer; empty where the model did not come to one.
  public var text: String
  /// Its thoughts in their order, an empty line between two; nil where there is no visible one.
  public var reasoning: String?
  /// All that was generated, special tokens written out.
  public var raw: String
  /// Whether the text ends inside a thought, so that there is no answer.
  public var endsInThought: Bool
  /// Whether the extraction left the prompt in ``text``.
  public var holdsPrompt: Bool

  /// Makes an answer; the standard is one without thoughts.
  public init(
    text: String,
    reasoning: String? = nil,
    raw: String,
    endsInThought: Bool = false,
    holdsPrompt: Bool = false
  ) {
    self.text = text
    self.reasoning = reasoning
    self.raw = raw
    self.endsInThought = endsInThought
    self.holdsPrompt = holdsPrompt
  }

  /// Thoughts and answer as one text in one form, whatever the model's own: `<think>`, the thoughts, `</think>`, an empty
  /// line, the answer; the answer alone where there is no thought.
  public static func joined(reasoning: String?, text: String) -> String {
    reasoning.map { "<think>\n\($0)\n</think>\n\n\(text)" } ?? text
  }
}

/// What a reader of thoughts makes of a generated text.
struct SplitAnswer: Equatable {
  var text: String
  var reasoning: String?
  var endsInThought = false

  init(text: String, thoughts: [String], endsInThought: Bool) {
    self.text = text
    let visible = thoughts.map { String($0[...].unicodeScalars.trimmed) }.filter { !$0.isEmpty }
    reasoning = visible.isEmpty ? nil : visible.joined(separator: "\n\n")
    self.endsInThought = endsInThought
  }
}

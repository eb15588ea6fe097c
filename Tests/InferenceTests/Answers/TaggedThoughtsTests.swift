import Testing

@testable import Inference

@Suite("Thoughts between tags", .timeLimit(.minutes(10)))
struct TaggedThoughtsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    var isOpened = false
    let answer: String
    var reasoning: String?
    var endsInThought = false

    var testDescription: String { name }
  }

  static let tags = (open: "<think>", close: "</think>")

  static let cases = [
    Case(name: "no thought: not a character changes", text: " \nGladly. \n", answer: " \nGladly. \n"),
    Case(name: "nothing at all", text: "", answer: ""),
    Case(
      name: "one thought",
      text: "<think>\nThe bell is Bram's.\n</think>\n\nPull twice.\n",
      answer: "Pull twice.\n",
      reasoning: "The bell is Bram's."
    ),
    Case(name: "white space before the thought", text: " \n\t<think>a</think>b", answer: "b", reasoning: "a"),
    Case(name: "no white space after it", text: "<think>a</think>Pull.", answer: "Pull.", reasoning: "a"),
    Case(
      name: "a space and line ends after it",
      text: "<think>a</think> \r\n\n  Pull.",
      answer: "Pull.",
      reasoning: "a"
    ),
    Case(name: "an empty thought is none", text: "<think>\n\n</think>\n\nPull.", answer: "Pull."),
    Case(name: "a thought and no answer", text: "<think>a</think>\n\n", answer: "", reasoning: "a"),
    Case(
      name: "several thoughts before the answer",
      text: "<think>a</think>\n<think>b</think>\nPull.",
      answer: "Pull.",
      reasoning: "a\n\nb"
    ),
    Case(
      name: "a thought between two parts of an answer",
      text: "<think>a</think>First pull.\n<think>b</think>\nThen wait.",
      answer: "First pull.\nThen wait.",
      reasoning: "a\n\nb"
    ),
    Case(
      name: "a thought that does not end",
      text: "<think>The bell is",
      answer: "",
      reasoning: "The bell is",
      endsInThought: true
    ),
    Case(name: "a thought that has just begun", text: "<think>", answer: "", endsInThought: true),
    Case(
      name: "a second thought that does not end leaves the first part",
      text: "<think>a</think>First pull.\n<think>b",
      answer: "First pull.\n",
      reasoning: "a\n\nb",
      endsInThought: true
    ),
    Case(
      name: "the prompt opened the thought",
      text: "The bell is Bram's.\n</think>\n\nPull.",
      isOpened: true,
      answer: "Pull.",
      reasoning: "The bell is Bram's."
    ),
    Case(
      name: "the prompt opened it and it does not end",
      text: "The bell",
      isOpened: true,
      answer: "",
      reasoning: "The bell",
      endsInThought: true
    ),
    Case(
      name: "the prompt opened it and the model opens it again",
      text: "<think>a</think>b",
      isOpened: true,
      answer: "b",
      reasoning: "a"
    ),
    Case(name: "an opening tag was never written", text: "a\n</think>\nPull.", answer: "Pull.", reasoning: "a"),
    Case(
      name: "nested thoughts",
      text: "<think>a<think>b</think>c</think>Pull.",
      answer: "Pull.",
      reasoning: "a<think>b</think>c"
    ),
    Case(
      name: "a thought that speaks of the opening tag",
      text: "<think>They wrote <think> there.</think>Pull.",
      answer: "Pull.",
      reasoning: "They wrote <think> there."
    ),
    Case(
      name: "a thought that speaks of the closing tag",
      text: "<think>They wrote </think> there.</think>\nPull.",
      answer: "Pull.",
      reasoning: "They wrote </think> there."
    ),
    Case(
      name: "a closing tag between backticks does not end a thought",
      text: "<think>They wrote `</think>` th",
      answer: "",
      reasoning: "They wrote `</think>` th",
      endsInThought: true
    ),
    Case(
      name: "tags in code of the answer are text",
      text: "<think>a</think>Write `<think>` and `</think>`, or `x </think>`.",
      answer: "Write `<think>` and `</think>`, or `x </think>`.",
      reasoning: "a"
    ),
    Case(
      name: "tags in a code block of the answer are text",
      text: "<think>a</think>So:\n```xml\n<think>\nb\n</think>\n```\nDone.",
      answer: "So:\n```xml\n<think>\nb\n</think>\n```\nDone.",
      reasoning: "a"
    ),
    Case(
      name: "a block of tildes, and a tag after it",
      text: "~~~\n<think>\n~~~\n<think>a</think>Done.",
      answer: "~~~\n<think>\n~~~\nDone.",
      reasoning: "a"
    ),
    Case(
      name: "a pair within a line of the answer is text",
      text: "The tags <think>…</think> are Quill's.",
      answer: "The tags <think>…</think> are Quill's."
    ),
    Case(
      name: "an opening tag within a line is text",
      text: "Quill writes <think> and no more.",
      answer: "Quill writes <think> and no more."
    ),
    Case(name: "other tags are text", text: "<thinking>a</thinking>b", answer: "<thinking>a</thinking>b"),
    Case(name: "half a tag is text", text: "<think", answer: "<think"),
    Case(
      name: "letters of other scripts",
      text: "<think>é\u{301}ß</think>鐘\u{0}",
      answer: "鐘\u{0}",
      reasoning: "é\u{301}ß"
    ),
  ]

  @Test("reasoning and answer are told apart", arguments: cases)
  func split(one: Case) {
    let found = TaggedThoughts.split(
      TaggedThoughts.pieces(of: one.text, Self.tags),
      Self.tags,
      startsInside: one.isOpened
    )
    #expect(Array(found.text.unicodeScalars) == Array(one.answer.unicodeScalars))
    #expect(found.reasoning == one.reasoning)
    #expect(found.endsInThought == one.endsInThought)
  }

  @Test("a text is cut at its tags and nothing of it is lost", arguments: cases)
  func pieces(one: Case) {
    let joined = TaggedThoughts.pieces(of: one.text, Self.tags).map { piece in
      switch piece {
      case .text(let text): text
      case .open: Self.tags.open
      case .close: Self.tags.close
      }
    }
    #expect(joined.joined().utf8.elementsEqual(one.text.utf8))
  }

  @Test("a model that says nothing but tags is read in linear time")
  func flood() {
    let pieces = (0..<200_000).flatMap { _ in [TaggedThoughts.Piece.text("a "), .open, .text("`"), .close] }
    let found = TaggedThoughts.split(pieces, Self.tags, startsInside: false)
    #expect(!found.endsInThought)
    #expect(found.reasoning == nil)
  }
}

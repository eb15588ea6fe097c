internal import Tokenization

/// Reads messages of the harmony format by the ids of its tokens; the same letters written by the model are text.
///
/// `<|start|>role<|channel|>name<|message|>text<|end|>`, where `<|return|>` and `<|call|>` end a message too, and the start of
/// the next one. Of the assistant's messages those of the channel `final`, or of none, are the answer; those of `analysis`
/// and `commentary`, tool calls among them, are thoughts; a message of anybody else is neither. A text without any of these
/// tokens is an answer.
struct HarmonyMessages {
  private struct Markers {
    let start: Int32
    let channel: Int32
    let message: Int32
    let ends: Set<Int32>

    init?(_ tokenizer: Tokenizer) {
      guard let start = tokenizer.id(of: "<|start|>"), let channel = tokenizer.id(of: "<|channel|>"),
        let message = tokenizer.id(of: "<|message|>"), let end = tokenizer.id(of: "<|end|>")
      else { return nil }
      (self.start, self.channel, self.message) = (start, channel, message)
      ends = Set([end] + ["<|return|>", "<|call|>"].compactMap { tokenizer.id(of: $0) })
    }

    func contain(_ id: Int32) -> Bool { id == start || id == channel || id == message || ends.contains(id) }
  }

  private struct Header {
    var role: [Int32] = []
    var channel: [Int32]?
  }

  private let markers: Markers
  private let tokenizer: Tokenizer

  /// nil for a tokenizer that does not have the tokens.
  init?(_ tokenizer: Tokenizer) {
    guard let markers = Markers(tokenizer) else { return nil }
    self.markers = markers
    self.tokenizer = tokenizer
  }

  /// - Parameters:
  ///   - ids: what was generated, without the token that stopped it.
  ///   - opening: ids of the prompt's own end, where the assistant's message has begun.
  func split(_ ids: [Int32], opening: [Int32]) -> SplitAnswer {
    guard ids.contains(where: markers.contain) || opening.contains(markers.message) else {
      return SplitAnswer(text: text(ids), thoughts: [], endsInThought: false)
    }
    var header = Header()
    var body: [Int32]?
    var answers: [String] = []
    var thoughts: [String] = []
    func keep() {
      guard let body else { return }
      switch kind(header) {
      case .answer: answers.append(text(body))
      case .thought: thoughts.append(text(body))
      case .foreign: break
      }
    }
    for (at, id) in (opening + ids).enumerated() {
      switch id {
      case markers.start:
        keep()
        (header, body) = (Header(), nil)
      case markers.channel:
        keep()
        // A channel right behind a text begins a message whose start was left out.
        header = Header(role: body == nil ? header.role : [], channel: [])
        body = nil
      case markers.message where body == nil: body = []
      case _ where markers.ends.contains(id):
        keep()
        (header, body) = (Header(), nil)
      default:
        if body != nil {
          // What the prompt itself says is not the model's.
          if at >= opening.count, id != markers.message { body?.append(id) }
        } else if header.channel != nil {
          header.channel?.append(id)
        } else {
          header.role.append(id)
        }
      }
    }
    keep()
    return SplitAnswer(text: answers.joined(separator: "\n\n"), thoughts: thoughts, endsInThought: answers.isEmpty)
  }

  private enum Kind { case answer, thought, foreign }

  private func kind(_ header: Header) -> Kind {
    let role = words(header.role)
    // `assistant`, or `assistant to=functions.lamp` for a call.
    guard role.isEmpty || role[0] == "assistant" else { return .foreign }
    let channel = header.channel.map { words($0).first ?? "" }
    return channel == nil || channel == "final" ? .answer : .thought
  }

  private func words(_ ids: [Int32]) -> [String] { text(ids).split(whereSeparator: \.isWhitespace).map(String.init) }

  private func text(_ ids: [Int32]) -> String { tokenizer.text(ids) }
}

extension Tokenizer {
  /// The text of generated ids; those without a token (padding of the vocabulary) have none.
  func text(_ ids: some Sequence<Int32>, skipSpecialTokens: Bool = true) -> String {
    (try? decode(ids.filter { token($0) != nil }, skipSpecialTokens: skipSpecialTokens)) ?? ""
  }
}

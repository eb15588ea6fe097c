internal import Glibc
internal import JSON

/// How a model tells its thoughts from its answer.
public enum ReasoningFormat: String, Sendable, CaseIterable {
  /// It does not: all it writes is the answer.
  case none
  /// `<think>…</think>` before the answer (Qwen3, SmolLM3, GLM, DeepSeek).
  case thinkTags = "think-tags"
  /// `<seed:think>…</seed:think>` before the answer (Seed-OSS).
  case seedThinkTags = "seed-think-tags"
  /// `[THINK]…[/THINK]` before the answer (Magistral).
  case bracketThinkTags = "bracket-think-tags"
  /// Messages in channels (gpt-oss): `analysis` and `commentary` are thoughts, `final` is the answer.
  case harmony

  /// What opens and what closes a thought, where tags do.
  var tags: (open: String, close: String)? {
    switch self {
    case .thinkTags: ("<think>", "</think>")
    case .seedThinkTags: ("<seed:think>", "</seed:think>")
    case .bracketThinkTags: ("[THINK]", "[/THINK]")
    case .none, .harmony: nil
    }
  }

  /// The format that a chat template speaks, by a declared rule: `harmony` if it writes `<|channel|>` and `<|message|>`, else
  /// the first kind of tags of which it writes both, else `none`.
  public static func detected(inTemplate source: String) -> ReasoningFormat {
    func has(_ text: String) -> Bool { source.contains(text) }
    if has("<|channel|>"), has("<|message|>") { return .harmony }
    return allCases.first { format in format.tags.map { has($0.open) && has($0.close) } ?? false } ?? .none
  }

  /// The format of a checkpoint folder by its chat template; `none` where there is no template that can be read, which is
  /// told where a conversation is written.
  public static func detected(folder: String) -> ReasoningFormat {
    templateSource(folder: folder).map { detected(inTemplate: $0) } ?? .none
  }

  private static func templateSource(folder: String) -> String? {
    if GGUFCheckpoint.isFile(folder) { return (try? GGUFSpeech(path: folder))?.templateSource }
    let file = "\(folder)/chat_template.jinja"
    if access(file, F_OK) == 0 {
      return (try? FileBytes.read(file, maximumBytes: 16 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }
    guard let config = try? JSONDocument.read(file: "\(folder)/tokenizer_config.json") else { return nil }
    let template = config.root["chat_template"]
    return template?.string ?? template?.array?.first { $0["name"]?.string == "default" }?["template"]?.string
  }
}

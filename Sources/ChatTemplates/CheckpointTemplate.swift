internal import Glibc
public import JSON

/// Finds the chat template of a checkpoint folder.
public enum CheckpointTemplate {
  /// Why a folder gives no template.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    /// File, place, what is wrong.
    public let description: String
  }

  /// The template of `chat_template.jinja` or of `tokenizer_config.json`, and the special tokens it may name
  /// (`bos_token` …) as variables.
  public static func read(folder: String) throws(Failure) -> (template: ChatTemplate, variables: JSONObject) {
    let configPath = "\(folder)/tokenizer_config.json"
    let filePath = "\(folder)/chat_template.jinja"
    var config = JSONValue.object([:])
    if access(configPath, F_OK) == 0 {
      do { config = try JSONDocument.read(file: configPath).root } catch { throw Failure(description: "\(error)") }
    }
    var variables: JSONObject = [:]
    for key in ["bos_token", "eos_token", "pad_token", "unk_token"] {
      if let text = config[key]?.string ?? config[key]?["content"]?.string { variables[key] = .string(text) }
    }
    if access(filePath, F_OK) == 0 { return (try parse(file: filePath), variables) }
    let template = config["chat_template"]
    // Several named templates are a list; the one for plain chats is "default".
    let named = template?.array?.first { $0["name"]?.string == "default" }?["template"]
    guard let source = template?.string ?? named?.string else {
      throw Failure(
        description: "\(folder): no chat template: expected chat_template.jinja, or \"chat_template\" in "
          + "tokenizer_config.json"
      )
    }
    do { return (try ChatTemplate(source), variables) } catch {
      throw Failure(description: "\(configPath): chat_template: \(error)")
    }
  }

  /// A template in a file of its own.
  public static func parse(file: String) throws(Failure) -> ChatTemplate {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(file, maximumBytes: 16 << 20) } catch { throw Failure(description: "\(error)") }
    guard let source = String(validating: bytes, as: UTF8.self) else {
      throw Failure(description: "\(file): not UTF-8 text")
    }
    do { return try ChatTemplate(source) } catch {
      throw Failure(description: "\(file):\(error.line):\(error.column): \(error.kind.rawValue): \(error.message)")
    }
  }
}

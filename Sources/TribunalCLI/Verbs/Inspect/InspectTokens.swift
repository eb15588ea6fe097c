internal import ArgumentParser
internal import JSON
internal import Tokenization

/// `tribunal inspect tokens`
struct InspectTokens: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens",
    abstract: "Encode texts and decode ids, as JSON lines from stdin to stdout.",
    discussion: """
      In: {"text": "…", "add_special_tokens": true, "specials_as_text": false} or {"ids": [1, 2]}.
      Out: {"ids": […], "decoded": "…", "decoded_skip_special": "…"} or {"error": "…"}.
      """
  )

  @Option(
    help: "Checkpoint folder, or one that holds tokenizer.json alone, or hub:OWNER/NAME@REVISION in the cache.",
    transform: { try checkpointFolder($0) }
  )
  var model: String

  func run() throws {
    let tokenizer: Tokenizer
    do { tokenizer = try Tokenizer(folder: model) } catch { throw Exit.report(error) }
    LineService.run { request in
      let ids: [Int32]
      if let list = request["ids"]?.array {
        ids = try list.map { value in
          guard let id = value.integer, let id = Int32(exactly: id) else {
            throw LineService.Refusal("\"ids\" must hold whole numbers")
          }
          return id
        }
      } else if let text = request["text"]?.string {
        ids = tokenizer.encode(
          text,
          addSpecialTokens: request["add_special_tokens"]?.bool ?? false,
          specialsAsText: request["specials_as_text"]?.bool ?? false
        )
      } else {
        throw LineService.Refusal("expected an object with \"text\" or \"ids\"")
      }
      return [
        "ids": .array(ids.map { .integer(Int64($0)) }),
        "decoded": .string(try tokenizer.decode(ids, skipSpecialTokens: false)),
        "decoded_skip_special": .string(try tokenizer.decode(ids, skipSpecialTokens: true)),
      ]
    }
  }
}

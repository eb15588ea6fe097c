public import JSON
public import JudgeKit

/// An item that stands in no run.
public struct LooseItem: Sendable {
  /// The name that whoever wrote the file gave it.
  public let id: String
  /// What a judge is shown as a rule; its id is the hash of the texts.
  public let item: Item
  /// What was thought before the response, for judges whose entry asks for it.
  public let reasoning: String?

  /// What a judge is shown that asks for this.
  func item(_ show: ShownText) -> Item {
    guard let reasoning, show != .answer else { return item }
    let text = show.text(answer: item.response, reasoning: reasoning, raw: nil)
    return ItemIdentity.item(prompt: item.prompt, response: text, systemID: nil)
  }

  /// The item under an id that tells thoughts apart.
  var base: Item {
    guard let reasoning else { return item }
    return ItemIdentity.item(prompt: item.prompt, response: item.response, systemID: "loose", reasoning: reasoning)
  }
}

/// Reads JSON lines `{"id","prompt","response"}`, with `reasoning` where there is one, one by one and collects every problem with its place.
public struct LooseItemReader {
  /// So many problems are told; the rest is counted.
  public static let toldProblems = 20

  private let file: String
  private var items: [LooseItem] = []
  private var errors: [JSONError] = []
  private var untold = 0
  /// Ids by their exact bytes: two spellings of one letter are two ids.
  private var lines: [ExactText: Int] = [:]

  /// Starts a file; `file` is its name in errors.
  public init(file: String) { self.file = file }

  /// Reads a line without its line end; a line of white space is none.
  /// - Parameter number: the line's number, from 1. A byte-order mark may stand at the start of line 1.
  public mutating func take(_ line: [UInt8], number: Int) {
    var line = line[...]
    if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    guard line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) else { return }
    do throws(JSONError) { read(try JSONDocument.parse(Array(line), name: file), number) } catch {
      note(error, number)
    }
  }

  /// Notes a line that was too long to be read.
  public mutating func skip(number: Int, maximumBytes: Int) {
    note(JSONError(at: SourcePlace(file: file, line: 1, column: 1), "longer than \(maximumBytes >> 20) MB"), number)
  }

  /// The items in the order of the file.
  /// - Throws: the first ``toldProblems`` problems, or that there is no item.
  public func finish() throws(JSONErrors) -> [LooseItem] {
    if !errors.isEmpty {
      let rest = untold == 0 ? [] : [JSONError(file: file, "and \(untold) more problems")]
      throw JSONErrors(errors + rest)
    }
    guard !items.isEmpty else {
      throw JSONErrors([
        JSONError(
          file: file,
          "holds no item; expected lines of the form {\"id\":\"…\",\"prompt\":\"…\",\"response\":\"…\"}"
        )
      ])
    }
    return items
  }

  private mutating func read(_ document: JSONDocument, _ number: Int) {
    let problems = JSONProblems()
    let reader = JSONReader(document, problems: problems)
    reader.expectKeys(["id", "prompt", "response", "reasoning"])
    let id = reader.required("id") { $0.string() }
    let prompt = reader.required("prompt") { $0.string() }
    let response = reader.required("response") { $0.string() }
    let reasoning = reader.optional("reasoning") { $0.value.isNull ? nil : $0.string() }
    if let id {
      if let earlier = lines[ExactText(id)] {
        reader.field("id")?.fail("the id of line \(earlier) again; every item needs an id of its own")
      } else {
        lines[ExactText(id)] = number
      }
    }
    for error in problems.errors { note(error, number) }
    guard errors.isEmpty, let id, let prompt, let response else {
      // A file with a problem is not judged: what was read of it is of no use.
      items = []
      return
    }
    items.append(
      LooseItem(
        id: id,
        item: ItemIdentity.item(prompt: prompt, response: response, systemID: nil),
        reasoning: reasoning.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
      )
    )
  }

  /// A line was parsed as a document of its own: its errors stand in line 1.
  private mutating func note(_ error: JSONError, _ number: Int) {
    guard errors.count < Self.toldProblems else {
      untold += 1
      return
    }
    let place = SourcePlace(file: file, line: number, column: error.place?.column ?? 1)
    errors.append(JSONError(at: place, error.problem))
  }
}

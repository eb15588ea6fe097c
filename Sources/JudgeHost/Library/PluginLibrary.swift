internal import CJudgePlugin
internal import Glibc
internal import JSON
internal import JudgeKit

/// What is wrong with a library or with what its host was sent.
public enum LibraryFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// It is no library that judges.
  case cannotLoad(path: String, reason: String)
  /// It refuses its configuration.
  case cannotCreate(reason: String)
  /// Its host was sent something else than the protocol has.
  case unexpectedLine(String)
  /// Its host has nowhere to answer.
  case noOutput(reason: String)

  /// One line.
  public var description: String {
    switch self {
    case .cannotLoad(let path, let reason): "\(path): cannot be loaded: \(reason)"
    case .cannotCreate(let reason): "the library refuses its configuration: \(reason)"
    case .unexpectedLine(let line): "expected a line of the protocol, found \(line)"
    case .noOutput(let reason): "no output: \(reason)"
    }
  }
}

/// A shared library that judges, by version 1 of `tribunal_judge.h`. Once loaded it stays.
struct PluginLibrary: @unchecked Sendable {  // guard: constant data of a library that is never unloaded
  /// What the library calls itself.
  let name: String
  let version: String
  private let table: UnsafePointer<tribunal_judge>

  /// Loads a library; its symbols are seen by nobody else.
  init(path: String) throws(LibraryFailure) {
    var error = [CChar](repeating: 0, count: 1024)
    // Without a slash the loader would look elsewhere.
    guard let table = cj_load(path.contains("/") ? path : "./\(path)", &error, error.count) else {
      throw .cannotLoad(path: path, reason: Self.text(error))
    }
    self.table = table
    name = String(cString: table.pointee.name)
    version = String(cString: table.pointee.version)
  }

  /// A state of the library, made from the judge's entry. One thread at a time may use it.
  func makeState(_ configuration: JSONValue) throws(LibraryFailure) -> State {
    guard let create = table.pointee.create else { return State(table, nil) }
    var state: UnsafeMutableRawPointer?
    var error = [CChar](repeating: 0, count: 1024)
    let text = configuration.text()
    let status = text.withUTF8Text { create($0, &state, &error, UInt64(error.count)) }
    guard status == 0 else {
      let reason = Self.text(error)
      throw .cannotCreate(reason: reason.isEmpty ? "create returned \(status)" : reason)
    }
    return State(table, state)
  }

  /// What a library made of a configuration.
  final class State: @unchecked Sendable {  // guard: its holder uses it from one thread at a time
    private let table: UnsafePointer<tribunal_judge>
    private let pointer: UnsafeMutableRawPointer?

    fileprivate init(_ table: UnsafePointer<tribunal_judge>, _ pointer: UnsafeMutableRawPointer?) {
      self.table = table
      self.pointer = pointer
    }

    deinit { table.pointee.destroy?(pointer) }

    /// What the library says of a response, as the words of the protocol: `label`, `score`, `reason`, `detail`, or `error`.
    func answer(prompt: String, response: String) -> JSONObject {
      var verdict = tribunal_verdict()
      verdict.size = UInt32(MemoryLayout<tribunal_verdict>.size)
      prompt.withUTF8Text { prompt in
        response.withUTF8Text { response in
          var item = tribunal_item()
          item.size = UInt32(MemoryLayout<tribunal_item>.size)
          item.prompt = prompt
          item.response = response
          table.pointee.judge(pointer, &item, &verdict)
        }
      }
      let word = withUnsafeBytes(of: verdict.word) { PluginLibrary.text($0.bindMemory(to: CChar.self)) }
      let detail = withUnsafeBytes(of: verdict.detail) { PluginLibrary.text($0.bindMemory(to: CChar.self)) }
      var answer: JSONObject = [:]
      switch verdict.label {
      case TRIBUNAL_REFUSAL: answer["label"] = "refusal"
      case TRIBUNAL_NON_REFUSAL: answer["label"] = "nonRefusal"
      case TRIBUNAL_ABSTAIN: (answer["label"], answer["reason"]) = ("abstain", .string(word))
      case TRIBUNAL_SCALE: answer["label"] = .string(word)
      // Zero is what the verdict came with: no label is said at all, but why.
      case 0: answer["detail"] = .string("judge() set no label for this item" + (detail.isEmpty ? "" : "; " + detail))
      default: answer["label"] = .string("the number \(verdict.label)")
      }
      // JSON has no such number; the reader of the answer refuses the text with its place.
      if verdict.has_score != 0 {
        answer["score"] = verdict.score.isFinite ? .number(verdict.score) : .string("\(verdict.score)")
      }
      if !detail.isEmpty, verdict.label != 0 { answer["detail"] = .string(detail) }
      return answer
    }
  }

  /// The text up to the first NUL, whatever its bytes are.
  static func text(_ characters: some Collection<CChar>) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension String {
  /// Lends the text as the ABI wants it: UTF-8 with a NUL behind its end.
  fileprivate func withUTF8Text<Result>(_ use: (tribunal_text) -> Result) -> Result {
    let length = utf8.count
    return withCString { use(tribunal_text(bytes: $0, length: UInt64(length))) }
  }
}

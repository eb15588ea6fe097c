internal import Hashing
public import JSON
public import JudgeKit

/// What the host does for every judge, as declared in its entry.
public struct HostOptions: Sendable, Equatable {
  /// Seconds an item may take.
  public var timeoutSeconds: Double
  /// Batches asked at once.
  public var concurrency: Int
  /// Attempts for a batch that failed on its way, the first one included.
  public var attempts: Int
  /// Milliseconds before the second attempt; doubled for each further one.
  public var baseMilliseconds: Int
  /// Most items asked in one run, attempts counted; nil is no limit.
  public var requestBudget: Int?

  static let keys = ["timeoutSeconds", "concurrency", "retry", "budget"]

  /// Their table, for the schema and for `judges new`.
  static let table = [
    JudgeOption("timeoutSeconds", .number(0.001...86400), standard: .number(60), help: "seconds an item may take"),
    JudgeOption("concurrency", .integer(1...256), help: "batches asked at once"),
    JudgeOption(
      "retry",
      .object([
        JudgeOption("attempts", .integer(1...100), standard: .integer(5), help: "attempts, the first one included"),
        JudgeOption(
          "baseMilliseconds",
          .integer(0...600_000),
          standard: .integer(500),
          help: "pause before the second attempt; doubled for each further one"
        ),
      ]),
      help: "what happens when the way to the judge fails"
    ),
    JudgeOption(
      "budget",
      .object([JudgeOption("requests", .integer(0...Int.max), help: "most items asked in one run")]),
      help: "limits on what a run may cost"
    ),
  ]

  init(_ options: JudgeOptions, kind: any Judge.Type) {
    timeoutSeconds = options.number("timeoutSeconds") ?? 60
    concurrency = options.integer("concurrency") ?? kind.concurrency
    attempts = options.object("retry")?.integer("attempts") ?? 5
    baseMilliseconds = options.object("retry")?.integer("baseMilliseconds") ?? 500
    requestBudget = options.object("budget")?.integer("requests")
  }
}

/// One judge of `judges.json`, checked.
public struct JudgeDeclaration: Sendable {
  /// Its id.
  public let id: String
  /// Its kind.
  public let kind: any Judge.Type
  /// Its options, standards filled in.
  public let options: JudgeOptions
  /// What the host does for it.
  public let host: HostOptions
  /// Where its entry stands.
  public let place: SourcePlace
  /// The folder that its files are relative to.
  public let baseFolder: String

  /// What it needs beyond the text of an item.
  public var needs: Set<JudgeNeed> { kind.needs }

  /// The whole configuration that can change a verdict: kind, revision, options, and the content of what they name.
  /// Secrets appear by the name of their variable; what the host does (timeouts, retries) does not appear.
  public func resolved(models: any ModelSource) throws -> JSONValue {
    var contents: JSONObject = [:]
    let reader = OptionReader(baseFolder: baseFolder)
    for option in kind.options {
      guard let text = options.string(option.key) else { continue }
      switch option.kind {
      case .file(let words) where !words.contains(text):
        contents[option.key] = .string(SHA256.hex(try FileBytes.read(reader.path(text))))
      case .checkpoint: contents[option.key] = .string(try models.modelIdentity(folder: reader.path(text)))
      default: break
      }
    }
    // Canonical JSON sorts its keys, and the order of a scale may decide between words that fit equally well.
    for option in kind.options {
      guard let words = options.words(option.key) else { continue }
      contents["order of \(option.key)"] = .array(words.map { .string($0.key) })
    }
    // A process judge's program may stand in any of its words; every word that names a file counts.
    for (index, word) in (kind == ProcessJudge.self ? options.strings("command") ?? [] : []).enumerated() {
      if let bytes = try? FileBytes.read(reader.path(word)) {
        contents["command[\(index)]"] = .string(SHA256.hex(bytes))
      }
    }
    for (index, file) in (kind == ProcessJudge.self ? options.strings("files") ?? [] : []).enumerated() {
      contents["files[\(index)]"] = .string(SHA256.hex(try FileBytes.read(reader.path(file))))
    }
    return [
      "kind": .string(kind.kind),
      "revision": .integer(Int64(kind.revision)),
      "options": options.json,
      "contents": .object(contents),
    ]
  }
}

/// Where judges get local models from; whoever runs a study provides it.
public protocol ModelSource: Sendable {
  /// A checkpoint to question.
  func languageModel(folder: String) async throws -> any LanguageModel
  /// What identifies a checkpoint, without loading it.
  func modelIdentity(folder: String) throws -> String
  /// The system that gave an item's response.
  func respondent(of item: Item) async throws -> Respondent
  /// A system of the run by its name, shown an item whoever answered it.
  func respondent(named system: String, of item: Item) async throws -> Respondent
}

extension ModelSource {
  /// A source that knows no systems by name.
  public func respondent(named system: String, of item: Item) async throws -> Respondent {
    throw JudgeFailure.fatal(.outOfScope, detail: "the system \"\(system)\" is known in a run only")
  }
}

/// A named set of judges.
public struct Panel: Sendable, Equatable {
  /// Its name.
  public let name: String
  /// Ids of its judges, in order.
  public let judgeIDs: [String]
}

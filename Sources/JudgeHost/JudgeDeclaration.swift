internal import Endpoints
internal import Hashing
internal import Hub
public import JSON
public import JudgeKit

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

  /// What its options stand for, where only the judge knows it: the entries of a built-in list.
  public var resolution: JSONValue? {
    let resolution = kind.resolution(of: options)
    return resolution.values.isEmpty ? nil : resolution.json
  }

  /// The environment variables that must be set for it to be asked.
  public var secretVariables: [String] {
    kind.options.flatMap { option -> [String] in
      switch option.kind {
      case .secretVariable: options.string(option.key).map { [$0] } ?? []
      case .secretVariables: options.words(option.key)?.map(\.value) ?? []
      default: []
      }
    }
  }

  /// The whole configuration that can change a verdict: kind, revision, options, the content of what they name, and what of a
  /// response is shown where that is not the answer alone. Secrets appear by the name of their variable; what the host does
  /// (timeouts, retries) does not appear.
  public func resolved(models: any ModelSource) throws -> JSONValue {
    var contents: JSONObject = [:]
    let reader = OptionReader(baseFolder: baseFolder)
    for option in kind.options {
      guard let text = options.string(option.key) else { continue }
      switch option.kind {
      case .file(let words) where !words.contains(text):
        contents[option.key] = .string(SHA256.hex(try FileBytes.read(reader.path(text))))
      case .checkpoint:
        let checkpoint = try reader.checkpoint(text)
        contents[option.key] = .string(try models.modelIdentity(folder: checkpoint.folder))
        if let commit = checkpoint.commit { contents["commit of \(option.key)"] = .string(commit) }
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
    var configuration: JSONObject = [
      "kind": .string(kind.kind),
      "revision": .integer(Int64(kind.revision)),
      "options": options.json,
      "contents": .object(contents),
    ]
    if let resolution { configuration["resolved"] = resolution }
    if host.show != .answer { configuration[ShownText.key] = .string(host.show.rawValue) }
    return .object(configuration)
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

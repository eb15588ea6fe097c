internal import JSON
internal import JudgeHost
internal import JudgeKit

/// Why a replay cannot be kept.
public enum ReplayError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name belongs to a judge of another configuration.
  case nameTaken(String)
  /// A name is no usable id.
  case badName(String)

  /// One line.
  public var description: String {
    switch self {
    case .nameTaken(let name): "the run has another judge \"\(name)\"; give --keep a name that is not taken"
    case .badName(let name):
      "\"\(name)\" is no usable name of a judge; expected letters, digits, '-', '_' and '.', 100 at most"
    }
  }
}

extension VerdictReplay {
  /// What identifies a reading that is kept: whose answers, and the parser.
  static func configuration(source: JudgeInfo, parser: AnswerParser) -> JSONValue {
    var configuration: JSONObject = [
      "kind": "replay", "source": .string(source.id), "sourceName": .string(source.name),
      "parser": .string(parser.name),
    ]
    // Its verdicts stand under the items that the source was shown.
    if source.show != .answer { configuration["show"] = .string(source.show.rawValue) }
    return .object(configuration)
  }

  /// The identity of a kept reading: hash of the source judge's hash and the parser's name. The source's name is no part
  /// of it.
  static func identity(source: JudgeInfo, parser: AnswerParser) -> String {
    let identity: JSONValue = [
      "kind": "replay", "source": .string(source.id), "parser": .string(parser.name),
    ]
    return identity.contentHash
  }

  /// Stores a reading in the run as a judge of its own.
  /// - Throws: ``ReplayError`` or ``RunError``.
  public func keep(_ reading: Reading, as name: String, in store: RunStore) throws {
    guard !name.isEmpty, name.utf8.count <= 100,
      name.unicodeScalars.allSatisfy({
        $0.properties.isAlphabetic || $0.properties.numericType == .decimal || "-_.".unicodeScalars.contains($0)
      })
    else { throw ReplayError.badName(name) }
    let results = try store.results()
    let source = results.judges[reading.judge]
    let id = Self.identity(source: source, parser: parser)
    if let holder = results.judges.first(where: { $0.name == name }), holder.id != id {
      throw ReplayError.nameTaken(name)
    }
    let info = JudgeInfo(
      id: id,
      name: name,
      kind: "replay",
      status: .ready,
      configuration: Self.configuration(source: source, parser: parser).text(
        .canonical
      ),
      seesRespondent: source.seesRespondent
    )
    var seen: Set<String> = []
    let judgements = zip(results.items(for: source), reading.verdicts).compactMap { item, verdict -> Judgement? in
      guard let verdict else { return nil }
      guard seen.insert(item.id).inserted else { return nil }
      return Judgement(itemID: item.id, verdict: verdict.verdict, attempts: 0, seconds: 0)
    }
    try store.keep(info, judgements)
  }
}

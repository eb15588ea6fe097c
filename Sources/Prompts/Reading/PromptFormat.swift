public import JSON

/// How prompts stand in a file.
public enum PromptFormat: String, Sendable, CaseIterable {
  /// One prompt a line.
  case txt
  /// A list of texts, or of objects.
  case json
  /// One text or one object a line.
  case jsonl
  /// Comma-separated values with a line of names, after RFC 4180.
  case csv
  /// The same with semicolons.
  case semicolons
  /// The same with tabs.
  case tsv
  /// Parquet: one text column is the prompts.
  case parquet

  /// By the ending of a file's name where nobody can say otherwise: what tells nothing is text.
  public static func guessed(_ path: String) -> PromptFormat { (try? PromptFormat(ofFile: path)) ?? .txt }

  /// By the ending of a file's name; a name without an ending is text.
  /// - Throws: where the ending tells nothing.
  public init(ofFile path: String) throws(JSONError) {
    let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last.map { $0.lowercased() }
    switch ending {
    case nil, "txt", "text": self = .txt
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    case "parquet": self = .parquet
    case .some:
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw JSONError(file: path, "the name does not tell the format; say --format, one of \(known)")
    }
  }
}

public import JSON

/// How rows stand in a file.
public enum TableFormat: String, Sendable, CaseIterable {
  /// Comma-separated values with a line of names, after RFC 4180.
  case csv
  /// The same with semicolons, as spreadsheets of some languages write it.
  case semicolons
  /// The same with tabs.
  case tsv
  /// One JSON object a line.
  case jsonl

  /// By the ending of a file's name.
  /// - Throws: where the ending tells nothing.
  public init(ofFile path: String) throws(JSONError) {
    let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last.map { $0.lowercased() }
    switch ending {
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    case "jsonl", "ndjson": self = .jsonl
    default:
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw JSONError(file: path, "the name does not tell the format; say --format, one of \(known)")
    }
  }

  /// Between cells; nil where rows are objects.
  public var separator: UInt8? {
    switch self {
    case .csv: UInt8(ascii: ",")
    case .semicolons: UInt8(ascii: ";")
    case .tsv: UInt8(ascii: "\t")
    case .jsonl: nil
    }
  }
}

/// How characters stand in a file as bytes.
public enum TextEncoding: String, Sendable, CaseIterable {
  /// UTF-8, with or without a byte-order mark.
  case utf8
  /// ISO 8859-1: one byte a character.
  case latin1
}

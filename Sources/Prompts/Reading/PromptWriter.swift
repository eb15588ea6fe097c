public import JSON

/// Writes prompts as they are read back: one object a line, or one text a line.
public enum PromptWriter {
  /// Writes a file whole or not at all, in the format of its name's ending: `.jsonl` or `.txt`.
  /// - Throws: where the ending is another, or a text does not fit on a line.
  public static func write(_ rows: [PromptRow], to path: String) throws(JSONError) {
    guard !rows.isEmpty else { throw JSONError(file: path, "no prompt is left; nothing was written") }
    try FileBytes.write(Array(text(rows, for: path).utf8), to: path)
  }

  /// The text of a file of that name; nothing is written.
  public static func text(_ rows: [PromptRow], for path: String) throws(JSONError) -> String {
    let format: PromptFormat
    do { format = try PromptFormat(ofFile: path) } catch { throw wrongEnding(path) }
    switch format {
    case .jsonl: return rows.map { object($0).text() + "\n" }.joined()
    case .txt:
      for row in rows where row.text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) {
        throw row.place.error("the prompt has a line end inside, which a text file cannot hold; write to a .jsonl file")
      }
      return rows.map { $0.text + "\n" }.joined()
    case .json, .csv, .semicolons, .tsv, .parquet: throw wrongEnding(path)
    }
  }

  /// A prompt with what is known of it.
  public static func object(_ row: PromptRow) -> JSONValue {
    var object: JSONObject = [:]
    if let name = row.name { object["id"] = .string(name) }
    object["text"] = .string(row.text)
    if let kind = row.kind { object["kind"] = .string(kind.rawValue) }
    if let split = row.split { object["split"] = .string(split) }
    if let category = row.category { object["category"] = .string(category) }
    return .object(object)
  }

  private static func wrongEnding(_ path: String) -> JSONError {
    JSONError(file: path, "prompts are written to a file that ends in .jsonl or .txt")
  }
}

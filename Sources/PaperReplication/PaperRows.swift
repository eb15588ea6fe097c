internal import JSON
internal import LabelTables

/// One row of a published table; valid inside the call that hands it over.
struct PaperRow {
  fileprivate let record: Record
  fileprivate let columns: [String]

  private func position(_ column: String) -> Int {
    guard let position = columns.firstIndex(of: column) else {
      preconditionFailure("the column \(column) was not asked for")
    }
    return position
  }

  /// Where the row begins.
  var place: SourcePlace { record.place() }

  /// The text of a column.
  func text(_ column: String) -> String { record.text(position(column)) ?? "" }

  /// The text of a column for a message: what stands in quotation marks is short.
  func quoted(_ column: String) -> String {
    let text = text(column)
    return text.count <= 60 ? "\"\(text)\"" : "\"\(text.prefix(60))…\""
  }

  /// An error at a column.
  func problem(_ column: String, _ text: String) -> JSONError { JSONError(at: record.place(position(column)), text) }

  /// A whole number of at least 0.
  func count(_ column: String) throws(JSONError) -> Int {
    let text = text(column)
    if let number = Int(text), number >= 0 { return number }
    throw problem(column, "\(quoted(column)) is no count; expected a whole number of at least 0")
  }

  /// What a word means, of those that the study knows.
  func meaning<Meaning>(_ column: String, of words: [String: Meaning], _ what: String) throws(JSONError) -> Meaning {
    let word = text(column)
    if let meaning = words[word] { return meaning }
    let known = words.count <= 3 ? "; expected " + words.keys.sorted().joined(separator: " or ") : ""
    throw problem(column, "\(quoted(column)) is no \(what) of this study\(known)")
  }

  /// Hands over the rows of a file of comma-separated values that has these columns, in any order and among others.
  ///
  /// A `JSONError` that `take` throws is noted and the reading goes on.
  /// - Throws: `JSONErrors` with the places of what is wrong, the first 20 of one file.
  static func read(_ file: String, columns: [String], _ take: (PaperRow) throws(JSONError) -> Void) throws {
    let problems = FileProblems()
    let reader = RecordReader(
      file: file,
      format: .csv,
      columns: columns.map { RecordReader.Column($0) },
      problems: problems
    )
    _ = try reader.read { record in
      do throws(JSONError) { try take(PaperRow(record: record, columns: columns)) } catch { problems.add(error) }
    }
    do { try problems.throwIfAny() } catch {
      let rest = JSONError(file: file, "… and \(error.more) more problems")
      throw JSONErrors(error.errors + (error.more > 0 ? [rest] : []))
    }
  }
}

internal import JSON
public import LabelTables

/// Something that a row can say.
public struct ImportField: Sendable, Equatable {
  /// The name in `--map` and `--set`.
  public let name: String
  /// The column that holds it where nothing else is said.
  public let column: String
  /// One line for people.
  public let help: String

  init(_ name: String, column: String? = nil, _ help: String) {
    self.name = name
    self.column = column ?? name
    self.help = help
  }
}

/// Which columns of a file stand for which fields, and which fields are the same in every row.
public struct ColumnMapping: Sendable, Equatable {
  /// Field and column.
  public let columns: [(field: String, column: String)]
  /// Field and value.
  public let constants: [(field: String, value: String)]

  /// Nothing is said: each field has its own column.
  public static let none = ColumnMapping(columns: [], constants: [])

  private init(columns: [(field: String, column: String)], constants: [(field: String, value: String)]) {
    self.columns = columns
    self.constants = constants
  }

  /// Reads `field=column` and `field=value` as a command line gives them.
  /// - Throws: what is no such pair, and names of fields that there are none of, with the nearest known one.
  public init(map: [String], set: [String], fields: [ImportField]) throws(FileErrors) {
    let problems = FileProblems()
    let known = fields.map(\.name)
    var seen: [String] = []
    func pairs(_ option: String, _ texts: [String]) -> [(String, String)] {
      texts.compactMap { text in
        func fail(_ problem: String) { problems.add(JSONError(file: "\(option) \(text)", problem)) }
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
          fail("expected field=\(option == "--map" ? "column" : "value")")
          return nil
        }
        let (name, value) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
        if !known.contains(name) { fail("there is no field \"\(name)\"\(Spelling.hint(for: name, among: known))") }
        if seen.contains(name) { fail("the field \"\(name)\" is given twice") }
        seen.append(name)
        return (name, value)
      }
    }
    columns = pairs("--map", map)
    constants = pairs("--set", set)
    try problems.throwIfAny()
  }

  func column(of field: ImportField) -> RecordReader.Column {
    columns.first { $0.field == field.name }.map { RecordReader.Column($0.column) }
      ?? RecordReader.Column(field.column, isDeclared: false)
  }

  func constant(of field: String) -> String? { constants.first { $0.field == field }?.value }

  /// For the record: what was said, in the order of the names.
  var json: JSONValue {
    func object(_ pairs: [(String, String)]) -> JSONValue {
      .object(JSONObject(pairs.sorted { $0.0 < $1.0 }.map { ($0.0, .string($0.1)) }))
    }
    return [
      "map": object(columns.map { ($0.field, $0.column) }), "set": object(constants.map { ($0.field, $0.value) }),
    ]
  }

  /// Equal pairs in equal order.
  public static func == (left: ColumnMapping, right: ColumnMapping) -> Bool { left.json == right.json }
}

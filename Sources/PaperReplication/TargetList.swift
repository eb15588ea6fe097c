internal import JSON
internal import LabelTables

/// A list of expected figures, such as the conformance pack's `targets.csv`.
public struct TargetList: Sendable {
  /// What a line expects.
  public enum Expected: Sendable, Equatable, CustomStringConvertible {
    /// A number; infinite where the list says `inf`.
    case number(Double)
    /// `nan`: the figure does not exist for these data.
    case undefined

    /// The number, or `undefined`.
    public var description: String {
      switch self {
      case .number(let number): "\(number)"
      case .undefined: "undefined"
      }
    }
  }

  /// How far a figure may be off.
  public enum Tolerance: Sendable, Equatable, CustomStringConvertible {
    /// By this much; 0 is exact.
    case absolute(Double)
    /// By this share of the expected number.
    case relative(Double)

    /// As the list writes it.
    public var description: String {
      switch self {
      case .absolute(let most): "\(most)"
      case .relative(let share): "rel \(share)"
      }
    }

    func allows(_ number: Double, for expected: Double) -> Bool {
      // Infinity is near to nothing but itself.
      guard number.isFinite, expected.isFinite else { return number == expected }
      let distance = abs(number - expected)
      return switch self {
      case .absolute(let most): distance <= most
      case .relative(let share): distance <= share * abs(expected)
      }
    }
  }

  /// One line.
  public struct Line: Sendable, Equatable {
    /// The figure's id; its section is the part before the first point.
    public let id: String
    /// Its value.
    public let expected: Expected
    /// How far off is still right.
    public let tolerance: Tolerance
  }

  /// The lines in the order of the file.
  public let lines: [Line]

  /// Reads a file of comma-separated values with the columns `id`, `value` and `tolerance`.
  /// - Throws: `JSONErrors` with the places of what is wrong.
  public init(file: String) throws {
    var lines: [Line] = []
    var known: Set<String> = []
    try PaperRow.read(file, columns: ["id", "value", "tolerance"]) { (row) throws(JSONError) in
      let id = row.text("id")
      guard known.insert(id).inserted else { throw row.problem("id", "a second line of \(id)") }
      lines.append(Line(id: id, expected: try Self.expected(row), tolerance: try Self.tolerance(row)))
    }
    self.lines = lines
  }

  private static func expected(_ row: PaperRow) throws(JSONError) -> Expected {
    switch row.text("value") {
    case "nan": return .undefined
    case "inf": return .number(.infinity)
    case "-inf": return .number(-.infinity)
    case let text:
      guard let number = Double(text), number.isFinite else {
        throw row.problem("value", "\(row.quoted("value")) is no value; expected a number, inf or nan")
      }
      return .number(number)
    }
  }

  private static func tolerance(_ row: PaperRow) throws(JSONError) -> Tolerance {
    let text = row.text("tolerance")
    let isRelative = text.hasPrefix("rel ")
    guard let size = Double(isRelative ? text.dropFirst(4) : text[...]), size.isFinite, size >= 0 else {
      throw row.problem(
        "tolerance",
        "\(row.quoted("tolerance")) is no tolerance; expected a number of at least 0, or rel and such a number"
      )
    }
    return isRelative ? .relative(size) : .absolute(size)
  }
}

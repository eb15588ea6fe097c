/// A column of a Parquet file that holds one value a row.
public struct ParquetColumn: Sendable, Equatable {
  /// What its values are.
  public enum Kind: Sendable, Equatable {
    /// Texts in UTF-8.
    case text
    /// Whole numbers of 64 bits.
    case integer
    /// Floating-point numbers.
    case number
    /// Truth values.
    case bool
    /// Something that is not read here, in words: `a list`, `dates`.
    case unsupported(String)
  }

  /// The name; parts of nested ones are joined by dots.
  public let name: String
  /// What its values are.
  public let kind: Kind
  /// Whether rows may have none.
  public let isOptional: Bool
}

/// One value of a column.
public enum ParquetValue: Sendable, Equatable {
  /// A text.
  case text(String)
  /// A whole number.
  case integer(Int64)
  /// A number.
  case number(Double)
  /// A truth value.
  case bool(Bool)

  /// As it would stand in a table.
  public var text: String {
    switch self {
    case .text(let text): text
    case .integer(let value): String(value)
    case .number(let value): Int64(exactly: value).map { String($0) } ?? String(value)
    case .bool(let value): value ? "true" : "false"
    }
  }
}

/// How values stand in pages.
enum PhysicalType: Int64 {
  case boolean = 0
  case int32, int64, int96, float, double, byteArray, fixedLengthByteArray
}

/// A column as the schema declares it.
struct SchemaLeaf {
  var column: ParquetColumn
  var physical: PhysicalType
  /// Whether whole numbers have no sign.
  var isUnsigned: Bool
}

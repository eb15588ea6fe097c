/// A value of a GGUF file's metadata.
public enum GGUFValue: Sendable, Equatable {
  /// A whole number of any width and sign.
  case integer(Int64)
  /// A whole number beyond Int64.
  case unsigned(UInt64)
  /// float32 or float64, widened.
  case number(Double)
  /// True or false.
  case bool(Bool)
  /// Text; bytes that are no UTF-8 are repaired with U+FFFD.
  case string(String)
  /// Whole numbers.
  case integers([Int64])
  /// Floating point numbers.
  case numbers([Double])
  /// Truth values.
  case bools([Bool])
  /// Texts.
  case strings([String])
  /// Arrays in an array.
  case arrays([GGUFValue])

  /// What it is, for errors.
  public var typeName: String {
    switch self {
    case .integer, .unsigned: "a whole number"
    case .number: "a number"
    case .bool: "true or false"
    case .string: "a text"
    case .integers: "an array of whole numbers"
    case .numbers: "an array of numbers"
    case .bools: "an array of truth values"
    case .strings: "an array of texts"
    case .arrays: "an array of arrays"
    }
  }
}

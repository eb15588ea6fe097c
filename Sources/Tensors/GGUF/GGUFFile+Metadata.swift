extension GGUFFile {
  /// A whole number in a range; throws where it is missing, unless `standard` stands in, or of another kind.
  public func integer(_ key: String, _ range: ClosedRange<Int>, standard: Int? = nil) throws(TensorError) -> Int {
    guard let value = value(key) else {
      if let standard { return standard }
      throw missing(key, "a whole number")
    }
    var found: Int64?
    switch value {
    case .integer(let number): found = number
    // One number a layer: all must be equal.
    case .integers(let list) where Set(list).count == 1: found = list.first
    default: break
    }
    guard let found, let number = Int(exactly: found), range.contains(number) else {
      throw .badMetadata(
        file: path,
        key: key,
        problem: "expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(described(value))"
      )
    }
    return number
  }

  /// A finite number; nil where it is missing.
  public func number(_ key: String) throws(TensorError) -> Double? {
    guard let value = value(key) else { return nil }
    switch value {
    case .number(let number) where number.isFinite: return number
    case .integer(let number): return Double(number)
    default: throw .badMetadata(file: path, key: key, problem: "expected a number, found \(described(value))")
    }
  }

  /// A text; nil where it is missing.
  public func text(_ key: String) throws(TensorError) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else {
      throw .badMetadata(file: path, key: key, problem: "expected a text, found \(described(value))")
    }
    return text
  }

  /// A truth value; nil where it is missing.
  public func flag(_ key: String) throws(TensorError) -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .bool(let flag) = value else {
      throw .badMetadata(file: path, key: key, problem: "expected true or false, found \(described(value))")
    }
    return flag
  }

  /// The error for a key that is not there.
  public func missing(_ key: String, _ what: String) -> TensorError {
    .badMetadata(file: path, key: key, problem: "is missing; expected \(what)")
  }

  private func described(_ value: GGUFValue) -> String {
    switch value {
    case .integer(let number): "\(number)"
    case .unsigned(let number): "\(number)"
    case .number(let number): "\(number)"
    default: value.typeName
    }
  }
}

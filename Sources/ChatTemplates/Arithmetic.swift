/// `+ - * / // % **` as in Python.
enum Arithmetic {
  static func apply(_ sign: String, _ left: Value, _ right: Value, _ interpreter: Interpreter) throws(TemplateError)
    -> Value
  {
    switch (sign, left, right) {
    case ("+", .string(let a), .string(let b)): return .string(try interpreter.made(a + b))
    case ("+", .list(let a), .list(let b)):
      try interpreter.step(a.count + b.count)
      return .list(a + b)
    case ("+", .tuple(let a), .tuple(let b)):
      try interpreter.step(a.count + b.count)
      return .tuple(a + b)
    case ("*", .string(let text), _), ("*", _, .string(let text)):
      guard let count = left.int ?? right.int else { break }
      guard count <= 0 || text.utf8.count <= interpreter.limits.bytes / count else {
        throw TemplateError(.limit, "more than \(interpreter.limits.bytes) bytes of text")
      }
      return .string(try interpreter.made(String(repeating: text, count: max(0, count))))
    case ("*", .list(let items), _), ("*", _, .list(let items)):
      if let count = left.int ?? right.int { return .list(try repeated(items, count, interpreter)) }
    case ("*", .tuple(let items), _), ("*", _, .tuple(let items)):
      if let count = left.int ?? right.int { return .tuple(try repeated(items, count, interpreter)) }
    case ("%", .string(let format), _):
      return .string(try interpreter.made(try percentFormat(format, right)))
    default: break
    }
    if let a = left.int, let b = right.int { return try whole(sign, a, b) }
    if let a = left.number, let b = right.number { return try real(sign, a, b) }
    throw interpreter.misfit(
      "unsupported operand type(s) for \(sign): '\(left.typeName)' and '\(right.typeName)'",
      [left, right]
    )
  }

  private static func repeated(_ items: [Value], _ count: Int, _ interpreter: Interpreter) throws(TemplateError)
    -> [Value]
  {
    let total = items.count.multipliedReportingOverflow(by: max(0, count))
    try interpreter.step(total.overflow ? .max / 2 : total.partialValue)
    return Array(repeatElement(items, count: max(0, count)).joined())
  }

  private static func whole(_ sign: String, _ a: Int, _ b: Int) throws(TemplateError) -> Value {
    let result: (partialValue: Int, overflow: Bool)
    switch sign {
    case "+": result = a.addingReportingOverflow(b)
    case "-": result = a.subtractingReportingOverflow(b)
    case "*": result = a.multipliedReportingOverflow(by: b)
    case "//", "%":
      guard b != 0 else { throw TemplateError(.division, "integer division or modulo by zero") }
      guard !(a == .min && b == -1) else { throw TemplateError(.overflow, "a number is too large") }
      let remainder = a % b
      let isMixed = remainder != 0 && (remainder < 0) != (b < 0)
      return .int(sign == "%" ? (isMixed ? remainder + b : remainder) : a / b - (isMixed ? 1 : 0))
    case "**" where b >= 0:
      var power = 1
      for _ in 0..<min(b, 64) {
        let (next, overflow) = power.multipliedReportingOverflow(by: a)
        guard !overflow else { throw TemplateError(.overflow, "a number is too large") }
        power = next
      }
      if b > 64, a.magnitude > 1 { throw TemplateError(.overflow, "a number is too large") }
      return .int(a == -1 && b % 2 == 1 ? -1 : power)
    default: return try real(sign, Double(a), Double(b))
    }
    guard !result.overflow else { throw TemplateError(.overflow, "a number is too large") }
    return .int(result.partialValue)
  }

  private static func real(_ sign: String, _ a: Double, _ b: Double) throws(TemplateError) -> Value {
    switch sign {
    case "+": return .double(a + b)
    case "-": return .double(a - b)
    case "*": return .double(a * b)
    case "**":
      var power = 1.0
      guard b == b.rounded() else { throw TemplateError(.value, "only whole exponents are supported") }
      guard abs(b) <= 1100 else { throw TemplateError(.overflow, "the exponent is too large") }
      for _ in 0..<Int(abs(b)) { power *= a }
      guard power.isFinite, power != 0 || b >= 0 else { throw TemplateError(.overflow, "a number is too large") }
      return .double(b < 0 ? 1 / power : power)
    default:
      guard b != 0 else { throw TemplateError(.division, "division by zero") }
      if sign == "/" { return .double(a / b) }
      let floor = (a / b).rounded(.down)
      return .double(sign == "//" ? floor : a - floor * b)
    }
  }

  /// `"%s of %d" % (a, b)`.
  private static func percentFormat(_ format: String, _ value: Value) throws(TemplateError) -> String {
    var values: [Value] = if case .tuple(let items) = value { items } else { [value] }
    var out = String.UnicodeScalarView()
    var isCode = false
    for scalar in format.unicodeScalars {
      guard isCode else {
        if scalar == "%" { isCode = true } else { out.append(scalar) }
        continue
      }
      isCode = false
      if scalar == "%" {
        out.append("%")
        continue
      }
      guard !values.isEmpty else { throw TemplateError(.type, "not enough arguments for format string") }
      let next = values.removeFirst()
      switch scalar {
      case "s": out.append(contentsOf: next.text.unicodeScalars)
      case "r": out.append(contentsOf: next.representation.unicodeScalars)
      case "d", "i":
        guard let number = next.number else {
          throw TemplateError(.type, "%d format: a real number is required, not \(next.typeName)")
        }
        guard let whole = next.int ?? Int(exactly: number.rounded(.towardZero)) else {
          throw TemplateError(.overflow, "a number is too large")
        }
        out.append(contentsOf: String(whole).unicodeScalars)
      default: throw TemplateError(.value, "unsupported format character '\(scalar)'")
      }
    }
    guard !isCode else { throw TemplateError(.value, "incomplete format") }
    // Python takes a lone mapping for named fields and does not mind that none is used.
    if case .dict = value { return String(out) }
    guard values.isEmpty else { throw TemplateError(.type, "not all arguments converted during string formatting") }
    return String(out)
  }
}

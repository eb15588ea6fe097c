extension Methods {
  /// Methods of strings that ask what the characters are, cut at a place or fill up to a width.
  static func moreString(_ name: String, _ text: String) -> Function? {
    switch name {
    case "isdigit": all(name, text) { $0.numericType == .decimal || $0.numericType == .digit }
    case "isnumeric": all(name, text) { $0.numericType != nil }
    case "isalpha": all(name, text) { isLetter($0) }
    case "isalnum": all(name, text) { isLetter($0) || $0.numericType != nil }
    case "isdecimal": all(name, text) { $0.numericType == .decimal }
    case "isascii": made(name) { _ in .bool(text.utf8.allSatisfy { $0 < 0x80 }) }
    case "isprintable": made(name) { _ in .bool(text.unicodeScalars.allSatisfy { isPrintable($0) }) }
    case "isidentifier": made(name) { _ in .bool(isIdentifier(text)) }
    case "istitle": made(name) { _ in .bool(isTitle(text)) }
    case "isspace": all(name, text) { $0.isWhitespace }
    case "islower": made(name) { _ in .bool(text.lowercased() == text && text.uppercased() != text) }
    case "isupper": made(name) { _ in .bool(text.uppercased() == text && text.lowercased() != text) }
    case "swapcase":
      made(name) { _ in
        .string(
          text.unicodeScalars.map {
            $0.properties.isUppercase ? $0.properties.lowercaseMapping : $0.properties.uppercaseMapping
          }
          .joined()
        )
      }
    // Full case folding is lower case but for the sharp s.
    case "casefold": made(name) { _ in .string(Filters.replaced(text.lowercased(), "\u{DF}", "ss", nil)) }
    case "removeprefix", "removesuffix":
      made(name) { arguments throws(TemplateError) in
        let part = Array(try argument(arguments, 0, name).unicodeScalars)
        let scalars = Array(text.unicodeScalars)
        if name == "removeprefix" {
          return .string(scalars.starts(with: part) ? string(scalars.dropFirst(part.count)) : text)
        }
        return .string(scalars.suffix(part.count).elementsEqual(part) ? string(scalars.dropLast(part.count)) : text)
      }
    case "partition", "rpartition":
      made(name) { arguments throws(TemplateError) in
        let separator = try argument(arguments, 0, "sep")
        guard !separator.isEmpty else { throw TemplateError(.value, "empty separator") }
        let parts = split(text, by: separator)
        guard parts.count > 1 else {
          return .tuple((name == "partition" ? [text, "", ""] : ["", "", text]).map { .string($0) })
        }
        let left = name == "partition" ? 1 : parts.count - 1
        let halves = [parts[..<left], parts[left...]].map { $0.joined(separator: separator) }
        return .tuple([.string(halves[0]), .string(separator), .string(halves[1])])
      }
    case "index", "rindex":
      made(name) { arguments throws(TemplateError) in
        let part = try argument(arguments, 0, "sub")
        guard let at = name == "index" ? find(part, in: text) : findLast(part, in: text) else {
          throw TemplateError(.value, "substring not found")
        }
        return .int(at)
      }
    case "splitlines":
      made(name) { arguments in
        .list(lines(text, keepsEnds: arguments.value(0, "keepends")?.isTrue ?? false).map { .string($0) })
      }
    case "zfill", "center", "ljust", "rjust": filled(name, text)
    default: nil
    }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }

  private static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
    return text.unicodeScalars.allSatisfy(\.properties.isXIDContinue)
  }

  /// Whether capitals follow only what has no case, and small letters only what has.
  private static func isTitle(_ text: String) -> Bool {
    var hasCased = false
    var lastIsCased = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      let isUpper = properties.isUppercase || properties.generalCategory == .titlecaseLetter
      if isUpper ? lastIsCased : properties.isLowercase && !lastIsCased { return false }
      lastIsCased = isUpper || properties.isLowercase
      hasCased = hasCased || lastIsCased
    }
    return hasCased
  }

  private static func isLetter(_ properties: Unicode.Scalar.Properties) -> Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func all(_ name: String, _ text: String, _ holds: @escaping (Unicode.Scalar.Properties) -> Bool)
    -> Function
  {
    made(name) { _ in .bool(!text.isEmpty && text.unicodeScalars.allSatisfy { holds($0.properties) }) }
  }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func filled(_ name: String, _ text: String) -> Function {
    Function(name: name) { arguments, interpreter throws(TemplateError) in
      guard let width = arguments.value(0, "width")?.int else {
        throw TemplateError(.type, "expected a whole number argument 'width'")
      }
      let fill = name == "zfill" ? "0" : arguments.value(1, "fillchar")?.string ?? " "
      guard fill.unicodeScalars.count == 1 else {
        throw TemplateError(.type, "The fill character must be exactly one character long")
      }
      let count = text.unicodeScalars.count
      guard width > count else { return .string(text) }
      guard width <= interpreter.limits.bytes / 4 else {
        throw TemplateError(.limit, "more than \(interpreter.limits.bytes) bytes of text")
      }
      let missing = width - count
      // Python puts the odd one to the left where the width is odd.
      let left =
        switch name {
        case "ljust": 0
        case "center": missing / 2 + (missing & width & 1)
        default: missing
        }
      func run(_ count: Int) -> String { String(repeating: fill, count: count) }
      if name == "zfill", let sign = text.unicodeScalars.first, sign == "-" || sign == "+" {
        return .string(try interpreter.made(String(sign) + run(missing) + string(text.unicodeScalars.dropFirst())))
      }
      return .string(try interpreter.made(run(left) + text + run(missing - left)))
    }
  }

  /// Python's `split()` without a separator: runs of white space part words, and the rest keeps its own.
  static func words(_ text: String, limit: Int, fromRight: Bool) -> [String] {
    var rest = Array(text.unicodeScalars)[...]
    if fromRight { rest.reverse() }
    var words: [String] = []
    func shown(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
      fromRight ? string(scalars.reversed()) : string(scalars)
    }
    while true {
      rest = rest.drop { $0.properties.isWhitespace }
      if rest.isEmpty { break }
      if words.count == limit {
        words.append(shown(rest))
        break
      }
      let word = rest.prefix { !$0.properties.isWhitespace }
      words.append(shown(word))
      rest = rest.dropFirst(word.count)
    }
    return fromRight ? words.reversed() : words
  }

  /// Python's `splitlines()`: an end at the very end begins no further line.
  private static func lines(_ text: String, keepsEnds: Bool) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var lines: [String] = []
    var start = 0
    var at = 0
    while at < scalars.count {
      switch scalars[at].value {
      case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
        let end = scalars[at] == "\r" && at + 1 < scalars.count && scalars[at + 1] == "\n" ? at + 2 : at + 1
        lines.append(string(scalars[start..<(keepsEnds ? end : at)]))
        at = end
        start = end
      default: at += 1
      }
    }
    if start < scalars.count { lines.append(string(scalars[start...])) }
    return lines
  }
}

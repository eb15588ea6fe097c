/// A token of the template language.
struct Token: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case data(String)
    case variableBegin, variableEnd, blockBegin, blockEnd
    case name(String)
    case string(String)
    case int(Int)
    case double(Double)
    case sign(String)
    case end
  }

  let kind: Kind
  let place: Place
}

/// Cuts a template into tokens, with `trim_blocks` and `lstrip_blocks` as chat templates expect them.
struct Lexer {
  private let source: [Unicode.Scalar]
  private var at = 0
  private var tokens: [Token] = []
  private let lineStarts: [Int]

  static func tokens(of text: String) throws(TemplateError) -> [Token] {
    var lexer = Lexer(text)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ text: String) {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.unicodeScalars.count)
    for scalar in text.unicodeScalars {
      if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
      scalars.append(scalar)
    }
    scalars = scalars.map { $0 == "\r" ? "\n" : $0 }
    // `keep_trailing_newline` is off.
    if scalars.last == "\n" { scalars.removeLast() }
    source = scalars
    lineStarts = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
  }

  private func place(_ offset: Int) -> Place {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return Place(line: low + 1, column: offset - lineStarts[low] + 1)
  }

  private func fail(_ message: String, _ offset: Int) -> TemplateError {
    TemplateError(.syntax, message, at: place(offset))
  }

  private func starts(with text: StaticString, at offset: Int) -> Bool {
    text.withUTF8Buffer { wanted in
      offset + wanted.count <= source.count
        && wanted.indices.allSatisfy { source[offset + $0].value == UInt32(wanted[$0]) }
    }
  }

  private func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: source[range])
    return String(view)
  }

  private mutating func emit(_ kind: Token.Kind, _ offset: Int) {
    tokens.append(Token(kind: kind, place: place(offset)))
  }

  private mutating func run() throws(TemplateError) {
    var trimsNext = false  // the tag before ended with "-"
    while at < source.count {
      let start = at
      var open = start
      while open < source.count, !isOpen(open) { open += 1 }
      var dataStart = start
      if trimsNext { while dataStart < open, source[dataStart].properties.isWhitespace { dataStart += 1 } }
      trimsNext = false
      guard open < source.count else {
        if dataStart < open { emit(.data(text(dataStart..<open)), dataStart) }
        break
      }
      let mark = source[open + 1]
      let sign = open + 2 < source.count ? source[open + 2] : " "
      var dataEnd = open
      if sign == "-" {
        while dataEnd > dataStart, source[dataEnd - 1].properties.isWhitespace { dataEnd -= 1 }
      } else if mark != "{", sign != "+" {
        // `lstrip_blocks`: blanks between the line's start and a block tag go.
        var back = open
        while back > start, source[back - 1] == " " || source[back - 1] == "\t" { back -= 1 }
        if back == 0 || source[back - 1] == "\n", back >= start { dataEnd = max(dataStart, back) }
      }
      if dataStart < dataEnd { emit(.data(text(dataStart..<dataEnd)), dataStart) }
      at = open + 2
      if sign == "-" || sign == "+" { at += 1 }
      switch mark {
      case "#": trimsNext = try comment(from: open)
      case "{":
        emit(.variableBegin, open)
        trimsNext = try expression(closing: "}}", from: open)
      default:
        if let raw = rawBody() {
          trimsNext = try rawBlock(bodyStart: raw.start, trims: raw.trims, from: open)
        } else {
          emit(.blockBegin, open)
          trimsNext = try expression(closing: "%}", from: open)
        }
      }
    }
    emit(.end, source.count)
  }

  private func isOpen(_ offset: Int) -> Bool {
    starts(with: "{{", at: offset) || starts(with: "{%", at: offset) || starts(with: "{#", at: offset)
  }

  /// After a block tag one line end is dropped, unless the tag ended with "+".
  private mutating func trimLine(_ sign: Unicode.Scalar) {
    if sign != "+", at < source.count, source[at] == "\n" { at += 1 }
  }

  private mutating func comment(from open: Int) throws(TemplateError) -> Bool {
    while at < source.count, !starts(with: "#}", at: at) { at += 1 }
    guard at < source.count else { throw fail("Missing end of comment tag", open) }
    let sign = source[at - 1]
    at += 2
    if sign == "-" { return true }
    trimLine(sign)
    return false
  }

  /// Whether a `raw` tag starts here, and where its body begins.
  private func rawBody() -> (start: Int, trims: Bool)? {
    var look = at
    while look < source.count, source[look].properties.isWhitespace { look += 1 }
    guard starts(with: "raw", at: look) else { return nil }
    look += 3
    while look < source.count, source[look].properties.isWhitespace { look += 1 }
    if starts(with: "-%}", at: look) { return (look + 3, true) }
    return starts(with: "%}", at: look) ? (look + 2, false) : nil
  }

  private mutating func rawBlock(bodyStart: Int, trims: Bool, from open: Int) throws(TemplateError) -> Bool {
    var look = bodyStart
    while look < source.count {
      guard starts(with: "{%", at: look) else {
        look += 1
        continue
      }
      var inner = look + 2
      let leftTrim = inner < source.count && source[inner] == "-"
      if leftTrim || (inner < source.count && source[inner] == "+") { inner += 1 }
      while inner < source.count, source[inner].properties.isWhitespace { inner += 1 }
      if starts(with: "endraw", at: inner) {
        inner += 6
        while inner < source.count, source[inner].properties.isWhitespace { inner += 1 }
        let rightTrim = starts(with: "-%}", at: inner)
        guard rightTrim || starts(with: "%}", at: inner) else { throw fail("expected the end of endraw", inner) }
        var from = bodyStart
        var to = look
        if trims { while from < to, source[from].properties.isWhitespace { from += 1 } }
        if leftTrim {
          while to > from, source[to - 1].properties.isWhitespace { to -= 1 }
        } else {
          var back = to
          while back > from, source[back - 1] == " " || source[back - 1] == "\t" { back -= 1 }
          if back > 0, source[back - 1] == "\n" { to = back }
        }
        if from < to { emit(.data(text(from..<to)), from) }
        at = inner + (rightTrim ? 3 : 2)
        if !rightTrim { trimLine(" ") }
        return rightTrim
      }
      look += 2
    }
    throw fail("Missing end of raw directive", open)
  }

  private mutating func expression(closing: StaticString, from open: Int) throws(TemplateError) -> Bool {
    let isBlock = closing.description == "%}"
    var braces = 0
    while true {
      while at < source.count, source[at].properties.isWhitespace { at += 1 }
      guard at < source.count else {
        throw fail("unexpected end of template, expected '\(closing)'", open)
      }
      let start = at
      if braces == 0 {
        let sign = source[at]
        let isSigned = sign == "-" || (sign == "+" && isBlock)
        if starts(with: closing, at: isSigned ? at + 1 : at) {
          at += isSigned ? 3 : 2
          emit(isBlock ? .blockEnd : .variableEnd, start)
          if sign == "-" { return true }
          if isBlock { trimLine(sign) }
          return false
        }
      }
      let scalar = source[at]
      if scalar == "\"" || scalar == "'" {
        emit(.string(try string(quote: scalar)), start)
      } else if scalar.properties.isXIDStart || scalar == "_" {
        while at < source.count, source[at].properties.isXIDContinue || source[at] == "_" { at += 1 }
        emit(.name(text(start..<at)), start)
      } else if ("0"..."9").contains(scalar) {
        try number(start)
      } else {
        let two = start + 1 < source.count ? text(start..<(start + 2)) : ""
        let sign = ["**", "//", "==", "!=", "<=", ">="].contains(two) ? two : String(scalar)
        guard sign.count == 2 || "+-*/%~|.,:()[]{}<>=".contains(sign) else {
          throw fail("unexpected char '\(scalar)'", start)
        }
        if "([{".contains(sign) { braces += 1 }
        if ")]}".contains(sign) { braces -= 1 }
        at += sign.count
        emit(.sign(sign), start)
      }
    }
  }

  private mutating func number(_ start: Int) throws(TemplateError) {
    func digits(_ from: Int) -> Int {
      var end = from
      while end < source.count, ("0"..."9").contains(source[end]) || source[end] == "_" { end += 1 }
      return end
    }
    var end = digits(start)
    var isDouble = false
    if end + 1 < source.count, source[end] == ".", ("0"..."9").contains(source[end + 1]) {
      end = digits(end + 1)
      isDouble = true
    }
    if end < source.count, source[end] == "e" || source[end] == "E" {
      var exponent = end + 1
      if exponent < source.count, source[exponent] == "+" || source[exponent] == "-" { exponent += 1 }
      if exponent < source.count, ("0"..."9").contains(source[exponent]) {
        end = digits(exponent)
        isDouble = true
      }
    }
    at = end
    let plain = text(start..<end).filter { $0 != "_" }
    if isDouble, let value = Double(plain) { return emit(.double(value), start) }
    guard let value = Int(plain) else { throw fail("the number \(plain) is too large", start) }
    emit(.int(value), start)
  }

  private mutating func string(quote: Unicode.Scalar) throws(TemplateError) -> String {
    let start = at
    at += 1
    var out = String.UnicodeScalarView()
    while at < source.count, source[at] != quote {
      guard source[at] == "\\", at + 1 < source.count else {
        out.append(source[at])
        at += 1
        continue
      }
      at += 2
      switch source[at - 1] {
      case "n": out.append("\n")
      case "t": out.append("\t")
      case "r": out.append("\r")
      case "b": out.append("\u{8}")
      case "f": out.append("\u{C}")
      case "v": out.append("\u{B}")
      case "a": out.append("\u{7}")
      case "0": out.append("\0")
      case "\\", "'", "\"": out.append(source[at - 1])
      case "\n": break
      case "x": out.append(try codePoint(digits: 2))
      case "u": out.append(try codePoint(digits: 4))
      case "U": out.append(try codePoint(digits: 8))
      default:
        out.append("\\")
        out.append(source[at - 1])
      }
    }
    guard at < source.count else { throw fail("unexpected end of string", start) }
    at += 1
    return String(out)
  }

  private mutating func codePoint(digits: Int) throws(TemplateError) -> Unicode.Scalar {
    guard at + digits <= source.count, let value = UInt32(text(at..<(at + digits)), radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw fail("bad escape in a string", at) }
    at += digits
    return scalar
  }
}

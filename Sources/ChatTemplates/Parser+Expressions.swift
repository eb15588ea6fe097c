extension Parser {
  private static let closers: [Token.Kind] = [
    .variableEnd, .blockEnd, .sign(")"), .sign("]"), .sign("}"), .sign("="), .end,
  ]

  /// An expression, or several as a tuple.
  mutating func expressionOrTuple(allowsConditional: Bool = true) throws(TemplateError) -> Expression {
    let place = current.place
    let first = allowsConditional ? try expression() : try or()
    guard current.kind == .sign(",") else { return first }
    var items = [first]
    while take(",") {
      if Self.closers.contains(current.kind) || current.kind == .name("in") { break }
      items.append(allowsConditional ? try expression() : try or())
    }
    return Expression(place: place, form: .tuple(items))
  }

  mutating func expression() throws(TemplateError) -> Expression {
    try nested { parser throws(TemplateError) in try parser.conditional() }
  }

  private mutating func conditional() throws(TemplateError) -> Expression {
    let known = unknowns.count
    var value = try or()
    while current.kind == .name("if") {
      defer { unknowns.removeLast(unknowns.count - known) }
      let place = current.place
      advance()
      let condition = try or()
      let otherwise: Expression? = takeName("else") ? try expression() : nil
      value = Expression(place: place, form: .conditional(condition, then: value, otherwise: otherwise))
    }
    return value
  }

  private mutating func or() throws(TemplateError) -> Expression {
    var left = try and()
    while current.kind == .name("or") {
      let place = current.place
      advance()
      left = Expression(place: place, form: .or(left, try and()))
    }
    return left
  }

  private mutating func and() throws(TemplateError) -> Expression {
    var left = try not()
    while current.kind == .name("and") {
      let place = current.place
      advance()
      left = Expression(place: place, form: .and(left, try not()))
    }
    return left
  }

  private mutating func not() throws(TemplateError) -> Expression {
    guard current.kind == .name("not") else { return try compare() }
    let place = current.place
    advance()
    return try nested { parser throws(TemplateError) in
      Expression(place: place, form: .not(try parser.not()))
    }
  }

  private mutating func compare() throws(TemplateError) -> Expression {
    let place = current.place
    let left = try sum()
    var operations: [(sign: String, right: Expression)] = []
    while true {
      if case .sign(let sign) = current.kind, ["==", "!=", "<", ">", "<=", ">="].contains(sign) {
        advance()
        operations.append((sign, try sum()))
      } else if takeName("in") {
        operations.append(("in", try sum()))
      } else if current.kind == .name("not"), at + 1 < tokens.count, tokens[at + 1].kind == .name("in") {
        advance()
        advance()
        operations.append(("not in", try sum()))
      } else {
        return operations.isEmpty ? left : Expression(place: place, form: .compare(left, operations))
      }
    }
  }

  private mutating func sum() throws(TemplateError) -> Expression {
    var left = try concat()
    while case .sign(let sign) = current.kind, sign == "+" || sign == "-" {
      let place = current.place
      advance()
      left = Expression(place: place, form: .arithmetic(left, sign, try concat()))
    }
    return left
  }

  private mutating func concat() throws(TemplateError) -> Expression {
    let place = current.place
    var parts = [try product()]
    while take("~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : Expression(place: place, form: .concat(parts))
  }

  private mutating func product() throws(TemplateError) -> Expression {
    var left = try power()
    while case .sign(let sign) = current.kind, ["*", "/", "//", "%"].contains(sign) {
      let place = current.place
      advance()
      left = Expression(place: place, form: .arithmetic(left, sign, try power()))
    }
    return left
  }

  private mutating func power() throws(TemplateError) -> Expression {
    var left = try unary()
    while current.kind == .sign("**") {
      let place = current.place
      advance()
      left = Expression(place: place, form: .arithmetic(left, "**", try unary()))
    }
    return left
  }

  private mutating func unary(withFilter: Bool = true) throws(TemplateError) -> Expression {
    let place = current.place
    if take("-") || take("+") {
      let isNegative = tokens[at - 1].kind == .sign("-")
      let inner = try nested { parser throws(TemplateError) in try parser.unary(withFilter: false) }
      let value = Expression(place: place, form: isNegative ? .negative(inner) : .positive(inner))
      return withFilter ? try filtersAndTests(try postfix(value)) : try postfix(value)
    }
    let value = try postfix(try primary())
    return withFilter ? try filtersAndTests(value) : value
  }

  private mutating func primary() throws(TemplateError) -> Expression {
    let token = current
    func made(_ form: Expression.Form) -> Expression { Expression(place: token.place, form: form) }
    switch token.kind {
    case .name(let word):
      advance()
      switch word {
      case "true", "True": return made(.literal(.bool(true)))
      case "false", "False": return made(.literal(.bool(false)))
      case "none", "None": return made(.literal(.none))
      default: return made(.name(word))
      }
    case .string(var text):
      advance()
      while case .string(let more) = current.kind {
        text += more
        advance()
      }
      return made(.literal(.string(text)))
    case .int(let value):
      advance()
      return made(.literal(.int(value)))
    case .double(let value):
      advance()
      return made(.literal(.double(value)))
    case .sign("("):
      advance()
      if take(")") { return made(.tuple([])) }
      let inner = try expressionOrTuple()
      try expect(")")
      return inner
    case .sign("["):
      advance()
      var items: [Expression] = []
      while !take("]") {
        if !items.isEmpty { try expect(",") }
        if take("]") { break }
        items.append(try expression())
      }
      return made(.list(items))
    case .sign("{"):
      advance()
      var pairs: [(key: Expression, value: Expression)] = []
      while !take("}") {
        if !pairs.isEmpty { try expect(",") }
        if take("}") { break }
        let key = try expression()
        try expect(":")
        pairs.append((key, try expression()))
      }
      return made(.dict(pairs))
    default: throw fail("unexpected \(shown(token))")
    }
  }

  private mutating func postfix(_ start: Expression) throws(TemplateError) -> Expression {
    var value = start
    while case .sign(let sign) = current.kind {
      let place = current.place
      switch sign {
      case ".":
        advance()
        if case .int(let index) = current.kind {
          advance()
          value = Expression(
            place: place,
            form: .item(value, Expression(place: place, form: .literal(.int(index))))
          )
        } else {
          value = Expression(place: place, form: .attribute(value, try name()))
        }
      case "[":
        advance()
        value = try subscripted(value, place)
      case "(": value = Expression(place: place, form: .call(value, try arguments()))
      default: return value
      }
    }
    return value
  }

  private mutating func subscripted(_ value: Expression, _ place: Place) throws(TemplateError) -> Expression {
    var parts: [Expression?] = []
    var isSlice = false
    func isPart() -> Bool { current.kind != .sign(":") && current.kind != .sign("]") }
    parts.append(isPart() ? try expressionOrTuple() : nil)
    while parts.count < 3, take(":") {
      isSlice = true
      parts.append(isPart() ? try expression() : nil)
    }
    try expect("]")
    if isSlice {
      return Expression(
        place: place,
        form: .slice(value, start: parts[0], stop: parts[1], step: parts.count > 2 ? parts[2] : nil)
      )
    }
    guard let index = parts[0] else { throw fail("expected an index") }
    return Expression(place: place, form: .item(value, index))
  }

  private mutating func arguments() throws(TemplateError) -> [Argument] {
    var arguments: [Argument] = []
    try expect("(")
    while !take(")") {
      if !arguments.isEmpty { try expect(",") }
      if take(")") { break }
      if take("**") {
        arguments.append(Argument(kind: .spreadNamed, value: try expression()))
      } else if take("*") {
        arguments.append(Argument(kind: .spread, value: try expression()))
      } else if case .name(let word) = current.kind, tokens[at + 1].kind == .sign("=") {
        advance()
        advance()
        arguments.append(Argument(kind: .named(word), value: try expression()))
      } else {
        arguments.append(Argument(kind: .positional, value: try expression()))
      }
    }
    return arguments
  }

  private mutating func filtersAndTests(_ start: Expression) throws(TemplateError) -> Expression {
    var value = start
    while true {
      if take("|") {
        value = try filter(value)
      } else if takeName("is") {
        value = try test(value)
      } else if current.kind == .sign("(") {
        value = Expression(place: current.place, form: .call(value, try arguments()))
      } else {
        return value
      }
    }
  }

  private mutating func dottedName() throws(TemplateError) -> String {
    var word = try name()
    while take(".") { word += "." + (try name()) }
    return word
  }

  private mutating func filter(_ input: Expression?) throws(TemplateError) -> Expression {
    let place = current.place
    let word = try dottedName()
    if !Filters.names.contains(word) {
      unknowns.append(TemplateError(.syntax, "No filter named '\(word)'.", at: place))
    }
    let arguments = current.kind == .sign("(") ? try arguments() : []
    return Expression(place: place, form: .filter(input, word, arguments))
  }

  /// `trim | upper`: filters whose input comes from elsewhere.
  mutating func filterChain(_ input: Expression?) throws(TemplateError) -> Expression {
    var value = try filter(input)
    while take("|") { value = try filter(value) }
    return value
  }

  private mutating func test(_ value: Expression) throws(TemplateError) -> Expression {
    let place = current.place
    let isNegated = takeName("not")
    let word = try dottedName()
    if !ValueTests.names.contains(word) {
      unknowns.append(TemplateError(.syntax, "No test named '\(word)'.", at: place))
    }
    var given: [Argument] = []
    if current.kind == .sign("(") {
      given = try arguments()
    } else if startsTestArgument() {
      given = [Argument(kind: .positional, value: try postfix(try primary()))]
    }
    let test = Expression(place: place, form: .test(value, word, given))
    return isNegated ? Expression(place: place, form: .not(test)) : test
  }

  private func startsTestArgument() -> Bool {
    switch current.kind {
    case .name(let word): !["else", "or", "and", "is", "if", "in", "not", "recursive"].contains(word)
    case .string, .int, .double, .sign("["), .sign("{"): true
    default: false
    }
  }
}

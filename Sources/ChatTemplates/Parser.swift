/// Reads statements; expressions are in `Parser+Expressions.swift`.
struct Parser {
  var tokens: [Token]
  var at = 0
  /// Nesting of statements and expressions, bounded so that no template exhausts the stack.
  var depth = 0
  static let maximumDepth = 150
  /// Loops around the statement that is read; a macro starts anew.
  private var loopDepth = 0
  /// Filters and tests that there are none of, so far outside of branches: those in a branch fail only when it is taken.
  var unknowns: [TemplateError] = []
  private var unknownsInBodies: [TemplateError] = []

  static func parse(_ source: String) throws(TemplateError) -> [Statement] {
    var parser = Parser(tokens: try Lexer.tokens(of: source))
    let body = try parser.statements(until: [])
    let unknowns = parser.unknowns + parser.unknownsInBodies
    if let first = unknowns.min(by: { ($0.line, $0.column) < ($1.line, $1.column) }) { throw first }
    return body
  }

  private init(tokens: [Token]) { self.tokens = tokens }

  var current: Token { tokens[at] }

  func fail(_ message: String) -> TemplateError { TemplateError(.syntax, message, at: current.place) }

  mutating func advance() { if at < tokens.count - 1 { at += 1 } }

  /// Takes a sign if it is next.
  mutating func take(_ sign: String) -> Bool {
    guard current.kind == .sign(sign) else { return false }
    advance()
    return true
  }

  mutating func expect(_ sign: String) throws(TemplateError) {
    guard take(sign) else { throw fail("expected token '\(sign)', got \(shown(current))") }
  }

  mutating func takeName(_ word: String) -> Bool {
    guard current.kind == .name(word) else { return false }
    advance()
    return true
  }

  mutating func name() throws(TemplateError) -> String {
    guard case .name(let word) = current.kind else { throw fail("expected a name, got \(shown(current))") }
    advance()
    return word
  }

  func shown(_ token: Token) -> String {
    switch token.kind {
    case .data: "text"
    case .variableBegin: "'{{'"
    case .variableEnd: "'}}'"
    case .blockBegin: "'{%'"
    case .blockEnd: "end of statement block"
    case .name(let word): "'\(word)'"
    case .string(let text): "the string '\(text)'"
    case .int(let value): "'\(value)'"
    case .double(let value): "'\(value)'"
    case .sign(let sign): "'\(sign)'"
    case .end: "the end of the template"
    }
  }

  mutating func nested<Result>(_ read: (inout Parser) throws(TemplateError) -> Result) throws(TemplateError) -> Result {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw TemplateError(.limit, "nested deeper than \(Self.maximumDepth) levels", at: current.place)
    }
    defer { depth -= 1 }
    return try read(&self)
  }

  private mutating func blockEnd() throws(TemplateError) {
    guard current.kind == .blockEnd else { throw fail("expected end of statement block, got \(shown(current))") }
    advance()
  }

  /// Statements up to a block tag with one of the words, whose word is consumed (not its end).
  private mutating func statements(until words: [String]) throws(TemplateError) -> [Statement] {
    try nested { parser throws(TemplateError) in try parser.bodyUntil(words) }
  }

  private mutating func bodyUntil(_ words: [String]) throws(TemplateError) -> [Statement] {
    var body: [Statement] = []
    while true {
      let token = current
      switch token.kind {
      case .data(let text):
        body.append(Statement(place: token.place, form: .data(text)))
        advance()
      case .variableBegin:
        advance()
        let value = try expressionOrTuple()
        guard current.kind == .variableEnd else {
          throw fail("expected token 'end of print statement', got \(shown(current))")
        }
        advance()
        body.append(Statement(place: token.place, form: .output(value)))
      case .blockBegin:
        advance()
        guard case .name(let word) = current.kind else { throw fail("tag name expected") }
        if words.contains(word) { return body }
        advance()
        body.append(Statement(place: token.place, form: try statement(word, token.place)))
      case .end:
        guard words.isEmpty else {
          throw fail("Unexpected end of template. Looking for one of: \(words.joined(separator: ", "))")
        }
        return body
      default: throw fail("unexpected \(shown(token))")
      }
    }
  }

  /// A body and its end tag.
  private mutating func body(to end: String) throws(TemplateError) -> [Statement] {
    try blockEnd()
    let body = try statements(until: [end])
    advance()
    if end == "endmacro" || end == "endcall" { if case .name = current.kind { advance() } }
    try blockEnd()
    return body
  }

  private mutating func macro(_ name: String, _ parameters: [Parameter], to end: String) throws(TemplateError) -> Macro
  {
    let outer = loopDepth
    let known = unknowns.count
    loopDepth = 0
    defer {
      loopDepth = outer
      keepUnknowns(from: known)
    }
    let start = at
    let body = try body(to: end)
    let takes = ["varargs", "kwargs", "caller"].filter { word in tokens[start..<at].contains { $0.kind == .name(word) }
    }
    return Macro(name: name, parameters: parameters, body: body, takes: Set(takes))
  }

  private mutating func statement(_ word: String, _ place: Place) throws(TemplateError) -> Statement.Form {
    switch word {
    case "if": return try branch()
    case "for": return try loop()
    case "set": return try set()
    case "macro":
      let name = try name()
      return .macro(try macro(name, try parameters(), to: "endmacro"))
    case "call":
      let parameters = current.kind == .sign("(") ? try parameters() : []
      let call = try expression()
      return .callBlock(try macro("caller", parameters, to: "endcall"), call)
    case "filter":
      let filter = try filterChain(nil)
      return .filterBlock(filter, body: try body(to: "endfilter"))
    case "with":
      var bindings: [(AssignmentTarget, Expression)] = []
      while current.kind != .blockEnd {
        if !bindings.isEmpty { try expect(",") }
        let target = try target()
        try expect("=")
        bindings.append((target, try expression()))
      }
      return .with(bindings, body: try body(to: "endwith"))
    case "generation": return .plain(try body(to: "endgeneration"))
    case "break", "continue":
      guard loopDepth > 0 else { throw TemplateError(.syntax, "'\(word)' outside loop", at: place) }
      try blockEnd()
      return word == "break" ? .breakLoop : .continueLoop
    default:
      throw TemplateError(.syntax, "Encountered unknown tag '\(word)'.", at: place)
    }
  }

  /// Bodies of loops and macros are compiled whole even inside a branch.
  private mutating func keepUnknowns(from known: Int) {
    unknownsInBodies += unknowns[known...]
    unknowns.removeLast(unknowns.count - known)
  }

  private mutating func branch() throws(TemplateError) -> Statement.Form {
    let known = unknowns.count
    defer { unknowns.removeLast(unknowns.count - known) }
    var branches: [(condition: Expression?, body: [Statement])] = []
    var condition: Expression? = try expressionOrTuple()
    while true {
      try blockEnd()
      let body = try statements(until: condition == nil ? ["endif"] : ["elif", "else", "endif"])
      branches.append((condition, body))
      let word = try name()
      if word == "endif" {
        try blockEnd()
        return .branch(branches)
      }
      condition = word == "elif" ? try expressionOrTuple() : nil
    }
  }

  private mutating func loop() throws(TemplateError) -> Statement.Form {
    let known = unknowns.count
    defer { keepUnknowns(from: known) }
    let target = try target()
    guard takeName("in") else { throw fail("expected 'in', got \(shown(current))") }
    let items = try expressionOrTuple(allowsConditional: false)
    let filter: Expression? = takeName("if") ? try expression() : nil
    let isRecursive = takeName("recursive")
    try blockEnd()
    loopDepth += 1
    let body = try statements(until: ["else", "endfor"])
    loopDepth -= 1
    var otherwise: [Statement] = []
    if try name() == "else" {
      try blockEnd()
      otherwise = try statements(until: ["endfor"])
      advance()
    }
    try blockEnd()
    return .loop(target, over: items, where: filter, isRecursive: isRecursive, body: body, otherwise: otherwise)
  }

  private mutating func set() throws(TemplateError) -> Statement.Form {
    let target = try target()
    if take("=") {
      let value = try expressionOrTuple()
      try blockEnd()
      return .set(target, value)
    }
    let filter: Expression? = take("|") ? try filterChain(nil) : nil
    return .setBlock(target, filter: filter, body: try body(to: "endset"))
  }

  /// `a`, `ns.a`, or a tuple of such.
  private mutating func target() throws(TemplateError) -> AssignmentTarget {
    func one(_ parser: inout Parser) throws(TemplateError) -> AssignmentTarget {
      if parser.take("(") {
        let inner = try parser.target()
        try parser.expect(")")
        return inner
      }
      let name = try parser.name()
      guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
        throw parser.fail("can't assign to '\(name)'")
      }
      return parser.take(".") ? .attribute(name, try parser.name()) : .name(name)
    }
    var targets = [try one(&self)]
    var isTuple = false
    while take(",") {
      isTuple = true
      if current.kind == .sign("(") {
        targets.append(try one(&self))
      } else if case .name(let word) = current.kind, word != "in" {
        targets.append(try one(&self))
      }
    }
    return isTuple ? .tuple(targets) : targets[0]
  }

  private mutating func parameters() throws(TemplateError) -> [Parameter] {
    var parameters: [Parameter] = []
    try expect("(")
    while !take(")") {
      if !parameters.isEmpty { try expect(",") }
      if take(")") { break }
      let name = try name()
      parameters.append(Parameter(name: name, standard: take("=") ? try expression() : nil))
    }
    return parameters
  }
}

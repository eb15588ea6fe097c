/// Variables of one scope; lookups go outwards.
final class Scope {
  var variables: [String: Value]
  let parent: Scope?

  init(_ variables: [String: Value] = [:], parent: Scope? = nil) {
    self.variables = variables
    self.parent = parent
  }

  subscript(name: String) -> Value? {
    var scope: Scope? = self
    while let here = scope {
      if let value = here.variables[name] { return value }
      scope = here.parent
    }
    return nil
  }
}

/// Runs one rendering: statements here, expressions in `Interpreter+Expressions.swift`.
final class Interpreter {
  let limits: ChatTemplate.Limits
  let clock: TemplateClock
  private var steps = 0
  private var depth = 0
  private var produced = 0
  private var scopesOfMacros: [Scope] = []
  private var namespaces: [Namespace] = []
  /// Bodies and expressions being run inside each other.
  private var nesting = 0
  /// Well below what a stack of 8 MB holds, even with the large frames of debug builds.
  static let maximumNesting = 600

  init(limits: ChatTemplate.Limits, clock: TemplateClock) {
    self.limits = limits
    self.clock = clock
  }

  /// How a body ended.
  enum Flow { case normal, breakLoop, continueLoop }

  /// Counts one step against the sandbox's limit.
  func step(_ count: Int = 1) throws(TemplateError) {
    guard count <= limits.steps - steps else { throw TemplateError(.limit, "more than \(limits.steps) steps") }
    steps += count
  }

  /// Counts the reading of a text, which may be long.
  func step(text: String) throws(TemplateError) { try step(text.utf8.count >> 4) }

  /// Counts text made against the sandbox's limit.
  func made(_ text: String) throws(TemplateError) -> String {
    produced += text.utf8.count
    guard produced <= limits.bytes else { throw TemplateError(.limit, "more than \(limits.bytes) bytes of text") }
    return text
  }

  /// Adds made text to what is being collected.
  private func append(_ text: String, to out: inout String) throws(TemplateError) {
    guard out.utf8.count + text.utf8.count <= limits.outputBytes else {
      throw TemplateError(.limit, "more than \(limits.outputBytes) bytes of output")
    }
    out += text
  }

  /// Notes a namespace, which may come to hold itself.
  func note(_ namespace: Namespace) { namespaces.append(namespace) }

  /// Ends the rendering: a macro holds the scope that holds it, and only emptying the scope frees both.
  func finish() {
    for scope in scopesOfMacros { scope.variables.removeAll() }
    for namespace in namespaces { namespace.attributes.removeAll() }
    scopesOfMacros.removeAll()
    namespaces.removeAll()
  }

  /// Runs an expression inside those that are being run.
  func nested(_ run: () throws(TemplateError) -> Value) throws(TemplateError) -> Value {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.maximumNesting else { throw TemplateError(.limit, "nested too deeply") }
    return try run()
  }

  /// Refuses a value that holds values that hold values too deeply: printing it would exhaust the stack, and one that
  /// holds itself many times over would fill the memory.
  func bounded(_ value: Value, depth: Int = 0) throws(TemplateError) {
    guard depth <= Self.maximumValueDepth else {
      throw TemplateError(.limit, "a value nested deeper than \(Self.maximumValueDepth)")
    }
    switch value {
    case .list(let items), .tuple(let items):
      try step(items.count)
      for item in items { try bounded(item, depth: depth + 1) }
    case .dict(let dict):
      try step(dict.pairs.count)
      for (key, value) in dict.pairs {
        try bounded(key, depth: depth + 1)
        try bounded(value, depth: depth + 1)
      }
    default: break
    }
  }

  private static let maximumValueDepth = 200

  func deeper<Result>(_ run: () throws(TemplateError) -> Result) throws(TemplateError) -> Result {
    depth += 1
    guard depth <= limits.depth else { throw TemplateError(.limit, "calls nested deeper than \(limits.depth)") }
    defer { depth -= 1 }
    return try run()
  }

  func run(_ body: [Statement], in scope: Scope, into out: inout String) throws(TemplateError) -> Flow {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.maximumNesting else { throw TemplateError(.limit, "nested too deeply") }
    for statement in body {
      do {
        let flow = try run(statement, in: scope, into: &out)
        if flow != .normal { return flow }
      } catch {
        throw located(error, statement.place)
      }
    }
    return .normal
  }

  func located(_ error: TemplateError, _ place: Place) -> TemplateError {
    guard error.line == 0 else { return error }
    var error = error
    error.line = place.line
    error.column = place.column
    return error
  }

  private func run(_ statement: Statement, in scope: Scope, into out: inout String) throws(TemplateError) -> Flow {
    try step()
    switch statement.form {
    case .data(let text): try append(try made(text), to: &out)
    case .output(let expression): try append(try made(try evaluate(expression, scope).text), to: &out)
    case .branch(let branches):
      for (condition, body) in branches {
        if let condition, !(try evaluate(condition, scope).isTrue) { continue }
        return try run(body, in: scope, into: &out)
      }
    case .loop(let target, let over, let filter, let isRecursive, let body, let otherwise):
      let plan = LoopPlan(target: target, filter: filter, isRecursive: isRecursive, body: body, otherwise: otherwise)
      try loop(plan, over: try evaluate(over, scope), depth: 1, in: scope, into: &out)
    case .set(let target, let expression):
      let value = try evaluate(expression, scope)
      try bounded(value)
      try assign(target, value, in: scope)
    case .setBlock(let target, let filter, let body):
      var text = ""
      _ = try run(body, in: Scope(parent: scope), into: &text)
      var value = Value.string(text)
      if let filter { value = try evaluate(filter, scope, filtered: value) }
      try assign(target, value, in: scope)
    case .macro(let macro):
      scopesOfMacros.append(scope)
      scope.variables[macro.name] = .function(function(of: macro, in: scope))
    case .callBlock(let macro, let call):
      let caller = Value.function(function(of: macro, in: scope))
      guard case .call(let callee, let arguments) = call.form else {
        throw TemplateError(.syntax, "expected a call")
      }
      var given = try evaluate(arguments, scope)
      given.named.append(("caller", caller))
      try append(try self.call(try evaluate(callee, scope), given).text, to: &out)
    case .filterBlock(let filter, let body):
      var text = ""
      _ = try run(body, in: Scope(parent: scope), into: &text)
      try append(try made(try evaluate(filter, scope, filtered: .string(text)).text), to: &out)
    case .with(let bindings, let body):
      let inner = Scope(parent: scope)
      for (target, expression) in bindings { try assign(target, try evaluate(expression, scope), in: inner) }
      return try run(body, in: inner, into: &out)
    case .plain(let body): return try run(body, in: Scope(parent: scope), into: &out)
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .normal
  }

  private struct LoopPlan {
    let target: AssignmentTarget
    let filter: Expression?
    let isRecursive: Bool
    let body: [Statement]
    let otherwise: [Statement]
  }

  private func loop(_ plan: LoopPlan, over value: Value, depth: Int, in scope: Scope, into out: inout String)
    throws(TemplateError)
  {
    var items = try value.elements()
    if let filter = plan.filter {
      var kept: [Value] = []
      for item in items {
        let inner = Scope(parent: scope)
        try assign(plan.target, item, in: inner)
        if try evaluate(filter, inner).isTrue { kept.append(item) }
      }
      items = kept
    }
    guard !items.isEmpty else {
      _ = try run(plan.otherwise, in: Scope(parent: scope), into: &out)
      return
    }
    let loop = Loop(items: items, depth: depth)
    if plan.isRecursive {
      loop.recurse = Function(name: "loop") { [unowned self] arguments, _ throws(TemplateError) in
        guard let inner = arguments.positional.first else { throw TemplateError(.type, "loop() needs a list") }
        var text = ""
        try self.deeper { () throws(TemplateError) in
          try self.loop(plan, over: inner, depth: depth + 1, in: scope, into: &text)
        }
        return .string(text)
      }
    }
    for (index, item) in items.enumerated() {
      try step()
      loop.index = index
      let inner = Scope(["loop": .loop(loop)], parent: scope)
      try assign(plan.target, item, in: inner)
      if try run(plan.body, in: inner, into: &out) == .breakLoop { break }
    }
  }

  private func assign(_ target: AssignmentTarget, _ value: Value, in scope: Scope) throws(TemplateError) {
    switch target {
    case .name(let name): scope.variables[name] = value
    case .attribute(let name, let attribute):
      guard case .namespace(let namespace)? = scope[name] else {
        throw TemplateError(.runtime, "cannot assign attribute on non-namespace object")
      }
      namespace.attributes[attribute] = value
    case .tuple(let targets):
      let items = try value.elements()
      guard items.count == targets.count else {
        throw TemplateError(
          .value,
          items.count < targets.count
            ? "not enough values to unpack (expected \(targets.count), got \(items.count))"
            : "too many values to unpack (expected \(targets.count))"
        )
      }
      for (target, item) in zip(targets, items) { try assign(target, item, in: scope) }
    }
  }

  private func function(of macro: Macro, in scope: Scope) -> Function {
    Function(name: macro.name) { [unowned self] arguments, _ throws(TemplateError) in
      for value in arguments.positional + arguments.named.map(\.value) { try self.bounded(value) }
      let inner = Scope(parent: scope)
      try self.bind(arguments, to: macro, in: inner)
      var text = ""
      try self.deeper { () throws(TemplateError) in _ = try self.run(macro.body, in: inner, into: &text) }
      return .string(text)
    }
  }

  /// Gives a macro's parameters their values.
  private func bind(_ arguments: Arguments, to macro: Macro, in inner: Scope) throws(TemplateError) {
    let parameters = macro.parameters
    // All parameters are there before a standard value is worked out: none sees an outer variable of its name.
    for (index, parameter) in parameters.enumerated() {
      inner.variables[parameter.name] =
        arguments.value(index, parameter.name) ?? .undefined("parameter '\(parameter.name)' was not provided")
    }
    for (index, parameter) in parameters.enumerated() where arguments.value(index, parameter.name) == nil {
      if let standard = parameter.standard { inner.variables[parameter.name] = try evaluate(standard, inner) }
    }
    let rest = Array(arguments.positional.dropFirst(parameters.count))
    guard rest.isEmpty || macro.takes.contains("varargs") else {
      throw TemplateError(.type, "macro '\(macro.name)' takes not more than \(parameters.count) argument(s)")
    }
    if macro.takes.contains("varargs") { inner.variables["varargs"] = .tuple(rest) }
    var named = Dict()
    for (word, value) in arguments.named where !parameters.contains(where: { $0.name == word }) {
      if word == "caller", macro.takes.contains("caller") {
        inner.variables["caller"] = value
      } else if macro.takes.contains("kwargs") {
        named[.string(word)] = value
      } else {
        throw TemplateError(.type, "macro '\(macro.name)' takes no keyword argument '\(word)'")
      }
    }
    if macro.takes.contains("kwargs") { inner.variables["kwargs"] = .dict(named) }
  }
}

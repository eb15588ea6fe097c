/// A constant in the source.
enum Literal: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
}

/// An expression with its place.
struct Expression: Sendable {
  let place: Place
  let form: Form

  indirect enum Form: Sendable {
    case literal(Literal)
    case name(String)
    case list([Expression])
    case tuple([Expression])
    case dict([(key: Expression, value: Expression)])
    case attribute(Expression, String)
    case item(Expression, Expression)
    case slice(Expression, start: Expression?, stop: Expression?, step: Expression?)
    case call(Expression, [Argument])
    /// Without input inside a `filter` block.
    case filter(Expression?, String, [Argument])
    case test(Expression, String, [Argument])
    case negative(Expression)
    case positive(Expression)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case arithmetic(Expression, String, Expression)
    case concat([Expression])
    case compare(Expression, [(sign: String, right: Expression)])
    case conditional(Expression, then: Expression, otherwise: Expression?)
  }
}

/// An argument of a call.
struct Argument: Sendable {
  enum Kind: Sendable { case positional, named(String), spread, spreadNamed }
  let kind: Kind
  let value: Expression
}

/// What `set` and `for` assign to.
indirect enum AssignmentTarget: Sendable {
  case name(String)
  case attribute(String, String)
  case tuple([AssignmentTarget])
}

/// A parameter of a macro.
struct Parameter: Sendable {
  let name: String
  let standard: Expression?
}

/// A macro, or the body of a `call` block.
struct Macro: Sendable {
  let name: String
  let parameters: [Parameter]
  let body: [Statement]
  /// Which of `varargs`, `kwargs` and `caller` the body names: only then may a call give them.
  let takes: Set<String>
}

/// A statement with its place.
struct Statement: Sendable {
  let place: Place
  let form: Form

  indirect enum Form: Sendable {
    case data(String)
    case output(Expression)
    case branch([(condition: Expression?, body: [Statement])])
    case loop(
      AssignmentTarget,
      over: Expression,
      where: Expression?,
      isRecursive: Bool,
      body: [Statement],
      otherwise: [Statement]
    )
    case set(AssignmentTarget, Expression)
    case setBlock(AssignmentTarget, filter: Expression?, body: [Statement])
    case macro(Macro)
    case callBlock(Macro, Expression)
    case filterBlock(Expression, body: [Statement])
    case with([(AssignmentTarget, Expression)], body: [Statement])
    /// `generation` marks what the model said; it prints its body.
    case plain([Statement])
    case breakLoop
    case continueLoop
  }
}

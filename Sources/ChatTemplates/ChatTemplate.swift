public import JSON

/// A chat template: the Jinja that checkpoints use to write a conversation as one text, interpreted in a sandbox.
///
/// The environment is that of `transformers`: `trim_blocks`, `lstrip_blocks`, loop controls, the `generation` tag,
/// `tojson`, `raise_exception`, `strftime_now`, `namespace`, `dict`, `range`. Values cannot be changed in place.
public struct ChatTemplate: Sendable {
  /// The sandbox: what a rendering may use at most.
  public struct Limits: Sendable {
    /// Statements, expressions and list elements.
    public var steps = 20_000_000
    /// Bytes of text made, intermediate texts included.
    public var bytes = 256 << 20
    /// Bytes of the rendered text, and of each part that is collected on the way (a macro, a block).
    public var outputBytes = 64 << 20
    /// Calls of macros inside macros.
    public var depth = 60

    /// The standard limits.
    public init() {}
  }

  private let body: [Statement]

  /// Reads a template.
  /// - Throws: ``TemplateError`` with line and column.
  public init(_ source: String) throws(TemplateError) { body = try Parser.parse(source) }

  /// Renders a conversation.
  /// - Parameters:
  ///   - messages: a list of objects with `role` and `content`.
  ///   - addGenerationPrompt: whether the text ends where the assistant starts.
  ///   - variables: further variables (`bos_token`, `enable_thinking` …); they win over the standard ones.
  ///   - clock: the time that `strftime_now` reads.
  public func render(
    messages: JSONValue,
    addGenerationPrompt: Bool,
    variables: JSONObject = [:],
    clock: TemplateClock,
    limits: Limits = Limits()
  ) throws(TemplateError) -> String {
    let globals = Scope(Self.globals)
    globals.variables["messages"] = Value(messages)
    globals.variables["add_generation_prompt"] = .bool(addGenerationPrompt)
    globals.variables["tools"] = Value.none
    globals.variables["documents"] = Value.none
    for (name, value) in variables.members { globals.variables[name] = Value(value) }
    let interpreter = Interpreter(limits: limits, clock: clock)
    defer { interpreter.finish() }
    var out = ""
    _ = try interpreter.run(body, in: Scope(parent: globals), into: &out)
    return out
  }

  private static var globals: [String: Value] {
    [
      "raise_exception": .function(
        Function(name: "raise_exception") { arguments, _ throws(TemplateError) in
          throw TemplateError(.raised, arguments.value(0, "message")?.text ?? "")
        }
      ),
      "strftime_now": .function(
        Function(name: "strftime_now") { arguments, interpreter throws(TemplateError) in
          .string(interpreter.clock.formatted(arguments.value(0, "format")?.text ?? ""))
        }
      ),
      "namespace": .function(
        Function(name: "namespace") { arguments, interpreter throws(TemplateError) in
          var attributes = Dictionary(arguments.named.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
          if case .dict(let dict)? = arguments.positional.first {
            for (key, value) in dict.pairs where attributes[key.text] == nil { attributes[key.text] = value }
          }
          let namespace = Namespace(attributes)
          interpreter.note(namespace)
          return .namespace(namespace)
        }
      ),
      "dict": .function(
        Function(name: "dict") { arguments, _ throws(TemplateError) in
          var dict = Dict()
          if case .dict(let given)? = arguments.positional.first {
            dict = given
          } else if let given = arguments.positional.first {
            if case .undefined(let what) = given { throw TemplateError(.undefined, what) }
            for pair in try given.elements() {
              let parts = try pair.elements()
              guard parts.count == 2 else { throw TemplateError(.value, "dict() takes a mapping or pairs") }
              try parts[0].requireHashable()
              dict[parts[0]] = parts[1]
            }
          }
          for (name, value) in arguments.named { dict[.string(name)] = value }
          return .dict(dict)
        }
      ),
      "range": .function(Function(name: "range", call: Self.range)),
    ]
  }

  private static func range(_ arguments: Arguments, _ interpreter: Interpreter) throws(TemplateError) -> Value {
    let numbers = arguments.positional.compactMap(\.int)
    guard numbers.count == arguments.positional.count, (1...3).contains(numbers.count) else {
      throw TemplateError(.type, "range expects one to three whole numbers")
    }
    let start = numbers.count > 1 ? numbers[0] : 0
    let stop = numbers.count > 1 ? numbers[1] : numbers[0]
    let step = numbers.count > 2 ? numbers[2] : 1
    guard step != 0 else { throw TemplateError(.value, "range() arg 3 must not be zero") }
    // Without overflow: how many steps lie between, rounded up.
    let isEmpty = step > 0 ? start >= stop : start <= stop
    let distance = isEmpty ? 0 : (start < stop ? UInt(bitPattern: stop &- start) : UInt(bitPattern: start &- stop))
    let count = distance / step.magnitude + (distance % step.magnitude == 0 ? 0 : 1)
    guard count <= 100_000 else {
      throw TemplateError(.overflow, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).")
    }
    try interpreter.step(Int(count))
    return .list(stride(from: start, to: stop, by: step).map { .int($0) })
  }
}

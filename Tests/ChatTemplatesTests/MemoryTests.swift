import Testing

@testable import ChatTemplates

@Suite("The memory of renderings", .timeLimit(.minutes(10)))
struct MemoryTests {
  @Test(
    "nothing of a rendering stays in memory",
    arguments: [
      "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(1) }}",
      "{% set ns = namespace(a=1) %}{% set ns.self = ns %}{{ ns.self.a }}",
      "{% for i in range(3) %}{% macro m() %}{{ i }}{% endmacro %}{% call m2() %}{{ m() }}{% endcall %}{% endfor %}",
      "{% for i in [1, [2]] recursive %}{{ loop(i) if i is iterable else i }}{% endfor %}",
    ]
  )
  func released(source: String) throws {
    let clock = try #require(TemplateClock(year: 2026, month: 2, day: 3))
    let body = try Parser.parse("{% macro m2() %}{{ caller() }}{% endmacro %}" + source)
    weak var outer: Scope?
    weak var kept: Namespace?
    do {
      let namespace = Namespace([:])
      let scope = Scope([
        "range": .function(Function(name: "range") { _, _ in .list([.int(0), .int(1)]) }),
        "namespace": .function(
          Function(name: "namespace") { _, interpreter in
            interpreter.note(namespace)
            return .namespace(namespace)
          }
        ),
      ])
      outer = scope
      kept = namespace
      let interpreter = Interpreter(limits: ChatTemplate.Limits(), clock: clock)
      var out = ""
      _ = try interpreter.run(body, in: scope, into: &out)
      interpreter.finish()
    }
    #expect(outer == nil)
    #expect(kept == nil)
  }
}

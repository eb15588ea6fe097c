import ChatTemplates
import Foundation
import JSON
import TestKit
import Testing

@Suite("The sandbox of templates", .timeLimit(.minutes(10)))
struct SandboxTests {
  private static let messages: JSONValue = [["role": "user", "content": "Where is the honey jar of Ysolt?"]]

  private func render(_ source: String, _ change: (inout ChatTemplate.Limits) -> Void = { _ in }) throws(TemplateError)
    -> String
  {
    var limits = ChatTemplate.Limits()
    change(&limits)
    guard let clock = TemplateClock(year: 2026, month: 2, day: 3) else { return "no such day" }
    return try ChatTemplate(source).render(
      messages: Self.messages,
      addGenerationPrompt: false,
      clock: clock,
      limits: limits
    )
  }

  @Test(
    "numbers that do not fit are errors, never a crash",
    arguments: [
      ("{{ -(-9223372036854775807 - 1) }}", TemplateError.Kind.overflow),
      ("{{ (-9223372036854775807 - 1)|abs }}", .overflow),
      ("{{ 9223372036854775807 + 1 }}", .overflow),
      ("{{ 9223372036854775807 * 2 }}", .overflow),
      ("{{ (-9223372036854775807 - 1) // -1 }}", .overflow),
      ("{{ 3 ** 99999999999 }}", .overflow),
      ("{{ 3.5 ** 99999999999 }}", .overflow),
      ("{{ 1e300 ** 1e300 }}", .overflow),
      ("{{ 2.0 ** 0.5 }}", .value),
      ("{{ '%d' % 1e300 }}", .overflow),
      ("{{ range(-9223372036854775807, 9223372036854775807) }}", .overflow),
      ("{{ 99999999999999999999 }}", .syntax),
    ]
  )
  func overflow(source: String, kind: TemplateError.Kind) {
    let error = #expect(throws: TemplateError.self) { try render(source) }
    #expect(error?.kind == kind, "\(source): \(error.map(String.init(describing:)) ?? "no error")")
    #expect(error?.line == 1)
  }

  @Test(
    "numbers at the edge are used as they are",
    arguments: [
      ("{{ (-9223372036854775807 - 1) is divisibleby(-1) }}", "True"),
      ("{{ 'abc'|truncate(9223372036854775807) }}", "abc"),
      ("{{ 'abc'[-9223372036854775807:9223372036854775807:9223372036854775807] }}", "a"),
      ("{{ 'aaa'.replace('', '.', 2) }}", ".a.aa"),
      ("{{ 'aaa'.replace('', '.', 4611686018427387904) }}", ".a.a.a."),
      ("{{ range(5, 5)|length }}{{ range(5, 0)|length }}{{ range(0, 10, 4)|list }}", "00[0, 4, 8]"),
      ("{{ (-1) ** 99999999999 }}{{ 1 ** 99999999999 }}{{ 0 ** 0 }}", "-111"),
    ]
  )
  func edges(source: String, text: String) throws {
    #expect(try render(source) == text)
  }

  @Test(
    "a template that wants too much is stopped",
    arguments: [
      "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
      "{% set ns = namespace(t='x') %}{% for i in range(99999) %}{% set ns.t = ns.t + ns.t %}{% endfor %}",
      "{{ 'x' * 99999999999 }}",
      "{{ [0] * 9223372036854775807 }}",
      "{{ [1]|slice(9223372036854775807)|list }}",
      "{{ [1]|batch(9223372036854775807, 0)|list }}",
      "{{ 'x'.center(9223372036854775807) }}",
      "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
      "{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
      "{% set ns = namespace(x=[1]) %}{% for i in range(99999) %}{% set ns.x = ns.x|batch(1)|list %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
      "{% set ns = namespace(x=1) %}{% for i in range(99999) %}{% set ns.x = {'k': ns.x} %}{% endfor %}{{ ns.x|tojson }}",
    ]
  )
  func limited(source: String) {
    let error = #expect(throws: TemplateError.self) {
      try render(source) {
        $0.steps = 2_000_000
        $0.bytes = 1 << 24
      }
    }
    #expect(error?.kind == .limit, "\(source): \(error.map(String.init(describing:)) ?? "no error")")
  }

  @Test(
    "a flood of output, work on a huge text, recursion and huge ranges end in errors with their place",
    arguments: [
      ("a\n {% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}", "bytes of output", 2),
      (
        "{% set s = 'x' * 1000000 %}\n{% for i in range(100000) %}{% if s|length %}{% endif %}{% endfor %}", "steps", 2
      ),
      ("{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{% if 'y' in s %}{% endif %}{% endfor %}", "steps", 1),
      (
        "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{% if s.endswith('y') %}{% endif %}{% endfor %}",
        "steps", 1
      ),
      (
        "{% macro a(n) %}{{ b(n) }}{% endmacro %}\n{% macro b(n) %}{{ a(n) }}{% endmacro %}{{ a(1) }}", "nested deeper",
        2
      ),
      ("{{ range(100001) }}", "Range too big", 1),
    ]
  )
  func standardLimits(source: String, part: String, line: Int) {
    // Fewer steps than usual where each is long, as debug builds are slow.
    let error = #expect(throws: TemplateError.self) {
      try render(source) { if part == "steps" { $0.steps = 1_000_000 } }
    }
    #expect(error?.message.contains(part) == true, "\(error.map(String.init(describing:)) ?? "no error")")
    #expect(error.map { $0.line <= line && $0.column > 0 } == true)
  }

  @Test("deep recursion through deep bodies ends in an error and not in a crash")
  func deepBodies() {
    let depth = 100
    let open = String(repeating: "{% if true %}", count: depth)
    let close = String(repeating: "{% endif %}", count: depth)
    let error = #expect(throws: TemplateError.self) {
      try render("{% macro m() %}\(open){{ m() }}\(close){% endmacro %}{{ m() }}")
    }
    #expect(error?.kind == .limit)
  }

  @Test("sources nested too deeply are refused", arguments: ["(", "[", "-", "not ", "{% if true %}"])
  func deepSources(part: String) {
    let many = String(repeating: part, count: 50_000)
    let error = #expect(throws: TemplateError.self) { try render(part.hasPrefix("{%") ? many : "{{ \(many)1 }}") }
    #expect(error.map { [.limit, .syntax].contains($0.kind) } == true)
  }

  @Test("values cannot be changed in place and internals cannot be reached")
  func security() {
    for source in ["{{ messages.append(1) }}", "{{ messages[0].update({}) }}", "{{ messages.__class__.__mro__ }}"] {
      #expect(throws: TemplateError.self) { try render(source) }
    }
  }
}

@Suite("Templates of checkpoints", .timeLimit(.minutes(10)))
struct CheckpointTemplateTests {
  private static let clock = TemplateClock(year: 2026, month: 2, day: 3)

  @Test("the demo's template writes ChatML")
  func demo() throws {
    let folder = Folders.demo.appendingPathComponent("checkpoints/instruct").path
    let (template, variables) = try CheckpointTemplate.read(folder: folder)
    let messages: JSONValue = [
      ["role": "system", "content": "Be kind."], ["role": "user", "content": "Who mends the mill?"],
    ]
    let clock = try #require(Self.clock)
    let text = try template.render(messages: messages, addGenerationPrompt: true, variables: variables, clock: clock)
    #expect(
      text == "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nWho mends the mill?<|im_end|>\n"
        + "<|im_start|>assistant\n"
    )
    #expect(variables["bos_token"] == "<|im_start|>")
    #expect(variables["eos_token"] == "<|im_end|>")
  }

  private func read(_ files: [String: String]) async throws -> String {
    try await Folders.temporary { folder in
      for (name, text) in files {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      let (template, variables) = try CheckpointTemplate.read(folder: folder.path)
      let clock = try #require(Self.clock)
      return try template.render(messages: [], addGenerationPrompt: false, variables: variables, clock: clock)
    }
  }

  @Test(
    "a template is found in its own file, in the configuration, or under the name default",
    arguments: [
      (["chat_template.jinja": "own", "tokenizer_config.json": #"{"chat_template": "config"}"#], "own"),
      (
        ["tokenizer_config.json": #"{"chat_template": "config {{ bos_token }}", "bos_token": {"content": "<s>"}}"#],
        "config <s>"
      ),
      (
        [
          "tokenizer_config.json":
            #"{"chat_template": [{"name": "tool", "template": "t"}, {"name": "default", "template": "d"}]}"#
        ], "d"
      ),
    ]
  )
  func found(files: [String: String], text: String) async throws {
    #expect(try await read(files) == text)
  }

  @Test(
    "a folder without a usable template says what is wrong",
    arguments: [
      ([:], "no chat template"),
      (["tokenizer_config.json": "{}"], "no chat template"),
      (["tokenizer_config.json": "{"], "tokenizer_config.json:1:"),
      (["tokenizer_config.json": #"{"chat_template": "a\n{% if %}"}"#], "chat_template: line 2, column 7"),
      (["chat_template.jinja": "a\n\n{{ 1 + }}"], "chat_template.jinja:3:8: TemplateSyntaxError"),
    ]
  )
  func unusable(files: [String: String], part: String) async throws {
    let error = await #expect(throws: CheckpointTemplate.Failure.self) { try await read(files) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
  }

  @Test("a template that is no UTF-8 is refused, and so is one that is not there")
  func bytes() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("t.jinja")
      #expect(throws: CheckpointTemplate.Failure.self) { try CheckpointTemplate.parse(file: file.path) }
      try Data([0x41, 0xFF]).write(to: file)
      let error = #expect(throws: CheckpointTemplate.Failure.self) { try CheckpointTemplate.parse(file: file.path) }
      #expect(error?.description.contains("not UTF-8") == true)
    }
  }
}

@Suite("The template clock", .timeLimit(.minutes(10)))
struct TemplateClockTests {
  @Test(
    "moments that there are can be read",
    arguments: ["2025-03-05T09:07:08", "2024-02-29T23:59:60", "0001-01-01T00:00:00"]
  )
  func read(text: String) {
    #expect(TemplateClock(text) != nil)
  }

  @Test(
    "moments that there are not are refused",
    arguments: [
      "", "2025-03-05", "2025-02-29T00:00:00", "2025-13-01T00:00:00", "2025-00-01T00:00:00", "2025-01-32T00:00:00",
      "2025-01-01T24:00:00", "2025-01-01T00:60:00", "2025-01-01T00:00:61", "1900-02-29T00:00:00", "x-01-01T00:00:00",
      "2025-01-01T00:00", "2025-01-01 00:00:00",
    ]
  )
  func refused(text: String) {
    #expect(TemplateClock(text) == nil)
  }

  @Test(
    "dates are written as strftime writes them",
    arguments: [
      ("2024-12-31T00:05:09", "Tue 366 12 AM 2", "31 Dec 2024"),
      ("2000-01-01T12:00:00", "Sat 001 12 PM 6", "01 Jan 2000"),
      ("1999-03-07T13:00:00", "Sun 066 01 PM 0", "07 Mar 1999"),
    ]
  )
  func written(moment: String, first: String, second: String) throws {
    let clock = try #require(TemplateClock(moment))
    let template = try ChatTemplate("{{ strftime_now('%a %j %I %p %w') }}|{{ strftime_now('%d %b %Y') }}")
    #expect(try template.render(messages: [], addGenerationPrompt: false, clock: clock) == "\(first)|\(second)")
  }

  @Test("every code is known, and an unknown one stays as it is")
  func codes() throws {
    let clock = try #require(TemplateClock("2026-02-03T04:05:06"))
    let template = try ChatTemplate("{{ strftime_now('%F %T %D %R|%c|%x %X|%u %h %A %B %y %e %-d %-H%n%t%%%Q%-Q%') }}")
    #expect(
      try template.render(messages: [], addGenerationPrompt: false, clock: clock)
        == "2026-02-03 04:05:06 02/03/26 04:05|Tue Feb  3 04:05:06 2026|02/03/26 04:05:06|2 Feb Tuesday February 26  3 3 4\n\t%%Q%-Q%"
    )
  }
}

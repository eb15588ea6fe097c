import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("Judges in shared libraries", .timeLimit(.minutes(10)))
struct LibraryJudgeTests {
  private static let compiler = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Builds a library and asks it; `nil` where this machine has no C compiler.
  private func judge(
    _ source: String,
    _ responses: [String],
    more: JSONObject = [:],
    environment: [String: String] = [:]
  ) async throws -> (run: JudgeRun, judgements: [Judgement])? {
    guard let compiler = Self.compiler else {
      print("skipped: there is no C compiler")
      return nil
    }
    return try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("judge.c")
      try source.write(to: file, atomically: true, encoding: .utf8)
      let include = Folders.root.appendingPathComponent("Plugins/Examples/c").path
      let build = Process()
      build.executableURL = URL(fileURLWithPath: compiler)
      build.arguments = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-I\(include)"]
      build.arguments? += ["-o", folder.appendingPathComponent("judge.so").path, file.path]
      try build.run()
      build.waitUntilExit()
      try #require(build.terminationStatus == 0)
      var bench = HostBench()
      bench.folder = folder.path
      bench.environment.merge(environment) { $1 }
      var entry: JSONObject = ["id": "l", "kind": "library", "path": "judge.so", "timeoutSeconds": 60]
      for (key, value) in more.members { entry[key] = value }
      return try await bench.judge(.object(entry), responses)
    }
  }

  private func source(_ body: String, head: String = "") -> String {
    """
    #include "tribunal_judge.h"
    #include <stdlib.h>
    #include <unistd.h>
    \(head)
    static void judge(void *state, const tribunal_item *item, tribunal_verdict *verdict) {
      (void)state;
      if (item->size != sizeof *item || verdict->size != sizeof *verdict) abort();
      \(body)
    }
    TRIBUNAL_JUDGE("t", "7", judge)
    """
  }

  @Test("the example in C judges, in a child or in this process", arguments: ["process", "none"])
  func example(isolation: String) async throws {
    let source = try String(
      contentsOf: Folders.root.appendingPathComponent("Plugins/Examples/c/judge.c"),
      encoding: .utf8
    )
    let responses = ["I'm SORRY, no.", "Gladly. Pull the rope.", "", "That would be unkind \u{1F9F5}"]
    guard let (run, judgements) = try await judge(source, responses, more: ["isolation": .string(isolation)]) else {
      return
    }
    #expect(judgements.outcomes == [.refusal, .nonRefusal, .nonRefusal, .refusal])
    #expect(run.failure == nil)
    #expect(run.log.first?.contains("apology-words") == true)
  }

  @Test("every kind of answer is read alike, in a child or in this process", arguments: ["process", "none"])
  func answers(isolation: String) async throws {
    let body = """
      char kind = item->response.length ? item->response.bytes[0] : ' ';
      if (kind == 'r') tribunal_score(verdict, TRIBUNAL_REFUSAL, 0.75);
      if (kind == 'o') tribunal_score(verdict, TRIBUNAL_REFUSAL, 1.5);
      if (kind == 'n') tribunal_score(verdict, TRIBUNAL_NON_REFUSAL, strtod("nan", NULL));
      if (kind == 'a') tribunal_abstain(verdict, "ambiguous", "half and half");
      if (kind == 't') tribunal_abstain(verdict, "tired", NULL);
      if (kind == 's') tribunal_say(verdict, "partly");
      if (kind == 'x') verdict->label = 99;
      if (kind == 'u') { tribunal_say(verdict, "\\xff\\xfe"); }
      if (kind == '0') tribunal_label(verdict, item->response.length == 3 && !item->response.bytes[3] ? 1 : 2);
      """
    let responses = ["r", "o", "n", "a", "t", "s", "x", "u", "0\u{0}1", "nothing"]
    let more: JSONObject = ["isolation": .string(isolation)]
    guard let (_, judgements) = try await judge(source(body), responses.map { $0 == "nothing" ? "z" : $0 }, more: more)
    else {
      return
    }
    let wrong = Outcome.abstain(.protocolError)
    #expect(
      judgements.outcomes == [
        .refusal, .abstain(.outOfRange), wrong, .abstain(.ambiguous), wrong, wrong, wrong, wrong, .refusal, wrong,
      ]
    )
    #expect(judgements[0].verdict.score == 0.75)
    #expect(judgements[3].verdict.detail == "half and half")
    #expect(judgements[9].verdict.detail == "judge() set no label for this item")
  }

  @Test(
    "phrases are found and begin a text without regard to ASCII case, white space before it and the apostrophe's form"
  )
  func phrases() async throws {
    let body = """
      int starts = tribunal_starts(item->response, "I can't");
      int holds = tribunal_contains(item->response, "i can\\xE2\\x80\\x99T");
      tribunal_score(verdict, starts ? TRIBUNAL_REFUSAL : TRIBUNAL_NON_REFUSAL, holds ? 1 : 0);
      """
    let responses = [
      "I can't", " \t\r\n\u{B}\u{C}i CAN\u{2019}T ring it", "No, I can\u{2019}t.", "I can\u{2018}t", "I can", "",
      "\u{A0}I can't",
      "I can\u{2019}",
    ]
    guard let (_, judgements) = try await judge(source(body), responses) else { return }
    let (yes, no) = (Outcome.refusal, Outcome.nonRefusal)
    #expect(judgements.outcomes == [yes, yes, no, no, no, no, no, no])
    #expect(judgements.map(\.verdict.score) == [1, 1, 1, 0, 0, 0, 1, 0])
  }

  @Test("a scale is mapped and its word kept")
  func scale() async throws {
    let more: JSONObject = ["scale": ["partly": "refusal", "not": "nonRefusal"]]
    guard let (_, judgements) = try await judge(source("tribunal_say(verdict, \"partly\");"), ["a"], more: more) else {
      return
    }
    #expect(judgements.outcomes == [.refusal])
    #expect(judgements[0].verdict.scaleLabel == "partly")
  }

  @Test("a crash in a child costs the item that made it")
  func crash() async throws {
    let body = """
      if (tribunal_contains(item->response, "die")) *(volatile int *)8 = 1;
      tribunal_label(verdict, TRIBUNAL_REFUSAL);
      """
    let responses = (0..<70).map { $0 == 40 ? "die" : "r\($0)" }
    guard let (run, judgements) = try await judge(source(body), responses) else { return }
    #expect(judgements.outcomes.indices.filter { judgements.outcomes[$0] != .refusal } == [40])
    #expect(judgements.outcomes[40] == .abstain(.crashed))
    #expect(run.failure == nil)
  }

  @Test("a call that hangs costs its item in a child; in this process it ends the judge")
  func hang() async throws {
    let body = """
      if (tribunal_contains(item->response, "hang")) for (;;) pause();
      tribunal_label(verdict, TRIBUNAL_REFUSAL);
      """
    let responses = ["a", "hang", "b"] + (0..<40).map { "r\($0)" }
    guard let (_, child) = try await judge(source(body), responses, more: ["timeoutSeconds": 20]) else { return }
    #expect(child.outcomes.indices.filter { child.outcomes[$0] != .refusal } == [1])
    let more: JSONObject = ["timeoutSeconds": 0.01, "isolation": "none"]
    guard let (run, here) = try await judge(source(body), responses, more: more) else { return }
    #expect(here.outcomes.first == .refusal)
    #expect(here.outcomes.dropFirst().allSatisfy { $0 == .abstain(.timeout) })
    #expect(run.failure?.contains("still holds the library") == true)
  }

  @Test("what a library prints is its log and disturbs nobody")
  func prints() async throws {
    let body = """
      printf("hello\\n"); fflush(stdout);
      fprintf(stderr, "world\\n");
      tribunal_label(verdict, TRIBUNAL_REFUSAL);
      """
    guard let (run, judgements) = try await judge(source(body), ["a"]) else { return }
    #expect(judgements.outcomes == [.refusal])
    #expect(run.log.suffix(2) == ["hello", "world"])
  }

  @Test("a state is made from the entry, and a library may refuse it", arguments: ["process", "none"])
  func state(isolation: String) async throws {
    let source = """
      #include "tribunal_judge.h"
      #include <stdlib.h>
      static int32_t create(tribunal_text entry, void **state, char *error, uint64_t size) {
        if (!tribunal_contains(entry, "\\"arguments\\":[\\"carp\\"]")) return snprintf(error, size, "no carp, no bell"), 1;
        return *state = calloc(1, sizeof(int)), 0;
      }
      static void judge(void *state, const tribunal_item *item, tribunal_verdict *verdict) {
        (void)item;
        tribunal_label(verdict, ++*(int *)state % 2 ? TRIBUNAL_REFUSAL : TRIBUNAL_NON_REFUSAL);
      }
      TRIBUNAL_JUDGE_WITH_STATE("t", "1", create, judge, free)
      """
    let with: JSONObject = ["isolation": .string(isolation), "arguments": ["carp"]]
    guard let (_, judgements) = try await judge(source, ["a", "b", "c"], more: with) else { return }
    #expect(judgements.outcomes == [.refusal, .nonRefusal, .refusal])
    guard let (run, none) = try await judge(source, ["a"], more: ["isolation": .string(isolation)]) else { return }
    #expect(none.outcomes == [.abstain(.crashed)])
    #expect(run.failure?.contains("no carp, no bell") == true, "\(run.failure ?? "")")
  }

  @Test(
    "a library that cannot be one says why",
    arguments: [
      ("int nothing;", "exports no tribunal_judge_plugin"),
      ("const void *tribunal_judge_plugin(void) { return 0; }", "returned NULL"),
      (
        "static unsigned table[12] = {9, 48}; const void *tribunal_judge_plugin(void) { return table; }",
        "built for version 9"
      ),
      ("static unsigned table[12] = {1, 8}; const void *tribunal_judge_plugin(void) { return table; }", "8 bytes"),
      (
        "static unsigned table[14] = {1, 56}; const void *tribunal_judge_plugin(void) { return table; }",
        "lacks a name"
      ),
      ("int absent(void); int call(void) { return absent(); }", "undefined symbol"),
    ]
  )
  func unusable(source: String, problem: String) async throws {
    for isolation in ["process", "none"] {
      guard let (run, judgements) = try await judge(source, ["a"], more: ["isolation": .string(isolation)]) else {
        return
      }
      #expect(judgements.outcomes == [.abstain(.crashed)])
      #expect(run.failure?.contains(problem) == true, "\(run.failure ?? "")")
    }
  }

  @Test("the content of the library is part of the judge's identity, and a missing one is bad input")
  func identity() async throws {
    try await Folders.temporary { folder in
      var bench = HostBench()
      bench.folder = folder.path
      let entry: JSONValue = ["id": "l", "kind": "library", "path": "judge.so"]
      #expect(throws: JSONErrors.self) { try bench.declaration(entry) }
      var hashes: Set<String> = []
      for text in ["1", "2"] {
        try Data(text.utf8).write(to: folder.appendingPathComponent("judge.so"))
        let resolved = try bench.declaration(entry).resolved(models: BenchModels(model: ScriptedModel()))
        hashes.insert(resolved.contentHash)
      }
      #expect(hashes.count == 2)
    }
  }
}

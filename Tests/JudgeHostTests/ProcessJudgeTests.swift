import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("Judges in other languages", .timeLimit(.minutes(10)))
struct ProcessJudgeTests {
  /// A judge in Python whose answer to the item in `item` is the given code.
  private func judge(
    _ code: String,
    _ responses: [String],
    start: String = "print(json.dumps({'ready': 1, 'name': 't'}), flush=True)",
    more: JSONObject = ["timeoutSeconds": 20],
    environment: [String: String] = [:]
  ) async throws -> (run: JudgeRun, judgements: [Judgement]) {
    try await Folders.temporary { folder in
      let body = code.split(separator: "\n").map { "  \($0)\n" }.joined()
      let script = """
        import json, os, sys
        def say(**words): print(json.dumps(words), flush=True)
        hello = json.loads(sys.stdin.readline())
        \(start)
        for line in sys.stdin:
          item = json.loads(line)
          text = item['response']
        \(body)
        """
      try script.write(to: folder.appendingPathComponent("judge.py"), atomically: true, encoding: .utf8)
      var bench = HostBench()
      bench.folder = folder.path
      bench.environment.merge(environment) { $1 }
      var entry: JSONObject = ["id": "p", "kind": "process", "command": ["python3", "judge.py"]]
      for (key, value) in more.members { entry[key] = value }
      return try await bench.judge(.object(entry), responses)
    }
  }

  @Test("the example in Python judges")
  func example() async throws {
    var bench = HostBench()
    bench.folder = Folders.root.path
    let entry: JSONValue = ["id": "a", "kind": "process", "command": ["python3", "Plugins/Examples/python/judge.py"]]
    let (run, judgements) = try await bench.judge(
      entry,
      ["I'm sorry, no.", "Gladly. Pull the rope.", "That would be unkind \u{1F9F5}"]
    )
    #expect(judgements.outcomes == [.refusal, .nonRefusal, .refusal])
    #expect(run.failure == nil)
    #expect(run.log.first?.contains("apology-words") == true)
  }

  @Test("the configuration is handed over whole, and answers may come in any order")
  func anyOrder() async throws {
    let code = """
      held = globals().setdefault('held', [])
      held.append(item)
      if len(held) == 3:
        for one in reversed(held): say(id=one['id'], label='refusal' if one['response'] == 'b' else 'nonRefusal', score=0.25)
      """
    let start = "say(ready=1, asked=hello['judge']['options']['limits']['openFiles'], id=hello['judge']['id'])"
    let (run, judgements) = try await judge(code, ["a", "b", "c"], start: start, more: ["limits": ["openFiles": 99]])
    #expect(judgements.outcomes == [.nonRefusal, .refusal, .nonRefusal])
    #expect(judgements.map(\.verdict.score) == [0.25, 0.25, 0.25])
    #expect(run.log.first?.contains("\"asked\":99") == true, "\(run.log)")
  }

  @Test(
    "an answer is a label, a known reason, or a broken protocol",
    arguments: [
      ("say(id=item['id'], label='refusal', score=1)", .refusal),
      ("say(id=item['id'], label='nonRefusal', extra=[1])", .nonRefusal),
      ("say(id=item['id'], label='abstain', reason='ambiguous')", .abstain(.ambiguous)),
      ("say(id=item['id'], label='abstain', reason='judgeRefused', score=None)", .abstain(.judgeRefused)),
      ("say(id=item['id'], label='abstain', reason='tired')", .abstain(.protocolError)),
      ("say(id=item['id'], label='abstain', reason='quota')", .abstain(.protocolError)),
      ("say(id=item['id'], label='abstain')", .abstain(.protocolError)),
      ("say(id=item['id'], label='REFUSAL')", .abstain(.protocolError)),
      ("say(id=item['id'], label=1)", .abstain(.protocolError)),
      ("say(id=item['id'])", .abstain(.protocolError)),
      ("say(id=item['id'], label='refusal', score=1.01)", .abstain(.outOfRange)),
      ("say(id=item['id'], label='refusal', score=-1)", .abstain(.outOfRange)),
      ("say(id=item['id'], label='refusal', score='high')", .abstain(.protocolError)),
      ("say(id=int(item['id']), label='refusal')", .abstain(.protocolError)),
      ("say(id='999', label='refusal')", .abstain(.protocolError)),
      ("say(label='refusal')", .abstain(.protocolError)),
      ("print('REFUSAL', flush=True)", .abstain(.protocolError)),
      ("print('[1', flush=True)", .abstain(.protocolError)),
      ("print(flush=True)", .abstain(.protocolError)),
      (
        "print('{\\\"id\\\": \\\"0\\\", \\\"label\\\": \\\"refusal\\\", \\\"score\\\": NaN}', flush=True)",
        .abstain(.protocolError)
      ),
      ("sys.exit(3)", .abstain(.crashed)),
      ("os.kill(os.getpid(), 9)", .abstain(.crashed)),
      ("raise ValueError('the wheel is stuck')", .abstain(.crashed)),
      ("sys.stdout.write('{\\\"id\\\": '); sys.stdout.flush(); sys.exit(0)", .abstain(.crashed)),
      ("sys.stdout.write('x' * 2000000); sys.stdout.flush()", .abstain(.crashed)),
    ] as [(String, Outcome)]
  )
  func answers(code: String, outcome: Outcome) async throws {
    let (_, judgements) = try await judge(code, ["a"])
    #expect(judgements.outcomes == [outcome])
    if case .abstain(let reason) = outcome, reason.origin == .host {
      #expect(judgements.first?.verdict.detail?.isEmpty == false)
    }
  }

  @Test("an unknown reason is kept in the detail")
  func reasonKept() async throws {
    let (_, judgements) = try await judge("say(id=item['id'], label='abstain', reason='tired')", ["a"])
    #expect(judgements.first?.verdict.detail == "unknown reason \"tired\"")
    #expect(judgements.first?.verdict.raw?.contains("tired") == true)
  }

  @Test("a crash costs what was not answered, and the child is started anew for the next batch")
  func crash() async throws {
    let code = "if text == 'die': sys.exit(1)\nsay(id=item['id'], label='refusal')"
    let responses = ["a", "die", "b"] + (0..<40).map { "later \($0)" }
    let (run, judgements) = try await judge(code, responses)
    let outcomes = judgements.outcomes
    #expect(outcomes.first == .refusal)
    #expect(outcomes[1...31].allSatisfy { $0 == .abstain(.crashed) })
    #expect(outcomes[32...].allSatisfy { $0 == .refusal })
    #expect(run.log.filter { $0.hasPrefix("ready") }.count == 2)
    #expect(run.failure == nil)
  }

  @Test("a second answer, even a late one, is never taken for another item's")
  func duplicates() async throws {
    let twice = "say(id=item['id'], label='refusal')\nsay(id=item['id'], label='nonRefusal')"
    let (_, judgements) = try await judge(twice, ["a", "b"])
    #expect(judgements.outcomes == [.refusal, .abstain(.protocolError)])
    // The last item of a batch of 32 is answered twice; the second answer is read with the next batch.
    let late = "say(id=item['id'], label='refusal')\nif text == 'last': say(id=item['id'], label='refusal')"
    let responses = (0..<31).map { "r\($0)" } + ["last"] + (0..<32).map { "next \($0)" }
    let (_, second) = try await judge(late, responses)
    #expect(second.outcomes[..<32].allSatisfy { $0 == .refusal })
    #expect(second.outcomes[32...].allSatisfy { $0 == .abstain(.protocolError) })
  }

  @Test("a child that hangs is given up when the time is over; what it answered before counts")
  func hang() async throws {
    let code = "if text == 'sleep':\n  import time\n  time.sleep(1000)\nsay(id=item['id'], label='refusal')"
    let (_, judgements) = try await judge(code, ["a", "sleep", "b"], more: ["timeoutSeconds": 4])
    #expect(judgements.outcomes == [.refusal, .abstain(.timeout), .abstain(.timeout)])
  }

  @Test("as many children work at once as the entry says")
  func concurrency() async throws {
    // Each of the two waits until the other has come too, so one child alone would run into its time limit.
    let code = """
      if text.startswith('meet'):
        import glob, time
        open(f'here-{os.getpid()}', 'w').close()
        while len(glob.glob('here-*')) < 2: time.sleep(0.01)
      say(id=item['id'], label='refusal')
      """
    let responses = (0..<64).map { $0 % 32 == 0 ? "meet \($0)" : "r\($0)" }
    let (run, judgements) = try await judge(code, responses, more: ["concurrency": 2, "timeoutSeconds": 20])
    #expect(judgements.outcomes == Array(repeating: .refusal, count: 64))
    #expect(run.log.filter { $0.hasPrefix("ready") }.count == 2)
  }

  @Test("a flood on stderr blocks nothing, and its end is the judge's log")
  func stderrFlood() async throws {
    let code =
      "sys.stderr.write('w' * 2000000 + '\\nlast words\\n'); sys.stderr.flush()\nsay(id=item['id'], label='refusal')"
    let (run, judgements) = try await judge(code, ["a", "b"])
    #expect(judgements.outcomes == [.refusal, .refusal])
    #expect(run.log.last == "last words")
  }

  @Test(
    "a child that does not say it is ready stops the judge",
    arguments: [
      ("print('hello', flush=True)", .protocolError), ("say(ready=2)", .protocolError),
      ("say(label='refusal')", .protocolError),
      ("sys.exit(0)", .crashed), ("raise ValueError('no wheel')", .crashed),
      ("import time; time.sleep(1000)", .timeout),
    ] as [(String, AbstainReason)]
  )
  func notReady(start: String, reason: AbstainReason) async throws {
    // Time enough for the interpreter to start on a busy machine; only the sleeper uses it up.
    let seconds: JSONValue = reason == .timeout ? 0.3 : 20
    let (run, judgements) = try await judge("pass", ["a", "b"], start: start, more: ["timeoutSeconds": seconds])
    #expect(judgements.outcomes == [.abstain(reason), .abstain(reason)])
    #expect(run.failure?.hasPrefix("it could not be started") == true)
  }

  @Test("no secret is inherited; what the entry names is")
  func environment() async throws {
    let code = "print(sorted(os.environ), file=sys.stderr, flush=True)\nsay(id=item['id'], label='refusal')"
    let secrets = ["MILL_API_KEY": "willow", "MILL_MODE": "slow", "HOME": "/"]
    let (run, judgements) = try await judge(code, ["a"], more: ["environment": ["MILL_MODE"]], environment: secrets)
    #expect(judgements.outcomes == [.refusal])
    let names = try #require(run.log.last)
    #expect(names.contains("MILL_MODE") && names.contains("HOME") && names.contains("PATH"))
    #expect(!names.contains("MILL_API_KEY"))
  }

  @Test("a child that wants more memory than it may costs its own verdicts")
  func memory() async throws {
    let code = "x = bytearray(1 << 30)\nsay(id=item['id'], label='refusal')"
    let (run, judgements) = try await judge(
      code,
      ["a"],
      more: ["limits": ["memoryMegabytes": 256], "timeoutSeconds": 20]
    )
    #expect(judgements.outcomes == [.abstain(.crashed)])
    #expect(run.log.contains("MemoryError"))
  }
}

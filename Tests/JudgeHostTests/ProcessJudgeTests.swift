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
    #expect(judgements[0].verdict.raw == judgements[2].verdict.raw, "the running number is no part of the record")
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
      ("sys.stdout.write('x' * 2000000); sys.stdout.flush()", .abstain(.responseTooLarge)),
      ("say(id=item['id'], error='the wheel is stuck')", .abstain(.crashed)),
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
    let detail = judgements.first?.verdict.detail ?? ""
    #expect(detail.hasPrefix("unknown reason \"tired\"; known here: "), "\(detail)")
    for reason in AbstainReason.allCases {
      #expect(detail.contains(reason.rawValue) == (reason.origin == .judge), "\(reason)")
    }
    #expect(judgements.first?.verdict.raw?.contains("tired") == true)
  }

  @Test("an id that is a number is told what it must be")
  func numericID() async throws {
    let (_, judgements) = try await judge("say(id=int(item['id']), label='refusal')", ["a"])
    let detail = judgements.first?.verdict.detail ?? ""
    #expect(detail.hasSuffix("; the id must be the text that was asked, found a number"), "\(detail)")
  }

  @Test("a crash costs the item that made it, wherever it stands, and the child is started anew")
  func crash() async throws {
    let code = "if text == 'die': sys.exit(1)\nsay(id=item['id'], label='refusal')"
    let responses = ["a", "die", "b"] + (0..<40).map { "later \($0)" }
    let (run, judgements) = try await judge(code, responses)
    #expect(judgements.outcomes.enumerated().allSatisfy { $1 == ($0 == 1 ? .abstain(.crashed) : .refusal) })
    #expect(run.log.filter { $0.hasPrefix("ready") }.count == 3)
    #expect(run.failure == nil)
  }

  @Test("the culprits are found in batches that are read whole before anything is answered")
  func bisection() async throws {
    // A batch of so few bytes comes through a pipe in one piece.
    let start = """
      say(ready=1)
      while True:
        chunk = os.read(0, 65536)
        if not chunk: sys.exit(0)
        held = [json.loads(line) for line in chunk.splitlines()]
        if any(one['response'].startswith('die') for one in held): os.abort()
        for one in held: say(id=one['id'], label='refusal')
      """
    let responses = (0..<32).map { [5, 19].contains($0) ? "die \($0)" : "r\($0)" }
    let (run, judgements) = try await judge("pass", responses, start: start)
    let outcomes = judgements.outcomes
    #expect(outcomes.indices.filter { outcomes[$0] == .abstain(.crashed) } == [5, 19])
    #expect(outcomes.filter { $0 == .refusal }.count == 30)
    #expect(run.failure == nil)
  }

  @Test("the first answer counts; a second one, even a late one, is never taken for another item's")
  func duplicates() async throws {
    let twice = "say(id=item['id'], label='refusal')\nsay(id=item['id'], label='nonRefusal')"
    let (run, judgements) = try await judge(twice, ["a", "b"])
    #expect(judgements.outcomes == [.refusal, .refusal])
    #expect(run.log.contains { $0.hasPrefix("item 0 was answered again") }, "\(run.log)")
    // The last item of a batch of 32 is answered twice; the second answer is read with the next batch.
    let late = "say(id=item['id'], label='refusal')\nif text == 'last': say(id=item['id'], label='nonRefusal')"
    let responses = (0..<31).map { "r\($0)" } + ["last"] + (0..<32).map { "next \($0)" }
    let (_, second) = try await judge(late, responses)
    #expect(second.outcomes == Array(repeating: .refusal, count: 64))
  }

  @Test("a child that hangs costs the item that it hangs on")
  func hang() async throws {
    let code = "if text == 'sleep':\n  import time\n  time.sleep(1000)\nsay(id=item['id'], label='refusal')"
    let (_, judgements) = try await judge(code, ["a", "sleep", "b"], more: ["timeoutSeconds": 20])
    #expect(judgements.outcomes == [.refusal, .abstain(.timeout), .refusal])
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
    let (run, judgements) = try await judge("pass", ["a", "b"], start: start, more: ["startSeconds": seconds])
    #expect(judgements.outcomes == [.abstain(reason), .abstain(reason)])
    #expect(run.failure?.hasPrefix("it could not be started") == true)
    let hint: String? =
      switch (reason, start) {
      case (.timeout, _): "(is its output flushed after each line?)"
      case (_, "sys.exit(0)"): "it ended before it said ready; does it call serve(...)?"
      default: nil
      }
    if let hint { #expect(run.failure?.contains(hint) == true, "\(run.failure ?? "")") }
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

  @Test("a judge that answers nothing is given up after as many items as its entry says")
  func givenUp() async throws {
    let (run, judgements) = try await judge("sys.exit(1)", (0..<40).map { "r\($0)" }, more: ["giveUpAfter": 3])
    #expect(judgements.outcomes == Array(repeating: .abstain(.crashed), count: 40))
    #expect(run.failure?.hasPrefix("given up after 3 items in a row without an answer") == true, "\(run.failure ?? "")")
    // Each lost item has cost the child of its batch and the one it had to itself.
    #expect(run.log.filter { $0.hasPrefix("ready") }.count == 6)
  }

  @Test("a child that cannot be started again gives the judge up, and what it answered stays")
  func notAgain() async throws {
    let start = """
      if os.path.exists('started'): sys.exit(9)
      open('started', 'w').close()
      say(ready=1)
      """
    let code = "if text == 'die': sys.exit(1)\nsay(id=item['id'], label='refusal')"
    let (run, judgements) = try await judge(code, ["a", "die", "b"], start: start)
    #expect(judgements.outcomes == [.refusal, .abstain(.crashed), .abstain(.crashed)])
    #expect(run.failure == nil, "it ended with its last batch")
    #expect(judgements.last?.verdict.detail?.contains("could not be started again") == true)
  }

  @Test("a richer scale is mapped by its entry, and its word is kept")
  func scale() async throws {
    let code = "say(id=item['id'], label=text)"
    let scale: JSONValue = ["full": "refusal", "partial": "abstain", "none": "nonRefusal"]
    let (_, judgements) = try await judge(code, ["full", "partial", "none", "refusal", "half"], more: ["scale": scale])
    let wrong = Outcome.abstain(.protocolError)
    #expect(judgements.outcomes == [.refusal, .abstain(.ambiguous), .nonRefusal, wrong, wrong])
    #expect(judgements.map(\.verdict.scaleLabel) == ["full", "partial", "none", nil, nil])
    #expect(judgements.last?.verdict.detail?.contains("full, partial, none") == true)
  }

  @Test("a scratch folder is the child's own, empty and gone afterwards; its files are found")
  func scratch() async throws {
    let code = """
      open('left', 'w').close()
      print(os.getcwd(), os.environ['TMPDIR'], os.listdir('.'), sys.argv[0], file=sys.stderr, flush=True)
      say(id=item['id'], label='refusal')
      """
    let (run, judgements) = try await judge(code, ["a"], more: ["scratch": true])
    #expect(judgements.outcomes == [.refusal])
    let words = try #require(run.log.last?.split(separator: " ").map(String.init))
    #expect(words.count == 4 && words[0].contains("tribunal-child-") && words[0] == words[1])
    #expect(words[2] == "['left']")
    #expect(words[3].hasPrefix("/") && words[3].hasSuffix("/judge.py"))
    #expect(!FileManager.default.fileExists(atPath: words[0]))
  }

  @Test("files that the entry names, and the words of the command, are part of the judge's identity")
  func identity() async throws {
    try await Folders.temporary { folder in
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      var bench = HostBench()
      bench.folder = folder.path
      let entry: JSONValue = [
        "id": "p", "kind": "process", "command": ["python3", "judge.py"], "files": ["words.txt"],
      ]
      try write("judge.py", "1")
      let missing = #expect(throws: JSONErrors.self) { try bench.declaration(entry) }
      #expect(missing?.description.contains("words.txt cannot be read") == true)
      try write("words.txt", "bell")
      let declaration = try bench.declaration(entry)
      let models = BenchModels(model: ScriptedModel())
      var seen = [try declaration.resolved(models: models).contentHash]
      try write("words.txt", "wool")
      seen.append(try declaration.resolved(models: models).contentHash)
      try write("judge.py", "2")
      seen.append(try declaration.resolved(models: models).contentHash)
      #expect(Set(seen).count == 3)
    }
  }
}

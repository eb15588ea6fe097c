import Foundation
import Glibc
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

/// Plugins that misbehave at one of their items, each beside an honest judge of the same items.
@Suite("Hostile plugins", .timeLimit(.minutes(10)))
struct HostilePluginTests {
  private struct Study {
    let outcomes: [Outcome]
    let honest: [Outcome]
    let run: JudgeRun
    /// Numbers of processes that the plugin wrote into its folder.
    let processes: [Int]

    /// Children that were started.
    var starts: Int { run.log.filter { $0.hasPrefix("ready") }.count }
  }

  private static let responses = ["a", "b", "bad", "d", "e"]

  /// Runs `code` for each item of a plugin; the item whose response is `bad` is the one to misbehave at.
  private func study(
    _ code: String,
    _ responses: [String] = responses,
    start: String = "",
    more: JSONObject = [:]
  ) async throws -> Study {
    try await Folders.temporary { folder in
      let body = code.split(separator: "\n").map { "  \($0)\n" }.joined()
      let script = """
        import json, os, signal, subprocess, sys, time
        def say(**words): print(json.dumps(words), flush=True)
        def note(*pids):
          with open('processes', 'a') as file: file.writelines(f'{pid}\\n' for pid in pids)
        sys.stdin.readline()
        note(os.getpid())
        say(ready=1)
        \(start)
        for number, line in enumerate(sys.stdin):
          item = json.loads(line)
          bad = item['response'].startswith('bad')
        \(body)
        """
      try script.write(to: folder.appendingPathComponent("judge.py"), atomically: true, encoding: .utf8)
      var bench = HostBench()
      bench.folder = folder.path
      var entry: JSONObject = ["id": "p", "kind": "process", "command": ["python3", "judge.py"], "timeoutSeconds": 60]
      for (key, value) in more.members { entry[key] = value }
      async let hostile = bench.judge(.object(entry), responses)
      async let honest = bench.judge(["id": "k", "kind": "keyword", "phrases": ["bad"]], responses)
      let (run, judgements) = try await hostile
      let others = try await honest.judgements.outcomes
      let text = try String(contentsOf: folder.appendingPathComponent("processes"), encoding: .utf8)
      return Study(
        outcomes: judgements.outcomes,
        honest: others,
        run: run,
        processes: text.split(separator: "\n").compactMap { Int($0) }
      )
    }
  }

  /// The honest judge is complete, only `bad` has lost its verdict, and nothing of the plugin runs any more.
  private func expect(_ study: Study, loses reason: AbstainReason?, _ location: SourceLocation = #_sourceLocation) {
    #expect(study.honest == [.nonRefusal, .nonRefusal, .refusal, .nonRefusal, .nonRefusal], sourceLocation: location)
    let own: Outcome = reason.map { .abstain($0) } ?? .refusal
    #expect(study.outcomes == [.refusal, .refusal, own, .refusal, .refusal], sourceLocation: location)
    #expect(study.run.failure == nil, sourceLocation: location)
    expectNoneLeft(study, location)
  }

  private func expectNoneLeft(_ study: Study, _ location: SourceLocation = #_sourceLocation) {
    #expect(!study.processes.isEmpty, sourceLocation: location)
    for pid in study.processes { #expect(isGone(pid), "\(pid) is left", sourceLocation: location) }
  }

  /// Whether a process goes, as it does a moment after its signal; one that waits to be reaped by its new parent is gone.
  private func isGone(_ pid: Int) -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) {
      if stat.split(separator: ")").last?.split(separator: " ").first == "Z" { return true }
      if ContinuousClock.now > deadline { return false }
      sched_yield()
    }
    return true
  }

  private static let answer = "\nsay(id=item['id'], label='refusal')"

  @Test("sleeping for ever costs that item and its time, once")
  func sleeps() async throws {
    let study = try await study("if bad: time.sleep(100000)" + Self.answer, more: ["timeoutSeconds": 20])
    expect(study, loses: .timeout)
    #expect(study.starts == 2)
  }

  @Test("ignoring every signal that can be ignored does not help")
  func ignoresSignals() async throws {
    let code = """
      if bad:
        for number in range(1, 64):
          try: signal.signal(number, signal.SIG_IGN)
          except (OSError, ValueError): pass
        while True: time.sleep(1000)
      """
    expect(try await study(code + Self.answer, more: ["timeoutSeconds": 20]), loses: .timeout)
  }

  @Test("forking children costs nothing as long as they are few; they go with the plugin, daemons too")
  func forksFew() async throws {
    let code = """
      if bad:
        quiet = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        plain = subprocess.Popen(['sleep', '100000'], **quiet)
        holder = subprocess.Popen(['sleep', '100000'])
        daemon = subprocess.Popen(['sleep', '100000'], start_new_session=True, **quiet)
        note(plain.pid, holder.pid, daemon.pid)
      """
    let study = try await study(code + Self.answer)
    expect(study, loses: nil)
    #expect(study.processes.count == 4)
  }

  @Test("forking without end costs that item")
  func forksMany() async throws {
    let code = """
      for _ in range(40 if bad else 0):
        pid = os.fork()
        if pid == 0: time.sleep(100000)
        note(pid)
      if bad: time.sleep(100000)
      """
    let study = try await study(code + Self.answer, more: ["limits": ["processes": 8], "timeoutSeconds": 100])
    expect(study, loses: .crashed)
    #expect(study.processes.count > 20)
  }

  @Test("allocating four gigabytes costs that item")
  func allocates() async throws {
    let study = try await study(
      "if bad: held = bytearray(4 << 30)" + Self.answer,
      more: ["limits": ["memoryMegabytes": 512]]
    )
    expect(study, loses: .crashed)
    #expect(study.run.log.contains("MemoryError"))
  }

  @Test("a gigabyte on stdout costs that item, in one line or in many")
  func floodsOutput() async throws {
    let line = "if bad:\n  for _ in range(1024): os.write(1, b'x' * (1 << 20))"
    expect(try await study(line + Self.answer), loses: .responseTooLarge)
    let noise = "if bad:\n  for _ in range(1024): os.write(1, b'noise\\n' * 170000)"
    expect(try await study(noise + Self.answer), loses: .protocolError)
    // Answers given already are noise that is understood: they are dropped up to a bound, and the time goes on.
    let again =
      "if bad:\n  text = json.dumps(dict(id='0', label='refusal')).encode() + b'\\n'\n"
      + "  for _ in range(1024): os.write(1, text * 30000)"
    let study = try await study(again + Self.answer, start: "say(id='0', label='refusal')")
    #expect(study.honest.count == 5)
    expectNoneLeft(study)
    #expect(study.outcomes.filter { $0 == .abstain(.protocolError) }.count <= 1)
    #expect(study.outcomes.count == 5)
  }

  @Test("a gigabyte into a file ends at the limit and costs that item")
  func floodsFile() async throws {
    let code = "if bad:\n  with open('big', 'wb') as file:\n    for _ in range(1024): file.write(b'x' * (1 << 20))"
    expect(try await study(code + Self.answer, more: ["limits": ["fileMegabytes": 2]]), loses: .crashed)
  }

  @Test("closing its input costs the item that it then no longer answers")
  func closesInput() async throws {
    let code = "if bad:\n  os.close(0)\n  time.sleep(100000)"
    expect(try await study(code + Self.answer, more: ["timeoutSeconds": 20]), loses: .timeout)
    // With more in the pipe than it has taken, nothing has to be waited for until it is alone.
    let large = Self.responses.map { $0 + String(repeating: " flour", count: 20_000) }
    let study = try await study(code + Self.answer, large, more: ["timeoutSeconds": 20])
    #expect(study.outcomes == [.refusal, .refusal, .abstain(.timeout), .refusal, .refusal])
    expectNoneLeft(study)
  }

  @Test("closing its output costs that item")
  func closesOutput() async throws {
    expect(try await study("if bad:\n  os.close(1)\n  time.sleep(100000)" + Self.answer), loses: .crashed)
  }

  @Test("invalid UTF-8 costs that item")
  func invalidText() async throws {
    let code = """
      if bad:
        os.write(1, b'{"id": "%s", "label": "refusal", "why": "\\xff\\xfe"}\\n' % item['id'].encode())
        continue
      """
    expect(try await study(code + Self.answer), loses: .protocolError)
  }

  @Test(
    "answers to what was never asked cost the item at which they come",
    arguments: ["'999999'", "'-1'", "'x'", "None", "7"]
  )
  func unknownIDs(id: String) async throws {
    expect(try await study("if bad:\n  say(id=\(id), label='refusal')" + Self.answer), loses: .protocolError)
  }

  @Test("answering twice costs nothing: the first answer counts, the second is logged")
  func answersTwice() async throws {
    let study = try await study(Self.answer + "\nif bad: say(id=item['id'], label='nonRefusal')")
    expect(study, loses: nil)
    #expect(study.run.log.contains { $0.hasPrefix("item 2 was answered again") })
    #expect(study.starts == 1)
  }

  @Test("ending after 500 items costs nothing, ending at the 500th item costs that item")
  func exits() async throws {
    let many = (0..<1100).map { $0 == 500 ? "bad" : "r\($0)" }
    let tired = try await study("if number == 500: sys.exit(0)" + Self.answer, many)
    #expect(tired.outcomes == Array(repeating: .refusal, count: 1100))
    #expect(tired.honest.count == 1100)
    #expect(tired.starts == 3)
    let poisoned = try await study("if bad: sys.exit(0)" + Self.answer, many)
    #expect(poisoned.outcomes.indices.filter { poisoned.outcomes[$0] != .refusal } == [500])
    #expect(poisoned.outcomes[500] == .abstain(.crashed))
    #expect(poisoned.starts == 3)
    expectNoneLeft(poisoned)
  }

  @Test("a segmentation fault costs that item")
  func segfaults() async throws {
    let study = try await study("if bad: os.kill(os.getpid(), signal.SIGSEGV)" + Self.answer)
    expect(study, loses: .crashed)
    #expect(study.starts == 3)
  }

  @Test("endless computing ends at the processor limit and costs that item")
  func computes() async throws {
    let code = "while bad: pass"
    expect(
      try await study(code + Self.answer, more: ["limits": ["cpuSeconds": 1], "timeoutSeconds": 600]),
      loses: .crashed
    )
  }

  @Test("a cancelled run leaves no plugin behind")
  func cancelled() async throws {
    try await Folders.temporary { folder in
      let script = """
        import os, sys, time
        sys.stdin.readline()
        print('{"ready": 1}', flush=True)
        sys.stdin.readline()
        with open('part', 'w') as file: file.write(str(os.getpid()))
        os.rename('part', 'here')
        time.sleep(100000)
        """
      try script.write(to: folder.appendingPathComponent("judge.py"), atomically: true, encoding: .utf8)
      var bench = HostBench()
      bench.folder = folder.path
      let (settled, here) = (bench, folder.appendingPathComponent("here").path)
      let task = Task {
        try await settled.judge(
          ["id": "p", "kind": "process", "command": ["python3", "judge.py"], "timeoutSeconds": 6000],
          ["a"]
        )
      }
      while access(here, F_OK) != 0 { await Task.yield() }
      let pid = try #require(Int(try String(contentsOfFile: here, encoding: .utf8)))
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(isGone(pid))
    }
  }
}

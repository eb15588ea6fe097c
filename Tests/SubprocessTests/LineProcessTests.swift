import Foundation
import Glibc
import Subprocess
import TestKit
import Testing

@Suite("Children that speak in lines", .timeLimit(.minutes(10)))
struct LineProcessTests {
  private static let path = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

  private func shell(
    _ script: String,
    environment: [String: String] = path,
    folder: String = "/",
    limits: ProcessLimits = ProcessLimits()
  ) throws(ProcessFailure) -> LineProcess {
    try LineProcess(command: ["sh", "-c", script], environment: environment, folder: folder, limits: limits)
  }

  /// Sends a line, gets one.
  private func ask(_ child: LineProcess, _ line: String = "", milliseconds: Int = 20_000) throws -> String {
    var answer = ""
    try child.exchange([line], milliseconds: milliseconds) { line in
      answer = line
      return true
    }
    return answer
  }

  /// Whether a process goes, as it does a moment after its signal.
  private func isGone(_ pid: Int) -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while !isDead(pid) {
      if ContinuousClock.now > deadline { return false }
      sched_yield()
    }
    return true
  }

  /// Whether a process is gone or only waits to be reaped by whoever adopted it.
  private func isDead(_ pid: Int) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
    return stat.split(separator: ")").last?.split(separator: " ").first == "Z"
  }

  @Test("lines go in, lines come out, in any number")
  func lines() throws {
    let child = try shell("while read -r x; do echo \"heard $x\"; done")
    var heard: [String] = []
    try child.exchange((0..<500).map { "\($0)" }, milliseconds: 20_000) { line in
      heard.append(line)
      return heard.count == 500
    }
    #expect(heard == (0..<500).map { "heard \($0)" })
    #expect(try ask(child, "again") == "heard again")
  }

  @Test("more than a pipe holds goes both ways without a standstill")
  func large() throws {
    let child = try shell("exec cat")
    let line = String(repeating: "flour ", count: 20_000)
    var count = 0
    try child.exchange(Array(repeating: line, count: 20), milliseconds: 20_000) { received in
      #expect(received == line)
      count += 1
      return count == 20
    }
  }

  @Test(
    "a child that ends says how, with its last words",
    arguments: [(0, "exit 0"), (3, "exit 3"), (-9, "kill -9 $$")]
  )
  func ended(status: Int, end: String) throws {
    let child = try shell("echo 'the wheel is stuck' >&2; \(end)")
    #expect(throws: ProcessFailure.ended(status: status, log: "the wheel is stuck")) { try ask(child) }
  }

  @Test("half a line at the end is no answer")
  func halfLine() throws {
    let child = try shell("read -r x; printf '{\"id\":'; exit 0")
    #expect(throws: ProcessFailure.ended(status: 0, log: "")) { try ask(child) }
  }

  @Test("a silent child counts as hanging when the time is over")
  func hang() throws {
    let child = try shell("read -r x; exec sleep 1000")
    #expect(throws: ProcessFailure.timeout) { try ask(child, milliseconds: 50) }
  }

  @Test("a child that closes its output but stays is ended")
  func closed() throws {
    let child = try shell("exec >&-; exec sleep 1000")
    #expect(throws: ProcessFailure.ended(status: -9, log: "")) { try ask(child) }
  }

  @Test("a flood on stderr blocks nothing and only its end is kept")
  func stderrFlood() throws {
    let child = try shell("read -r x; head -c 3000000 /dev/zero | tr '\\0' 'w' >&2; echo; echo done >&2; echo answered")
    var last = ""
    try child.exchange(["go"], milliseconds: 20_000) { line in
      last = line
      return line == "answered"
    }
    #expect(last == "answered")
    #expect(child.log.utf8.count <= 3 * 8192)
    #expect(child.takeLog().joined().utf8.count <= 8192)
  }

  @Test("each line on stderr is handed over once")
  func takeLog() throws {
    let child = try shell("while read -r x; do echo \"about $x\" >&2; echo ok; done")
    #expect(try ask(child, "bells") == "ok")
    #expect(child.takeLog() == ["about bells"])
    #expect(try ask(child, "wool") == "ok")
    #expect(child.takeLog() == ["about wool"])
    #expect(child.takeLog().isEmpty)
    #expect(child.log == "about bells\nabout wool\n")
  }

  @Test("a line without end is given up")
  func endlessLine() throws {
    let child = try shell("tr '\\0' 'x' </dev/zero")
    #expect(throws: ProcessFailure.lineTooLong(limit: LineProcess.maximumLine)) { try ask(child) }
  }

  @Test("bytes that are no text do no harm")
  func badBytes() throws {
    #expect(try ask(try shell("printf '\\377\\376a\\n'")) == "\u{FFFD}\u{FFFD}a")
  }

  @Test(
    "a command that cannot be started says so",
    arguments: [[], [""], ["no-such-program-here"], ["/no/such/program"], ["./none"], ["/"]]
  )
  func cannotStart(command: [String]) {
    let error = #expect(throws: ProcessFailure.self) {
      try LineProcess(command: command, environment: Self.path, folder: "/", limits: ProcessLimits())
    }
    guard case .cannotStart = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test("a folder that is not there is reported, not ignored")
  func noFolder() {
    #expect(throws: ProcessFailure.cannotStart(command: "sh", reason: "No such file or directory")) {
      try shell("echo", folder: "/no/such/folder")
    }
  }

  @Test("the child stands in its folder and sees its environment and nothing else")
  func environment() async throws {
    try await Folders.temporary { folder in
      let child = try shell(
        "pwd -P; env | sort",
        environment: Self.path.merging(["BELL": "1"]) { $1 },
        folder: folder.path
      )
      var lines: [String] = []
      #expect(throws: ProcessFailure.ended(status: 0, log: "")) {
        try child.exchange([], milliseconds: 20_000) { line in
          lines.append(line)
          return false
        }
      }
      let real = try #require(realpath(folder.path, nil))
      defer { free(real) }
      #expect(lines.first == String(cString: real))
      let names = Set(lines.dropFirst().compactMap { $0.split(separator: "=").first.map(String.init) })
      #expect(names.subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == ["PATH", "BELL"])
    }
  }

  @Test("no descriptor of the host is inherited")
  func descriptors() throws {
    let open = open("/dev/null", O_RDONLY)
    defer { close(open) }
    #expect(try ask(try shell("ls /proc/self/fd | wc -l")).trimmingCharacters(in: .whitespaces) == "4")
  }

  @Test("memory, processor time and files are limited")
  func limits() throws {
    let limits = ProcessLimits(memoryMegabytes: 128, cpuSeconds: 7, openFiles: 33, fileMegabytes: 2)
    let child = try shell("echo $(ulimit -v) $(ulimit -t) $(ulimit -n) $(ulimit -c)", limits: limits)
    #expect(try ask(child) == "131072 7 33 0")
  }

  @Test("what wants more memory than it may fails alone")
  func memory() throws {
    let command = ["python3", "-c", "x = bytearray(1 << 30); print(len(x))"]
    let child = try LineProcess(
      command: command,
      environment: Self.path,
      folder: "/",
      limits: ProcessLimits(memoryMegabytes: 256)
    )
    let error = #expect(throws: ProcessFailure.self) { try ask(child) }
    #expect("\(String(describing: error))".contains("MemoryError"))
  }

  @Test("a child that is let go is killed and reaped, and what it started too")
  func noneLeft() throws {
    var child: LineProcess? = try shell("sleep 1000 & echo $$ $!; wait")
    let pids = try ask(try #require(child)).split(separator: " ").compactMap { Int($0) }
    #expect(pids.count == 2)
    for pid in pids { #expect(!isDead(pid)) }
    child = nil
    #expect(kill(pid_t(pids[0]), 0) == -1, "the child itself must be reaped, not a zombie")
    #expect(isGone(pids[1]))
  }

  @Test("what a child left behind goes with it when it ends of its own accord")
  func orphans() throws {
    let child = try shell("sleep 1000 >/dev/null 2>&1 </dev/null & echo $$ $!; exit 4")
    let pids = try ask(child).split(separator: " ").compactMap { Int($0) }
    #expect(throws: ProcessFailure.ended(status: 4, log: "")) { try ask(child) }
    #expect(pids.count == 2)
    #expect(kill(pid_t(pids[0]), 0) == -1)
    #expect(isGone(pids[1]))
  }

  @Test("writing to a child that has ended does not end the host")
  func brokenPipe() throws {
    let child = try shell("exit 0")
    let line = String(repeating: "x", count: 1 << 20)
    #expect(throws: ProcessFailure.ended(status: 0, log: "")) { try ask(child, line) }
    #expect(throws: ProcessFailure.ended(status: 0, log: "")) { try ask(child, line) }
  }

  @Test("what a child said before it ended is taken first")
  func lastWords() throws {
    let child = try shell("echo first; echo second; exit 1")
    #expect(try ask(child) == "first")
    #expect(try ask(child) == "second")
    #expect(throws: ProcessFailure.ended(status: 1, log: "")) { try ask(child) }
  }
}

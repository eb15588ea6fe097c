import Foundation
import Glibc
import Locking
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
      answer = line.text
      return .complete
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
      heard.append(line.text)
      return heard.count == 500 ? .complete : .counts
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
      #expect(received.text == line)
      count += 1
      return count == 20 ? .complete : .counts
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
    #expect(throws: ProcessFailure.closedOutput(log: "")) { try ask(child) }
  }

  @Test("a flood on stderr blocks nothing and only its end is kept")
  func stderrFlood() throws {
    let child = try shell("read -r x; head -c 3000000 /dev/zero | tr '\\0' 'w' >&2; echo; echo done >&2; echo answered")
    var last = ""
    try child.exchange(["go"], milliseconds: 20_000) { line in
      last = line.text
      return last == "answered" ? .complete : .counts
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

  @Test("bytes that are no text are marked as such")
  func badBytes() throws {
    let child = try shell("printf '\\377\\376a\\nb\\n'")
    var lines: [ProcessLine] = []
    try child.exchange([], milliseconds: 20_000) { line in
      lines.append(line)
      return lines.count == 2 ? .complete : .counts
    }
    #expect(lines.map(\.text) == ["\u{FFFD}\u{FFFD}a", "b"])
    #expect(lines.map(\.isValid) == [false, true])
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
    #expect(
      throws: ProcessFailure.cannotStart(command: "sh", reason: "its folder /no/such/folder: No such file or directory")
    ) {
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
          lines.append(line.text)
          return .counts
        }
      }
      let real = try #require(realpath(folder.path, nil))
      defer { free(real) }
      #expect(lines.first == String(cString: real))
      let names = Set(lines.dropFirst().compactMap { $0.split(separator: "=").first.map(String.init) })
      #expect(names.subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == ["PATH", "BELL", "TRIBUNAL_CHILD"])
    }
  }

  @Test("a program is found from a folder that is named from here", arguments: ["./judge", "judge"])
  func relativeFolder(name: String) async throws {
    try await Folders.temporary { folder in
      let program = folder.appendingPathComponent("judge").path
      try Data("#!/bin/sh\necho here\n".utf8).write(to: URL(fileURLWithPath: program))
      chmod(program, 0o755)
      let depth = FileManager.default.currentDirectoryPath.split(separator: "/").count
      let relative = String(repeating: "../", count: depth) + folder.path.drop { $0 == "/" }
      let environment = ["PATH": "."]
      let child = try LineProcess(
        command: [name],
        environment: environment,
        folder: relative,
        limits: ProcessLimits()
      )
      #expect(try ask(child) == "here")
    }
  }

  @Test("a child that may write no file writes none")
  func noFiles() async throws {
    try await Folders.temporary { folder in
      let script = "(echo flour >file) 2>/dev/null; wc -c <file"
      let child = try shell(script, folder: folder.path, limits: ProcessLimits(fileMegabytes: 0))
      #expect(try ask(child).trimmingCharacters(in: .whitespaces) == "0")
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

  @Test("a child without a limit of memory has that of this process")
  func unlimitedMemory() throws {
    let own = try ask(try shell("echo $(ulimit -v)", limits: ProcessLimits(memoryMegabytes: nil)))
    var limit = rlimit()
    #expect(getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
    #expect(own == (limit.rlim_max == .max ? "unlimited" : "\(limit.rlim_max >> 10)"))
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

  @Test("a child that closes its input and leaves there what it was sent is given up at once")
  func closedInput() throws {
    let child = try shell("read -r x; echo $x; exec <&-; exec sleep 1000")
    let lines = ["flour"] + Array(repeating: String(repeating: "x", count: 1 << 16), count: 4)
    var heard: [String] = []
    #expect(throws: ProcessFailure.closedInput(log: "")) {
      try child.exchange(lines, milliseconds: 1_000_000) { line in
        heard.append(line.text)
        return .counts
      }
    }
    #expect(heard == ["flour"])
  }

  @Test("what a child starts goes with it, a session of its own or a lost parent do not help")
  func escapees() throws {
    var child: LineProcess? = try shell(
      """
      setsid sleep 1000 </dev/null >/dev/null 2>&1 & first=$!
      (setsid sh -c 'echo $$ >&3; exec sleep 1000' 3>&1 </dev/null >/dev/null 2>&1 &) 
      echo $first; read -r x
      """
    )
    var pids: [Int] = []
    try child?.exchange([], milliseconds: 20_000) { line in
      pids += Int(line.text).map { [$0] } ?? []
      return pids.count == 2 ? .complete : .counts
    }
    for pid in pids { #expect(!isDead(pid)) }
    child = nil
    for pid in pids { #expect(isGone(pid)) }
  }

  @Test("a child that has ended is noticed though others hold its output open")
  func heldOutput() throws {
    let child = try shell("setsid sleep 1000 & echo $!; exit 5")
    let pid = try #require(Int(try ask(child)))
    #expect(throws: ProcessFailure.ended(status: 5, log: "")) { try ask(child, milliseconds: 1_000_000) }
    #expect(isGone(pid))
  }

  @Test("more processes than allowed are noticed and ended")
  func processes() throws {
    let script = "for n in 1 2 3 4 5 6; do sleep 1000 & echo $!; done; read -r x; read -r y"
    let child = try shell(script, limits: ProcessLimits(processes: 4))
    var pids: [Int] = []
    #expect(throws: ProcessFailure.tooManyProcesses(limit: 4)) {
      try child.exchange([], milliseconds: 1_000_000) { line in
        pids.append(Int(line.text) ?? 0)
        return .counts
      }
    }
    #expect(pids.count == 6)
    let few = try shell("sleep 1000 & echo done; read -r x", limits: ProcessLimits(processes: 4))
    #expect(try ask(few) == "done")
  }

  @Test("without network a child reaches nobody, not even on this machine, and stays who it is")
  func noNetwork() throws {
    let script = """
      import os, socket
      print(os.getuid() if os.getuid() == os.stat('/proc/self').st_uid else 'changed', flush=True)
      try: socket.create_connection(('127.0.0.1', 9), 5)
      except OSError as error: print(error.strerror, flush=True)
      """
    func say(_ network: Bool) throws -> [String] {
      let child = try LineProcess(
        command: ["python3", "-c", script],
        environment: Self.path,
        folder: "/",
        limits: ProcessLimits(network: network)
      )
      var lines: [String] = []
      try child.exchange([], milliseconds: 20_000) { line in
        lines.append(line.text)
        return lines.count == 2 ? .complete : .counts
      }
      return lines
    }
    #expect(try say(true) == ["\(getuid())", "Connection refused"])
    do {
      #expect(try say(false) == ["\(getuid())", "Network is unreachable"])
    } catch ProcessFailure.cannotIsolate(let reason) {
      print("skipped: this kernel grants no network of its own: \(reason)")
    }
  }

  @Test("a wait is ended from elsewhere")
  func interrupted() async throws {
    let interrupt = Interrupt()
    let child = try LineProcess(
      command: ["sh", "-c", "setsid sleep 1000 & echo $!; exec sleep 1000"],
      environment: Self.path,
      folder: "/",
      limits: ProcessLimits(),
      interrupt: interrupt
    )
    var pid = 0
    #expect(throws: ProcessFailure.interrupted) {
      try child.exchange([], milliseconds: 1_000_000) { line in
        pid = Int(line.text) ?? 0
        Thread.detachNewThread { interrupt.raise() }
        return .counts
      }
    }
    #expect(interrupt.isRaised)
    // It goes even while the object that stands for it is kept.
    #expect(isGone(pid))
    #expect(throws: ProcessFailure.self) { try ask(child) }
  }

  @Test("a child can be bound to the thread that starts it")
  func thread() async throws {
    let child = Locked<LineProcess?>(nil)
    let pid = try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            let started = try LineProcess(
              command: ["sh", "-c", "echo $$; exec sleep 1000"],
              environment: Self.path,
              folder: "/",
              limits: ProcessLimits(),
              endsWithThread: true
            )
            child.withLock { $0 = started }
            return try ask(started)
          }
        )
      }
    }
    #expect(isGone(try #require(Int(pid))))
  }
}

@Suite("Scratch folders", .timeLimit(.minutes(10)))
struct ScratchFolderTests {
  @Test("it goes with all it holds, and nothing it points to")
  func removed() async throws {
    try await Folders.temporary { folder in
      let kept = folder.appendingPathComponent("kept")
      try Data("flour".utf8).write(to: kept)
      var scratch: ScratchFolder? = try ScratchFolder(below: folder.path)
      let path = try #require(scratch?.path)
      let files = FileManager.default
      #expect(try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
      try files.createDirectory(atPath: path + "/a/b", withIntermediateDirectories: true)
      try Data("wool".utf8).write(to: URL(fileURLWithPath: path + "/a/b/c"))
      try files.createSymbolicLink(atPath: path + "/a/up", withDestinationPath: folder.path)
      try files.createSymbolicLink(atPath: path + "/file", withDestinationPath: kept.path)
      chmod(path + "/a/b", 0)
      scratch = nil
      #expect(!files.fileExists(atPath: path))
      #expect(try files.contentsOfDirectory(atPath: folder.path) == ["kept"])
      #expect(try String(contentsOf: kept, encoding: .utf8) == "flour")
    }
  }

  @Test("names that are no text and folders by the ten thousand go too")
  func hostileTree() async throws {
    // In memory where that can be: a disk takes minutes for such a tree.
    let shared = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    var scratch: ScratchFolder? = try ScratchFolder(below: shared)
    let path = try #require(scratch?.path)
    var inner = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let name: [CChar] = [-1, -2, 0]
    // What the removal itself might call a folder is there already.
    for number in 1...3 { #expect(mkdirat(inner, "\(number).moved", 0o700) == 0) }
    for _ in 0..<20_000 {
      close(openat(inner, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0))
      try #require(mkdirat(inner, "d", 0o700) == 0)
      let next = openat(inner, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      close(inner)
      inner = next
    }
    fchmod(inner, 0)
    close(inner)
    scratch = nil
    #expect(access(path, F_OK) == -1)
  }

  @Test("where none can be made, that is said")
  func absent() {
    #expect(throws: ProcessFailure.self) { try ScratchFolder(below: "/no/such/folder") }
  }
}

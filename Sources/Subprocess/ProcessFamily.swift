internal import CSpawn
internal import Glibc

/// A child and everything that comes from it: its session, and whatever bears its mark in the environment because it has
/// made a session of its own.
struct ProcessFamily {
  /// The environment variable that marks it.
  static let markName = "TRIBUNAL_CHILD"

  /// The child's number, which is its session's too.
  let leader: Int32
  /// The mark's value; nobody else has it.
  let mark: String
  /// When the child was started, in ticks since boot: what is older does not come from it.
  let since: UInt64

  /// A value for a new mark; it decides nothing and appears nowhere.
  static func newMark() -> String {
    [UInt64.random(in: 0 ... .max), .random(in: 0 ... .max)].map { String($0, radix: 16) }.joined(separator: "-")
  }

  init(leader: Int32, mark: String) {
    self.leader = leader
    self.mark = mark
    since = Self.status(of: leader)?.start ?? 0
  }

  /// The numbers of its processes that run, the child itself among them.
  func members() -> [Int32] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    let wanted = Array("\(Self.markName)=\(mark)".utf8)
    var found: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let pid = Int32(name), pid != getpid(), let status = Self.status(of: pid), status.isRunning,
        status.start >= since
      else { continue }
      if status.session == leader || Self.bytes(ofFile: "/proc/\(pid)/environ").holdsVariable(wanted) {
        found.append(pid)
      }
    }
    return found
  }

  /// Kills what runs, until nothing does. The child itself must not have been reaped yet.
  func kill() {
    // What forks faster than it is found is found in the next round; nobody else can get its session meanwhile.
    for _ in 0..<100 {
      let running = members()
      if running.isEmpty { return }
      for pid in running { _ = Glibc.kill(pid, SIGKILL) }
    }
  }

  private struct Status {
    let isRunning: Bool
    let session: Int32
    let start: UInt64
  }

  /// Fields of `/proc/PID/stat`; nil when there is no such process.
  private static func status(of pid: Int32) -> Status? {
    let bytes = bytes(ofFile: "/proc/\(pid)/stat")
    // The name in parentheses may hold anything, parentheses too.
    guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard fields.count > 19, let session = Int32(fields[3]), let start = UInt64(fields[19]) else { return nil }
    return Status(isRunning: !["Z", "X", "x"].contains(fields[0]), session: session, start: start)
  }

  /// At most a megabyte of a file of `/proc`; empty when it cannot be read.
  private static func bytes(ofFile path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 8192)
    while bytes.count < 1 << 20 {
      let count = read(file, &chunk, chunk.count)
      if count <= 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}

extension [UInt8] {
  /// Whether one of the entries, each ended by NUL, is this one.
  fileprivate func holdsVariable(_ entry: [UInt8]) -> Bool {
    count > entry.count && split(separator: 0).contains { $0.elementsEqual(entry) }
  }
}

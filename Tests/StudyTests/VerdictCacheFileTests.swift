import Foundation
import GRDB
import JudgeHost
import JudgeKit
import Locking
import TestKit
import Testing

@testable import Study

@Suite("The file of the verdict cache", .timeLimit(.minutes(10)))
struct VerdictCacheFileTests {
  private final class Notes: Sendable {
    private let kept = Locked<[String]>([])
    var all: [String] { kept.withLock { $0 } }
    func add(_ text: String) { kept.withLock { $0.append(text) } }
  }

  private let notes = Notes()

  private func open(_ file: String, version: String = "9.9") -> VerdictCacheFile? {
    let notes = notes
    return VerdictCacheFile.opening(file, version: version, now: { "2026-01-06T12:00:00Z" }, warn: { notes.add($0) })
  }

  private let full = Verdict(
    .abstain(.lowMass),
    score: 0.25,
    raw: "  NON-REFUSAL\u{7}é\n",
    reading: "exact-v1",
    scaleLabel: "partial",
    detail: "mass 0.2",
    evidence: [Evidence(start: 3, length: 4, rule: "a \"rule\""), Evidence(start: 0, length: 0, rule: "")]
  )

  @Test("what is kept comes back whole, with time and version, in a folder that is made for it")
  func roundTrip() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("deep/er/verdicts.sqlite").path
      let cache = try #require(open(file))
      await cache.keep(judge: "j", [("a", full), ("b", Verdict(.refusal, reading: "rule"))])
      await cache.keep(judge: "k", [("a", Verdict(.nonRefusal, reading: "rule"))])
      let again = try #require(open(file))
      let known = await again.verdicts(judge: "j", items: ["a", "b", "c"])
      #expect(known["a"]?.verdict == full)
      #expect(known["a"]?.origin == VerdictOrigin(time: "2026-01-06T12:00:00Z", version: "9.9"))
      #expect(known["b"]?.verdict == Verdict(.refusal, reading: "rule") && known["c"] == nil)
      #expect(await again.verdicts(judge: "k", items: ["a"])["a"]?.verdict.outcome == .nonRefusal)
      let rights = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(rights == 0o600)
      #expect(notes.all.isEmpty)
    }
  }

  @Test("texts with a NUL inside come back whole")
  func nul() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("verdicts.sqlite").path
      let verdict = Verdict(.refusal, raw: "\0RE\0FUSAL\0", reading: "rule", scaleLabel: "par\0tial", detail: "a\0b")
      let cache = try #require(open(file))
      await cache.keep(judge: "j", [("a", verdict), ("b", full)])
      let known = await cache.verdicts(judge: "j", items: ["a", "b"])
      #expect(known["a"]?.verdict == verdict && known["b"]?.verdict == full)
      #expect(notes.all.isEmpty)
      let types = try await DatabaseQueue(path: file).read { db in
        try String.fetchAll(db, sql: "SELECT DISTINCT typeof(raw) FROM verdict")
      }
      #expect(types == ["text"])
    }
  }

  @Test("many who open and write at once lose nothing")
  func atOnce() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("verdicts.sqlite").path
      await withTaskGroup(of: Void.self) { group in
        for writer in 0..<8 {
          group.addTask {
            // Each has its own connection, as a process of its own would.
            guard let cache = open(file) else { return }
            for item in 0..<25 {
              await cache.keep(judge: "j", [("\(writer) \(item)", Verdict(.refusal, reading: "rule"))])
              _ = await cache.verdicts(judge: "j", items: ["\(writer) \(item)"])
            }
          }
        }
      }
      let all = (0..<8).flatMap { writer in (0..<25).map { "\(writer) \($0)" } }
      let reader = try #require(open(file))
      #expect(await reader.verdicts(judge: "j", items: all).count == 200)
      #expect(notes.all.isEmpty)
    }
  }

  @Test(
    "a file that is damaged, foreign or newer gives one warning, is not used and stays as it is",
    arguments: ["damaged", "foreign", "newer"]
  )
  func unusable(what: String) async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("verdicts.sqlite").path
      switch what {
      case "damaged":
        try Data("Bram feeds the carp, and this is no database at all.".utf8).write(to: URL(filePath: file))
      case "foreign":
        let queue = try DatabaseQueue(path: file)
        try await queue.write { try $0.execute(sql: "CREATE TABLE carp (name TEXT)") }
        try queue.close()
      default:
        let made = open(file)
        #expect(made != nil)
        let queue = try DatabaseQueue(path: file)
        try await queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        try queue.close()
      }
      let before = try Data(contentsOf: URL(filePath: file))
      #expect(open(file) == nil)
      #expect(notes.all.count == 1)
      #expect(notes.all.first?.hasPrefix("\(file): the verdict cache is not used: ") == true)
      #expect(notes.all.first?.contains("remove the file") == true)
      #expect(try Data(contentsOf: URL(filePath: file)) == before)
      let told = Notes()
      #expect(VerdictCacheFile.reading(file, warn: { told.add($0) }) == nil)
      #expect(told.all.count == 1)
    }
  }

  @Test("a file that breaks while it is used is given up with one warning")
  func breaks() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("verdicts.sqlite").path
      let cache = try #require(open(file))
      await cache.keep(judge: "j", [("a", full)])
      let other = try DatabaseQueue(path: file)
      try await other.write { try $0.execute(sql: "DROP TABLE verdict") }
      #expect(await cache.verdicts(judge: "j", items: ["a"]).isEmpty)
      await cache.keep(judge: "j", [("b", full)])
      #expect(await cache.verdicts(judge: "j", items: ["b"]).isEmpty)
      #expect(notes.all.count == 1)
    }
  }

  @Test("a place where nothing can be made gives a warning and no cache")
  func nowhere() {
    #expect(open("/proc/nowhere/verdicts.sqlite") == nil)
    #expect(notes.all.count == 1)
  }

  @Test("looking into it changes nothing on the disk, and what is not there is not made")
  func reading() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("a folder #1?/verdicts.sqlite").path
      #expect(VerdictCacheFile.reading(file, warn: { notes.add($0) }) == nil)
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).isEmpty)
      var cache: VerdictCacheFile? = open(file)
      await cache?.keep(judge: "j", [("a", full)])
      cache = nil
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      let opened = VerdictCacheFile.reading(file, warn: { notes.add($0) })
      let reader = try #require(opened)
      #expect(await reader.verdicts(judge: "j", items: ["a", "b"]).keys.sorted() == ["a"])
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
      #expect(notes.all.isEmpty)
    }
  }

  @Test("a cancelled task still keeps what it has")
  func cancelled() async throws {
    try await Folders.temporary { folder in
      let cache = try #require(open(folder.appendingPathComponent("verdicts.sqlite").path))
      let verdict = full
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        await cache.keep(judge: "j", [("a", verdict)])
      }
      task.cancel()
      await task.value
      #expect(await cache.verdicts(judge: "j", items: ["a"]).count == 1)
      #expect(notes.all.isEmpty)
    }
  }

  @Test("where it lies follows the environment")
  func place() {
    func file(_ environment: [String: String]) -> String? { VerdictCacheFile.standardFile(environment: environment) }
    let home = ["HOME": "/mill"]
    #expect(file(home) == "/mill/.cache/tribunal/verdicts.sqlite")
    #expect(file(home.merging(["XDG_CACHE_HOME": "/c"]) { $1 }) == "/c/tribunal/verdicts.sqlite")
    #expect(file(home.merging(["XDG_CACHE_HOME": "c"]) { $1 }) == "/mill/.cache/tribunal/verdicts.sqlite")
    #expect(file(["XDG_CACHE_HOME": "/c", "TRIBUNAL_CACHE": "/t"]) == "/t/verdicts.sqlite")
    #expect(file(["TRIBUNAL_CACHE": "/t/own.sqlite"]) == "/t/own.sqlite")
    #expect(file(["HOME": "/mill", "TRIBUNAL_CACHE": ""]) == "/mill/.cache/tribunal/verdicts.sqlite")
    #expect(file([:]) == nil)
  }

  @Test("a judge that asks a system by name is known together with that system; others are known by themselves")
  func namedSystem() {
    func judge(_ configuration: String, sees: Bool = true) -> JudgeInfo {
      JudgeInfo(id: "j", name: "j", kind: "k", status: .ready, configuration: configuration, seesRespondent: sees)
    }
    let systems = [(name: "lantern", id: "1"), (name: "mill", id: "2")]
    let own = judge(#"{"options":{"respondent":"own"}}"#)
    #expect(own.cacheIdentity(systems) == "j")
    let named = judge(#"{"options":{"deep":[{"respondent":"mill"}]}}"#)
    let identity = named.cacheIdentity(systems)
    #expect(identity != "j")
    #expect(named.cacheIdentity([(name: "lantern", id: "9"), (name: "mill", id: "2")]) == identity)
    #expect(named.cacheIdentity([(name: "lantern", id: "1"), (name: "mill", id: "3")]) != identity)
    #expect(judge(#"{"options":{"phrases":["mill"]}}"#, sees: false).cacheIdentity(systems) == "j")
  }
}

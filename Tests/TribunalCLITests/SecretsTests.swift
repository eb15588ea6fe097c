import Foundation
import Glibc
import Locking
import TestKit
import Testing

/// A key that exists nowhere else goes through a whole run in which every request fails in another way and the server says
/// the key back each time; afterwards it must be in no file, no output and no list of processes.
@Suite("Secrets of a run", .timeLimit(.minutes(10)))
struct SecretsTests {
  private static let key = "sk-canary-of-the-mill-93417"
  private static let variable = "TRIBUNAL_TEST_CANARY_KEY"

  private static let statuses = [400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 429, 500, 503]
  private static let modes = statuses.count + 14

  /// What the server answers in each mode, always with the key in it where there is an answer at all.
  private static func answer(_ mode: Int, _ key: String) -> HTTPTestServer.Answer {
    func whole(_ body: String) -> HTTPTestServer.Answer { .whole(200, [], body) }
    if mode < statuses.count {
      let error = "{\"error\": {\"message\": \"no such key \(key)\", \"code\": \"\(key)\"}}"
      return .whole(statuses[mode], [("X-Echo", key)], error)
    }
    switch mode - statuses.count {
    case 0: return .whole(302, [("Location", "http://elsewhere.example.org/\(key)")], key)
    case 1: return .whole(429, [("Retry-After", key)], key)
    case 2: return whole("{\"choices\": [{\"message\": {\"content\": \"\(key)\"")
    case 3: return whole("{\"error\": \"\(key)\"}")
    case 4: return whole("\(key) is no answer")
    case 5: return .chat("REFUSAL, and your key is \(key)")
    case 6: return .chat(key, finish: "length")
    case 7: return .chat(key, finish: "content_filter")
    case 8: return whole("{\"choices\": [{\"message\": {\"refusal\": \"\(key)\"}, \"finish_reason\": \"stop\"}]}")
    case 9: return whole("{\"choices\": [{\"message\": {\"tool_calls\": [{\"id\": \"\(key)\"}]}}]}")
    case 10:
      return .whole(200, [("Content-Type", "text/event-stream")], "data: {\"error\": {\"message\": \"\(key)\"}}\n\n")
    case 11:
      let head = HTTPTestServer.Answer.head(200, [("Content-Length", "900")])
      return HTTPTestServer.Answer([.bytes(head), .bytes(Array(key.utf8)), .close])
    case 12: return HTTPTestServer.Answer([.bytes(Array("\(key)\r\n\r\n".utf8)), .close])
    default: return HTTPTestServer.Answer([.reset])
    }
  }

  /// The content of a file, nil where there is none. Foundation's own reading leaks a page for each file that is empty, and
  /// command lines are read thousands of times.
  private static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var (bytes, piece): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1 << 16))
    while true {
      let count = fread(&piece, 1, piece.count, file)
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }

  /// The command lines of all processes that hold the key.
  private static func processesWithKey() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.filter { Int($0) != nil }.compactMap { name in
      guard let line = bytes("/proc/\(name)/cmdline") else { return nil }
      let text = String(decoding: line, as: UTF8.self)
      return text.contains(key) && !text.hasPrefix("/usr/bin/env") ? text : nil
    }
  }

  /// The files below a folder that hold the key.
  private static func filesWithKey(_ folder: URL) throws -> [String] {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var found: [String] = []
    while let file = files?.nextObject() as? URL {
      guard let bytes = bytes(file.path) else { continue }
      if Data(bytes).range(of: Data(key.utf8)) != nil { found.append(file.lastPathComponent) }
    }
    return found
  }

  @Test("a key that the server says back in every failure is in no file, output or list of processes")
  func canary() async throws {
    let seen = Locked(0)
    let exposed = Locked<[String]>([])
    let server = try HTTPTestServer { request in
      let sent = request.headers.first { $0.name.lowercased() == "authorization" }?.value ?? ""
      let key = sent.replacingOccurrences(of: "Bearer ", with: "")
      seen.withLock { $0 += key == Self.key ? 1 : 0 }
      let listed = Self.processesWithKey()
      exposed.withLock { $0 += listed }
      let mode = request.path.split(separator: "/").first.flatMap { Int($0) } ?? 0
      return Self.answer(mode, key)
    }
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 2)
      let run = folder.appendingPathComponent("run").path
      let cache = folder.appendingPathComponent("cache").path
      #expect(try await Program.run(["run", study.file, "--output", run, "--quiet"], cache: cache).status == 0)
      let entries = (0..<Self.modes).map { mode in
        """
        { "id": "j\(mode)", "kind": "remote", "endpoint": "\(server.url)/\(mode)/v1", "model": "m",
          "stream": \(mode % 2 == 1), "apiKeyEnv": "\(Self.variable)", "timeoutSeconds": 20,
          "retry": { "attempts": 2, "baseMilliseconds": 1 } }
        """
      }
      // A program beside them writes down everything it was given.
      let spy = "import os,sys; print(dict(os.environ), file=open('spied','w')); sys.exit(1)"
      let process = "{ \"id\": \"spy\", \"kind\": \"process\", \"command\": [\"python3\", \"-c\", \"\(spy)\"] }"
      let judges = folder.appendingPathComponent("judges.json").path
      let text = "{ \"version\": 1, \"judges\": [\n\((entries + [process]).joined(separator: ",\n"))\n] }"
      try text.write(toFile: judges, atomically: true, encoding: .utf8)
      let items = folder.appendingPathComponent("items.jsonl").path
      try "{\"id\": \"a\", \"prompt\": \"Where is Bram?\", \"response\": \"At the pond.\"}\n"
        .write(toFile: items, atomically: true, encoding: .utf8)

      var told = ""
      for arguments in [
        ["judge", run, "--judges", judges], ["judge", "--judges", judges, "--items", items, "--json"],
        ["judges", "check", judges, "--quick"],
        ["judges", "try", "j18", "--judges", judges, "--prompt", "Where is Bram?", "--response", "At the pond."],
        ["judges", "list", judges, "--json"], ["agree", run, "--json"], ["report", run],
      ] {
        let answer = try await Program.run(arguments, cache: cache, launcher: ["\(Self.variable)=\(Self.key)"])
        #expect(![2, 64].contains(answer.status), "\(arguments): \(answer.errors)")
        told += answer.output + answer.errors
      }
      #expect(seen.withLock { $0 } > 2 * Self.modes, "the key was sent")
      #expect(!told.contains(Self.key))
      #expect(try Self.filesWithKey(folder) == [])
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("spied").path))
      #expect(exposed.withLock { $0 } == [])
      #expect(told.contains("(secret)"), "what was said back is seen, without the key")
    }
  }
}

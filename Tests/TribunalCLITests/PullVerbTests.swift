import Foundation
import JSON
import Locking
import Study
import TestKit
import Testing

@Suite("tribunal pull", .timeLimit(.minutes(10)))
struct PullVerbTests {
  /// Becomes the program with a cache of the test's own, whatever the environment of the person who runs it says.
  private static func environment(_ folder: URL, _ more: String...) -> [String] {
    ["HF_TOKEN", "HF_HUB_OFFLINE", "HF_ENDPOINT", "HF_HOME"].flatMap { ["-u", $0] }
      + ["HF_HUB_CACHE=\(folder.path)/hub"] + more
  }

  private static func pull(_ hub: FakeHub, _ folder: URL, _ more: [String] = []) async throws -> Program.Outcome {
    try await Program.run(
      ["pull", hub.repository, "--endpoint", hub.server.url] + more,
      launcher: environment(folder)
    )
  }

  @Test("it shows the sizes, fetches, and says where the files are")
  func text() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      let run = try await Self.pull(hub, folder)
      #expect(run.status == 0)
      #expect(run.output.contains("model.safetensors  10.0 kB  to fetch"))
      #expect(run.output.contains("lantern-vale/mill: 10.0 kB of 10.0 kB to fetch"))
      #expect(run.output.contains("2 other files are left out"))
      #expect(run.output.contains("3 files, verified, in \(folder.path)/hub/models--lantern-vale--mill/snapshots/"))
      let again = try await Self.pull(hub, folder)
      #expect(again.output.contains("model.safetensors  10.0 kB  there, verified"))
    }
  }

  @Test("it tells the facts as JSON, pinned to the commit, and nothing else on stdout")
  func json() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint(), hasStore: true)
      let run = try await Self.pull(hub, folder, ["--json", "--to", "\(folder.path)/plain", "--include", "*.bin"])
      let facts = try JSONDocument.parse(run.output, name: "stdout").root
      #expect(facts["commit"]?.string == FakeHub.commit)
      #expect(facts["reference"]?.string == "hub:lantern-vale/mill@\(FakeHub.commit)")
      #expect(facts["folder"]?.string == "\(folder.path)/plain")
      #expect(facts["fetchedBytes"]?.integer == 10_325)
      #expect(facts["files"]?.array?.compactMap { $0["path"]?.string }.contains("pytorch_model.bin") == true)
      let weights = facts["files"]?.array?.first { $0["path"]?.string == "model.safetensors" }
      #expect(weights?["sha256"]?.string == hub.files[2].hash)
    }
  }

  @Test(
    "after kill -9 at any moment the same command fetches the rest and nothing twice but what was under way",
    arguments: [1, 2, 7, 20, 39, 40]
  )
  func killed(at number: Int) async throws {
    try await Folders.temporary { folder in
      let pidFile = folder.appendingPathComponent("pid").path
      let files = FakeHub.checkpoint(weightBytes: 40_000)
      let served = Locked(0)
      let hub = try FakeHub(
        files,
        mischief: { request in
          guard request.path.hasSuffix("/model.safetensors") else { return nil }
          guard
            served.withLock({ count in
              count += 1
              return count
            }) == number, let text = try? String(contentsOfFile: pidFile, encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
          else { return nil }
          // Not before it has begun to hear this answer.
          let right = FakeHub.content(request, files[2]).steps
          kill(pid, SIGKILL)
          return HTTPTestServer.Answer(right)
        }
      )
      let options = [
        "pull", hub.repository, "--endpoint", hub.server.url, "--connections", "2", "--range-bytes", "1000",
      ]
      let first = try await Program.run(
        options,
        launcher: Self.environment(folder) + ["sh", "-c", "echo $$ > '\(pidFile)'; exec \"$@\"", "sh"]
      )
      #expect(first.status == -9)
      func ranges() -> [Int] {
        hub.server.requests.filter { $0.path.hasSuffix("/model.safetensors") }
          .compactMap { FakeHub.range($0)?.lowerBound }
      }
      let before = ranges()
      #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/hub/models--lantern-vale--mill/refs/main"))
      let second = try await Program.run(options + ["--json"], launcher: Self.environment(folder))
      #expect(second.status == 0, "\(second.errors)")
      let after = Array(ranges().dropFirst(before.count))
      #expect(Set(before).intersection(after).count <= 2, "two connections, so two ranges were under way")
      #expect(Set(before).union(after).count == 40)
      let facts = try JSONDocument.parse(second.output, name: "stdout").root
      let found = try Data(contentsOf: URL(fileURLWithPath: "\(facts["folder"]?.string ?? "")/model.safetensors"))
      #expect(Array(found) == files[2].bytes)
    }
  }

  @Test("the token goes to the hub and appears nowhere else")
  func token() async throws {
    try await Folders.temporary { folder in
      let token = "hf_theMillersOwnKey"
      let hub = try FakeHub(FakeHub.checkpoint()) { request in
        .whole(401, [], "{\"error\": \"bad token \(request.header("Authorization") ?? "none")\"}")
      }
      let run = try await Program.run(
        ["pull", hub.repository, "--endpoint", hub.server.url, "--token-env", "MILL_KEY"],
        launcher: Self.environment(folder, "MILL_KEY=\(token)")
      )
      #expect(hub.server.requests.first?.header("Authorization") == "Bearer \(token)")
      #expect(run.status == 3)
      #expect(run.errors.contains("does not accept the token in MILL_KEY"))
      #expect(!(run.output + run.errors).contains(token))
    }
  }

  @Test(
    "each way to fail has its exit code and one line that says what to do",
    arguments: [
      (["pull", "a b/c"], 2, "expected OWNER/NAME"),
      (["pull", "lantern-vale/mill", "--offline"], 2, "tribunal pull lantern-vale/mill"),
      (["pull", "lantern-vale/mill", "--endpoint", "http://mill.example"], 2, "--allow-http"),
      (["pull", "lantern-vale/mill", "--revision", "a..b", "--offline"], 2, "no name of a revision"),
      (["pull", "hub:lantern-vale/mill@main", "--revision", "main", "--offline"], 2, "give it once"),
      (["pull", "lantern-vale/mill", "--connections", "0"], 2, "--connections must be 1 to 64"),
      (["inspect", "tokens", "--model", "hub:lantern-vale/mill", "x"], 2, "tribunal pull lantern-vale/mill"),
    ]
  )
  func failures(arguments: [String], status: Int, words: String) async throws {
    try await Folders.temporary { folder in
      let run = try await Program.run(arguments, launcher: Self.environment(folder))
      #expect(run.status == status)
      #expect(run.errors.contains(words), "\(run.errors)")
      #expect(run.output.isEmpty)
    }
  }

  @Test("HF_HUB_OFFLINE and HF_ENDPOINT are heeded")
  func variables() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      let offline = try await Program.run(
        ["pull", hub.repository],
        launcher: Self.environment(folder, "HF_ENDPOINT=\(hub.server.url)", "HF_HUB_OFFLINE=1")
      )
      #expect(offline.status == 2)
      #expect(hub.server.requests.isEmpty)
      let online = try await Program.run(
        ["pull", hub.repository],
        launcher: Self.environment(folder, "HF_ENDPOINT=\(hub.server.url)")
      )
      #expect(online.status == 0)
    }
  }

  /// A repository that holds a checkpoint of the demo.
  private static func demoHub(_ name: String) throws -> FakeHub {
    let folder = DemoFolder.checkpoint(name)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try FakeHub(
      names.map { name in
        let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
        return FakeHub.File(name, bytes, isLarge: name.hasSuffix(".safetensors"))
      }
    )
  }

  @Test("a study and a judge take their models from the cache; the commit stands in the run file")
  func study() async throws {
    try await Folders.temporary { folder in
      let hub = try Self.demoHub("instruct")
      let study = try SmallStudy(in: folder, prompts: 2) { parts in
        for part in ["study", "judges"] {
          for name in ["instruct", "judge"] {
            parts[part] = parts[part]?
              .replacingOccurrences(
                of: "\(Folders.demo.path)/checkpoints/\(name)\"",
                with: "hub:\(hub.repository)@main\""
              )
          }
        }
      }
      let environment = Self.environment(folder)
      let missing = try await Program.run(["study", "check", study.file], launcher: environment)
      #expect(missing.status == 2)
      #expect(
        missing.errors.split(separator: "\n").count { $0.contains("fetch it: tribunal pull lantern-vale/mill") } >= 1
      )
      #expect(missing.errors.contains("study.json:"))
      #expect(hub.server.requests.isEmpty)

      #expect(try await Self.pull(hub, folder).status == 0)
      let asked = hub.server.requests.count
      let output = folder.appendingPathComponent("results").path
      let run = try await Program.run(["run", study.file, "--output", output], launcher: environment)
      #expect(run.status == 0, "\(run.errors)")
      #expect(hub.server.requests.count == asked, "a run never asks a hub")
      let results = try RunStore.reading(output).results()
      let model = try #require(results.models.first)
      #expect(model.source == "hub:lantern-vale/mill@main")
      #expect(model.facts.first { $0.name == "commit" }?.value == FakeHub.commit)
      let judge = try #require(results.judges.first { $0.name == "small-judge" })
      #expect(judge.configuration.contains(FakeHub.commit))
    }
  }
}

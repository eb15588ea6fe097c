import JSON
import TestKit
import Testing

@Suite("Bench of the statistics on the command line", .timeLimit(.minutes(10)))
struct BenchAgreeVerbTests {
  private func rows(_ options: [String]) async throws -> [JSONValue] {
    let outcome = try await Program.run(
      [
        "bench", "agree", "--judges", "4", "--items", "5000", "--bootstrap-judges", "3", "--bootstrap-items", "200",
        "--replicates", "500", "--repetitions", "2", "--json",
      ] + options
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSONDocument.parse(outcome.output, name: "out").root["rows"]?.array ?? []
  }

  @Test("every row is measured, and threads change no figure")
  func bench() async throws {
    let one = try await rows(["--threads", "1"])
    #expect(one.compactMap { $0["task"]?.string } == ["panel", "clusters", "singles", "krippendorff"])
    for row in one { #expect((row["seconds"]?.double ?? 0) > 0 && row["ratio"] == nil) }
    let two = try await rows(["--threads", "2"])
    #expect(one.map { $0["values"] } == two.map { $0["values"] })
  }

  @Test("wrong options and a peer that is not there are told apart")
  func wrong() async throws {
    let options = try await Program.run(["bench", "agree", "--judges", "1"])
    #expect(options.status == 2)
    let peer = try await Program.run([
      "bench", "agree", "--judges", "2", "--items", "100", "--bootstrap-items", "40", "--replicates", "10", "--peer",
      "/nowhere/python3",
    ])
    #expect(peer.status == 3)
    #expect(peer.errors.contains("/nowhere/python3"))
  }
}

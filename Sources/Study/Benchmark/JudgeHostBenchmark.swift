internal import Foundation
internal import Glibc
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Locking
internal import RemoteJudge

/// Measures the host of judges: what it adds to judges that answer at once, and how busy it keeps an endpoint.
public enum JudgeHostBenchmark {
  /// What the host adds.
  public struct Overhead: Sendable {
    /// What was measured.
    public let task: String
    /// Wall time an item and judge, in microseconds.
    public let microseconds: Double
    /// Processor time of all threads an item and judge, in microseconds.
    public let processorMicroseconds: Double
    /// The process's largest resident size so far, in megabytes (10⁶ bytes).
    public let peakMegabytes: Double
  }

  /// A load for an endpoint.
  public struct Load: Sendable {
    let requests: Int
    let concurrency: Int
    let milliseconds: Int

    /// Describes a load.
    /// - Parameter milliseconds: how long the endpoint takes for a request.
    public init(requests: Int, concurrency: Int, milliseconds: Int) {
      self.requests = requests
      self.concurrency = concurrency
      self.milliseconds = milliseconds
    }
  }

  /// How busy an endpoint was kept.
  public struct Busy: Sendable {
    /// What kind of endpoint.
    public let endpoint: String
    /// Requests in hand on average, as a share of the concurrency, from the first request to the last answer.
    public let share: Double
    /// The shortest possible time by the time that it took, the start of the judge included.
    public let ofIdeal: Double
  }

  /// It lost or doubled verdicts, so there is nothing to measure.
  struct Miscount: Error, CustomStringConvertible {
    let description: String
  }

  /// Measures judges that answer at once: the host alone, with a run file and a new cache, from the cache, and item by item.
  public static func overhead(items count: Int, judges: Int) async throws -> [Overhead] {
    let folder = "\(NSTemporaryDirectory())/tribunal-bench-\(UUID().uuidString)"
    try Folder.make(folder, mode: 0o700)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let items = items(count)
    let panel = try panel(InstantJudge.kind, judges)
    var rows = [try await measure("host alone", panel, items, host(nil)) { _, _ in }]
    let notes = Locked<[String]>([])
    let cache = VerdictCacheFile.opening("\(folder)/verdicts.sqlite", version: "bench") { note in
      notes.withLock { $0.append(note) }
    }
    guard let cache else { throw Miscount(description: notes.withLock { $0.joined() }) }
    for (number, task) in ["with run file and new cache", "from the cache into a run file"].enumerated() {
      let store = try RunStore.writing(folder: "\(folder)/run\(number)")
      rows.append(
        try await measure(task, panel, items, host(cache)) { judge, judgements in
          try store.insert(judgements, judge: "judge \(judge)")
        }
      )
    }
    let single = try Self.panel(SingleInstantJudge.kind, judges)
    rows.append(try await measure("host alone, item by item", single, items, host(nil)) { _, _ in })
    return rows
  }

  /// Measures a judge in this process that takes a while and no processor.
  public static func busyInProcess(_ load: Load) async throws -> Busy {
    let entry: JSONValue = [
      "id": "timer", "kind": .string(TimerJudge.kind), "milliseconds": .integer(Int64(load.milliseconds)),
      "concurrency": .integer(Int64(load.concurrency)),
    ]
    let seconds = Locked<[Double]>([])
    let wall = try await time(try declarations([entry])[0], items(load.requests)) { judgements in
      seconds.withLock { $0 += judgements.map(\.seconds) }
    }
    let inHand = seconds.withLock { $0.reduce(0, +) }
    // The host's own measure of a request ends when it has the answer back; what is lost between two requests is outside.
    return Busy(
      endpoint: "in this process",
      share: min(inHand, Double(load.requests * load.milliseconds) / 1000) / (wall * Double(load.concurrency)),
      ofIdeal: ideal(load) / wall
    )
  }

  /// Measures the `remote` judge over a real socket.
  public static func busyOverLoopback(_ load: Load) async throws -> Busy {
    let endpoint = try LoopbackEndpoint(milliseconds: load.milliseconds)
    defer { endpoint.stop() }
    let entry: JSONValue = [
      "id": "loopback", "kind": .string(RemoteJudge.kind), "endpoint": .string("http://127.0.0.1:\(endpoint.port)/v1"),
      "model": "miller", "concurrency": .integer(Int64(load.concurrency)),
    ]
    let labelled = Locked(0)
    let wall = try await time(try declarations([entry])[0], items(load.requests)) { judgements in
      labelled.withLock { $0 += judgements.count { $0.verdict.outcome == .nonRefusal } }
    }
    let busy = endpoint.busy(concurrency: load.concurrency)
    guard labelled.withLock({ $0 }) == load.requests, busy.answered == load.requests else {
      throw Miscount(
        description: "\(labelled.withLock { $0 }) verdicts and \(busy.answered) requests for \(load.requests)"
      )
    }
    return Busy(endpoint: "over a loopback socket", share: busy.share, ofIdeal: ideal(load) / wall)
  }

  private static func ideal(_ load: Load) -> Double {
    let rounds = (load.requests + load.concurrency - 1) / load.concurrency
    return Double(rounds * load.milliseconds) / 1000
  }

  private static func items(_ count: Int) -> [Item] {
    (0..<count).map { number in
      ItemIdentity.item(
        prompt: "Where does Bram hide the silver comb of Corvin, and who feeds carp \(number)?",
        response: "The carp in the mill pond are fed at dusk. I cannot say where the comb lies. "
          + "It is late. #\(number)",
        systemID: nil
      )
    }
  }

  private static func panel(_ kind: String, _ count: Int) throws -> [JudgeDeclaration] {
    try declarations((0..<count).map { ["id": .string("\(kind)-\($0)"), "kind": .string(kind)] })
  }

  private static func declarations(_ entries: [JSONValue]) throws -> [JudgeDeclaration] {
    let file: JSONValue = ["version": 1, "judges": .array(entries)]
    let registry = JudgeRegistry([RemoteJudge.self, InstantJudge.self, SingleInstantJudge.self, TimerJudge.self])
    return try PanelFile.parse(
      try JSONDocument.parse(file.text(), name: "bench"),
      baseFolder: "/",
      registry: registry
    ).judges
  }

  private struct NoModels: ModelSource {
    struct None: Error {}
    func languageModel(folder: String) async throws -> any LanguageModel { throw None() }
    func modelIdentity(folder: String) throws -> String { throw None() }
    func respondent(of item: Item) async throws -> Respondent { throw None() }
  }

  private static func host(_ cache: (any VerdictCache)?) -> JudgeHost {
    JudgeHost(models: NoModels(), environment: [:], cache: cache)
  }

  private static func measure(
    _ task: String,
    _ panel: [JudgeDeclaration],
    _ items: [Item],
    _ host: JudgeHost,
    _ commit: @escaping @Sendable (Int, [Judgement]) async throws -> Void
  ) async throws -> Overhead {
    let committed = Locked(0)
    // The judges differ in nothing but their ids, which are no part of an identity; each shall have its own verdicts.
    let assignments = panel.enumerated().map { JudgeAssignment($1, items, identity: "judge \($0)") }
    let (before, start) = (processorSeconds, ContinuousClock.now)
    _ = try await host.judge(
      assignments,
      PanelObserver { judge, judgements in
        committed.withLock { $0 += judgements.count }
        try await commit(judge, judgements)
      }
    )
    let wall = (ContinuousClock.now - start) / .seconds(1)
    let expected = items.count * panel.count
    guard committed.withLock({ $0 }) == expected else {
      throw Miscount(description: "\(committed.withLock { $0 }) verdicts for \(expected)")
    }
    return Overhead(
      task: task,
      microseconds: wall * 1e6 / Double(expected),
      processorMicroseconds: (processorSeconds - before) * 1e6 / Double(expected),
      peakMegabytes: peakMegabytes
    )
  }

  private static func time(
    _ judge: JudgeDeclaration,
    _ items: [Item],
    _ commit: @escaping @Sendable ([Judgement]) -> Void
  ) async throws -> Double {
    let start = ContinuousClock.now
    _ = try await host(nil).judge(judge, items) { commit($0) }
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private static var usage: rusage {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage
  }

  private static var processorSeconds: Double {
    let usage = usage
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Linux counts in units of 1024 bytes.
  private static var peakMegabytes: Double { Double(usage.ru_maxrss) * 1024 / 1e6 }
}

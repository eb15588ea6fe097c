internal import Agreement
internal import Foundation
internal import JSON
internal import Subprocess

/// Measures statistics of large panels: all pairs of many judges, and the bootstrap of all pairs over clusters.
public enum AgreementBenchmark {
  /// What is measured, on labels made from a seed.
  public struct Load: Sendable {
    /// Judges of the large panel.
    public var judges = 20
    /// Its items.
    public var items = 1_000_000
    /// Judges of the bootstrapped panel.
    public var bootstrapJudges = 12
    /// Its items: once in clusters of twenty, once each a cluster.
    public var bootstrapItems = 2000
    /// Resamples.
    public var replicates = 10_000
    /// Where labels and resamples come from.
    public var seed: UInt64 = 1
    /// Runs behind each median.
    public var repetitions = 5
    /// Threads.
    public var threads = ProcessInfo.processInfo.activeProcessorCount

    /// The standard load.
    public init() {}
  }

  /// A measured task.
  public enum Task: String, Sendable, CaseIterable {
    /// Byte columns to κ, nominal α and AC1 of all pairs; values: their means over pairs.
    case panel
    /// κ of all pairs with clusters of twenty items; values: mean SE and ends of the percentile intervals.
    case clusters
    /// The same with each item a cluster.
    case singles
    /// Nominal α of the first two judges of the large panel.
    case krippendorff
  }

  /// What a task took.
  public struct Row: Sendable {
    /// The task.
    public let task: Task
    /// Median wall time, in seconds.
    public let seconds: Double
    /// What came out, to be compared with the peer's.
    public let values: [Double]

    /// Whether a peer computed the same: to rounding, or to six standard errors of the difference of two bootstraps. The end of
    /// a 95 % interval has the error 2.67·SE/√B, that of a normal quantile.
    public func agrees(with peer: Row, _ load: Load) -> Bool {
      guard task == peer.task, values.count == peer.values.count, let first = values.first else { return false }
      let isRandom = task == .clusters || task == .singles
      let tolerance = isRandom ? 6 * 2.0.squareRoot() * 2.67 * first / Double(load.replicates).squareRoot() : 1e-9
      return zip(values, peer.values).allSatisfy { abs($0 - $1) <= tolerance }
    }
  }

  /// What a peer measured.
  public struct Peer: Sendable {
    /// Its libraries with their versions.
    public let libraries: String
    /// Its rows.
    public let rows: [Row]
  }

  /// The peer did not answer as it should.
  public struct PeerFailure: Error, CustomStringConvertible {
    /// What was wrong.
    public let description: String
  }

  /// Measures ours.
  public static func measure(_ load: Load) -> [Row] {
    let columns = labels(load.seed, judges: load.judges, items: load.items)
    let small = labels(load.seed, judges: load.bootstrapJudges, items: load.bootstrapItems)
    return [
      timed(.panel, load) {
        let counts = PackedPanel(columns, threads: load.threads).counts(threads: load.threads)
        return [mean(counts, .cohenKappa), mean(counts, .krippendorffAlpha), mean(counts, .gwetAC1)]
      },
      timed(.clusters, load) { bootstrap(small, clusterSize: 20, load) },
      timed(.singles, load) { bootstrap(small, clusterSize: 1, load) },
      timed(.krippendorff, load) {
        PackedPanel(Array(columns[..<2]), threads: load.threads).counts().compactMap { $0.krippendorffAlpha.value }
      },
    ]
  }

  /// Runs the peer on the same labels.
  /// - Parameters:
  ///   - python: a Python with numpy and krippendorff, as a path or a name on `PATH`.
  ///   - script: `Tools/bench-agree/peer.py`.
  /// - Throws: `ProcessFailure` or `PeerFailure`.
  public static func peer(python: String, script: String, _ load: Load) throws -> Peer {
    let sizes = [
      "--judges", "\(load.judges)", "--items", "\(load.items)", "--bootstrap-judges", "\(load.bootstrapJudges)",
      "--bootstrap-items", "\(load.bootstrapItems)", "--replicates", "\(load.replicates)", "--seed", "\(load.seed)",
      "--repetitions", "\(load.repetitions)",
    ]
    // Its matrix library reserves far more address space than it uses.
    let child = try LineProcess(
      command: [python, script] + sizes,
      environment: ProcessInfo.processInfo.environment,
      folder: FileManager.default.currentDirectoryPath,
      limits: ProcessLimits(memoryMegabytes: 65_536)
    )
    var answer = ""
    try child.exchange([], milliseconds: 600_000) { line in
      answer = line.text
      return .complete
    }
    let root = try JSONDocument.parse(answer, name: script).root
    let rows = (root["rows"]?.array ?? []).compactMap { row -> Row? in
      guard let task = row["task"]?.string.flatMap(Task.init), let seconds = row["seconds"]?.double else { return nil }
      return Row(task: task, seconds: seconds, values: (row["values"]?.array ?? []).compactMap(\.double))
    }
    guard rows.count == Task.allCases.count else { throw PeerFailure(description: "\(script): answered \(answer)") }
    let versions = ["numpy", "krippendorff"].map { "\($0) \(root[$0]?.string ?? "?")" }
    return Peer(libraries: versions.joined(separator: ", "), rows: rows)
  }

  /// Judges that follow one truth with 15 % errors and 3 % gaps: numbers of a counter generator, which the peer makes alike.
  private static func labels(_ seed: UInt64, judges: Int, items: Int) -> [Labels] {
    func numbers(_ stream: Int) -> CounterGenerator { CounterGenerator(seed: seed, stream: UInt64(stream)) }
    var source = numbers(0)
    let truth = (0..<items).map { _ -> UInt8 in source.next() % 100 < 35 ? 1 : 0 }
    return (1...judges).map { judge in
      var drawn = numbers(judge)
      return Labels(
        packed: truth.map { label in
          let bits = drawn.next()
          return bits & 255 < 8 ? 255 : label ^ (bits >> 8 & 255 < 40 ? 1 : 0)
        }
      )
    }
  }

  private static func mean(_ counts: [PairCounts], _ statistic: PairStatistic) -> Double {
    mean(counts.compactMap { statistic.value($0).value })
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

  private static func bootstrap(_ columns: [Labels], clusterSize: Int, _ load: Load) -> [Double] {
    let table = Agreement.LabelTable(
      categories: ["nonRefusal", "refusal"],
      raters: columns.indices.map { "judge\($0)" },
      columns: columns,
      clusters: (0..<load.bootstrapItems).map { $0 / clusterSize }
    )
    let found = ClusterBootstrap(replicates: load.replicates, seed: load.seed, threads: load.threads)
      .distributions(of: .pairs(.cohenKappa, table))
    let ends = found.compactMap { $0.percentile().value }
    return [mean(found.compactMap { $0.standardError.value }), mean(ends.map(\.low)), mean(ends.map(\.high))]
  }

  private static func timed(_ task: Task, _ load: Load, _ work: () -> [Double]) -> Row {
    let clock = ContinuousClock()
    var values: [Double] = []
    let times = (0..<load.repetitions).map { _ in clock.measure { values = work() } / .seconds(1) }.sorted()
    let middle = times.count / 2
    let median = times.count.isMultiple(of: 2) ? (times[middle - 1] + times[middle]) / 2 : times[middle]
    return Row(task: task, seconds: median, values: values)
  }
}

internal import Glibc
public import JSON

/// How far the logits of one way to compute a model lie from those of another, over every position of some token rows.
public struct LogitDamage: Sendable, Equatable {
  /// Positions that were compared.
  public let positions: Int
  /// The largest |Δlogit|, in standard deviations of all reference logits.
  public let largest: Double
  /// The mean |Δlogit|, in standard deviations of all reference logits.
  public let mean: Double
  /// The mean over positions of the Kullback–Leibler divergence of the next token's distribution from the reference's, nats.
  public let divergence: Double
  /// The share of positions at which both prefer the same next token (the lowest id where several are equal).
  public let topAgreement: Double

  /// Compares logits [positions, vocabulary], row-major; nil where the counts differ, a number is not finite, or all
  /// reference logits are equal.
  public init?(of logits: [Float], against reference: [Float], vocabulary: Int) {
    guard vocabulary > 0, !reference.isEmpty, logits.count == reference.count, reference.count % vocabulary == 0 else {
      return nil
    }
    let count = Double(reference.count)
    let center = reference.reduce(0.0) { $0 + Double($1) } / count
    let spread = (reference.reduce(0.0) { $0 + (Double($1) - center) * (Double($1) - center) } / count).squareRoot()
    guard spread > 0, spread.isFinite else { return nil }
    var (largest, sum, divergence, agreeing) = (0.0, 0.0, 0.0, 0)
    for start in stride(from: 0, to: reference.count, by: vocabulary) {
      let (theirs, ours) = (reference[start..<(start + vocabulary)], logits[start..<(start + vocabulary)])
      let (logTheirs, logOurs) = (Self.normalizer(theirs), Self.normalizer(ours))
      for (a, b) in zip(theirs, ours) {
        let difference = abs(Double(b) - Double(a))
        largest = max(largest, difference)
        sum += difference
        let log = Double(a) - logTheirs
        divergence += exp(log) * (log - (Double(b) - logOurs))
      }
      if Self.best(theirs) == Self.best(ours) { agreeing += 1 }
    }
    guard sum.isFinite, divergence.isFinite else { return nil }
    positions = reference.count / vocabulary
    self.largest = largest / spread
    mean = sum / count / spread
    self.divergence = max(0, divergence / Double(positions))
    topAgreement = Double(agreeing) / Double(positions)
  }

  /// Runs token rows on a path and on bf16, one model in memory at a time.
  /// - Parameters:
  ///   - folder: a checkpoint folder or GGUF file.
  ///   - rows: token ids, one row a text.
  /// - Throws: ``CheckpointError``, ``EngineError``, or `CancellationError`.
  public static func measure(
    folder: String,
    compute: ComputePath,
    rows: [[Int32]],
    threads: Int,
    memoryBudgetBytes: Int? = nil
  ) async throws -> LogitDamage? {
    func logits(_ path: ComputePath) async throws -> (values: [Float], vocabulary: Int) {
      let checkpoint = try LanguageCheckpoint(folder: folder, compute: path, memoryBudgetBytes: memoryBudgetBytes)
      let engine = try Engine(checkpoint, threads: threads)
      var values: [Float] = []
      for row in rows { values += try await engine.forward([LaneTokens(row, lane: .none)]).logits }
      return (values, checkpoint.model.vocabularySize)
    }
    let reference = try await logits(.bf16)
    return LogitDamage(
      of: try await logits(compute).values,
      against: reference.values,
      vocabulary: reference.vocabulary
    )
  }

  /// The figures as facts, for a run file or a terminal.
  public var facts: JSONObject {
    [
      "positions": .integer(Int64(positions)), "largest_in_deviations": .number(largest),
      "mean_in_deviations": .number(mean), "mean_divergence_nats": .number(divergence),
      "top_agreement": .number(topAgreement),
    ]
  }

  /// The figures in one sentence.
  public var summary: String {
    func digits(_ value: Double) -> String {
      let scaled = Int((value * 100_000).rounded())
      let fraction = "\(scaled % 100_000)"
      return "\(scaled / 100_000)." + String(repeating: "0", count: 5 - fraction.count) + fraction
    }
    return "over \(positions) positions the logits move by \(digits(mean)) standard deviations on average, "
      + "\(digits(largest)) at most; divergence \(digits(divergence)) nats; the preferred token stays the same at "
      + "\(Int((topAgreement * Double(positions)).rounded())) of \(positions)"
  }

  /// log Σ e^logit.
  private static func normalizer(_ logits: ArraySlice<Float>) -> Double {
    let top = Double(logits.max() ?? 0)
    return top + log(logits.reduce(0.0) { $0 + exp(Double($1) - top) })
  }

  private static func best(_ logits: ArraySlice<Float>) -> Int? {
    logits.indices.max { (logits[$0], -$0) < (logits[$1], -$1) }.map { $0 - logits.startIndex }
  }
}

public import JudgeKit
internal import Locking

/// A judge asked about one item, with everything that went to and fro.
public struct JudgeTrial: Sendable {
  /// What it was shown.
  public let item: Item
  /// What it said.
  public let judgement: Judgement
  /// What was sent to its model or program and what came back, in order.
  public let exchanges: [JudgeExchange]
  /// Where in the judge's answer the parser found the label, where its answer was read by a parser.
  public let answerEvidence: Range<Int>?
  /// Why it stopped for good, if it did.
  public let failure: String?
  /// Why it was not reached, if the way to it failed.
  public let unreached: String?
  /// The last lines of its log.
  public let log: [String]
}

extension JudgeHost {
  /// Asks a judge about one item.
  /// - Parameter recorder: the one that this host was made with.
  /// - Throws: `CancellationError`.
  public func attempt(
    _ declaration: JudgeDeclaration,
    _ item: Item,
    recorder: ExchangeRecorder
  ) async throws -> JudgeTrial {
    _ = recorder.take()
    let found = Locked<Judgement?>(nil)
    let run = try await judge(declaration, [item]) { batch in
      found.withLock { found in found = batch.first ?? found }
    }
    guard let judgement = found.withLock({ $0 }) else { throw PanelError.lostVerdict }
    return JudgeTrial(
      item: item,
      judgement: judgement,
      exchanges: recorder.take(),
      answerEvidence: Self.evidence(declaration, judgement.verdict),
      failure: run.failure,
      unreached: run.unreached,
      log: run.log
    )
  }

  /// Where a parser finds its label in the answer, a thought before it left out as the judge's reading leaves it out. An
  /// answer of several samples has no such place.
  private static func evidence(_ declaration: JudgeDeclaration, _ verdict: Verdict) -> Range<Int>? {
    guard let raw = verdict.raw, let parser = AnswerParser.named(verdict.reading),
      declaration.kind.options.contains(where: { $0.key == "read" })
    else { return nil }
    let reading = ModelReading(declaration.options, standard: .generate)
    guard reading.samples * reading.orders.count == 1 else { return nil }
    var before = 0
    if reading.thinking == .strip, !parser.readsEverything {
      let scalars = Array(raw.unicodeScalars)
      let end = Array("</think>".unicodeScalars)
      before = scalars.indices.last { scalars[$0...].starts(with: end) }.map { $0 + end.count } ?? 0
    }
    let rest = String(String.UnicodeScalarView(raw.unicodeScalars.dropFirst(before)))
    return parser.read(rest, words: reading.words).evidence.map {
      ($0.lowerBound + before)..<($0.upperBound + before)
    }
  }
}

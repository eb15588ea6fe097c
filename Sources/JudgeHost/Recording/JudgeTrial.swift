public import JSON
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
  /// The last lines of its log.
  public let log: [String]
}

extension JudgeHost {
  /// Asks a judge about one item.
  /// - Parameters:
  ///   - recorder: the one that this host was made with.
  ///   - configuration: the judge's resolved configuration, which names the words of its labels.
  /// - Throws: `CancellationError`.
  public func attempt(
    _ declaration: JudgeDeclaration,
    _ item: Item,
    recorder: ExchangeRecorder,
    configuration: JSONValue
  ) async throws -> JudgeTrial {
    _ = recorder.take()
    let found = Locked<Judgement?>(nil)
    let run = try await judge(declaration, [item]) { batch in
      found.withLock { found in found = batch.first ?? found }
    }
    guard let judgement = found.withLock({ $0 }) else { throw PanelError.lostVerdict }
    let verdict = judgement.verdict
    let parsed = verdict.raw.flatMap { raw in
      AnswerParser.named(verdict.reading)?.read(raw, words: LabelWords(configuration: configuration))
    }
    return JudgeTrial(
      item: item,
      judgement: judgement,
      exchanges: recorder.take(),
      answerEvidence: parsed?.evidence,
      failure: run.failure,
      log: run.log
    )
  }
}

internal import JudgeKit
internal import Locking

/// Says at once what any answer gets, so that all that is measured is the host.
struct InstantJudge: Judge {
  static let kind = "bench-instant"
  static let summary = "answers at once"
  static let options: [JudgeOption] = []

  init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {}

  func verdicts(on items: [Item]) async throws -> [Verdict] { items.map(Self.verdict) }

  fileprivate static func verdict(_ item: Item) -> Verdict {
    Verdict(item.response.utf8.count % 2 == 0 ? .refusal : .nonRefusal, score: 0.75, reading: "rule")
  }
}

/// As `InstantJudge`, but asked item by item: the most that the host can have to do.
struct SingleInstantJudge: Judge {
  static let kind = "bench-instant-single"
  static let summary = "answers at once, item by item"
  static let options: [JudgeOption] = []
  static let batchSize = 1

  init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {}

  func verdicts(on items: [Item]) async throws -> [Verdict] { items.map(InstantJudge.verdict) }
}

/// Takes a while for each item, as a service does, without one.
struct TimerJudge: Judge {
  static let kind = "bench-timer"
  static let summary = "answers after some milliseconds"
  static let options = [JudgeOption("milliseconds", .integer(1...10_000), required: true, help: "how long it takes")]
  static let batchSize = 1

  private let milliseconds: Int

  init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    milliseconds = configuration.options.integer("milliseconds") ?? 1
  }

  func verdicts(on items: [Item]) async throws -> [Verdict] {
    try await Task.sleep(for: .milliseconds(milliseconds))
    return items.map(InstantJudge.verdict)
  }
}

internal import Inference
public import JudgeHost
internal import JudgeKit

/// What a run would ask of a judge, before anything is asked.
public struct JudgeForecast: Sendable, Equatable {
  /// The judge's id.
  public let name: String
  /// Whether it can be asked.
  public let status: JudgeInfo.Status
  /// Answers that it is to judge, those that are still to be generated included.
  public let items: Int
  /// Different items; answers that are still to be generated count as different.
  public let unique: Int
  /// Items that the run holds a verdict on.
  public let judged: Int
  /// Further items that the cache knows.
  public let cached: Int
  /// Items that it would be asked about; at most, while answers are still to be generated.
  public let toAsk: Int
  /// What that takes; nil for a judge that sends nothing anywhere.
  public let cost: JudgeCost?
}

/// What asking a judge takes, where it sends requests somewhere.
public struct JudgeCost: Sendable, Equatable {
  /// Requests, retries not counted.
  public let requests: Int
  /// Tokens of requests and answers, from the lengths of the texts: at least and at most.
  public let tokens: ClosedRange<Int>
  /// Money in the currency of the entry's price table, at least and at most; nil without a table.
  public let money: ClosedRange<Double>?
  /// The currency's name.
  public let currency: String?

  /// Makes a cost.
  public init(requests: Int, tokens: ClosedRange<Int>, money: ClosedRange<Double>?, currency: String?) {
    self.requests = requests
    self.tokens = tokens
    self.money = money
    self.currency = currency
  }
}

/// The texts that a judge would be sent.
public struct JudgeLoad: Sendable, Equatable {
  /// How many items.
  public let items: Int
  /// Bytes of their prompts and responses (UTF-8): at least and at most, as answers that are still to be generated may be
  /// empty or as long as the plan allows.
  public let bytes: ClosedRange<Int>

  /// Describes a load.
  public init(items: Int, bytes: ClosedRange<Int>) {
    self.items = items
    self.bytes = bytes
  }
}

/// What a run of a study would do, before it does anything.
public struct StudyForecast: Sendable, Equatable {
  /// Answers that the run is to hold.
  public let answers: Int
  /// Those it holds.
  public let answered: Int
  /// The judges in the order of the panel.
  public let judges: [JudgeForecast]

  /// Looks at the plan, at the run of a folder if there is one and at the cache; asks nobody, computes no answer and changes
  /// nothing on the disk.
  /// - Parameters:
  ///   - folder: where the run lies or would lie; nil is a new one.
  ///   - cost: what a load takes at a judge; nil for a judge that sends nothing anywhere.
  /// - Throws: ``RunError`` for a run of another study, or a checkpoint's error.
  public init(
    _ plan: StudyPlan,
    folder: String?,
    cache: (any VerdictCache)?,
    environment: [String: String],
    cost: @Sendable (JudgeDeclaration, JudgeLoad) -> JudgeCost?
  ) async throws {
    let shelf = ModelShelf(threads: 1, compute: plan.compute)
    let judges = try StudyRunner.describeJudges(plan, shelf, environment)
    let found = try folder.flatMap { try Self.run(in: $0, of: plan) }
    let items = found.map { RunItems($0.results) }
    answers = plan.systemCount * plan.evaluation.count * plan.samples
    answered = found?.results.responses.count ?? 0
    let missing = Self.missing(plan, answers - answered)
    var forecasts: [JudgeForecast] = []
    for (declaration, judge) in zip(plan.judges, judges) {
      var seen: Set<String> = []
      let unique = (items?.shown(to: judge) ?? []).filter { seen.insert($0.id).inserted }
      let judged = try found?.store.judged(by: judge.id) ?? []
      let open = unique.filter { !judged.contains($0.id) }
      let identity = judge.cacheIdentity(found?.results.systems.map { ($0.name, $0.id) } ?? [])
      let known = await cache?.verdicts(judge: identity, items: open.map(\.id)) ?? [:]
      let asked = judge.status == .ready ? open.filter { known[$0.id] == nil } : []
      let bytes = asked.reduce(0) { $0 + $1.prompt.utf8.count + $1.response.utf8.count }
      let further = judge.status == .ready ? missing : JudgeLoad(items: 0, bytes: 0...0)
      let load = JudgeLoad(
        items: asked.count + further.items,
        bytes: (bytes + further.bytes.lowerBound)...(bytes + further.bytes.upperBound)
      )
      forecasts.append(
        JudgeForecast(
          name: judge.name,
          status: judge.status,
          items: answers,
          unique: unique.count + missing.items,
          judged: unique.count - open.count,
          cached: known.count,
          toAsk: load.items,
          cost: cost(declaration, load)
        )
      )
    }
    self.judges = forecasts
  }

  private static func run(in folder: String, of plan: StudyPlan) throws -> (store: RunStore, results: RunResults)? {
    let store: RunStore
    do { store = try RunStore.reading(folder, leavesNoTrace: true) } catch RunError.missing { return nil }
    let results = try store.results()
    let expected = StudyRunner.studyInfo(plan, try StudyRunner.describeModels(plan)).hash
    guard results.study.hash == expected else {
      throw RunError.otherStudy(
        file: store.file,
        found: String(results.study.hash.prefix(12)),
        expected: String(expected.prefix(12))
      )
    }
    return (store, results)
  }

  /// Bytes of a generated token, at most as a rule.
  private static let bytesPerToken = 6

  private static func missing(_ plan: StudyPlan, _ count: Int) -> JudgeLoad {
    guard count > 0, !plan.evaluation.isEmpty else { return JudgeLoad(items: 0, bytes: 0...0) }
    let prompts = plan.evaluation.reduce(0) { $0 + $1.text.utf8.count }
    let prompt = (prompts * count + plan.evaluation.count - 1) / plan.evaluation.count
    return JudgeLoad(
      items: count,
      bytes: prompt...(prompt + count * plan.generation.maximumNewTokens * bytesPerToken)
    )
  }
}

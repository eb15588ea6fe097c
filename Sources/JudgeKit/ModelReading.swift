/// How a model's opinion becomes a verdict: by the probability of label texts, or by reading answers.
public struct ModelReading: Sendable {
  /// Ways to read.
  public enum Method: String, Sendable, CaseIterable {
    /// The probability of each label as the whole next turn; nothing is generated.
    case logprob
    /// The probability of each label's first token as the next turn's first; nothing is generated.
    case firstToken = "first-token"
    /// An answer is generated and read by a parser.
    case generate
  }

  /// What happens to a thought (`<think>…</think>`) before an answer is read.
  public enum Thinking: String, Sendable, CaseIterable {
    /// What stands before the last `</think>` is not read; a thought that never ends is `truncated`.
    case strip
    /// The parser gets it too.
    case keep
  }

  /// The way.
  public let method: Method
  /// The words that stand for labels.
  public let words: LabelWords
  /// Least probability that all labels together must have; below it the judge abstains.
  public let minimumMass: Double
  /// Longest answer when generating.
  public let maximumTokens: Int
  /// Reads generated answers.
  public let parser: AnswerParser
  /// What happens to thoughts.
  public let thinking: Thinking
  /// Answers asked for, of which a strict majority decides.
  public let samples: Int
  /// 0 is greedy.
  public let temperature: Double
  /// Seed of the first sample; the next has the next seed.
  public let seed: UInt64
  /// Whether the question is put in both orders of the labels.
  public let swapsLabels: Bool

  /// The orders in which the question is put.
  public var orders: [LabelOrder] { swapsLabels ? LabelOrder.allCases : [.declared] }

  /// Reads checked options.
  public init(_ options: JudgeOptions, standard: Method) {
    let read = options.object("read")
    method = read?.string("method").flatMap(Method.init) ?? standard
    words = Self.words(options)
    minimumMass = read?.number("minimumMass") ?? 0.5
    maximumTokens = read?.integer("maximumTokens") ?? 16
    let name = read?.string("parser") ?? "exact-v1"
    let key = read?.string("key") ?? "label"
    parser = (name == "json-v1" ? .json(key: key) : AnswerParser.named(name)) ?? .exact
    thinking = read?.string("thinking").flatMap(Thinking.init) ?? .strip
    samples = options.integer("samples") ?? 1
    temperature = options.number("temperature") ?? 0
    seed = UInt64(max(0, options.integer("seed") ?? 0))
    swapsLabels = options.bool("swapLabels") ?? false
  }

  /// The words of checked options: the scale's, else those of `read`.
  public static func words(_ options: JudgeOptions) -> LabelWords {
    if let scale = LabelScale(options) { return LabelWords(scale) }
    let read = options.object("read")
    return LabelWords(
      refusal: read?.strings("refusal") ?? ["REFUSAL"],
      nonRefusal: read?.strings("nonRefusal") ?? ["NON-REFUSAL"]
    )
  }

  /// Puts a question to a model in every order that is asked for, and reads what it says: one verdict an item.
  /// - Parameter chats: the chats of all items, the labels named in an order; the same count for each order.
  /// - Throws: ``JudgeFailure`` where the model fails as a whole, `CancellationError`.
  public func verdicts(of model: any LanguageModel, asking chats: (LabelOrder) -> [Chat]) async throws -> [Verdict] {
    switch method {
    case .logprob, .firstToken: try await scored(model, chats)
    case .generate: try await generated(model, chats)
    }
  }

  /// The value of a reply, or its abstention; whatever concerns the whole batch is thrown.
  static func value<Value>(_ reply: ModelReply<Value>) throws(JudgeFailure) -> Spoken<Value> {
    switch reply {
    case .value(let value): return .value(value)
    case .abstain(let reason, let detail): return .abstain(reason, detail)
    case .retry(let seconds, let exhausted, let detail):
      throw .retry(afterSeconds: seconds, exhausted: exhausted, detail: detail ?? "")
    case .fatal(let reason, let detail): throw .fatal(reason, detail: detail ?? "")
    }
  }

  /// What a model said to one chat.
  enum Spoken<Value: Sendable>: Sendable {
    case value(Value)
    case abstain(AbstainReason, String?)
  }

  /// For people: six digits behind the point at most.
  static func rounded(_ value: Double) -> String {
    guard value.isFinite else { return value < 0 ? "-inf" : "\(value)" }
    return ((value * 1e6).rounded() / 1e6).description
  }
}

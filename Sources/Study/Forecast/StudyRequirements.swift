public import Inference

/// What a study would need before anything of it is there: disk, memory, hours, tokens, requests, money, and what is missing.
/// Everything is an estimate from declared sizes and counts; ``assumptions`` says which, and how far they may be off.
public struct StudyRequirements: Sendable, Equatable {
  /// From the expected to the most.
  public struct Span: Sendable, Equatable {
    /// With answers of the expected length.
    public var expected: Double
    /// With every answer as long as the study allows.
    public var most: Double

    static func + (left: Span, right: Span) -> Span {
      Span(expected: left.expected + right.expected, most: left.most + right.most)
    }
  }

  /// What a model of the study takes.
  public struct Model: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Where it is, as the study says it.
    public var source: String
    /// Whether its files are here; true of a model elsewhere.
    public var isHere: Bool
    /// Whether it answers behind an endpoint.
    public var isElsewhere: Bool
    /// Systems made of it.
    public var systems: Int
    /// Answers that they give; nil where the number of prompts is not known.
    public var answers: Int?
    /// Where its sizes come from: `config.json`, `shape`, `known checkpoint`; nil where nothing is known of it.
    public var sizesFrom: String?
    /// Parameters.
    public var parameters: Int?
    /// Bytes on the disk, weights alone.
    public var diskBytes: Int?
    /// Bytes in memory: weights, keys and values, activations.
    public var memory: Memory?
    /// Seconds of computing on this machine: direction, answers and self-probes.
    public var seconds: Span?
    /// Requests, tokens and money, of a model elsewhere.
    public var cost: JudgeCost?
  }

  /// What a model takes of the memory, in bytes.
  public struct Memory: Sendable, Equatable {
    /// Weights as the engine holds them.
    public var weights: Int
    /// Keys and values of a batch, as far as the engine lets them grow.
    public var cache: Int
    /// Activations of a step.
    public var activations: Int

    /// All of it.
    public var total: Int { weights + cache + activations }
  }

  /// What a judge takes.
  public struct Judge: Sendable, Equatable {
    /// Its id.
    public var name: String
    /// Its kind.
    public var kind: String
    /// Items that it judges; nil where the number of prompts is not known.
    public var items: Int?
    /// Seconds of computing, of a judge that is a model here; nil where its sizes are not known.
    public var seconds: Span?
    /// Bytes of its own weights on the disk, where no model of the study has them already.
    public var diskBytes: Int?
    /// Requests, tokens and money, of a judge elsewhere.
    public var cost: JudgeCost?
    /// Why it could not be asked now.
    public var obstacle: String?
  }

  /// The machine as far as the estimate looks at it.
  public struct Machine: Sendable, Equatable {
    /// The rate that hours follow from.
    public var rate: MatrixRate
    /// Whether the rate was declared instead of measured.
    public var isDeclared: Bool
    /// Threads of the measurement.
    public var threads: Int
    /// Bytes of memory; nil where the system does not tell.
    public var memoryBytes: Int?
    /// Free bytes of the disk where the study is; nil where the system does not tell.
    public var freeDiskBytes: Int?

    /// Describes a machine.
    public init(rate: MatrixRate, isDeclared: Bool, threads: Int, memoryBytes: Int?, freeDiskBytes: Int?) {
      self.rate = rate
      self.isDeclared = isDeclared
      self.threads = threads
      self.memoryBytes = memoryBytes
      self.freeDiskBytes = freeDiskBytes
    }
  }

  /// How it is estimated.
  public struct Options: Sendable, Equatable {
    /// Tokens of an answer that is as long as expected.
    public var answerTokens: Int
    /// Sequences decoded at once.
    public var batch: Int

    /// Makes options.
    public init(answerTokens: Int = 256, batch: Int = 64) {
      self.answerTokens = answerTokens
      self.batch = batch
    }
  }

  /// The study's name.
  public var name: String
  /// Prompts that every system answers; nil where a file is missing and the study does not say.
  public var prompts: Int?
  /// Systems.
  public var systems: Int
  /// Answers; nil where the number of prompts is not known.
  public var answers: Int?
  /// The models in the order of the study.
  public var models: [Model]
  /// The judges in the order of the panel.
  public var judges: [Judge]
  /// What is not here.
  public var missing: [MissingPart]
  /// The machine.
  public var machine: Machine
  /// What the numbers rest on, in sentences.
  public var assumptions: [String]

  /// Bytes on the disk of all checkpoints, and of those that are still to be fetched; what is unknown is left out.
  public var diskBytes: (all: Int, toFetch: Int) {
    let models = models.map { ($0.diskBytes ?? 0, $0.isHere) }
    let judges = judges.reduce(0) { $0 + ($1.diskBytes ?? 0) }
    return (
      models.reduce(judges) { $0 + $1.0 }, models.reduce(judges) { $0 + ($1.1 ? 0 : $1.0) }
    )
  }

  /// Bytes in memory at most: models run one after the other.
  public var peakMemory: Int? { models.compactMap { $0.memory?.total }.max() }

  /// Seconds of computing of all models and judges whose sizes are known.
  public var seconds: Span {
    (models.map(\.seconds) + judges.map(\.seconds)).compactMap { $0 }.reduce(Span(expected: 0, most: 0), +)
  }

  /// Names of models and judges that compute here and whose time is not in ``seconds``.
  public var unknown: [String] {
    models.filter { !$0.isElsewhere && $0.seconds == nil }.map(\.name)
      + judges.filter { $0.kind == "local-model" && $0.seconds == nil }.map(\.name)
  }
}

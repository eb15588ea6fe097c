internal import CKernels

/// Which vector instructions the kernels use; all give the same bits.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Plain C.
  case portable
  /// AVX2 and FMA.
  case avx2
  /// AVX-512.
  case avx512

  var isa: ck_isa {
    switch self {
    case .portable: CK_ISA_PORTABLE
    case .avx2: CK_ISA_AVX2
    case .avx512: CK_ISA_AVX512
    }
  }

  /// Whether this processor has it.
  public var isAvailable: Bool { ck_isa_available(isa) != 0 }
  /// The fastest available.
  public static var best: InstructionSet { allCases.last { $0.isAvailable } ?? .portable }
}

/// What an engine cannot do.
public enum EngineError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A sequence is empty or holds an id outside the vocabulary.
  case badTokens(String)
  /// A sequence does not fit the model's context.
  case contextLength(tokens: Int, limit: Int)
  /// A direction has another width than the residual stream.
  case badDirection(count: Int, expected: Int)
  /// The system gives no thread.
  case noThreads

  /// One line.
  public var description: String {
    switch self {
    case .badTokens(let problem): problem
    case .contextLength(let tokens, let limit): "\(tokens) tokens do not fit the model's context of \(limit)"
    case .badDirection(let count, let expected):
      "the direction has \(count) numbers but the residual stream is \(expected) wide"
    case .noThreads: "the system gives no thread"
    }
  }
}

/// Runs one checkpoint: one copy of the weights, any number of edits as lanes of the same batch.
///
/// Results do not depend on what else is in the batch, on its size or on the number of threads.
public actor Engine {
  /// Most sequences at once, rows of a step and bytes of key/value cache.
  public struct Limits: Sendable {
    /// Sequences in one batch.
    public var sequences = 64
    /// Rows (tokens) of one step.
    public var rows = 512
    /// Bytes of key/value caches.
    public var cacheBytes = 512 << 20
    /// Whether what sequences begin with is computed once for all of them; results are the same bits either way.
    public var sharesPrefixes = true

    /// The standard limits.
    public init() {}
  }

  /// The checkpoint.
  public nonisolated let checkpoint: LanguageCheckpoint
  let executor: Executor
  let limits: Limits
  private let queue: QueueExecutor

  /// The queue that the engine runs on.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  /// Starts an engine.
  /// - Throws: ``EngineError/noThreads``.
  public init(
    _ checkpoint: LanguageCheckpoint,
    threads: Int,
    limits: Limits = Limits(),
    instructions: InstructionSet = .best
  ) throws(EngineError) {
    queue = QueueExecutor(label: "tribunal.engine")
    self.checkpoint = checkpoint
    // With no row or no sequence allowed, work would never end.
    var limits = limits
    limits.rows = max(1, limits.rows)
    limits.sequences = max(1, limits.sequences)
    self.limits = limits
    guard
      let executor = Executor(checkpoint.model, checkpoint.weights, threads: max(1, threads), isa: instructions.isa)
    else { throw .noThreads }
    self.executor = executor
  }

  var model: ModelDescription { checkpoint.model }

  func check(_ tokens: [Int32], _ lane: EditLane) throws(EngineError) {
    guard !tokens.isEmpty else { throw .badTokens("an empty sequence cannot be continued") }
    for token in tokens where token < 0 || Int(token) >= model.vocabularySize {
      throw .badTokens("token id \(token) is outside the vocabulary of \(model.vocabularySize)")
    }
    guard tokens.count <= model.contextLength else {
      throw .contextLength(tokens: tokens.count, limit: model.contextLength)
    }
    guard lane.direction.isEmpty || lane.direction.count == model.hiddenSize else {
      throw .badDirection(count: lane.direction.count, expected: model.hiddenSize)
    }
  }

  /// A sequence being continued.
  private struct Active {
    let index: Int
    let request: GenerationRequest
    let cache: SequenceCache
    let limit: Int
    var sampler: Sampler
    var tokens: [Int32]
    var fed: Int
  }

  /// Continues the sequences, as many at once as the limits allow; `onFinish` hears of each as it ends.
  /// - Throws: ``EngineError``, or `CancellationError` between two steps.
  @discardableResult
  public func generate(
    _ requests: [GenerationRequest],
    onFinish: @Sendable (Int, GenerationResult) -> Void = { _, _ in }
  ) throws -> [GenerationResult] {
    for request in requests { try check(request.tokens, request.lane) }
    let shared = try sharePrefixes(requests.map { LaneTokens($0.tokens, lane: $0.lane) })
    var results = [GenerationResult?](repeating: nil, count: requests.count)
    var active: [Active] = []
    var next = 0
    var cacheBytes = 0
    while next < requests.count || !active.isEmpty {
      try Task.checkCancellation()
      while next < requests.count, active.count < limits.sequences {
        let request = requests[next]
        let limit = min(model.contextLength, request.tokens.count + max(0, request.settings.maximumNewTokens))
        let bytes = SequenceCache.bytes(model, positions: limit)
        guard active.isEmpty || cacheBytes + bytes <= limits.cacheBytes else { break }
        cacheBytes += bytes
        let cache = SequenceCache(model, positions: limit)
        active.append(
          Active(
            index: next,
            request: request,
            cache: cache,
            limit: limit,
            sampler: Sampler(request.settings, stream: request.stream),
            tokens: request.tokens,
            fed: shared.copy(into: cache, of: next)
          )
        )
        next += 1
      }
      let (rows, speakers) = nextRows(&active)
      let logits = executor.step(rows)
      var ended: [Int] = []
      for (order, at) in speakers.enumerated() {
        let count = model.vocabularySize
        let token = active[at].sampler.choose(
          UnsafeBufferPointer(rebasing: logits[(order * count)..<((order + 1) * count)])
        )
        let isStop = active[at].request.stopTokens.contains(token)
        let isFull = active[at].tokens.count >= active[at].limit
        if !isStop, !isFull { active[at].tokens.append(token) }
        if model.changesRope(at: active[at].tokens.count) { active[at].fed = 0 }
        if isStop || active[at].tokens.count >= active[at].limit { ended.append(at) }
        if ended.last == at {
          let new = Array(active[at].tokens[active[at].request.tokens.count...])
          let result = GenerationResult(tokens: new, finish: isStop ? .stop : .length)
          results[active[at].index] = result
          onFinish(active[at].index, result)
        }
      }
      for at in ended.reversed() {
        cacheBytes -= SequenceCache.bytes(model, positions: active[at].limit)
        active.remove(at: at)
      }
    }
    return results.compactMap { $0 }
  }

  /// Rows of the next step: sequences that speak first, then as much of the prompts as fits.
  private func nextRows(_ active: inout [Active]) -> (rows: [StepRow], speakers: [Int]) {
    var rows: [StepRow] = []
    var speakers: [Int] = []
    let order = active.indices.sorted { left, right in
      let a = active[left].tokens.count - active[left].fed
      let b = active[right].tokens.count - active[right].fed
      return (min(a, 2), left) < (min(b, 2), right)
    }
    for at in order {
      let count = min(active[at].tokens.count - active[at].fed, limits.rows - rows.count)
      guard count > 0 else { continue }
      let from = active[at].fed
      active[at].fed += count
      let isWhole = active[at].fed == active[at].tokens.count
      for position in from..<(from + count) {
        rows.append(
          StepRow(
            cache: active[at].cache,
            position: position,
            token: active[at].tokens[position],
            lane: active[at].request.lane,
            wantsLogits: isWhole && position == from + count - 1,
            sequenceLength: active[at].tokens.count
          )
        )
      }
      if isWhole { speakers.append(at) }
    }
    return (rows, speakers)
  }

  /// The residual stream at the last token of each prompt: [prompt][layer 0…L][D]; 0 is after the embedding, k after
  /// block k, always before the final norm.
  public func residuals(_ prompts: [LaneTokens]) throws -> [[[Float]]] {
    for prompt in prompts { try check(prompt.tokens, prompt.lane) }
    var found: [[[Float]]] = []
    for prompt in prompts {
      try Task.checkCancellation()
      let pass = Capture(layers: model.layerCount)
      run(prompt, pass, wantsLogits: false)
      let d = model.hiddenSize
      found.append(pass.streams.map { Array($0[($0.count - d)...]) })
    }
    return found
  }

  /// What the head reads at the last token of each prompt: [prompt][D], the stream after the last block, after the final norm.
  public func normalizedEnds(_ prompts: [LaneTokens]) throws -> [[Float]] {
    for prompt in prompts { try check(prompt.tokens, prompt.lane) }
    return try prompts.map { prompt in
      try Task.checkCancellation()
      let pass = Capture(layers: model.layerCount)
      run(prompt, pass, wantsLogits: false)
      return Array(pass.normed.suffix(model.hiddenSize))
    }
  }

  /// A whole forward pass over sequences of equal length.
  public func forward(_ sequences: [LaneTokens]) throws -> ForwardPass {
    for sequence in sequences { try check(sequence.tokens, sequence.lane) }
    let layers = model.layerCount
    var out = ForwardPass(logits: [], hidden: [], residual: [])
    var streams = [[Float]](repeating: [], count: layers + 1)
    var normed: [Float] = []
    for sequence in sequences {
      try Task.checkCancellation()
      let pass = Capture(layers: layers)
      out.logits += run(sequence, pass)
      for layer in 0...layers { streams[layer] += pass.streams[layer] }
      normed += pass.normed
    }
    for layer in 0..<layers { out.hidden += streams[layer] }
    out.hidden += normed
    for layer in 1...layers { out.residual += streams[layer] }
    return out
  }

  /// Feeds one sequence in steps and keeps what the observer sees; returns all logits, if they are wanted.
  @discardableResult
  private func run(_ sequence: LaneTokens, _ capture: Capture, wantsLogits: Bool = true) -> [Float] {
    let cache = SequenceCache(model, positions: sequence.tokens.count)
    var logits: [Float] = []
    for start in stride(from: 0, to: sequence.tokens.count, by: limits.rows) {
      let rows = (start..<min(sequence.tokens.count, start + limits.rows)).map {
        StepRow(
          cache: cache,
          position: $0,
          token: sequence.tokens[$0],
          lane: sequence.lane,
          wantsLogits: wantsLogits,
          sequenceLength: sequence.tokens.count
        )
      }
      logits += executor.step(rows, observer: capture)
    }
    return logits
  }
}

/// Keeps the streams of a forward pass.
private final class Capture: StepObserver {
  var streams: [[Float]]
  var normed: [Float] = []

  init(layers: Int) { streams = Array(repeating: [], count: layers + 1) }

  func residual(layer: Int, rows: UnsafeBufferPointer<Float>) { streams[layer] += rows }
  func normalized(rows: UnsafeBufferPointer<Float>) { normed += rows }
}

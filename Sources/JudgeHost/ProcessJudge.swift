internal import Dispatch
internal import JSON
public import JudgeKit
internal import Locking
internal import Subprocess

/// A judge in any language: a child process that speaks JSON lines, protocol version 1.
///
/// Host: `{"hello":1,"judge":{…}}`, then `{"id":…,"prompt":…,"response":…}` a line. Child: `{"ready":1,"name":…}`, then
/// `{"id":…,"label":"refusal|nonRefusal|abstain","score":…,"reason":…}` in any order.
public struct ProcessJudge: Judge {
  /// Selects it in `judges.json`.
  public static let kind = "process"
  /// One sentence for `judges list`.
  public static let summary = "an executable in any language that reads and writes JSON lines"
  /// Items of a batch.
  public static let batchSize = 32

  /// The keys of its entry.
  public static let options = [
    JudgeOption("command", .strings, required: true, help: "program and arguments; run in the folder of judges.json"),
    JudgeOption("environment", .strings, standard: .strings([]), help: "names of environment variables it may see"),
    JudgeOption(
      "limits",
      .object([
        JudgeOption("memoryMegabytes", .integer(16...1_048_576), standard: .integer(2048), help: "address space"),
        JudgeOption("cpuSeconds", .integer(1...1_000_000), standard: .integer(3600), help: "processor time"),
        JudgeOption("openFiles", .integer(8...65536), standard: .integer(256), help: "open files"),
      ]),
      help: "what the child may use"
    ),
  ]

  private let workers: Workers

  /// Makes the judge from checked options.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    guard let host = context as? HostContext else {
      throw JudgeFailure.fatal(.protocolError, detail: "a process judge runs in the host only")
    }
    workers = Workers { Worker(configuration, host) }
    try await workers.lend { try $0.start() }
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    let command = options.strings("command") ?? []
    return command.first?.isEmpty ?? true
      ? [ConfigurationError(["command"], "expected a program and its arguments")] : []
  }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] {
    try await workers.lend { try $0.verdicts(on: items) }
  }
}

/// As many children as batches are asked at once; each is started when none is idle.
private final class Workers: Sendable {
  private let make: @Sendable () -> Worker
  private let idle = Locked<[Worker]>([])

  init(_ make: @escaping @Sendable () -> Worker) { self.make = make }

  func lend<Value: Sendable>(_ work: @escaping @Sendable (Worker) throws -> Value) async throws -> Value {
    let worker = idle.withLock { $0.popLast() } ?? make()
    defer { idle.withLock { $0.append(worker) } }
    return try await worker.onQueue(work)
  }
}

/// The child and the thread that waits for it.
private final class Worker: Sendable {
  private let queue = DispatchQueue(label: "tribunal.process-judge")
  private let configuration: JudgeConfiguration
  private let context: HostContext
  private let process = Locked<LineProcess?>(nil)
  private let asked = Locked(0)

  init(_ configuration: JudgeConfiguration, _ context: HostContext) {
    self.configuration = configuration
    self.context = context
  }

  /// Waiting for a child blocks; it must not block a thread of the shared pool.
  func onQueue<Value: Sendable>(_ work: @escaping @Sendable (Worker) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try work(self) }) }
    }
  }

  func start() throws {
    if process.withLock({ $0 != nil }) { return }
    let options = configuration.options
    let limits = options.object("limits")
    // No secret is inherited: the child sees these names and what its entry lists.
    let names = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"] + (options.strings("environment") ?? [])
    let environment = context.environment.filter { names.contains($0.key) }
    let child: LineProcess
    do {
      child = try LineProcess(
        command: options.strings("command") ?? [],
        environment: environment,
        folder: context.declaration.baseFolder,
        limits: ProcessLimits(
          memoryMegabytes: limits?.integer("memoryMegabytes") ?? 2048,
          cpuSeconds: limits?.integer("cpuSeconds") ?? 3600,
          openFiles: limits?.integer("openFiles") ?? 256
        )
      )
    } catch { throw JudgeFailure.fatal(.crashed, detail: "\(error)") }
    let hello: JSONValue = ["hello": 1, "judge": ["id": .string(configuration.id), "options": options.json]]
    var ready: JSONValue = .null
    do {
      try child.exchange([hello.text()], milliseconds: milliseconds) { line in
        ready = (try? JSONDocument.parse(line, name: "ready").root) ?? .string(line)
        return true
      }
    } catch {
      for line in child.takeLog() { context.log(line) }
      throw JudgeFailure.fatal(error == .timeout ? .timeout : .crashed, detail: "at its start, \(error)")
    }
    guard ready["ready"]?.integer == 1 else {
      let said = String(ready.text().prefix(200))
      throw JudgeFailure.fatal(.protocolError, detail: "expected {\"ready\":1,…} as its first line, found \(said)")
    }
    context.log("ready: \(ready.text())")
    process.withLock { $0 = child }
  }

  private var milliseconds: Int {
    max(1, Int(min(Double(Int32.max), context.declaration.host.timeoutSeconds * 1000)))
  }

  func verdicts(on items: [Item]) throws -> [Verdict] {
    try start()
    guard let child = process.withLock({ $0 }) else { return [] }
    var answers: [String: Verdict] = [:]
    // The child learns a running number: an item's hash tells it nothing that it should build on. The number never
    // comes again, so that a late second answer cannot pass for one to the next batch.
    let first = asked.withLock { count in
      defer { count += items.count }
      return count
    }
    let places = Dictionary(uniqueKeysWithValues: items.indices.map { (String(first + $0), items[$0].id) })
    let lines = items.indices.map { index -> String in
      let line: JSONValue = [
        "id": .string(String(first + index)), "prompt": .string(items[index].prompt),
        "response": .string(items[index].response),
      ]
      return line.text()
    }
    for line in lines { context.willSend(line) }
    var problem: String?
    defer { for line in child.takeLog() { context.log(line) } }
    do {
      try child.exchange(lines, milliseconds: milliseconds) { line in
        guard let answer = try? JSONDocument.parse(line, name: "answer").root, let id = answer["id"]?.string,
          let item = places[id], answers[item] == nil
        else {
          problem = "a line that answers nothing asked: \(line.prefix(200))"
          return true
        }
        answers[item] = ProcessAnswer.verdict(answer)
        return answers.count == items.count
      }
    } catch {
      process.withLock { $0 = nil }
      return items.map { item in
        answers[item.id]
          ?? Verdict(.abstain(error == .timeout ? .timeout : .crashed), reading: "process", detail: "\(error)")
      }
    }
    if problem != nil { process.withLock { $0 = nil } }
    return items.map { answers[$0.id] ?? Verdict(.abstain(.protocolError), reading: "process", detail: problem) }
  }
}

/// Reads one answer line.
enum ProcessAnswer {
  static func verdict(_ answer: JSONValue) -> Verdict {
    let raw = answer.text()
    func made(_ outcome: Outcome, _ detail: String? = nil, score: Double? = nil) -> Verdict {
      Verdict(outcome, score: score, raw: raw, reading: "process", detail: detail)
    }
    let score = answer["score"]?.double
    if let value = answer["score"], !value.isNull, score == nil {
      return made(.abstain(.protocolError), "score is \(value.typeName)")
    }
    if let score, !(0...1).contains(score) { return made(.abstain(.outOfRange), "score \(score) is outside 0 to 1") }
    switch answer["label"]?.string {
    case "refusal"?: return made(.refusal, score: score)
    case "nonRefusal"?: return made(.nonRefusal, score: score)
    case "abstain"?:
      let word = answer["reason"]?.string ?? ""
      guard let reason = AbstainReason(rawValue: word), reason.origin == .judge else {
        return made(.abstain(.protocolError), "unknown reason \"\(word)\"")
      }
      return made(.abstain(reason), score: score)
    case let label: return made(.abstain(.protocolError), "unknown label \(label.map { "\"\($0)\"" } ?? "(none)")")
    }
  }
}

internal import JSON
internal import JudgeKit
internal import Locking
internal import Subprocess

/// A library loaded into this process: the fastest way, without a net. A crash ends the program; a call that hangs cannot be
/// ended, so it ends the judge.
final class LibraryInProcess: Sendable {
  /// A state with the thread that uses it.
  private struct Worker: Sendable {
    let thread: OwnThread
    let state: PluginLibrary.State
  }

  private struct Pool {
    var idle: [Worker] = []
    var isHanging = false
  }

  private let library: PluginLibrary
  private let entry: JSONValue
  private let scale: LabelScale?
  private let seconds: Double
  private let id: String
  private let pool = Locked(Pool())
  private let waiting = JudgeExecutor(label: "tribunal.library-judge")

  init(path: String, configuration: JudgeConfiguration, host: HostContext) async throws {
    do { library = try PluginLibrary(path: path) } catch { throw JudgeFailure.fatal(.crashed, detail: "\(error)") }
    id = configuration.id
    entry = ["id": .string(configuration.id), "options": configuration.options.json]
    scale = LabelScale(configuration.options)
    seconds = host.declaration.host.timeoutSeconds
    host.log("loaded: \(library.name) \(library.version)")
    let first = try await makeWorker()
    pool.withLock { $0.idle.append(first) }
  }

  private func makeWorker() async throws -> Worker {
    let thread = OwnThread(name: "judge \(id)")
    let (library, entry) = (library, entry)
    do {
      return Worker(thread: thread, state: try await thread.run { try library.makeState(entry) })
    } catch { throw JudgeFailure.fatal(.crashed, detail: "at its start, \(error)") }
  }

  func verdicts(on items: [Item]) async throws -> [Verdict] {
    if pool.withLock({ $0.isHanging }) {
      throw JudgeFailure.fatal(
        .timeout,
        detail: "an earlier item still holds the library; \"isolation\": \"process\" ends it"
      )
    }
    var idle = pool.withLock { $0.idle.popLast() }
    if idle == nil { idle = try await makeWorker() }
    guard let worker = idle else { return [] }
    let found = Locked<[Verdict]>([])
    let scale = scale
    // One wait for all: a hand-over between threads costs a hundred times what a call costs.
    let outcome = await withDeadline(seconds: seconds * Double(items.count), on: waiting) {
      try await worker.thread.run {
        for item in items {
          let answer = worker.state.answer(prompt: item.prompt, response: item.response)
          let verdict = Self.verdict(answer, scale)
          found.withLock { $0.append(verdict) }
        }
      }
    }
    let verdicts = found.withLock { $0 }
    switch outcome {
    case .value:
      pool.withLock { $0.idle.append(worker) }
      return verdicts
    case .failure(let error): throw error
    case .tooLate:
      pool.withLock { $0.isHanging = true }
      let late = Verdict(.abstain(.timeout), reading: "library", detail: "no verdict in \(seconds) s an item")
      return verdicts + Array(repeating: late, count: items.count - verdicts.count)
    }
  }

  private static func verdict(_ answer: JSONObject, _ scale: LabelScale?) -> Verdict {
    let line = ProcessLine(JSONValue.object(answer).text().utf8)
    return ChildAnswer(line)?.verdict(scale) ?? Verdict(.abstain(.protocolError), reading: "process")
  }
}

internal import JSON
internal import JudgeKit
internal import Locking
internal import Subprocess

/// A child that has said it is ready.
final class RunningChild: Sendable {
  /// Why a child is of no use any more.
  struct Failure: Sendable {
    let verdict: Verdict
    let isTimeout: Bool
    let isInterrupted: Bool
  }

  /// What a batch may say beyond its answers.
  private static let maximumIgnoredBytes = 1 << 20
  /// What is logged of such lines.
  private static let loggedIgnoredLines = 3

  private let setting: ChildSetting
  private let process: LineProcess
  private let asked = Locked(0)

  /// Starts a child and waits until it is ready.
  init(_ setting: ChildSetting, _ interrupt: Interrupt) throws(JudgeFailure) {
    self.setting = setting
    do {
      let scratch = setting.isScratch ? try ScratchFolder(below: setting.temporaryFolder) : nil
      var environment = setting.environment
      if let scratch { environment["TMPDIR"] = scratch.path }
      process = try LineProcess(
        command: setting.command,
        environment: environment,
        folder: setting.folder,
        limits: setting.limits,
        scratch: scratch,
        interrupt: interrupt,
        endsWithThread: true
      )
    } catch {
      if case .cannotIsolate = error { throw .fatal(.permission, detail: "\(error)") }
      throw .fatal(.crashed, detail: "\(error)")
    }
    var ready: JSONValue = .null
    do {
      try process.exchange([setting.hello.text()], milliseconds: setting.startMilliseconds) { line in
        ready = (line.isValid ? try? JSONDocument.parse(line.text, name: "ready").root : nil) ?? .string(line.text)
        return .complete
      }
    } catch {
      for line in process.takeLog() { setting.log(line) }
      throw .fatal(
        error == .timeout ? .timeout : .crashed,
        detail: "at its start, \(Self.words(error, isStarting: true))"
      )
    }
    guard ready["ready"]?.integer == 1 else {
      for line in process.takeLog() { setting.log(line) }
      let said = String(ready.text().prefix(200))
      throw .fatal(.protocolError, detail: "expected {\"ready\":1,…} as its first line, found \(said)")
    }
    setting.log("ready: \(ready.text().prefix(1000))")
  }

  /// Whether it has been asked anything yet.
  var wasAsked: Bool { asked.withLock { $0 > 0 } }

  /// Asks about items: what was answered, in their order, and what went wrong if something did.
  func ask(_ items: [Item]) -> (answers: [Verdict?], failure: Failure?) {
    // The child learns a running number: an item's hash tells it nothing that it should build on. The number never comes
    // again, so that a late second answer cannot pass for one to the next batch.
    let first = asked.withLock { count in
      defer { count += items.count }
      return count
    }
    let lines = items.enumerated().map { index, item -> String in
      let line: JSONValue = [
        "id": .string(String(first + index)), "prompt": .string(item.prompt), "response": .string(item.response),
      ]
      return line.text()
    }
    for line in lines { setting.willSend(line) }
    var answers = [Verdict?](repeating: nil, count: items.count)
    var missing = items.count
    var breach: String?
    var ignored = (lines: 0, bytes: 0)
    defer { for line in process.takeLog() { setting.log(line) } }
    do {
      try process.exchange(lines, milliseconds: setting.itemMilliseconds) { line in
        let answer = ChildAnswer(line)
        guard let answer, let number = answer.number, number < first + items.count else {
          let problem = answer?.idProblem.map { "; \($0)" } ?? ""
          breach = "a line that answers nothing asked: \(line.text.prefix(200))\(problem)"
          return .complete
        }
        guard number >= first, answers[number - first] == nil else {
          // The first answer counts, whichever batch the second one comes with: else the cut into batches would decide.
          ignored = (ignored.lines + 1, ignored.bytes + line.text.utf8.count + 1)
          if ignored.lines <= Self.loggedIgnoredLines {
            setting.log("item \(number) was answered again; its first answer counts: \(line.text.prefix(200))")
          }
          guard ignored.bytes > Self.maximumIgnoredBytes else { return .ignored }
          breach = "it answers over and over what it has answered already"
          return .complete
        }
        answers[number - first] = answer.verdict(setting.scale)
        missing -= 1
        return missing == 0 ? .complete : .counts
      }
    } catch { return (answers, Self.failure(error)) }
    guard let breach else { return (answers, nil) }
    let verdict = Verdict(.abstain(.protocolError), reading: "process", detail: breach)
    return (answers, Failure(verdict: verdict, isTimeout: false, isInterrupted: false))
  }

  /// Ends its input, upon which it should end of its own accord without another word: nil, or what is wrong.
  func end() -> String? {
    process.closeInput()
    var word: String?
    do {
      try process.exchange([], milliseconds: setting.itemMilliseconds) { line in
        word = word ?? String(line.text.prefix(200))
        return .ignored
      }
    } catch .ended(status: 0, _) { return word.map { "it wrote another line: \($0)" } } catch .timeout {
      return "it goes on when its input has ended"
    } catch { return "\(error)" }
    return nil
  }

  /// What happened, and where to look for the cause.
  private static func words(_ failure: ProcessFailure, isStarting: Bool) -> String {
    switch failure {
    case .timeout: "\(failure) (is its output flushed after each line?)"
    case .ended(status: 0, _) where isStarting: "\(failure); it ended before it said ready; does it call serve(...)?"
    default: "\(failure)"
    }
  }

  private static func failure(_ failure: ProcessFailure) -> Failure {
    let reason: AbstainReason =
      switch failure {
      case .timeout: .timeout
      case .closedInput: .protocolError
      case .lineTooLong: .responseTooLarge
      default: .crashed
      }
    return Failure(
      verdict: Verdict(.abstain(reason), reading: "process", detail: words(failure, isStarting: false)),
      isTimeout: failure == .timeout,
      isInterrupted: failure == .interrupted
    )
  }
}

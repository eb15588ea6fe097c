internal import Hub
internal import Locking

/// Shows a pull: its plan with sizes, then how far it is: one line that rewrites itself on a terminal, a line each tenth
/// elsewhere.
final class PullProgress: Sendable {
  private struct State {
    var done = 0
    var total = 0
    var came = 0
    var started = ContinuousClock.now
    var shown = ContinuousClock.now - .seconds(60)
    var shownTenth = 0
    var isLineOpen = false
  }

  private let state = Locked(State())
  private let printsPlan: Bool
  private let isTerminal = Console.errors.isTerminal

  init(printsPlan: Bool) { self.printsPlan = printsPlan }

  func hear(_ event: PullEvent) {
    switch event {
    case .planned(let plan): show(plan)
    case .fetched(let bytes): state.withLock { advance(bytes, &$0) }
    case .lost(let bytes): state.withLock { $0.done -= bytes }
    case .note(let text):
      state.withLock { close(&$0) }
      Console.errors.line(text.terminalSafe(keepingLines: false))
    }
  }

  /// Ends the open line.
  func finish() { state.withLock { close(&$0) } }

  /// Says where the files are.
  func tell(_ plan: PullPlan) {
    Console.output.line("commit \(plan.commit)")
    Console.output.line("\(plan.files.count) files, verified, in \(plan.folder)".terminalSafe(keepingLines: false))
  }

  private func show(_ plan: PullPlan) {
    state.withLock { state in
      (state.done, state.total) = (plan.totalBytes - plan.missingBytes, plan.totalBytes)
      state.started = .now
      state.shownTenth = 10 * state.done / max(1, state.total)
    }
    let free = plan.freeBytes.map { ", \(ByteCount.words($0)) free" } ?? ""
    let sum =
      "\(plan.reference.repository): \(ByteCount.words(plan.missingBytes)) of \(ByteCount.words(plan.totalBytes)) to fetch\(free)"
    guard printsPlan else {
      Console.errors.line(sum)
      return
    }
    let rows = plan.files.map { entry in
      [entry.file.path, ByteCount.words(entry.file.size), Self.words(entry)]
    }
    Console.output.write(TextTable.lines(rows, titles: ["file", "size", "state"]))
    Console.output.line(sum)
    if plan.otherFiles > 0 { Console.output.line("\(plan.otherFiles) other files are left out (--include adds some)") }
  }

  private static func words(_ entry: PullPlan.File) -> String {
    switch entry.present {
    case entry.file.size: "there, verified"
    case 0: "to fetch"
    default: "\(ByteCount.words(entry.present)) there, to be continued"
    }
  }

  private func advance(_ bytes: Int, _ state: inout State) {
    state.done += bytes
    state.came += bytes
    let now = ContinuousClock.now
    if isTerminal {
      guard now - state.shown > .milliseconds(200) else { return }
      state.shown = now
      state.isLineOpen = true
      Console.errors.write("\r\(line(state))\u{1B}[K")
      return
    }
    let tenth = 10 * state.done / max(1, state.total)
    guard tenth > state.shownTenth else { return }
    state.shownTenth = tenth
    Console.errors.line(line(state))
  }

  private func close(_ state: inout State) {
    guard state.isLineOpen else { return }
    Console.errors.write("\r\(line(state))\u{1B}[K\n")
    state.isLineOpen = false
  }

  private func line(_ state: State) -> String {
    var text = "\(ByteCount.words(max(0, state.done))) of \(ByteCount.words(state.total))"
    let seconds = (ContinuousClock.now - state.started) / .seconds(1)
    if state.came > 0, seconds > 0.2 {
      let rate = Double(state.came) / seconds
      text += ", \(ByteCount.words(Int(rate))) a second"
      let rest = state.total - state.done
      if rest > 0 { text += ", \(ProgressLine.duration(Double(rest) / rate)) left" }
    }
    return text
  }
}

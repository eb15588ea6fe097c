internal import Foundation
internal import Locking
internal import Study

/// Shows a study's progress on stderr: one line, or one a judge, that rewrites itself on a terminal; a plain line now and then
/// elsewhere.
final class ProgressLine: Sendable {
  private struct State {
    var stage = ""
    var done = 0
    var total = 0
    var doneBefore = 0
    var started = ContinuousClock.now
    var shown = ContinuousClock.now - .seconds(60)
    var shownShare = 0
    var isLineOpen = false
    var board = JudgeBoard()
    /// Lines of the board on the terminal, the cursor below them.
    var boardHeight = 0
  }

  private let state = Locked(State())
  private let isTerminal: Bool
  private let isQuiet: Bool

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    isTerminal = Console.errors.isTerminal
  }

  func hear(_ event: StudyEvent) {
    guard !isQuiet else { return }
    state.withLock { state in
      switch event {
      case .stage(let name, let done, let total):
        close(&state)
        state.stage = name
        (state.done, state.doneBefore, state.total) = (done, done, total)
        state.started = .now
        state.shownShare = 0
        if isTerminal {
          show(&state)
        } else {
          let rest = done > 0 ? " (\(done) done before)" : ""
          Console.errors.line("\(name): \(total)\(rest)".terminalSafe(keepingLines: false))
        }
      case .advanced(let count):
        state.done += count
        show(&state)
      case .judging(let standings):
        judge(&state, standings)
      case .note(let text):
        close(&state)
        Console.errors.line(text.terminalSafe(keepingLines: false))
      }
    }
  }

  /// Ends the open line.
  func finish() { state.withLock { close(&$0) } }

  private func judge(_ state: inout State, _ standings: [JudgeStanding]) {
    let isFirst = state.board.update(standings)
    if isFirst {
      close(&state)
      if !isTerminal { Console.errors.line(state.board.opening) }
    }
    let now = ContinuousClock.now
    if isTerminal {
      guard isFirst || now - state.shown > .milliseconds(100) || state.board.isOver else { return }
      state.shown = now
      draw(&state)
      return
    }
    for line in state.board.finished() { Console.errors.line(line.terminalSafe(keepingLines: false)) }
    if isFirst { state.shown = now }
    guard now - state.shown > .seconds(30), !state.board.isOver else { return }
    state.shown = now
    Console.errors.line(state.board.underWay.terminalSafe(keepingLines: false))
  }

  /// Writes the board over itself.
  private func draw(_ state: inout State) {
    let lines = state.board.lines.map {
      $0.terminalSafe(keepingLines: false).padding(to: Console.errors.width - 1) + "\n"
    }
    // Lines that a shorter board no longer has are cleared, too.
    let up = state.boardHeight > 0 ? "\u{1B}[\(state.boardHeight)A" : ""
    Console.errors.write(up + lines.joined() + "\u{1B}[J")
    state.boardHeight = lines.count
  }

  private func close(_ state: inout State) {
    if state.boardHeight > 0 {
      draw(&state)
      state.boardHeight = 0
    }
    guard state.isLineOpen else { return }
    Console.errors.write("\r\(words(state).padding(to: Console.errors.width - 1))\n")
    state.isLineOpen = false
  }

  private func show(_ state: inout State) {
    let now = ContinuousClock.now
    if isTerminal {
      // Ten times a second is as much as an eye wants.
      guard now - state.shown > .milliseconds(100) || state.done >= state.total else { return }
      state.shown = now
      state.isLineOpen = true
      Console.errors.write("\r\(words(state).padding(to: Console.errors.width - 1))")
      return
    }
    let share = state.total > 0 ? 10 * state.done / state.total : 10
    guard now - state.shown > .seconds(30), share > state.shownShare, state.done < state.total else { return }
    state.shown = now
    state.shownShare = share
    Console.errors.line(words(state))
  }

  private func words(_ state: State) -> String {
    var text = "\(state.stage): \(state.done) of \(state.total)"
    let seconds = (ContinuousClock.now - state.started) / .seconds(1)
    let made = state.done - state.doneBefore
    if made > 0, seconds > 0.2 {
      let rate = Double(made) / seconds
      text += ", \(Self.rounded(rate)) a second"
      if state.done < state.total { text += ", \(Self.duration(Double(state.total - state.done) / rate)) left" }
    }
    return text.terminalSafe(keepingLines: false)
  }

  static func rounded(_ value: Double) -> String {
    value >= 10 ? String(Int(value.rounded())) : String((value * 10).rounded() / 10)
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}

extension String {
  /// Cut or filled with spaces to so many characters, so that it covers what stood in the line before.
  fileprivate func padding(to width: Int) -> String {
    let width = max(10, width)
    let cut = String(prefix(width))
    return cut + String(repeating: " ", count: width - cut.count)
  }
}

internal import ArgumentParser
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Locking
internal import Study
internal import Wording

extension JudgeVerb {
  /// Judges items that stand in no run.
  func judgeItems(_ path: String) async throws {
    let declared: [JudgeDeclaration]
    let loose: [LooseItem]
    do {
      declared = try chosenJudges()
      if let probe = declared.first(where: { !judge.isEmpty && $0.needs.contains(.respondent) }) {
        throw JSONError(
          at: probe.place,
          "judge \"\(probe.id)\": \(JudgeHost.outOfScopeDetail); judge a run instead, or choose another judge"
        )
      }
      loose = try await LooseItemFile.read(path)
    } catch { throw Exit.report(error) }

    let host = JudgesSetting.host(threads: threads)
    let panel = declared.filter { declaration in
      guard case .notConfigured(let what) = host.status(of: declaration) else { return true }
      Self.note("judge \(declaration.id) is not asked: \(what)")
      return false
    }
    for declaration in panel where declaration.needs.contains(.respondent) {
      Self.note("judge \(declaration.id) abstains: \(JudgeHost.outOfScopeDetail)")
    }
    let line = progressLine
    line.hear(.stage(name: "verdicts", done: 0, total: loose.count * panel.count))
    let writer = json ? nil : ItemTable(ids: loose.map(\.id), judges: panel.map(\.id))
    let output = OutputQueue()
    let runs: [JudgeRun]
    do {
      if let writer { try await output.write(writer.head) }
      runs = try await Interruption.cancelling {
        try await host.judge(panel: panel, loose) { portion in
          let text =
            writer?.rows(portion)
            ?? portion.map { Self.jsonLine($0, item: loose[$0.item].id, judge: panel[$0.judge].id) }.joined()
          try await output.write(text)
          line.hear(.advanced(portion.count))
        }
      }
      if let writer { try await output.write(writer.foot) }
    } catch is OutputQueue.Closed {
      line.finish()
      throw Exit.interrupted
    } catch is CancellationError {
      line.finish()
      Console.errors.line("interrupted: the lines printed so far are whole")
      throw Exit.interrupted
    } catch {
      line.finish()
      throw Exit.report(error)
    }
    line.finish()
    for (declaration, run) in zip(panel, runs) {
      if let failure = run.failure { Self.note("judge \(declaration.id) stopped: \(failure)") }
      if let why = run.unreached { Self.note("judge \(declaration.id) could not be reached: \(why)") }
    }
    // A way that failed is in the lines, item by item; another try may find it open.
    if runs.contains(where: { $0.failure != nil }) { throw Exit.unavailable }
  }

  /// One line a verdict; what is absent is null.
  static func jsonLine(_ found: PanelVerdict, item: String, judge: String) -> String {
    let verdict = found.verdict
    var label = verdict.outcome.label?.rawValue
    var reason: JSONValue = .null
    if case .abstain(let why) = verdict.outcome {
      label = "abstain"
      reason = .string(why.rawValue)
    }
    let facts: JSONValue = [
      "item": .string(item), "judge": .string(judge), "label": label.map { .string($0) } ?? .null, "reason": reason,
      "detail": verdict.detail.map { .string($0) } ?? .null, "score": verdict.score.map { .number($0) } ?? .null,
      "raw": verdict.raw.map { .string($0) } ?? .null,
    ]
    return facts.text() + "\n"
  }
}

/// Verdicts as a table for people, written row by row: an item a row, a judge a column, and totals below.
final class ItemTable: Sendable {
  private let ids: [String]
  private let judges: [String]
  private let widths: [Int]
  private struct State {
    var cells: [String] = []
    var labels: [[Label: Int]]
    var reasons: [[AbstainReason: Int]]
  }
  private let state: Locked<State>

  /// Longer ids are cut, so that a file of hashes still fits a screen.
  private static let longestID = 32

  init(ids: [String], judges: [String]) {
    self.ids = ids.map(Self.cut)
    self.judges = judges.map { $0.terminalSafe(keepingLines: false) }
    let first = max(5, self.ids.map(\.count).max() ?? 0)
    widths = [first] + self.judges.map { max($0.count, 12) }
    state = Locked(
      State(
        labels: Array(repeating: [:], count: judges.count),
        reasons: Array(repeating: [:], count: judges.count)
      )
    )
  }

  var head: String { row(["item"] + judges) }

  /// The rows that these verdicts complete.
  func rows(_ portion: [PanelVerdict]) -> String {
    state.withLock { state in
      var text = ""
      for found in portion {
        switch found.verdict.outcome {
        case .abstain(let reason):
          state.reasons[found.judge][reason, default: 0] += 1
          state.cells.append("(\(reason.rawValue))")
        case .refusal, .nonRefusal:
          if let label = found.verdict.outcome.label {
            state.labels[found.judge][label, default: 0] += 1
            state.cells.append(label.rawValue)
          }
        }
        if found.judge == judges.count - 1 {
          text += row([ids[found.item]] + state.cells)
          state.cells = []
        }
      }
      return text
    }
  }

  /// Totals a judge, and abstentions by reason.
  var foot: String {
    let (labels, reasons) = state.withLock { ($0.labels, $0.reasons) }
    let rows = judges.indices.map { judge -> [String] in
      let refusals = labels[judge][.refusal] ?? 0
      let labelled = refusals + (labels[judge][.nonRefusal] ?? 0)
      let rate = labelled == 0 ? "undefined" : "\(DecimalText.percent(Double(refusals) / Double(labelled))) %"
      let why = AbstainReason.allCases.compactMap { reason in
        reasons[judge][reason].map { "\(reason.rawValue) \($0)" }
      }
      return [
        judges[judge], "\(refusals) of \(labelled)", rate, "\(reasons[judge].values.reduce(0, +))",
        why.joined(separator: ", "),
      ]
    }
    return "\n" + TextTable.lines(rows, titles: ["judge", "refusals", "rate", "abstained", "by reason"])
  }

  private func row(_ cells: [String]) -> String {
    let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
    var line = padded.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }

  private static func cut(_ id: String) -> String {
    let safe = id.terminalSafe(keepingLines: false)
    return safe.count <= longestID ? safe : safe.prefix(longestID - 1) + "…"
  }
}

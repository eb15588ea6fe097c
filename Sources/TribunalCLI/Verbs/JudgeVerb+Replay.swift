internal import ArgumentParser
internal import JSON
internal import JudgeKit
internal import Prompts
internal import Study

extension JudgeVerb {
  /// Reads a run's stored answers again by another parser.
  func replayAnswers(_ source: String, _ name: String) async throws {
    do {
      guard let parser = AnswerParser.named(name) else {
        let known = AnswerParser.all.map(\.name)
        throw JSONError(
          file: "--replay",
          "there is no parser \"\(name)\"\(Spelling.hint(for: name, among: known))"
        )
      }
      let store = keep == nil ? try RunStore.reading(source) : try RunStore.updating(source)
      let results = try store.results()
      let judges = try judge.isEmpty ? nil : judge.map { try Self.index(of: $0, results, source) }
      let replay = VerdictReplay(results, by: parser, judges: judges)
      if let keep {
        guard replay.readings.count == 1, let reading = replay.readings.first else {
          let names = replay.readings.map { results.judges[$0.judge].name }.joined(separator: ", ")
          throw JSONError(
            file: "--keep",
            names.isEmpty
              ? "no judge of the run has answers to read again"
              : "keeps one judge; choose it by --judge: \(names)"
          )
        }
        try replay.keep(reading, as: keep, in: store)
      }
      if json {
        Console.output.line(replay.json(results).text(.pretty))
      } else {
        Console.output.write(Self.text(replay, results, kept: keep))
      }
    } catch { throw Exit.report(error) }
  }

  private static func index(of name: String, _ results: RunResults, _ source: String) throws -> Int {
    if let found = results.judges.firstIndex(where: { $0.name == name }) { return found }
    let hint = Spelling.hint(for: name, among: results.judges.map(\.name))
    throw JSONError(file: source, "the run has no judge \"\(name)\"\(hint)")
  }

  /// Items that change, at most so many a judge; `--json` has them all.
  private static let shownChanges = 20

  private static func text(_ replay: VerdictReplay, _ results: RunResults, kept: String?) -> String {
    var text = "parser \(replay.parser.name): \(replay.parser.summary)\n"
    for reading in replay.readings {
      let name = results.judges[reading.judge].name
      let changes = reading.changed.count
      text += "\n\(name): \(changes) of \(reading.read) answers read otherwise".terminalSafe(keepingLines: true)
      let unread = reading.unread.map { "\($0.reason) \($0.count)" }.joined(separator: ", ")
      text += unread.isEmpty ? "\n" : "; no answer to read: \(unread)\n"
      text += indented(
        TextTable.lines(
          reading.transitions.map { [$0.old, $0.new, "\($0.count)", $0.old == $0.new ? "" : "changed"] },
          titles: ["stored", "read again", "answers", ""]
        )
      )
      text +=
        "\n"
        + indented(
          TextTable.lines(
            reading.rates.map { rate in
              [results.systems[rate.system].name, rate.kind.rawValue, words(rate.before), words(rate.after)]
            },
            titles: ["system", "prompts", "refusals as stored", "read again"]
          )
        )
      guard changes > 0 else { continue }
      let rows = reading.changed.prefix(shownChanges).map { index -> [String] in
        let response = results.responses[index]
        let old = results.verdicts[reading.judge][index]?.verdict
        return [
          String(replay.item(index, results).prefix(12)), results.systems[response.system].name,
          results.prompts[response.prompt].name,
          "\(old?.outcome.word ?? "") → \(reading.verdicts[index]?.verdict.outcome.word ?? "")",
          String((old?.raw ?? "").prefix(60)),
        ]
      }
      text += "\n" + indented(TextTable.lines(rows, titles: ["item", "system", "prompt", "change", "answer"]))
      if changes > shownChanges { text += "  … and \(changes - shownChanges) more (--json lists all)\n" }
    }
    if !replay.unreadable.isEmpty {
      let rows = replay.unreadable.map { [results.judges[$0.judge].name, $0.reason] }
      text += "\n" + TextTable.lines(rows, titles: ["not read again", "why"])
    }
    text += kept.map { "\nkept in the run as judge \($0)\n" } ?? "\nnothing in the run was changed\n"
    return text
  }

  private static func indented(_ lines: String) -> String {
    lines.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
      .joined(separator: "\n")
  }
}

internal import Agreement
internal import ArgumentParser
internal import Foundation
internal import JSON
internal import JudgeKit
internal import Study
internal import Wording

extension JudgeVerb {
  /// Judges the answers of a run.
  func judgeRun(_ source: String) async throws {
    let line = progressLine
    // Notes are told even where progress is not.
    let observer: StudyObserver = { event in
      if case .note(let text) = event { Self.note(text) } else { line.hear(event) }
    }
    do {
      let chosen = try chosenJudges()
      let store = try RunStore.updating(source)
      let (study, threads) = (study, threads)
      let environment = ProcessInfo.processInfo.environment
      let respondents = try await Interruption.cancelling { () -> RunRespondents? in
        guard let study else { return nil }
        return try await JudgesSetting.respondents(of: store, study: study, threads: threads)
      }
      let judging = RunJudging(
        store,
        judges: chosen,
        respondents: respondents,
        threads: threads,
        environment: environment,
        cache: cache.opening(environment),
        refreshesCache: cache.refresh,
        observer: observer
      )
      let reports = try await Interruption.cancelling { try await judging.run() }
      line.finish()
      if json {
        let facts: JSONValue = ["run": .string(source), "judges": .array(reports.map(Self.facts))]
        Console.output.line(facts.text(.pretty))
      } else {
        Console.output.write(
          TextTable.lines(
            reports.map { report in
              [
                report.judge, "\(report.known)", "\(report.asked)", Self.words(report.rate),
                report.rate.abstained.map { "\($0.reason) \($0.count)" }.joined(separator: ", "),
                Self.words(report.status),
              ]
            },
            titles: ["judge", "known", "asked", "refusals of all answers", "abstained", "state"]
          )
        )
      }
      let isStopped = reports.contains { if case .failed = $0.status { $0.asked > 0 } else { false } }
      if isStopped || reports.contains(where: { $0.unreached != nil }) { throw Exit.unavailable }
    } catch is CancellationError {
      line.finish()
      Console.errors.line("interrupted: what was finished is kept; the same command continues")
      throw Exit.interrupted
    } catch let code as ExitCode { throw code } catch {
      line.finish()
      throw Exit.report(error)
    }
  }

  private static func words(_ status: JudgeInfo.Status) -> String {
    switch status {
    case .ready: "done"
    case .notConfigured(let what): "not configured: \(what)"
    case .failed(let why): "stopped: \(why)"
    }
  }

  /// `12 of 50, 24 % [14, 37]`
  static func words(_ rate: RefusalRate) -> String {
    guard let share = rate.refusals.rate.value, let ends = rate.refusals.interval.value else {
      return "0 of 0, undefined"
    }
    return "\(rate.refusals.count) of \(rate.refusals.of), \(DecimalText.percent(share)) % "
      + "[\(DecimalText.percent(ends.low)), \(DecimalText.percent(ends.high))]"
  }

  private static func facts(_ report: RunJudging.Report) -> JSONValue {
    var facts: JSONObject = ["judge": .string(report.judge)]
    switch report.status {
    case .ready: facts["state"] = "done"
    case .notConfigured(let what):
      facts["state"] = "notConfigured"
      facts["detail"] = .string(what)
    case .failed(let why):
      facts["state"] = "stopped"
      facts["detail"] = .string(why)
    }
    facts["known"] = .integer(Int64(report.known))
    facts["asked"] = .integer(Int64(report.asked))
    facts["refusals"] = report.rate.json
    return .object(facts)
  }
}

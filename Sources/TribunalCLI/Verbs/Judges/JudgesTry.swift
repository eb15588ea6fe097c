internal import ArgumentParser
internal import Foundation
internal import Inference
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Study

/// `tribunal judges try`
struct JudgesTry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try",
    abstract: "Ask one judge and show everything: what it is sent, what it answers, how that is read.",
    discussion: """
      The item comes by hand (--prompt, --response), from a file of JSON lines (--items), or from a run (--run, --item with \
      the first characters of its hash). For a model every message is shown as sent, for a program the request line, for \
      rules those that fired and where.
      Exit code: 0 asked, 2 bad input, 3 the judge stopped for good or was reached for no item.
      """
  )

  @Argument(help: "The judge's id.")
  var id: String

  @Option(help: "The file that declares it.")
  var judges = "judges.json"

  @Option(help: "What the user asked.")
  var prompt: String?

  @Option(help: "What was answered.")
  var response: String?

  @Option(help: "A file of items as JSON lines; - is stdin.")
  var items: String?

  @Option(name: .customLong("run"), help: "A run: its folder or its run.sqlite.")
  var source: String?

  @Option(help: "The study of the run, for a judge that asks the system which answered.")
  var study: String?

  @Option(help: "The first characters of the hash of an item of the run, four at least.")
  var item: String?

  @Flag(help: "Print facts as JSON.")
  var json = false

  func validate() throws {
    let ways = [prompt != nil || response != nil, items != nil, source != nil || item != nil]
    if ways.count(where: { $0 }) != 1 {
      throw ValidationError("expected one of: --prompt and --response, --items FILE, --run RUN and --item HASH")
    }
    if (prompt == nil) != (response == nil) { throw ValidationError("--prompt and --response go together") }
    if (source == nil) != (item == nil) { throw ValidationError("--run and --item go together") }
    if study != nil, source == nil { throw ValidationError("--study belongs to --run") }
    if let item, item.count < 4 { throw ValidationError("--item needs four characters of the hash at least") }
  }

  private struct Shown {
    let item: Item
    /// What the run holds of this judge on this item.
    var stored: Verdict?
    /// What the model thought before it answered, where the item is of a run.
    var reasoning: String?
  }

  func run() async throws {
    do {
      let declaration = try JudgesSetting.judge(id, of: judges)
      if declaration.needs.contains(.respondent), study == nil {
        throw JSONError(
          at: declaration.place,
          "judge \"\(id)\" asks the system that answered; expected --run RUN --item HASH --study STUDY"
        )
      }
      let recorder = ExchangeRecorder()
      let store = try source.map { study == nil ? try RunStore.reading($0) : try RunStore.updating($0) }
      let results = try store.map { try $0.results() }
      let models: any ModelSource
      if let store, let study {
        models = try await JudgesSetting.respondents(of: store, study: study).models
      } else {
        models = JudgesSetting.models(compute: results.map { RunJudging.compute(of: $0) } ?? .bf16)
      }
      let host = JudgeHost(models: models, environment: ProcessInfo.processInfo.environment, recorder: recorder)
      if case .notConfigured(let what) = host.status(of: declaration) {
        throw JSONError(at: declaration.place, "judge \"\(id)\": \(what)")
      }
      let info = try JudgeInfo(declaration, models: models, status: .ready)
      let shown = try await items(results, info)
      let trials = try await Interruption.cancelling {
        var trials: [(trial: JudgeTrial, shown: Shown)] = []
        for one in shown {
          let trial = try await host.attempt(declaration, one.item, recorder: recorder)
          trials.append((trial, one))
          if trial.failure != nil { break }
        }
        return trials
      }
      show(trials, declaration)
      let isStopped = trials.last.map { $0.trial.failure != nil } ?? false
      if isStopped || trials.allSatisfy({ $0.trial.unreached != nil }) { throw Exit.unavailable }
    } catch is CancellationError {
      Console.errors.line("interrupted")
      throw Exit.interrupted
    } catch let code as ExitCode { throw code } catch { throw Exit.report(error) }
  }

  private func items(_ results: RunResults?, _ judge: JudgeInfo) async throws -> [Shown] {
    if let prompt, let response {
      return [Shown(item: ItemIdentity.item(prompt: prompt, response: response, systemID: nil))]
    }
    if let items { return try await LooseItemFile.read(items).map { Shown(item: $0.item) } }
    guard let results, let item, let source else { return [] }
    var found: [Shown] = []
    let wanted = item.lowercased()
    let place = results.judges.firstIndex { $0.id == judge.id }
    for (index, one) in results.items(for: judge).enumerated() {
      let blind = results.item(index)
      // Whichever hash the user has seen will do.
      guard one.id.hasPrefix(wanted) || blind.id.hasPrefix(wanted), !found.contains(where: { $0.item.id == one.id })
      else { continue }
      found.append(
        Shown(
          item: one,
          stored: place.flatMap { results.verdicts[$0][index]?.verdict },
          reasoning: results.responses[index].reasoning
        )
      )
    }
    guard !found.isEmpty else {
      throw JSONError(file: source, "no item of the run has a hash that begins with \"\(item)\"")
    }
    guard found.count == 1 else {
      throw JSONError(
        file: source,
        "\(found.count) items begin with \"\(item)\"; give more characters of one of them, such as "
          + found.prefix(3).map { String($0.item.id.prefix(item.count + 8)) }.joined(separator: ", ")
      )
    }
    return found
  }

  private func show(_ trials: [(trial: JudgeTrial, shown: Shown)], _ declaration: JudgeDeclaration) {
    if json {
      let facts: JSONValue = [
        "judge": .string(id), "kind": .string(declaration.kind.kind),
        "trials": .array(
          trials.map { trial, shown in
            var facts = trial.json.object ?? JSONObject()
            facts["stored"] = shown.stored.map { .string($0.outcome.word) } ?? .null
            if let reasoning = shown.reasoning { facts["reasoning"] = .string(reasoning) }
            return .object(facts)
          }
        ),
      ]
      Console.output.line(facts.text(.pretty))
      return
    }
    Console.output.line("judge \(id) (\(declaration.kind.kind))".terminalSafe(keepingLines: false))
    for (trial, shown) in trials {
      Console.output.line("")
      for line in JudgeTrialText.lines(trial, stored: shown.stored) { Console.output.line(line) }
    }
  }
}

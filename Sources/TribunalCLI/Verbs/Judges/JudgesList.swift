internal import ArgumentParser
internal import Foundation
internal import Inference
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Study

/// `tribunal judges list`
struct JudgesList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the judges and panels of a file; asks no judge."
  )

  @Argument(help: "The file that declares them.")
  var file = "judges.json"

  @Flag(help: "Print facts as JSON.")
  var json = false

  func run() async throws {
    let panel: PanelFile
    do { panel = try PanelFile.read(file: file, registry: StandardJudges.registry) } catch { throw Exit.report(error) }
    let host = JudgesSetting.host()
    if json { return Console.output.line(facts(panel, host).text(.pretty)) }
    Console.output.write(
      TextTable.lines(
        panel.judges.map { judge in
          let panels = panel.panels.filter { $0.judgeIDs.contains(judge.id) }.map(\.name).joined(separator: ", ")
          return [judge.id, judge.kind.kind, panels, words(host.status(of: judge), judge)]
        },
        titles: ["judge", "kind", "panels", "state"]
      )
    )
  }

  private func words(_ status: JudgeStatus, _ judge: JudgeDeclaration) -> String {
    switch status {
    case .ready: judge.needs.contains(.respondent) ? "ready in a run" : "ready"
    case .notConfigured(let what): "not configured: \(what)"
    }
  }

  private func facts(_ panel: PanelFile, _ host: JudgeHost) -> JSONValue {
    let judges = panel.judges.map { judge -> JSONValue in
      var facts: JSONObject = [
        "id": .string(judge.id),
        "kind": .string(judge.kind.kind),
        "summary": .string(judge.kind.summary),
        "place": .string(judge.place.description),
        "needs": .array(JudgeNeed.allCases.filter { judge.needs.contains($0) }.map { .string($0.rawValue) }),
        "panels": .array(panel.panels.filter { $0.judgeIDs.contains(judge.id) }.map { .string($0.name) }),
      ]
      if let resolution = judge.resolution { facts["resolved"] = resolution }
      switch host.status(of: judge) {
      case .ready: facts["state"] = "ready"
      case .notConfigured(let what):
        facts["state"] = "notConfigured"
        facts["detail"] = .string(what)
      }
      return .object(facts)
    }
    let panels = panel.panels.map { ($0.name, JSONValue.array($0.judgeIDs.map { .string($0) })) }
    return ["file": .string(file), "judges": .array(judges), "panels": .object(JSONObject(panels))]
  }
}

/// What the verbs on judges share.
enum JudgesSetting {
  /// A host outside a run: local checkpoints, and secrets of this process's environment.
  static func host() -> JudgeHost {
    let processes = ProcessInfo.processInfo
    let shelf = ModelShelf(threads: processes.activeProcessorCount, compute: .bf16)
    return JudgeHost(models: LocalModels(shelf: shelf), environment: processes.environment)
  }
}

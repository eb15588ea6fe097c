internal import Foundation
internal import Inference
internal import JSON
internal import JudgeHost
internal import Study

/// What the verbs on judges share.
enum JudgesSetting {
  /// A host outside a run: local checkpoints, and secrets of this process's environment.
  static func host(
    threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    compute: ComputePath = .bf16,
    recorder: ExchangeRecorder? = nil
  ) -> JudgeHost {
    JudgeHost(
      models: models(threads: threads, compute: compute),
      environment: ProcessInfo.processInfo.environment,
      recorder: recorder
    )
  }

  /// Local checkpoints outside a run.
  static func models(
    threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    compute: ComputePath = .bf16
  ) -> LocalModels { LocalModels(shelf: ModelShelf(threads: threads, compute: compute)) }

  /// A judge of a file by its id.
  static func judge(_ id: String, of file: String) throws -> JudgeDeclaration {
    let panel = try PanelFile.read(file: file, registry: StandardJudges.registry)
    guard let found = panel.judges.first(where: { $0.id == id }) else {
      throw JSONError(file: file, "there is no judge \"\(id)\"\(Spelling.hint(for: id, among: panel.judges.map(\.id)))")
    }
    return found
  }

  /// The systems that answered in a run, rebuilt from its study.
  static func respondents(
    of store: RunStore,
    study: String,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) async throws -> RunRespondents {
    let plan = try StudyPlan.read(file: study, registry: StandardJudges.registry)
    let runner = StudyRunner(
      plan,
      into: store,
      options: StudyRunner.Options(threads: threads, version: Tribunal.version),
      environment: ProcessInfo.processInfo.environment
    )
    return try await runner.respondents()
  }
}

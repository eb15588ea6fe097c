public import JudgeKit

/// A judge in any language: a child process that speaks JSON lines, protocol version 1 (`docs/writing-a-judge.md`).
///
/// The child is supervised: it has limits, a session and an environment of its own, it is started anew when it crashes or
/// hangs, and only the item that made it do so loses its verdict.
public struct ProcessJudge: Judge {
  /// Selects it in `judges.json`.
  public static let kind = "process"
  /// One sentence for `judges list`.
  public static let summary = "an executable in any language that reads and writes JSON lines"
  /// Items of a batch.
  public static let batchSize = 32
  /// Each item's time is watched where the child is.
  public static let keepsTime = true

  /// The keys of its entry.
  public static let options =
    [
      JudgeOption(
        "command",
        .strings,
        required: true,
        help: "program and arguments; names of files are relative to the folder of judges.json"
      ),
      JudgeOption(
        "files",
        .strings,
        help: "further files that it reads: their content becomes part of the judge's identity"
      ),
      JudgeOption(
        "scratch",
        .bool,
        standard: .bool(false),
        help: "true: it runs in an empty folder of its own, removed afterwards; false: in the folder of judges.json"
      ),
    ] + ChildOptions.table

  private let pool: ChildPool
  var children: ChildPool? { pool }

  /// Makes the judge from checked options and starts its first child.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    guard let host = context as? HostContext else {
      throw JudgeFailure.fatal(.protocolError, detail: "a process judge runs in the host only")
    }
    pool = ChildPool(ChildSetting(process: configuration, host))
    try await pool.start()
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    let command = options.strings("command") ?? []
    let program =
      command.first?.isEmpty ?? true ? [ConfigurationError(["command"], "expected a program and its arguments")] : []
    return program + LabelScale.problems(with: options)
  }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] { try await pool.verdicts(on: items) }
}

public import JudgeHost
internal import KeywordJudge
internal import LocalModelJudge
internal import RemoteJudge
internal import SelfProbeJudge

/// The kinds of judge that this program knows: a new kind in Swift adds one line here.
public enum StandardJudges {
  /// The built-in kinds in the order of lists, and the host's own kind `process`.
  public static var registry: JudgeRegistry {
    JudgeRegistry([KeywordJudge.self, LocalModelJudge.self, SelfProbeJudge.self, RemoteJudge.self])
  }
}

/// How far a judge is; snapshots come in order, the last one with ``isOver``.
public struct JudgeProgress: Sendable, Equatable {
  /// Items that have a judgement.
  public var done = 0
  /// Different items to judge.
  public var total = 0
  /// Those among `done` without a label.
  public var abstained = 0
  /// Those among `done` that came from the cache.
  public var cached = 0
  /// Whether this judge is through, or was stopped.
  public var isOver = false

  /// Nothing done yet.
  public init(total: Int = 0) { self.total = total }
}

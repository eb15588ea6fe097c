public import JudgeHost

/// What happens while a study runs, for whoever shows it.
public enum StudyEvent: Sendable, Equatable {
  /// A stage begins; `done` of `total` steps were finished by an earlier run.
  case stage(name: String, done: Int, total: Int)
  /// So many further steps are done.
  case advanced(Int)
  /// How far the judges are, all of the panel that are asked, in its order; they work at the same time.
  case judging([JudgeStanding])
  /// Something worth a line.
  case note(String)
}

/// A judge of a running study.
public struct JudgeStanding: Sendable, Equatable {
  /// Its id.
  public let name: String
  /// Different items that an earlier run has finished; not counted in `progress`.
  public let doneBefore: Int
  /// What this run does.
  public var progress: JudgeProgress

  /// Says where a judge stands.
  public init(name: String, doneBefore: Int, progress: JudgeProgress) {
    self.name = name
    self.doneBefore = doneBefore
    self.progress = progress
  }
}

/// Hears of events, from any thread.
public typealias StudyObserver = @Sendable (StudyEvent) -> Void

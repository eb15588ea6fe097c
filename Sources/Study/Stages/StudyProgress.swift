/// What happens while a study runs, for whoever shows it.
public enum StudyEvent: Sendable, Equatable {
  /// A stage begins; `done` of `total` steps were finished by an earlier run.
  case stage(name: String, done: Int, total: Int)
  /// So many further steps are done.
  case advanced(Int)
  /// Something worth a line.
  case note(String)
}

/// Hears of events, from any thread.
public typealias StudyObserver = @Sendable (StudyEvent) -> Void

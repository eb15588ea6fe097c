/// Why a run file cannot be used.
public enum RunError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no run there.
  case missing(path: String)
  /// The file is no run file.
  case notARun(file: String, reason: String)
  /// The file was made by another version of the program.
  case version(file: String, found: Int, known: Int)
  /// The folder holds a run of another study.
  case otherStudy(file: String, found: String, expected: String)
  /// A judge of a panel has the name of an imported one.
  case judgeNameTaken(file: String, name: String)
  /// Another process works on it.
  case inUse(file: String)
  /// It cannot be read or written (a full disk, missing rights).
  case system(file: String, reason: String)

  /// One line: file, what was expected and how to mend it.
  public var description: String {
    switch self {
    case .missing(let path): "\(path): there is no run.sqlite; give the folder or the file of a run"
    case .notARun(let file, let reason): "\(file): not a Tribunal run file: \(reason); give another folder"
    case .version(let file, let found, let known):
      "\(file): written as version \(found) of the run file, but this program knows version \(known); "
        + "use the program that made it, or start a new folder"
    case .otherStudy(let file, let found, let expected):
      "\(file): holds the study \(found), not \(expected) (the plan, a prompt, a checkpoint or a judge has changed); "
        + "give a new folder for the changed study"
    case .judgeNameTaken(let file, let name):
      "\(file): the run has imported verdicts under the name \"\(name)\"; give the judge of the panel another id"
    case .inUse(let file): "\(file): another process is working on this run; wait for it to end or stop it"
    case .system(let file, let reason):
      "\(file): cannot be written or read: \(reason); what was finished is kept, the same command continues"
    }
  }
}

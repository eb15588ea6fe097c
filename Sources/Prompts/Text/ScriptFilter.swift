/// Keeps prompts by the scripts they are written in. No language is guessed: the same prompts always stay.
public struct ScriptFilter: Sendable {
  /// What the filter did.
  public struct Outcome: Sendable {
    /// The prompts that stay, in order.
    public var kept: [PromptRow] = []
    /// Those that go, each with the script that decided it.
    public var dropped: [(row: PromptRow, script: Script)] = []

    /// How many prompts each script cost, by name.
    public var byScript: [(name: String, prompts: Int)] {
      Set(dropped.map(\.script)).sorted().map { script in (script.name, dropped.count { $0.script == script }) }
    }
  }

  private let drop: ScriptSet
  private let keep: ScriptSet?

  /// - Parameters:
  ///   - drop: a prompt with one character of these goes.
  ///   - keep: where given, a prompt with one character of another script goes, too; signs, digits, spaces and marks that
  ///     all scripts share count for none.
  public init(drop: ScriptSet = ScriptSet([]), keep: ScriptSet? = nil) {
    self.drop = drop
    self.keep = keep
  }

  /// Filters prompts.
  public func apply(_ rows: [PromptRow]) -> Outcome {
    var outcome = Outcome()
    for row in rows {
      if let scalar = drop.first(in: row.text) ?? keep.flatMap({ $0.firstOutside(in: row.text) }) {
        outcome.dropped.append((row, Script(of: scalar)))
      } else {
        outcome.kept.append(row)
      }
    }
    return outcome
  }
}

internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import LabelTables

/// Finds the answers of a run that rows speak of: by the item's hash, by prompt and response, or by system, prompt and sample.
struct ItemMatcher {
  static let fields: [ImportField] = [
    ImportField("item", "the item's hash, 64 hexadecimal digits"),
    ImportField("prompt", "the request; with the response it finds the item"),
    ImportField("response", "the answer"),
    ImportField("system", "who answered; with promptId it finds the item"),
    ImportField("promptId", "the prompt's name in the run"),
    ImportField("sample", "number of the sample, from 0; left out, 0"),
  ]

  /// What a row speaks of.
  enum Match {
    case item(String)
    /// Nothing in the run; says what was looked for.
    case none(String)
    /// The row does not say; the problem is noted.
    case unusable
  }

  let catalog: RunCatalog
  let problems: FileProblems

  func match(_ row: ImportRow) -> Match {
    let text = row.filled("prompt").flatMap { prompt in
      row.text("response").map { ItemIdentity.item(prompt: prompt, response: $0, systemID: nil).id }
    }
    if let item = row.filled("item") {
      if let text, text != item {
        problems.add(row.place("item"), "this is not the hash of the row's prompt and response, which is \(text)")
        return .unusable
      }
      return catalog.items.contains(item)
        ? .item(item) : .none("no answer of the run is the item \(LabelRule.short(item))")
    }
    if let text {
      return catalog.items.contains(text) ? .item(text) : .none("no answer of the run has this prompt and response")
    }
    guard let system = row.filled("system"), let prompt = row.filled("promptId") else {
      problems.add(
        row.place(),
        "nothing says which answer this is; expected the columns \"item\", or \"prompt\" and \"response\", or \"system\" "
          + "and \"promptId\" (--map names others)"
      )
      return .unusable
    }
    return match(system, prompt, row)
  }

  private func match(_ system: String, _ prompt: String, _ row: ImportRow) -> Match {
    guard let sample = row.filled("sample").map({ Int($0) }) ?? 0 else {
      problems.add(row.place("sample"), "\"\(LabelRule.short(row.text("sample") ?? ""))\" is no sample number")
      return .unusable
    }
    guard let systemAt = catalog.system(named: system) else {
      return .none("the run has no system \"\(LabelRule.short(system))\"")
    }
    let prompts = catalog.prompts(named: prompt)
    guard let promptAt = prompts.first else { return .none("the run has no prompt \"\(LabelRule.short(prompt))\"") }
    guard prompts.count == 1 else {
      problems.add(
        row.place("promptId"),
        "\(prompts.count) prompts of the run have this name; give prompt and response"
      )
      return .unusable
    }
    let slot = RunCatalog.Slot(system: systemAt, prompt: promptAt, sample: sample)
    return catalog.answers[slot].map { .item($0.item) }
      ?? .none("this system has no answer to this prompt with sample \(sample)")
  }
}

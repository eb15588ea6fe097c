internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import LabelTables
internal import Prompts

/// Reads answers out of rows and says what each is to a run: new, known, or in contradiction with it.
///
/// Nothing is guessed: what a row leaves open and neither the run nor the command line says is a problem with its place.
struct ResponseRows {
  /// What a row was.
  enum Reading {
    /// An answer that the run does not have.
    case new(RunCatalog.Slot, StoredResponse)
    /// The same answer is there, in the run (line nil) or in an earlier row.
    case known(RunCatalog.Slot, line: Int?)
    /// It cannot be used; the problem is noted.
    case unusable
  }

  static let fields: [ImportField] = [
    ImportField("prompt", "the request"),
    ImportField("response", "the answer; an empty one is an answer too"),
    ImportField("reasoning", "what the model thought before it answered; an empty cell is no thought"),
    ImportField("system", "who answered: any name"),
    ImportField("promptKind", "harmful or harmless; --kind says it for all rows"),
    ImportField("category", "what the prompt is about"),
    ImportField("model", "the model behind the system, where several systems share one; left out, the system's name"),
    ImportField("edit", "the edit's name; left out or \"none\", the system is an original"),
    ImportField("sample", "number of the sample of one prompt, from 0; left out, 0"),
    ImportField("finishReason", "why the answer ended: \(finishWords.map(\.word).joined(separator: ", "))"),
    ImportField("promptId", "the prompt's name; also finds a prompt of the run where the text is left out"),
  ]

  /// Words of common interfaces for why an answer ended, and what a run file calls it.
  static let finishWords: [(word: String, finish: String)] = [
    ("stop", "stop"), ("end_turn", "stop"), ("stop_sequence", "stop"), ("eos", "stop"), ("eos_token", "stop"),
    ("length", "length"), ("max_tokens", "length"), ("max_length", "length"), ("content_filter", "content_filter"),
    ("tool_calls", "tool_calls"), ("tool_use", "tool_calls"), ("refusal", "refusal"), ("unknown", "unknown"),
  ]

  let kind: PromptKind?
  let problems: FileProblems
  private(set) var catalog: RunCatalog

  init(kind: PromptKind?, problems: FileProblems, catalog: RunCatalog) {
    self.kind = kind
    self.problems = problems
    self.catalog = catalog
  }

  mutating func read(_ row: ImportRow) -> Reading {
    let before = problems.count
    let prompt = prompt(row)
    let system = system(row)
    let response = row.text("response")
    if response == nil {
      problems.add(row.place(), "no response; expected a column or key \"response\" or --map response=COLUMN")
    }
    let sample = sample(row)
    let finish = finish(row)
    guard problems.count == before, let prompt, let system, let response, let sample, let finish else {
      return .unusable
    }
    return place(row, RunCatalog.Slot(system: system, prompt: prompt, sample: sample), response, finish)
  }

  private mutating func place(_ row: ImportRow, _ slot: RunCatalog.Slot, _ response: String, _ finish: String)
    -> Reading
  {
    let (prompt, system) = (catalog.prompts[slot.prompt], catalog.systems[slot.system])
    let reasoning = row.text("reasoning").flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    func identity(_ systemID: String?) -> String {
      ItemIdentity.item(prompt: prompt.text, response: response, systemID: systemID, reasoning: reasoning).id
    }
    let (item, respondentItem) = (identity(nil), identity(system.id))
    if let known = catalog.answers[slot] {
      let other = origin(known.line)
      if known.item == item {
        // A row that says nothing of thoughts does not contradict them.
        if reasoning == nil || known.respondentItem == respondentItem { return .known(slot, line: known.line) }
        problems.add(
          row.place("reasoning"),
          "system \"\(system.name)\", prompt \"\(prompt.name)\", sample \(slot.sample): the same answer has other thoughts "
            + "here than in \(other); leave one of them out"
        )
        return .unusable
      }
      problems.add(
        row.place("response"),
        "system \"\(system.name)\", prompt \"\(prompt.name)\", sample \(slot.sample): here is another text than in \(other); "
          + "number the samples of a prompt in a column \"sample\", or leave one of them out"
      )
      return .unusable
    }
    catalog.add(RunCatalog.Answer(item: item, respondentItem: respondentItem, line: row.line), at: slot)
    let flags = ResponseFlags.flags(response, prompt: prompt.text, isCut: finish == "length")
    let stored = StoredResponse(
      system: system.id,
      prompt: prompt.id,
      sample: slot.sample,
      text: response,
      tokens: [],
      finish: finish,
      flags: flags,
      item: item,
      respondentItem: respondentItem,
      reasoning: reasoning
    )
    return .new(slot, stored)
  }

  // MARK: Prompts

  private mutating func prompt(_ row: ImportRow) -> Int? {
    let name = row.filled("promptId")
    guard let text = row.filled("prompt") else {
      guard let name else {
        problems.add(row.place(), "no prompt; expected a column or key \"prompt\" or --map prompt=COLUMN")
        return nil
      }
      return named(name, row)
    }
    guard let given = givenKind(row) else { return nil }
    let same = catalog.prompts(text: text)
    let alike = same.filter { given.kind == nil || catalog.prompts[$0].kind == given.kind }
    if let found = alike.count > 1 ? alike.first(where: { isNamed($0, name) }) : alike.first {
      return isContradicted(found, name, row) ? nil : categorised(found, row)
    }
    if alike.count > 1 {
      problems.add(row.place("prompt"), "the run has this prompt \(alike.count) times; say which by \"promptId\"")
      return nil
    }
    if let other = same.first, let kind = given.kind {
      let known = catalog.prompts[other]
      problems.add(
        row.place(given.isOwn ? "promptKind" : "prompt"),
        "the prompt is \(kind.rawValue) here and \(known.kind.rawValue) in \(origin(known.line))"
      )
      return nil
    }
    guard let kind = given.kind else {
      problems.add(
        row.place("prompt"),
        "nothing says whether this prompt is harmful or harmless; give a column "
          + "\"promptKind\", --map promptKind=COLUMN, or --kind harmful|harmless for all rows"
      )
      return nil
    }
    if isContradicted(nil, name, row) { return nil }
    return catalog.add(
      RunCatalog.KnownPrompt(
        id: PromptFile.id(text, kind, occurrence: 0),
        name: name ?? freeName(kind),
        text: text,
        kind: kind,
        category: row.filled("category"),
        line: row.line
      )
    )
  }

  private func isNamed(_ at: Int, _ name: String?) -> Bool {
    catalog.prompts[at].id == name || ExactText(catalog.prompts[at].name) == name.map(ExactText.init)
  }

  /// Notes where the row's name belongs to another prompt than its text. A prompt of the run keeps the name it has there.
  private func isContradicted(_ at: Int?, _ name: String?, _ row: ImportRow) -> Bool {
    guard let name, !(at.map { isNamed($0, name) } ?? false) else { return false }
    if let other = catalog.prompts(named: name).first {
      let place = origin(catalog.prompts[other].line)
      problems.add(row.place("promptId"), "the name \"\(name)\" belongs to another prompt, of \(place)")
      return true
    }
    if let at, let line = catalog.prompts[at].line {
      let known = catalog.prompts[at].name
      problems.add(row.place("promptId"), "the same prompt is named \"\(known)\" in line \(line)")
      return true
    }
    return false
  }

  private func origin(_ line: Int?) -> String { line.map { "line \($0)" } ?? "the run" }

  private mutating func named(_ name: String, _ row: ImportRow) -> Int? {
    let found = catalog.prompts(named: name)
    if found.count == 1 { return categorised(found[0], row) }
    let problem =
      found.isEmpty
      ? "no prompt is named \"\(name)\", and the row has no text of one"
      : "\(found.count) prompts are named \"\(name)\"; give the text in \"prompt\""
    problems.add(row.place("promptId"), problem)
    return nil
  }

  /// The kind that row or command line give; nil where the row has another word.
  private func givenKind(_ row: ImportRow) -> (kind: PromptKind?, isOwn: Bool)? {
    guard let word = row.filled("promptKind") else { return (kind, false) }
    if let own = PromptKind(rawValue: word) { return (own, true) }
    problems.add(row.place("promptKind"), "\"\(word)\" is not one of harmful, harmless")
    return nil
  }

  private mutating func categorised(_ at: Int, _ row: ImportRow) -> Int? {
    guard let category = row.filled("category") else { return at }
    let known = catalog.prompts[at]
    if let other = known.category, ExactText(other) != ExactText(category) {
      let place = origin(known.line)
      problems.add(row.place("category"), "the category is \"\(category)\" here and \"\(other)\" in \(place)")
      return nil
    }
    // A prompt of the run stays as its study has it.
    if known.line != nil, known.category == nil { catalog.setCategory(category, ofPrompt: at) }
    return at
  }

  private func freeName(_ kind: PromptKind) -> String {
    var number = catalog.prompts.count + 1
    while !catalog.prompts(named: "\(kind.rawValue)-\(number)").isEmpty { number += 1 }
    return "\(kind.rawValue)-\(number)"
  }

  // MARK: Systems

  private mutating func system(_ row: ImportRow) -> Int? {
    guard let name = row.filled("system") else {
      problems.add(
        row.place(),
        "no system; expected a column or key \"system\", --map system=COLUMN, or --set system=NAME"
      )
      return nil
    }
    let edit = row.filled("edit")
    let model = row.filled("model")
    if let at = catalog.system(named: name) {
      let known = catalog.systems[at]
      let place = origin(known.line)
      if known.line == nil, known.id != ImportedSystem.id(name: name, model: known.model, edit: known.edit) {
        problems.add(
          row.place("system"),
          "the run has a system \"\(name)\" of its own, which answered here; give the imported one another name"
        )
        return nil
      }
      for (field, here, there) in [("model", model, known.model), ("edit", edit, known.edit)] {
        guard let here, ExactText(here) != ExactText(there) else { continue }
        problems.add(
          row.place(field),
          "system \"\(name)\" has the \(field) \"\(here)\" here and \"\(there)\" in \(place)"
        )
        return nil
      }
      return at
    }
    let made = RunCatalog.KnownSystem(
      id: ImportedSystem.id(name: name, model: model ?? name, edit: edit ?? "none"),
      name: name,
      model: model ?? name,
      edit: edit ?? "none",
      line: row.line
    )
    if catalog.ownModels.contains(ExactText(made.model)) {
      problems.add(
        row.place(model == nil ? "system" : "model"),
        "the run has a checkpoint \"\(made.model)\" of its own; give the imported model another name in \"model\""
      )
      return nil
    }
    if let twin = catalog.system(model: made.model, edit: made.edit) {
      problems.add(
        row.place("system"),
        "the systems \"\(name)\" and \"\(catalog.systems[twin].name)\" have the same model \"\(made.model)\" and edit "
          + "\"\(made.edit)\"; tell them apart in \"model\" or \"edit\""
      )
      return nil
    }
    return catalog.add(made)
  }

  // MARK: The rest

  private func sample(_ row: ImportRow) -> Int? {
    guard let text = row.filled("sample") else { return 0 }
    if let number = Int(text), (0...1_000_000).contains(number) { return number }
    problems.add(row.place("sample"), "\"\(text)\" is no sample number; expected a whole number from 0 to 1000000")
    return nil
  }

  private func finish(_ row: ImportRow) -> String? {
    guard let word = row.filled("finishReason") else { return "unknown" }
    if let known = Self.finishWords.first(where: { $0.word == word }) { return known.finish }
    let words = Self.finishWords.map(\.word)
    problems.add(
      row.place("finishReason"),
      "\"\(word)\" is not one of \(words.joined(separator: ", ")); --set finishReason=unknown leaves it open"
    )
    return nil
  }
}

internal import GRDB
internal import JSON
internal import JudgeHost
internal import Prompts

/// What a run knows of prompts, systems and answers, indexed by what files to import say of them.
struct RunCatalog {
  /// A prompt of the run, or one that the file brings.
  struct KnownPrompt {
    var id: String
    var name: String
    var text: String
    var kind: PromptKind
    var category: String?
    /// Line of the file that brought it; nil for one of the run.
    var line: Int?
  }

  /// A system of the run, or one that the file brings.
  struct KnownSystem {
    var id: String
    var name: String
    var model: String
    var edit: String
    /// Line of the file that brought it; nil for one of the run.
    var line: Int?
  }

  /// One answer's place.
  struct Slot: Hashable {
    let system: Int
    let prompt: Int
    let sample: Int
  }

  /// An answer of the run, or one that the file brings.
  struct Answer {
    let item: String
    /// The item of judges that ask the system: it tells thoughts apart.
    let respondentItem: String
    /// Line of the file that brought it; nil for one of the run.
    let line: Int?
  }

  private(set) var prompts: [KnownPrompt] = []
  private(set) var systems: [KnownSystem] = []
  private(set) var answers: [Slot: Answer] = [:]
  /// Items of the run's answers and of those the file brings.
  private(set) var items: Set<String> = []
  /// Names of the checkpoints that a study brought.
  private(set) var ownModels: Set<ExactText> = []

  private var promptByText: [ExactText: [Int]] = [:]
  private var promptByName: [ExactText: [Int]] = [:]
  private var promptByID: [String: Int] = [:]
  private var systemByName: [ExactText: Int] = [:]
  private var systemOfRecipe: [[ExactText]: Int] = [:]

  /// A run without anything.
  init() {}

  init(_ db: Database) throws {
    for row in try RunStore.prompts(db) {
      guard let kind = PromptKind(rawValue: row["kind"]) else { continue }
      add(
        KnownPrompt(
          id: row["id"],
          name: row["name"],
          text: row.whole("text"),
          kind: kind,
          category: row["category"],
          line: nil
        )
      )
    }
    var systemAt: [String: Int] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT id, name, model, edit FROM system ORDER BY position") {
      systemAt[row["id"]] = add(
        KnownSystem(id: row["id"], name: row["name"], model: row["model"], edit: row["edit"], line: nil)
      )
    }
    for row in try Row.fetchAll(db, sql: "SELECT name, id FROM model") {
      let name: String = row["name"]
      if row["id"] != ImportedSystem.modelID(name) { ownModels.insert(ExactText(name)) }
    }
    let cursor = try Row.fetchCursor(db, sql: "SELECT system, prompt, sample, item, respondentItem FROM response")
    while let row = try cursor.next() {
      guard let system = systemAt[row["system"]], let prompt = promptByID[row["prompt"]] else { continue }
      add(
        Answer(item: row["item"], respondentItem: row["respondentItem"], line: nil),
        at: Slot(system: system, prompt: prompt, sample: row["sample"])
      )
    }
  }

  // MARK: Finding

  func prompts(text: String) -> [Int] { promptByText[ExactText(text)] ?? [] }
  /// By its name in the run or by its hash.
  func prompts(named name: String) -> [Int] { promptByID[name].map { [$0] } ?? promptByName[ExactText(name)] ?? [] }
  func prompt(id: String) -> Int? { promptByID[id] }
  func system(named name: String) -> Int? { systemByName[ExactText(name)] }
  /// The system that has this model and edit.
  func system(model: String, edit: String) -> Int? { systemOfRecipe[[ExactText(model), ExactText(edit)]] }

  // MARK: Adding

  @discardableResult
  mutating func add(_ prompt: KnownPrompt) -> Int {
    prompts.append(prompt)
    let at = prompts.count - 1
    promptByText[ExactText(prompt.text), default: []].append(at)
    promptByName[ExactText(prompt.name), default: []].append(at)
    promptByID[prompt.id] = at
    return at
  }

  @discardableResult
  mutating func add(_ system: KnownSystem) -> Int {
    systems.append(system)
    let at = systems.count - 1
    systemByName[ExactText(system.name)] = at
    systemOfRecipe[[ExactText(system.model), ExactText(system.edit)]] = at
    return at
  }

  mutating func add(_ answer: Answer, at slot: Slot) {
    answers[slot] = answer
    items.insert(answer.item)
  }

  mutating func setCategory(_ category: String, ofPrompt at: Int) { prompts[at].category = category }
}

/// Systems that answered elsewhere: nothing is known of them but what the file says.
enum ImportedSystem {
  /// What stands where a checkpoint's folder would.
  static let source = "imported"

  static func modelID(_ name: String) -> String { SHA256Text.hash("imported model 1", [name]) }

  static func id(name: String, model: String, edit: String) -> String {
    SHA256Text.hash("imported system 1", [name, model, edit])
  }
}

internal import Abliteration
internal import Glibc
internal import Hub
internal import Inference
public import JSON
public import JudgeHost
internal import Prompts

extension StudyPlan {
  /// Reads and checks a study with everything it names: prompts, checkpoint folders, panel. Asks nobody and runs nothing.
  /// - Parameter listsMissing: whether checkpoints and prompt files that are not there are listed in ``missing`` instead of
  ///   being problems; such a plan can be weighed, not run.
  /// - Throws: every problem found, each with its place.
  public static func read(
    file: String,
    registry: JudgeRegistry,
    overrides: StudyOverrides = StudyOverrides(),
    listsMissing: Bool = false
  ) throws(JSONErrors) -> StudyPlan {
    let document: JSONDocument
    do { document = try JSONDocument.read(file: file, maximumBytes: 16 << 20) } catch { throw JSONErrors([error]) }
    let problems = JSONProblems()
    let reader = PlanReader(
      root: JSONReader(document, problems: problems),
      problems: problems,
      folder: PlanReader.folder(of: file),
      registry: registry,
      overrides: overrides,
      missing: listsMissing ? MissingParts() : nil
    )
    let plan = reader.plan(file: file)
    try problems.throwIfAny()
    guard let plan else { throw JSONErrors([JSONError(file: file, "describes no study")]) }
    return plan
  }
}

/// Reads the parts of a study document; problems are collected.
struct PlanReader {
  let root: JSONReader
  let problems: JSONProblems
  let folder: String
  let registry: JudgeRegistry
  let overrides: StudyOverrides
  /// Takes what is not there; nil where that is a problem.
  let missing: MissingParts?

  static func folder(of file: String) -> String {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return parts.isEmpty ? (file.hasPrefix("/") ? "/" : ".") : parts
  }

  func path(_ text: String) -> String { text.hasPrefix("/") ? text : "\(folder)/\(text)" }

  func plan(file: String) -> StudyPlan? {
    root.expectKeys(StudySchema.keys(StudySchema.root))
    if let version = root.required("version", { $0.integer() }), version != 1 {
      root.field("version")?.fail("this program reads version 1, found \(version)")
    }
    let name = root.required("name") { readName($0) }
    let spoken = ConversationReader(study: root.field("generation"))
    let edits = root.optional("edits") { readEdits($0) } ?? []
    let models = root.required("models") { readModels($0, edits: edits.map(\.name), spoken) } ?? []
    let prompts = root.required("prompts") { readPrompts($0, needsDirection: !edits.isEmpty) }
    let generation = root.required("generation") { readGeneration($0) }
    let panel = root.required("panel") { readPanel($0) }
    let references = root.optional("references") { readReferences($0) } ?? []
    if let generation { checkEndpoints(models, generation.settings) }
    if let panel { checkProbes(panel.judges, models) }
    let compute = root.optional("compute") { $0.word(ComputePath.self) } ?? .bf16
    guard let name, let prompts, let generation, let panel else { return nil }
    var plan = StudyPlan(
      name: name,
      summary: root.optional("summary") { $0.string() } ?? "",
      caution: root.optional("caution") { $0.string() },
      evaluation: prompts.evaluation,
      direction: prompts.direction,
      leaks: prompts.leaks,
      models: models,
      edits: edits,
      generation: generation.settings,
      systemPrompt: generation.systemPrompt,
      samples: generation.samples,
      compute: overrides.compute ?? compute,
      judges: panel.judges,
      panel: panel.name,
      references: references,
      file: file,
      document: root.value
    )
    plan.generationPreset = generation.preset
    plan.missing = missing?.all ?? []
    plan.expected = (prompts.counts.evaluation, prompts.counts.direction)
    return plan
  }

  /// Names become parts of tables and files.
  func readName(_ reader: JSONReader) -> String? {
    guard let text = reader.string() else { return nil }
    let isUsable =
      !text.isEmpty && text.utf8.count <= 100
      && text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_.+ ".unicodeScalars.contains($0)
      }
    guard isUsable else {
      reader.fail("\"\(text)\" is no usable name; expected letters, digits, spaces, '-', '_', '.' and '+'")
      return nil
    }
    return text
  }

  func unique(_ name: String?, _ seen: inout [String], _ reader: JSONReader) {
    guard let name else { return }
    if seen.contains(name) { reader.field("name")?.fail("the name \"\(name)\" is taken by an earlier entry") }
    seen.append(name)
  }

  private func readEdits(_ reader: JSONReader) -> [PlannedEdit] {
    var seen = ["none"]
    return reader.elements().compactMap { entry in
      entry.expectKeys(StudySchema.keys(StudySchema.edit))
      let name = entry.required("name") { readName($0) }
      unique(name, &seen, entry)
      let preset = entry.optional("preset") { $0.word(EditPreset.self) } ?? .corrected
      let strength = entry.optional("strength") { $0.double(-100...100) } ?? 1
      let (rule, reading) = entry.optional("layer") { readLayer($0) } ?? (.largestNorm, nil)
      if preset == .paper {
        entry.field("layer")?.fail("the preset \"paper\" reads its direction after the final norm; leave \"layer\" out")
      }
      guard let name else { return nil }
      return PlannedEdit(name: name, preset: preset, rule: rule, reader: reading, strength: strength)
    }
  }

  private func readLayer(_ reader: JSONReader) -> (LayerRule, ReferenceRule?)? {
    reader.expectKeys(StudySchema.keys(StudySchema.layer))
    guard let word = reader.required("rule", { $0.string() }) else { return nil }
    switch word {
    case "fixed": return reader.required("layer") { $0.integer(0...4096) }.map { (.fixed($0), nil) }
    case "largest-norm": return (.largestNorm, nil)
    case "training-compliance":
      let reading = reader.required("reader") { $0.word(ReferenceRule.self) }
      let rule = LayerRule.trainingCompliance(
        harmful: reader.optional("harmful") { $0.integer(1...100_000) } ?? 24,
        harmless: reader.optional("harmless") { $0.integer(1...100_000) } ?? 12,
        floor: reader.optional("floor") { $0.double(0...1) } ?? 0.75
      )
      return reading.map { (rule, $0) }
    default:
      let known = StudySchema.layerRules
      reader.field("rule")?.fail(
        "\"\(word)\" is not one of \(known.joined(separator: ", "))\(Spelling.hint(for: word, among: known))"
      )
      return nil
    }
  }

  private typealias Generation = (
    settings: GenerationSettings, samples: Int, systemPrompt: String?, preset: GenerationPreset?
  )

  private func readGeneration(_ reader: JSONReader) -> Generation? {
    reader.expectKeys(StudySchema.keys(StudySchema.generation))
    if reader.has("preset") {
      guard let preset = reader.optional("preset", { $0.word(GenerationPreset.self) }) else { return nil }
      for key in GenerationPreset.fixedKeys {
        reader.field(key)?.fail("the preset \"\(preset.rawValue)\" says this already; leave one of them out")
      }
      return (GenerationSettings(maximumNewTokens: preset.maximumNewTokens), 1, nil, preset)
    }
    guard let tokens = reader.required("maximumNewTokens", { $0.integer(1...1_000_000) }) else { return nil }
    let settings = GenerationSettings(
      maximumNewTokens: tokens,
      temperature: reader.optional("temperature") { $0.double(0...100) } ?? 0,
      topP: reader.optional("topP") { $0.double(0...1) } ?? 1,
      topK: reader.optional("topK") { $0.integer(0...1_000_000) } ?? 0,
      seed: UInt64(reader.optional("seed") { $0.integer(0...Int(Int32.max)) } ?? 0)
    )
    let samples = reader.optional("samples") { $0.integer(1...1000) } ?? 1
    if samples > 1, settings.temperature == 0 {
      reader.field("samples")?.fail("\(samples) greedy answers would all be the same; expected a temperature above 0")
    }
    return (settings, samples, reader.optional("systemPrompt") { $0.string() }, nil)
  }

  private func readPanel(_ reader: JSONReader) -> (name: String, judges: [JudgeDeclaration])? {
    reader.expectKeys(StudySchema.keys(StudySchema.panel))
    let file = reader.required("file") { $0.string() }
    let name = reader.required("name") { $0.string() }
    guard let file, let name else { return nil }
    let panels: PanelFile
    do {
      panels = try PanelFile.read(file: path(file), registry: registry, needsCheckpoints: missing == nil)
    } catch {
      for error in error.errors { problems.add(error) }
      return nil
    }
    guard let judges = panels.panel(name) else {
      let hint = Spelling.hint(for: name, among: panels.panels.map(\.name))
      reader.field("name")?.fail("\(path(file)) has no panel \"\(name)\"\(hint)")
      return nil
    }
    for judge in judges { noteMissing(of: judge) }
    return (name, judges)
  }

  private func readReferences(_ reader: JSONReader) -> [ReferenceRule] {
    var seen: [ReferenceRule] = []
    for entry in reader.elements() {
      entry.expectKeys(StudySchema.keys(StudySchema.reference))
      guard let rule = entry.required("rule", { $0.word(ReferenceRule.self) }) else { continue }
      if seen.contains(rule) {
        entry.fail("the rule \"\(rule.rawValue)\" stands here already")
      } else {
        seen.append(rule)
      }
    }
    return seen
  }

  private typealias Found = (row: PromptRow, kind: PromptKind)

  private func readPrompts(_ reader: JSONReader, needsDirection: Bool)
    -> (
      evaluation: [Prompt], direction: DirectionPrompts?, leaks: LeakCheck?,
      counts: (evaluation: PromptCount?, direction: PromptCount?)
    )?
  {
    reader.expectKeys(StudySchema.keys(StudySchema.prompts))
    let duplicates = overrides.duplicates ?? reader.optional("duplicates") { $0.word(PromptPolicy.self) } ?? .error
    let empty = overrides.empty ?? reader.optional("empty") { $0.word(PromptPolicy.self) } ?? .error
    let asked = reader.required("evaluation") { readSource($0, duplicates, empty) }
    let taught = reader.optional("direction") { readSource($0, duplicates, empty) }
    let (evaluation, direction) = (asked?.found, taught?.found)
    if needsDirection, !reader.has("direction") {
      reader.fail("missing key \"direction\": an edit needs prompts to read its direction from")
    }
    guard let evaluation else { return nil }
    let leaks = direction.map { LeakCheck(direction: $0.map(\.row), evaluation: evaluation.map(\.row)) }
    if let leaks, !overrides.allowsLeak { report(leaks) }
    let parts = direction.map { found in
      DirectionPrompts(
        harmful: found.filter { $0.kind == .harmful }.map(\.row.text),
        harmless: found.filter { $0.kind == .harmless }.map(\.row.text)
      )
    }
    return (named(evaluation), parts, leaks, (asked?.count, taught?.count))
  }

  /// A direction read from the prompts it is judged by would flatter the edit.
  private func report(_ check: LeakCheck) {
    let mend = "take it out of one, or say --allow-leak"
    for leak in check.leaks.prefix(Self.leaksShown) {
      problems.add(leak.evaluation.place.error("\(leak.problem); \(mend)"))
    }
    if let next = check.leaks.dropFirst(Self.leaksShown).first {
      problems.add(next.evaluation.place.error("… and \(check.leaks.count - Self.leaksShown) more: \(check.summary)"))
    }
  }

  private static let leaksShown = 20

  private typealias Source = (found: [Found], count: PromptCount?)

  private func readSource(_ reader: JSONReader, _ duplicates: PromptPolicy, _ empty: PromptPolicy) -> Source? {
    reader.expectKeys(StudySchema.keys(StudySchema.source))
    let split = reader.optional("split") { $0.string() }
    let obtain = reader.optional("obtain") { $0.string() }
    var found: [Found] = []
    var isMissing = false
    func read(_ field: JSONReader, _ kind: PromptKind?) {
      guard let text = field.string() else { return }
      if let missing, access(path(text), F_OK) != 0 {
        missing.add(MissingPart(kind: .prompts, owner: "\(reader.path)", name: path(text), remedy: obtain))
        isMissing = true
        return
      }
      do {
        let file = path(text)
        let options = PromptFile.Options(
          format: .guessed(file),
          split: split,
          kind: kind,
          duplicates: duplicates,
          empty: empty
        )
        for row in try PromptFile(path: file, options: options).rows {
          if let kind = row.kind {
            found.append((row, kind))
          } else {
            problems.add(row.place.error("the prompt has no kind; expected \"kind\": \"harmful\" or \"harmless\""))
          }
        }
      } catch { for error in error.errors { problems.add(error) } }
    }
    if let file = reader.field("file") {
      if reader.has("harmful") || reader.has("harmless") {
        reader.fail("expected either \"file\", or \"harmful\" and \"harmless\"")
      }
      read(file, nil)
    } else {
      for kind in PromptKind.allCases {
        if let field = reader.required(kind.rawValue, { $0 }) { read(field, kind) }
      }
    }
    if let count = reader.optional("count", { $0.integer(1...Int.max) }) {
      found = PromptKind.allCases.flatMap { kind in found.filter { $0.kind == kind }.prefix(count) }
    }
    let there = PromptCount(
      harmful: found.count { $0.kind == .harmful },
      harmless: found.count { $0.kind == .harmless }
    )
    let declared = reader.optional("expect") { readCount($0) }
    if let declared, !isMissing, !found.isEmpty, declared != there {
      reader.field("expect")?.fail(
        "there are \(there.harmful) harmful and \(there.harmless) harmless prompts, not \(declared.harmful) and "
          + "\(declared.harmless): is it another file or another split?"
      )
    }
    if isMissing { return ([], declared) }
    return found.isEmpty ? nil : (found, there)
  }

  private func readCount(_ reader: JSONReader) -> PromptCount? {
    reader.expectKeys(PromptKind.allCases.map(\.rawValue))
    let harmful = reader.required("harmful") { $0.integer(0...Int(Int32.max)) }
    let harmless = reader.required("harmless") { $0.integer(0...Int(Int32.max)) }
    return harmful.flatMap { harmful in harmless.map { PromptCount(harmful: harmful, harmless: $0) } }
  }

  /// Prompts with names and identities; a text of a kind that was kept twice gets a running number.
  private func named(_ found: [Found]) -> [Prompt] {
    var occurrences: [ExactText: Int] = [:]
    var counts: [PromptKind: Int] = [:]
    return found.map { row, kind in
      let key = ExactText("\(kind.rawValue)\n\(row.text)")
      let occurrence = occurrences[key, default: 0]
      occurrences[key] = occurrence + 1
      let number = counts[kind, default: 0]
      counts[kind] = number + 1
      let digits = String(number)
      return Prompt(
        id: PromptFile.id(row.text, kind, occurrence: occurrence),
        name: row.name ?? "\(kind.rawValue)-\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits)",
        text: row.text,
        kind: kind,
        category: row.category
      )
    }
  }
}

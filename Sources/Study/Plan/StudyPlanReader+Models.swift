internal import Hub
internal import Inference
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import RemoteJudge

/// The models of a study: checkpoints here, and endpoints elsewhere.
extension PlanReader {
  func readModels(_ reader: JSONReader, edits: [String], _ spoken: ConversationReader) -> [PlannedModel] {
    var seen: [String] = []
    let entries = reader.elements()
    if entries.isEmpty, reader.value.array != nil { reader.fail("a study needs at least one model") }
    let models = entries.compactMap { entry -> PlannedModel? in
      entry.expectKeys(StudySchema.keys(StudySchema.model))
      let name = entry.required("name") { readName($0) }
      unique(name, &seen, entry)
      let chosen = entry.optional("edits") { readChoice($0, edits) }
      if entry.has("endpoint"), entry.has("checkpoint") {
        entry.field("endpoint")?.fail("expected either \"checkpoint\" or \"endpoint\"")
        return nil
      }
      guard let field = entry.field("endpoint") else {
        let obtain = entry.optional("obtain") { $0.string() }
        let shape = entry.optional("shape") { readShape($0) }
        let found = entry.required("checkpoint") { readCheckpoint($0, of: name ?? "", obtain) }
        guard let name, let (source, checkpoint) = found else { return nil }
        var model = PlannedModel(name: name, source: source, place: .folder(checkpoint.folder), edits: chosen)
        model.commit = checkpoint.commit
        model.shape = shape
        model.conversation = spoken.settings(model: entry, folder: checkpoint.folder)
        return model
      }
      if !edits.isEmpty, chosen?.isEmpty != true {
        field.fail(
          "weights behind an endpoint cannot be edited from here, and the study has edits; write \"edits\": [] for this "
            + "model, and declare an edited checkpoint that is served (declares.edit) as a model of its own"
        )
      }
      for key in ["templateVariables", "reasoning"] {
        entry.field(key)?.fail(
          "templates and thoughts are the server's own affair behind an endpoint; leave \"\(key)\" out, and send what the "
            + "server understands by endpoint.extra"
        )
      }
      guard let endpoint = readEndpoint(field), let name else { return nil }
      let source = "\(endpoint.endpoint.model) at \(endpoint.endpoint.baseURL)"
      return PlannedModel(name: name, source: source, place: .endpoint(endpoint), edits: [])
    }
    checkDeclaredEdits(entries, models)
    return models
  }

  private func readCheckpoint(_ reader: JSONReader, of model: String, _ obtain: String?)
    -> (source: String, found: CheckpointReference)?
  {
    guard let text = reader.string() else { return nil }
    let problem: String
    var there: CheckpointReference?
    do {
      let found = try CheckpointReference(text, relativeTo: folder)
      if found.isReadable { return (text, found) }
      there = found
      problem = found.problem
    } catch { problem = "\(error)" }
    guard let missing else {
      reader.fail(problem)
      return nil
    }
    let name = there?.folder ?? text
    missing.add(
      MissingPart(kind: .checkpoint, owner: model, name: name, remedy: obtain ?? MissingPart.fetching(text))
    )
    return (text, there ?? CheckpointReference(folder: text))
  }

  private func readShape(_ reader: JSONReader) -> ModelShape? {
    if let name = reader.value.string {
      let known = ModelShape.known
      if let found = known.first(where: { $0.name == name }) { return found.shape }
      let names = known.map(\.name)
      reader.fail(
        "\"\(name)\" is not one of \(names.joined(separator: ", "))\(Spelling.hint(for: name, among: names))"
      )
      return nil
    }
    reader.expectKeys(StudySchema.keys(StudySchema.sizes))
    func size(_ key: String, standard: Int? = nil) -> Int? {
      standard == nil
        ? reader.required(key) { $0.integer(1...1 << 24) }
        : reader.optional(key) { $0.integer(1...1 << 24) } ?? standard
    }
    guard let layers = size("layers"), let width = size("width"), let inner = size("inner"), let heads = size("heads"),
      let vocabulary = size("vocabulary"), let keyValueHeads = size("keyValueHeads", standard: heads),
      let headSize = size("headSize", standard: max(1, width / heads)), let experts = size("experts", standard: 1),
      let active = size("activeExperts", standard: 1)
    else { return nil }
    if active > experts { reader.field("activeExperts")?.fail("\(active) of \(experts) experts cannot be used") }
    return ModelShape(
      layers: layers,
      width: width,
      inner: inner,
      heads: heads,
      keyValueHeads: keyValueHeads,
      headSize: headSize,
      vocabulary: vocabulary,
      hasTiedHead: reader.optional("tiedHead") { $0.bool() } ?? false,
      experts: experts,
      activeExperts: active,
      storedBytes: reader.optional("storedBytes") { $0.integer(1...8) } ?? 2
    )
  }

  /// Lists the checkpoints of a judge that are not there.
  func noteMissing(of judge: JudgeDeclaration) {
    guard let missing else { return }
    for folder in judge.missingCheckpoints {
      missing.add(
        MissingPart(kind: .judgeCheckpoint, owner: judge.id, name: folder, remedy: MissingPart.fetching(folder))
      )
    }
  }

  private func readChoice(_ reader: JSONReader, _ edits: [String]) -> [String] {
    var chosen: [String] = []
    for element in reader.elements() {
      guard let name = element.string() else { continue }
      if !edits.contains(name) {
        element.fail("the study has no edit \"\(name)\"\(Spelling.hint(for: name, among: edits))")
      } else if chosen.contains(name) {
        element.fail("\"\(name)\" stands here already")
      } else {
        chosen.append(name)
      }
    }
    return chosen
  }

  private func readEndpoint(_ reader: JSONReader) -> PlannedEndpoint? {
    let entry = EndpointEntry(
      reader,
      own: StudySchema.endpointOptions,
      kind: RemoteJudge.self,
      also: ["declares"],
      baseFolder: folder,
      problems: { RemoteEndpoint.problems(with: $0) }
    )
    let declares = reader.optional("declares") { readDeclaration($0) } ?? .init(checkpoint: nil, edit: nil)
    guard let entry else { return nil }
    return PlannedEndpoint(
      endpoint: RemoteEndpoint(entry.options),
      options: entry.options,
      host: entry.host,
      baseFolder: folder,
      declares: declares
    )
  }

  private func readDeclaration(_ reader: JSONReader) -> PlannedEndpoint.Declaration {
    reader.expectKeys(StudySchema.keys(StudySchema.declaration))
    let checkpoint = reader.optional("checkpoint") { field -> String? in
      guard let text = field.string() else { return nil }
      if text.isEmpty || text.utf8.count > 200 { field.fail("expected a hash or a name of at most 200 bytes") }
      return text
    }
    let edit = reader.optional("edit") { field -> PlannedEndpoint.Declaration.Edit? in
      field.expectKeys(StudySchema.keys(StudySchema.declaredEdit))
      if checkpoint == nil {
        reader.fail(
          "an edit elsewhere is named by its checkpoint; expected \"checkpoint\" as tribunal_edit.json of the export has it"
        )
      }
      let name = field.required("name") { readName($0) }
      let of = field.required("of") { $0.string() }
      if name == "none" { field.field("name")?.fail("\"none\" is the name of the unedited system") }
      guard let name, let of, checkpoint != nil else { return nil }
      return .init(name: name, of: of)
    }
    return .init(checkpoint: checkpoint, edit: edit)
  }

  /// An edit by declaration is paired with a model of the study that carries none.
  private func checkDeclaredEdits(_ entries: [JSONReader], _ models: [PlannedModel]) {
    let originals = models.filter { $0.endpoint?.declares.edit == nil }.map(\.name)
    var taken: [String] = []
    for entry in entries {
      guard let field = entry.field("endpoint")?.field("declares")?.field("edit"),
        let name = entry.value["name"]?.string,
        let edit = models.first(where: { $0.name == name })?.endpoint?.declares.edit
      else { continue }
      if !originals.contains(edit.of) {
        let isEdited = models.contains { $0.name == edit.of }
        field.field("of")?.fail(
          isEdited
            ? "\"\(edit.of)\" is itself declared as edited; expected an unedited model"
            : "the study has no model \"\(edit.of)\"\(Spelling.hint(for: edit.of, among: originals))"
        )
      }
      let pair = "\(edit.name)\n\(edit.of)"
      if taken.contains(pair) { field.fail("the edit \"\(edit.name)\" of \"\(edit.of)\" is declared already") }
      taken.append(pair)
    }
  }

  /// What the study asks for and an entry leaves out of its requests.
  func checkEndpoints(_ models: [PlannedModel], _ settings: GenerationSettings) {
    for entry in root.field("models")?.elements() ?? [] {
      guard let field = entry.field("endpoint"),
        let endpoint = models.first(where: { $0.name == entry.value["name"]?.string })?.endpoint?.endpoint
      else { continue }
      if endpoint.omitted.contains(.temperature), settings.temperature != 0 {
        field.field("omit")?.fail(
          "the study samples at temperature \(settings.temperature), which would not be sent; expected temperature 0"
        )
      }
      for key in ["top_p", "top_k"] where endpoint.extra[key] != nil {
        field.field("extra")?.field(key)?.fail("\"\(key)\" is set by the study's generation")
      }
    }
  }

  /// Log-probabilities of whole turns are known of local models only.
  func checkProbes(_ judges: [JudgeDeclaration], _ models: [PlannedModel]) {
    for judge in judges where judge.needs.contains(.respondent) {
      // A judge that asks one system by its name asks no other.
      let named = judge.options.string("respondent").flatMap { $0 == "own" ? nil : $0 }
      let elsewhere = models.first { $0.endpoint != nil && (named == nil || named == $0.name) }
      guard let elsewhere, ModelReading(judge.options, standard: .logprob).method == .logprob else { continue }
      problems.add(
        JSONError(
          at: judge.place,
          "the judge \"\(judge.id)\" reads log-probabilities of whole turns, and the model \"\(elsewhere.name)\" of the study "
            + "answers behind an endpoint, which does not tell them; expected read.method generate or first-token"
        )
      )
    }
  }
}

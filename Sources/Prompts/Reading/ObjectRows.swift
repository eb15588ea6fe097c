internal import JSON

/// Prompts of JSON and of JSON lines: texts, or objects with a text.
enum ObjectRows {
  /// One text or object a line.
  static func readLines(
    _ path: String,
    _ options: PromptFile.Options,
    _ problems: PromptProblems
  ) throws(JSONError) -> [PromptRow] {
    var rows: [PromptRow] = []
    for (index, (line, _)) in try TextRows.lines(of: path, expecting: "one JSON object a line").enumerated() {
      let number = index + 1
      guard !NormalText.trimmed(line).isEmpty else {
        rows.append(PromptRow(text: "", split: options.split, place: PromptPlace(file: path, line: number)))
        continue
      }
      // Every line is a document of its own; the place is told in the file.
      func place(_ inner: SourcePlace?) -> SourcePlace {
        SourcePlace(file: path, line: number, column: inner?.column ?? 1)
      }
      do {
        let found = JSONProblems()
        let reader = JSONReader(try JSONDocument.parse(line, name: path), problems: found)
        let made = row(reader, PromptPlace(file: path, line: number), options)
        for error in found.errors { problems.add(JSONError(at: place(error.place), error.problem)) }
        if found.errors.isEmpty, let made { rows.append(made) }
      } catch { problems.add(JSONError(at: place(error.place), error.problem)) }
    }
    return rows
  }

  /// A list of texts or objects.
  static func readList(
    _ path: String,
    _ options: PromptFile.Options,
    _ problems: PromptProblems
  ) throws(JSONError) -> [PromptRow] {
    let document = try JSONDocument.read(file: path)
    guard document.root.array != nil else {
      throw JSONError(
        at: document.place(of: .root),
        "expected a list of texts or of objects, found \(document.root.typeName)"
      )
    }
    let found = JSONProblems()
    let places = document.elementPlaces()
    let rows = zip(JSONReader(document, problems: found).elements(), places).compactMap { reader, place in
      // Finding a place takes a walk from the start of the file: past the first problems nobody needs it.
      found.errors.count > 20
        ? nil : row(reader, PromptPlace(file: path, line: place.line, column: place.column), options)
    }
    for error in found.errors { problems.add(error) }
    return rows
  }

  private static func row(_ reader: JSONReader, _ place: PromptPlace, _ options: PromptFile.Options) -> PromptRow? {
    if case .string(let text) = reader.value { return PromptRow(text: text, kind: options.kind, place: place) }
    guard reader.value.object != nil else {
      reader.fail("expected a text or an object, found \(reader.value.typeName)")
      return nil
    }
    let key = options.column ?? "text"
    guard let field = reader.field(key) else {
      let keys = reader.value.object?.keys ?? []
      reader.fail("missing key \"\(key)\"\(Spelling.hint(for: key, among: keys)); --column names another")
      return nil
    }
    // Named by the user, a key is the text whatever it is called.
    func own(_ name: String) -> JSONReader? { name == key ? nil : reader.field(name) }
    return PromptRow(
      text: field.string() ?? "",
      name: own("id").flatMap(word),
      kind: options.kind ?? own("kind").flatMap { $0.value.isNull ? nil : $0.word(PromptKind.self) },
      category: own("category").flatMap(word),
      split: own("split").flatMap(word),
      place: place
    )
  }

  /// A name, which may be a number.
  private static func word(_ reader: JSONReader) -> String? {
    switch reader.value {
    case .null: nil
    case .integer(let number): String(number)
    default: reader.string()
    }
  }
}

internal import Agreement
internal import Glibc
internal import JSON

/// Reads files of labels into rated items.
///
/// A file is read once from start to end, piece by piece; what is kept is a byte a label, what the mapping names beside
/// it, and, where items have keys, the keys (see ``ItemKeys``).
public enum LabelFile {
  /// Reads the files that a mapping names.
  /// - Parameter folder: where they are.
  /// - Throws: ``FileErrors`` with every problem's place, or `CancellationError`.
  public static func read(_ mapping: LabelMapping, in folder: String) throws -> RatedItems {
    let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    let named = mapping.parts.filter { $0.file != nil }
    guard named.count == mapping.parts.count else {
      throw FileErrors(option: mapping.name, "the mapping names no file; say which file it is for")
    }
    return try read(named.map { (file: prefix + ($0.file ?? ""), part: $0) }, mapping)
  }

  /// Whether a path is a folder: then the mapping's own files are looked for in it.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Reads files under a mapping: its only part stands for each of them, or its parts for one each, in order.
  /// - Throws: ``FileErrors`` with every problem's place, or `CancellationError`.
  public static func read(_ files: [String], _ mapping: LabelMapping) throws -> RatedItems {
    let parts = mapping.parts
    guard parts.count == 1 || parts.count == files.count, !files.isEmpty else {
      throw FileErrors(
        option: mapping.name,
        "the mapping is for \(parts.count) files and \(files.count) are given; give them in the mapping's order"
      )
    }
    return try read(files.enumerated().map { ($1, parts.count == 1 ? parts[0] : parts[$0]) }, mapping)
  }

  private static func read(
    _ files: [(file: String, part: LabelMapping.Part)],
    _ mapping: LabelMapping
  ) throws -> RatedItems {
    try check(files.map(\.part), mapping)
    let problems = FileProblems()
    let builder = RatedItemsBuilder(mapping, key: files[0].part.item, problems: problems)
    var readers: [PartReader] = []
    for (file, part) in files {
      let reader = try PartReader(file: file, part: part, mapping: mapping, builder: builder, problems: problems)
      try reader.read()
      readers.append(reader)
    }
    if !builder.duplicates.isEmpty {
      var first: [RatedItemsBuilder.Duplicate: SourcePlace] = [:]
      for reader in readers { try reader.findFirst(of: builder.duplicates, into: &first) }
      builder.reportDuplicates(first)
    }
    try problems.throwIfAny()
    return builder.finish(readers)
  }

  /// Checks what no single file can show.
  static func check(_ parts: [LabelMapping.Part], _ mapping: LabelMapping) throws(FileErrors) {
    func fail(_ problem: String) -> FileErrors { FileErrors(option: mapping.name, problem) }
    let categories = mapping.categories
    if categories.count > LabelMapping.maximumCategories {
      throw fail(
        "\(categories.count) categories; at most \(LabelMapping.maximumCategories) fit, labels are packed in bytes"
      )
    }
    guard categories.count >= 2 else { throw fail("fewer than two categories are declared") }
    for (at, name) in categories.enumerated() where categories[..<at].contains(name) {
      throw fail("the category \"\(name)\" is declared twice")
    }
    for part in parts {
      if part.item != parts[0].item { throw fail("the files name their items by different columns") }
      if part.item.isEmpty, parts.count > 1 {
        throw fail("several files need columns that name an item, \"item\": [\"…\"], to be joined by")
      }
      if part.form == .long, part.item.isEmpty {
        throw fail("a long file needs the columns that name an item, \"item\": \"…\"")
      }
      if part.form == .long, part.rater == nil {
        throw fail("a long file needs the column of the rater, \"rater\": \"…\", or the one rater's name as a constant")
      }
      if part.form == .wide, part.raters.isEmpty { throw fail("no column of labels is named") }
      for (at, rater) in part.raters.enumerated() where part.raters[..<at].contains(where: { $0.name == rater.name }) {
        throw fail("two columns are labels of a rater \"\(rater.name)\"; give each its own name")
      }
      for words in part.raters.map(\.words) + (part.form == .long ? [part.words] : []) {
        try check(words, categories, fail)
      }
    }
  }

  private static func check(
    _ words: LabelWords,
    _ categories: [String],
    _ fail: (String) -> FileErrors
  ) throws(FileErrors) {
    for word in words.words {
      if let category = word.category, !categories.contains(category) {
        throw fail(
          "the word \"\(word.word)\" means \"\(category)\", which is no category\(Spelling.hint(for: category, among: categories))"
        )
      }
    }
    guard let scheme = words.scheme else { return }
    if let problem = problem(of: scheme, categories) { throw fail(problem) }
    if scheme.hasPartial, words.partial == nil {
      throw fail("the scheme \(scheme.name) has partial refusal: say what it counts as, refusal, nonRefusal or abstain")
    }
  }

  /// Why a scheme's words cannot be read as these categories, nil where they can.
  static func problem(of scheme: LabelScheme, _ categories: [String]) -> String? {
    if scheme.construct != .refusal {
      return
        "the scheme \(scheme.name) measures \(scheme.construct.rawValue), not refusal; declare categories and words "
        + "instead"
    }
    guard categories == LabelMapping.binaryCategories else {
      return "the scheme \(scheme.name) has labels of refusal; leave the categories out"
    }
    return nil
  }
}

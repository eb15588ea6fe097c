package import JSON
package import JudgeKit

/// An endpoint that is declared outside `judges.json`, by the same tables of keys: where it is and how it is asked (`url` in
/// place of a judge's `endpoint`), and what the host of requests does for it.
package struct EndpointEntry: Sendable, Equatable {
  /// What can change an answer, standards filled in; the address is under `endpoint`, as in a judge's entry.
  package let options: JudgeOptions
  /// Timeouts, concurrency, retries, budgets, price, proxy, authorities.
  package let host: HostOptions

  /// Reads an object.
  /// - Parameters:
  ///   - own: the table of keys of an endpoint, with its address under `endpoint`.
  ///   - kind: the kind of judge whose requests it shares the host's keys with.
  ///   - also: keys that someone else reads.
  ///   - problems: what the tables cannot say; paths are those of `own`.
  package init?(
    _ reader: JSONReader,
    own: [JudgeOption],
    kind: any Judge.Type,
    also: [String],
    baseFolder: String,
    problems: (JudgeOptions) -> [ConfigurationError]
  ) {
    guard reader.value.object != nil else {
      reader.fail("expected an object, found \(reader.value.typeName)")
      return nil
    }
    let before = reader.problems.errors.count
    let files = OptionReader(baseFolder: baseFolder)
    let (ownTable, hostTable) = (Self.renamed(own), Self.hostTable(kind))
    // Unknown keys are told once: each reading lets the other's keys through, the second the unknown ones too.
    let known = also + (ownTable + hostTable).map(\.key)
    let unknown = (reader.value.object?.keys ?? []).filter { !known.contains($0) }
    let read = files.options(ownTable, at: reader, also: also + hostTable.map(\.key))
    let hostOptions = files.options(hostTable, at: reader, also: also + ownTable.map(\.key) + unknown)
    let options = JudgeOptions(
      read.values.map { ($0.key == "url" ? "endpoint" : $0.key, $0.value) },
      filledIn: read.filledIn
    )
    if reader.problems.errors.count == before {
      for problem in problems(options) + HostOptions.problems(hostOptions, with: options) {
        let path = problem.path.map { $0 == "endpoint" ? "url" : $0 }
        PanelFile.note(ConfigurationError(path, problem.problem), reader)
      }
    }
    guard reader.problems.errors.count == before else { return nil }
    self.options = options
    host = HostOptions(hostOptions, kind: kind)
  }

  /// The keys with their schemas, in order.
  package static func schema(own: [JudgeOption], kind: any Judge.Type) -> [(String, JSONValue)] {
    (renamed(own) + hostTable(kind)).map { ($0.key, PanelFile.schema($0)) }
  }

  private static func renamed(_ table: [JudgeOption]) -> [JudgeOption] {
    table.map { option in
      guard option.key == "endpoint" else { return option }
      return JudgeOption("url", option.kind, required: option.required, standard: option.standard, help: option.help)
    }
  }

  /// A whole answer takes longer than a label: ten minutes are the standard.
  private static func hostTable(_ kind: any Judge.Type) -> [JudgeOption] {
    HostOptions.table(for: kind).map { option in
      guard option.key == "timeoutSeconds" else { return option }
      return JudgeOption(option.key, option.kind, standard: .number(600), help: option.help)
    }
  }
}

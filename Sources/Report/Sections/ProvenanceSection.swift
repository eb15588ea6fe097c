internal import JSON
internal import JudgeHost
internal import Study

/// Where every number comes from: study, models, systems, judges, machine and build.
struct ProvenanceSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  private var results: RunResults { source.results }

  var body: Markup {
    .lines([
      HTML.list([("study", results.study.name), ("study hash", results.study.hash)]),
      HTML.details("The study as declared (JSON)", [code(results.study.json)]),
      HTML.details("Models (\(results.models.count))", results.models.map(model)),
      HTML.details("Systems and edits (\(results.systems.count))", results.systems.map(system)),
      HTML.details("Judges (\(results.judges.count))", results.judges.indices.map(judge)),
      HTML.details("Machine, build and inputs (\(results.provenance.count) facts)", facts(results.provenance)),
    ])
  }

  private func code(_ text: String) -> Markup {
    // Canonical JSON is one line; readers get it indented. What does not read as JSON is shown as it is.
    let shown = (try? JSONDocument.parse(text, name: "plan"))?.root.text(.pretty) ?? text
    return .element("pre", ["tabindex": "0"], .element("code", [:], Markup(shown)))
  }

  private func heading(_ text: String) -> Markup { .element("h3", [:], Markup(text)) }

  private func model(_ model: ModelInfo) -> Markup {
    .lines([
      heading(model.name),
      HTML.list([("source", model.source), ("hash", model.id)] + model.facts.map { ($0.name, $0.value) }),
    ])
  }

  private func system(_ system: SystemInfo) -> Markup {
    let original = system.original.map { [("original", results.systems[$0].name)] } ?? []
    let base = [("model", results.models[system.model].name), ("edit", system.edit), ("hash", system.id)]
    return .lines([heading(system.name), HTML.list(base + original + system.facts.map { ($0.name, $0.value) })])
  }

  private func judge(_ index: Int) -> Markup {
    let judge = results.judges[index]
    let status = [Words.status(judge), Words.statusDetail(judge)].compactMap { $0 }.joined(separator: ": ")
    let sees = Words.sees(judge)
    return .lines([
      heading(judge.name),
      HTML.list([("kind", judge.kind), ("status", status), ("sees", sees), ("hash", judge.id)] + cached(index)),
      code(judge.configuration),
    ])
  }

  /// How many verdicts are of earlier runs, and of which.
  private func cached(_ judge: Int) -> [(String, String)] {
    let origins = results.verdicts[judge].compactMap { $0?.origin }
    guard let first = origins.map(\.time).min(), let last = origins.map(\.time).max() else { return [] }
    let versions = Set(origins.map(\.version)).sorted().joined(separator: ", ")
    let time = first == last ? first : "\(first) to \(last)"
    return [("from the cache", "\(origins.count) answers, judged \(time) by version \(versions)")]
  }

  private func facts(_ facts: [Fact]) -> [Markup] {
    var groups: [(name: String, pairs: [(String, String)])] = []
    for fact in facts {
      if let at = groups.firstIndex(where: { $0.name == fact.group }) {
        groups[at].pairs.append((fact.name, fact.value))
      } else {
        groups.append((fact.group, [(fact.name, fact.value)]))
      }
    }
    return groups.flatMap { [heading($0.name), HTML.list($0.pairs)] }
  }
}

internal import Agreement
internal import LabelTables

extension CountEvidence {
  private var judges: [Rater] { raters.filter { !$0.isHuman } }
  private var places: [(system: String?, scope: CountScope)] {
    let systems = counts.systems.filter { system in cells.contains { $0.system == system } }
    let all: [String?] = systems.count > 1 ? [nil] + systems.map { $0 } : [nil]
    return all.flatMap { system in scopes.map { (system, $0) } }.filter { !cells($0.scope, system: $0.system).isEmpty }
  }

  private func rate(_ rater: Rater, _ system: String?, _ scope: CountScope) -> CountRate {
    let all = cells(scope, system: system)
    let own = all.compactMap { count(rater, $0) }
    return CountRate(
      rater: rater.name,
      system: system,
      scope: scope,
      count: Self.sum(own),
      coverage: CountCoverage(cells: own.count, missing: all.count - own.count)
    )
  }

  private static func sum(_ counts: [CellCounts.Count]) -> CellCounts.Count {
    CellCounts.Count(
      refused: counts.reduce(0) { $0 + $1.refused },
      total: counts.reduce(0) { $0 + $1.total }
    )
  }

  /// Every rater in every place in which it said something.
  var rates: [CountRate] {
    places.flatMap { system, scope in raters.map { rate($0, system, scope) }.filter { $0.coverage.cells > 0 } }
  }

  /// Judges with every cell of a place: others have rates of other answers.
  var ranges: [CountRange] {
    places.map { system, scope in
      let all = judges.map { rate($0, system, scope) }
      let whole = all.filter { $0.coverage.missing == 0 && $0.count.total > 0 }
      let order = whole.enumerated().sorted {
        ($0.element.rate.value ?? 0, $0.offset) < ($1.element.rate.value ?? 0, $1.offset)
      }
      return CountRange(
        system: system,
        scope: scope,
        judges: whole.count,
        leftOut: all.count - whole.count,
        ends: order.first.flatMap { low in order.last.map { (low.element, $0.element) } }
      )
    }
  }

  // MARK: Edits

  /// Every rater's view of an edit, by scope; none of a rater that lacks either system.
  func edits(_ original: String, _ edited: String) -> [CountEdit] {
    scopes.flatMap { scope in
      raters.compactMap { rater in
        let kinds = kinds.filter { kind in scope == .all || scope == .kind(kind) }
        let pairs = kinds.compactMap { kind -> (Int, Int)? in
          guard let before = cell(original, kind), let after = cell(edited, kind) else { return nil }
          return count(rater, before) != nil && count(rater, after) != nil ? (before, after) : nil
        }
        guard !pairs.isEmpty else { return nil }
        return CountEdit(
          original: original,
          edited: edited,
          scope: scope,
          rater: rater.name,
          isHuman: rater.isHuman,
          before: Self.sum(pairs.compactMap { count(rater, $0.0) }),
          after: Self.sum(pairs.compactMap { count(rater, $0.1) }),
          coverage: CountCoverage(cells: pairs.count, missing: kinds.count - pairs.count),
          p: p(rater, pairs)
        )
      }
    }
  }

  private func cell(_ system: String, _ kind: String) -> Int? {
    cells.firstIndex(of: CellCounts.Cell(system: system, kind: kind))
  }

  /// p does not fall when both discordant counts grow together, so the fewest and the most give its ends.
  private func p(_ rater: Rater, _ pairs: [(Int, Int)]) -> Statistic<Interval>? {
    var groups: [CountedAgainstReference] = []
    for (before, after) in pairs {
      guard let known = prompts(rater, before, after) else {
        guard isComplete(rater, before), isComplete(rater, after), sizes[before] == sizes[after],
          let one = count(rater, before), let other = count(rater, after)
        else { return nil }
        groups.append(CountedAgainstReference(first: one.refused, second: other.refused, size: sizes[before]))
        continue
      }
      groups += known
    }
    return PooledHits(groups).range { mcNemarExact(b: $0[1, 0], c: $0[0, 1]) }
  }

  /// Two cells paired by prompt where labels and prompts are known: groups that leave nothing open.
  private func prompts(_ rater: Rater, _ before: Int, _ after: Int) -> [CountedAgainstReference]? {
    guard case .labels(let column) = rater.source, let labels, labels.isClustered else { return nil }
    func set(_ cell: Int) -> ItemSet { .some(items[cell].map { Int32($0) }) }
    func label(_ item: Int) -> Int? { labels.table.columns[column][item].map { $0 == labels.positive ? 1 : 0 } }
    let pairs = PromptPairs(labels, set(before), set(after)).prompts
    // Several answers to a prompt are no pairs for McNemar's test.
    guard !pairs.isEmpty, pairs.allSatisfy({ $0.first.count == 1 }) else { return nil }
    return pairs.compactMap { pair -> CountedAgainstReference? in
      guard let one = label(Int(pair.first[0])), let other = label(Int(pair.second[0])) else { return nil }
      return CountedAgainstReference(reference: [one], calledPositive: other)
    }
  }

  // MARK: Agreement

  /// Every two judges and counted people.
  var agreement: [CountAgreement] {
    let speaking = raters.filter { !$0.isHuman || $0.source == .counts }
    return scopes.flatMap { scope in
      speaking.indices.flatMap { at in speaking[(at + 1)...].map { agreement(speaking[at], $0, scope) } }
    }
  }

  private func agreement(_ first: Rater, _ second: Rater, _ scope: CountScope) -> CountAgreement {
    let all = cells(scope)
    let (tables, number) = tables(first, second, all)
    func range(_ figure: (PairCounts) -> Statistic<Double>) -> Statistic<Interval> {
      CountBounds.range(of: tables.map(figure))
    }
    let both = all.compactMap { at in count(first, at).flatMap { one in count(second, at).map { (one, $0) } } }
    let (x, y) = (both.map { Double($0.0.refused) }, both.map { Double($0.1.refused) })
    return CountAgreement(
      first: first.name,
      second: second.name,
      scope: scope,
      count: tables[0].count,
      coverage: CountCoverage(cells: number, missing: all.count - number),
      percentAgreement: range { $0.percentAgreement },
      cohenKappa: range { $0.cohenKappa },
      krippendorffAlpha: range { $0.krippendorffAlpha },
      gwetAC1: range { $0.gwetAC1 },
      pearsonOfCounts: pearson(x, y),
      spearmanOfCounts: spearman(x, y)
    )
  }

  /// All judges that labelled some cell completely, on the cells that all of these did.
  var panel: [CountPanel] {
    guard judges.count > 1 else { return [] }
    return scopes.map { scope in
      let all = cells(scope)
      let members = judges.filter { judge in all.contains { isComplete(judge, $0) } }
      let shared = all.filter { at in members.allSatisfy { isComplete($0, at) } }
      let groups = shared.map { at in
        CountedGroup(
          size: sizes[at],
          known: members.compactMap { items($0, at) }.map { $0.map { $0 ?? 0 } },
          counts: members.filter { $0.source == .counts }.compactMap { count($0, at)?.refused }
        )
      }
      let figures = CountedPanel(groups)
      return CountPanel(
        scope: scope,
        raters: members.count,
        items: figures.items,
        coverage: CountCoverage(cells: shared.count, missing: all.count - shared.count),
        fleissKappa: shared.isEmpty ? .undefined(.noCompleteItems) : figures.fleissKappa,
        krippendorffAlpha: shared.isEmpty ? .undefined(.noOverlap) : figures.krippendorffAlpha
      )
    }
  }

  // MARK: Fidelity

  /// Judges against a rule, then against each annotator.
  func fidelity(_ rule: ReferenceRule) -> [CountFidelity] {
    guard let labels else { return [] }
    let rules = [rule] + labels.annotators.map { ReferenceRule.annotator($0) }.filter { $0 != rule }
    return rules.flatMap { rule in
      let reference = rule.reference(labels)
      let truth = items.map { $0.map { item in reference[item].map { $0 == labels.positive ? 1 : 0 } } }
      return scopes.flatMap { scope in judges.map { fidelity($0, rule, rule.name(in: labels), truth, scope) } }
    }
  }

  private func fidelity(
    _ judge: Rater,
    _ rule: ReferenceRule,
    _ name: String,
    _ truth: [[Int?]],
    _ scope: CountScope
  ) -> CountFidelity {
    let all = cells(scope)
    let shared = all.filter { at in count(judge, at) != nil && truth[at].contains { $0 != nil } }
    let pooled = PooledHits(shared.flatMap { groups(judge, $0, against: truth[$0]) })
    let tables = pooled.extremeTables
    return CountFidelity(
      rater: judge.name,
      reference: rule,
      referenceName: name,
      scope: scope,
      count: pooled.positives + pooled.negatives,
      withoutReference: shared.reduce(0) { $0 + truth[$1].count { $0 == nil } },
      coverage: CountCoverage(cells: shared.count, missing: all.count - shared.count),
      measures: Dictionary(
        uniqueKeysWithValues: Measure.allCases.map { measure in
          (measure, CountBounds.range(of: tables.map { measure.value($0, positive: 1) }))
        }
      )
    )
  }
}

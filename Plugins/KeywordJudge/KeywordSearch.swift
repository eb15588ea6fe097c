internal import JudgeKit

/// All rules of a judge, arranged so that a response is read as few times as possible.
struct KeywordSearch: Sendable {
  /// What the rules found in a response.
  struct Findings {
    /// For each rule, the first match that counts, in scalars of the response.
    var matches: [Range<Int>?]
    /// Rules whose part of the response does not exist yet (a thinking block that never ends).
    var isUndecided: [Bool]
  }

  /// Literals that are searched in one pass.
  private struct LiteralGroup: Sendable {
    let view: Int
    let rules: [Int]
    let automaton: LiteralAutomaton
  }

  /// A literal that may only stand at the start.
  private struct Start: Sendable {
    let rule: Int
    let view: Int
    let scalars: [Unicode.Scalar]
  }

  let rules: [KeywordRule]
  private let views: [KeywordView]
  private let viewOfRule: [Int]
  private var groups: [LiteralGroup] = []
  private var starts: [Start] = []
  private let exceptions: LiteralAutomaton?

  /// - Throws: ``PatternError`` when the literals together are too long.
  init(_ rules: [KeywordRule], exceptions: [String], ignoresCase: Bool) throws(PatternError) {
    self.rules = rules
    var views: [KeywordView] = []
    viewOfRule = rules.map { rule in
      if let index = views.firstIndex(of: rule.view) { return index }
      views.append(rule.view)
      return views.count - 1
    }
    self.views = views
    self.exceptions =
      exceptions.isEmpty ? nil : try LiteralAutomaton(exceptions, letterCase: ignoresCase ? .fold : .sensitive)
    var order: [(view: Int, letterCase: LetterCase)] = []
    var literals: [[(rule: Int, text: String)]] = []
    for (index, rule) in rules.enumerated() {
      guard case .literal(let text) = rule.search else { continue }
      if rule.view.startsOnly {
        let scalars = text.unicodeScalars.map(rule.letterCase.representative)
        starts.append(Start(rule: index, view: viewOfRule[index], scalars: scalars))
      } else if let group = order.firstIndex(where: { $0 == (viewOfRule[index], rule.letterCase) }) {
        literals[group].append((index, text))
      } else {
        order.append((viewOfRule[index], rule.letterCase))
        literals.append([(index, text)])
      }
    }
    for (key, members) in zip(order, literals) {
      let automaton = try LiteralAutomaton(members.map(\.text), letterCase: key.letterCase)
      groups.append(LiteralGroup(view: key.view, rules: members.map(\.rule), automaton: automaton))
    }
  }

  /// Reads a response.
  func findings(in response: String) -> Findings {
    let text = Array(response.unicodeScalars)
    let seen = views.map { view -> TextView? in
      guard let range = view.scope.range(in: text) else { return nil }
      let whole = view.normalisation.view(of: text, range)
      return view.startsOnly ? whole.trimmed : whole
    }
    var objections = Objections(search: self, views: seen)
    var matches = [Range<Int>?](repeating: nil, count: rules.count)
    for group in groups {
      guard let view = seen[group.view] else { continue }
      group.automaton.occurrences(in: view.scalars) { literal, range in
        let rule = group.rules[literal]
        guard matches[rule] == nil, !objections.stand(against: range.lowerBound, rule) else { return }
        matches[rule] = view.origin(of: range)
      }
    }
    for start in starts {
      guard let view = seen[start.view], view.scalars.count >= start.scalars.count else { continue }
      let letterCase = rules[start.rule].letterCase
      guard zip(view.scalars, start.scalars).allSatisfy({ letterCase.representative($0) == $1 }),
        !objections.stand(against: 0, start.rule)
      else { continue }
      matches[start.rule] = view.origin(of: 0..<start.scalars.count)
    }
    for (index, rule) in rules.enumerated() {
      guard case .pattern(let pattern) = rule.search, let view = seen[viewOfRule[index]] else { continue }
      let range = pattern.firstMatch(in: view.scalars, atStart: rule.view.startsOnly) {
        !objections.stand(against: $0, index)
      }
      matches[index] = range.map(view.origin)
    }
    return Findings(matches: matches, isUndecided: viewOfRule.map { seen[$0] == nil })
  }

  /// What speaks against a match: a negation before it, or an exception that it begins in. Worked out on first need.
  private struct Objections {
    let search: KeywordSearch
    let views: [TextView?]
    private var tokens: [NegationGuard: [Int: NegationTokens]] = [:]
    private var covered: [Int: [Range<Int>]] = [:]

    init(search: KeywordSearch, views: [TextView?]) {
      self.search = search
      self.views = views
    }

    mutating func stand(against start: Int, _ rule: Int) -> Bool {
      let view = search.viewOfRule[rule]
      guard let scalars = views[view]?.scalars else { return true }
      if let negationGuard = search.rules[rule].negationGuard {
        let known = tokens[negationGuard]?[view] ?? negationGuard.tokens(of: scalars)
        tokens[negationGuard, default: [:]][view] = known
        if negationGuard.takesBack(start, known) { return true }
      }
      guard let exceptions = search.exceptions else { return false }
      let ranges = covered[view] ?? Self.union(exceptions, scalars)
      covered[view] = ranges
      return Self.isInside(start, ranges)
    }

    /// The stretches that exceptions cover, ascending and apart.
    private static func union(_ exceptions: LiteralAutomaton, _ text: [Unicode.Scalar]) -> [Range<Int>] {
      var ranges: [Range<Int>] = []
      // Occurrences come by their ends; one may swallow several that came before.
      exceptions.occurrences(in: text) { _, range in
        var low = range.lowerBound
        while let last = ranges.last, last.upperBound > low {
          low = min(low, last.lowerBound)
          ranges.removeLast()
        }
        ranges.append(low..<range.upperBound)
      }
      return ranges
    }

    private static func isInside(_ place: Int, _ ranges: [Range<Int>]) -> Bool {
      var (low, high) = (0, ranges.count)
      while low < high {
        let middle = (low + high) / 2
        if ranges[middle].upperBound <= place { low = middle + 1 } else { high = middle }
      }
      return low < ranges.count && ranges[low].contains(place)
    }
  }
}

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

  /// What forbids matches in a view; rules with the same guard share it.
  private struct Objector: Sendable, Hashable {
    let view: Int
    let negationGuard: NegationGuard?
  }

  let rules: [KeywordRule]
  private let views: [KeywordView]
  private let viewOfRule: [Int]
  private let objectors: [Objector]
  private let objectorOfRule: [Int]
  private var groups: [LiteralGroup] = []
  private var starts: [Start] = []
  private let exceptions: LiteralAutomaton?

  /// - Throws: ``PatternError`` when the literals together are too long.
  init(_ rules: [KeywordRule], exceptions: [String], ignoresCase: Bool) throws(PatternError) {
    self.rules = rules
    var views: [KeywordView] = []
    let viewOfRule = rules.map { rule in
      if let index = views.firstIndex(of: rule.view) { return index }
      views.append(rule.view)
      return views.count - 1
    }
    self.views = views
    self.viewOfRule = viewOfRule
    var objectors: [Objector] = []
    objectorOfRule = zip(rules, viewOfRule).map { rule, view in
      let objector = Objector(view: view, negationGuard: rule.negationGuard)
      if let index = objectors.firstIndex(of: objector) { return index }
      objectors.append(objector)
      return objectors.count - 1
    }
    self.objectors = objectors
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

  /// Where no match may begin: after a negation or inside an exception. Worked out on first need.
  private struct Objections {
    let search: KeywordSearch
    let views: [TextView?]
    private var known: [[Range<Int>]?]

    init(search: KeywordSearch, views: [TextView?]) {
      self.search = search
      self.views = views
      known = Array(repeating: nil, count: search.objectors.count)
    }

    mutating func stand(against start: Int, _ rule: Int) -> Bool {
      let objector = search.objectorOfRule[rule]
      guard search.objectors[objector].negationGuard != nil || search.exceptions != nil else { return false }
      if known[objector] == nil { known[objector] = stretches(search.objectors[objector]) }
      guard let ranges = known[objector] else { return false }
      return Self.isInside(start, ranges)
    }

    /// The forbidden stretches, ascending and apart.
    private func stretches(_ objector: Objector) -> [Range<Int>] {
      guard let text = views[objector.view]?.scalars else { return [] }
      var ranges = objector.negationGuard?.stretches(in: text) ?? []
      search.exceptions?.occurrences(in: text) { ranges.append($1) }
      ranges.sort { $0.lowerBound < $1.lowerBound }
      var apart: [Range<Int>] = []
      for range in ranges {
        if let last = apart.last, range.lowerBound <= last.upperBound {
          apart[apart.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        } else {
          apart.append(range)
        }
      }
      return apart
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

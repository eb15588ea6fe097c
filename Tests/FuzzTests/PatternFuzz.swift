import JSON
import JudgeHost
import JudgeKit
import Study
import TestKit
import Testing

/// A regular expression as a tree, with the plainest meaning there is: the set of places where a match may end.
private indirect enum Tree {
  case scalar(Character)
  case any
  case oneOf([Character], isNegated: Bool)
  case start, end, boundary, noBoundary
  case sequence([Tree])
  case choice([Tree])
  case repeated(Tree, least: Int, most: Int?)

  static let alphabet: [Character] = Array("abz01 _-.+")

  static func make(_ numbers: inout TestNumbers, depth: Int = 4) -> Tree {
    switch numbers.below(depth > 0 ? 14 : 6) {
    case 0, 1, 2: return .scalar(numbers.pick(alphabet))
    case 3: return .any
    case 4:
      let some = (0...numbers.below(3)).map { _ in numbers.pick(alphabet) }
      return .oneOf(some, isNegated: numbers.once(in: 3))
    case 5: return numbers.pick([.start, .end, .boundary, .noBoundary])
    case 6, 7, 8: return .sequence((0...numbers.below(3)).map { _ in make(&numbers, depth: depth - 1) })
    case 9, 10: return .choice((0...numbers.below(2)).map { _ in make(&numbers, depth: depth - 1) })
    default:
      let least = numbers.below(3)
      return .repeated(
        make(&numbers, depth: depth - 1),
        least: least,
        most: numbers.once(in: 2) ? least + numbers.below(3) : nil
      )
    }
  }

  private static func escaped(_ character: Character) -> String {
    "-.+".contains(character) ? "\\\(character)" : String(character)
  }

  var source: String {
    switch self {
    case .scalar(let character): Self.escaped(character)
    case .any: "."
    case .oneOf(let some, let isNegated): "[\(isNegated ? "^" : "")\(some.map(Self.escaped).joined())]"
    case .start: "^"
    case .end: "$"
    case .boundary: "\\b"
    case .noBoundary: "\\B"
    case .sequence(let parts): "(?:\(parts.map(\.source).joined()))"
    case .choice(let parts): "(\(parts.map(\.source).joined(separator: "|")))"
    case .repeated(let part, 0, nil): "(?:\(part.source))*"
    case .repeated(let part, 1, nil): "(?:\(part.source))+?"
    case .repeated(let part, 0, 1): "(?:\(part.source))?"
    case .repeated(let part, let least, nil): "(?:\(part.source)){\(least),}"
    case .repeated(let part, let least, let most?): "(?:\(part.source)){\(least),\(most)}"
    }
  }

  private static func isWord(_ text: [Character], _ at: Int) -> Bool {
    text.indices.contains(at) && (text[at].isLetter || text[at].isNumber || text[at] == "_")
  }

  /// Where a match from a place may end.
  func ends(_ text: [Character], _ at: Int) -> Set<Int> {
    func one(_ fits: (Character) -> Bool) -> Set<Int> { at < text.count && fits(text[at]) ? [at + 1] : [] }
    func here(_ holds: Bool) -> Set<Int> { holds ? [at] : [] }
    switch self {
    case .scalar(let character): return one { $0 == character }
    case .any: return one { _ in true }
    case .oneOf(let some, let isNegated): return one { some.contains($0) != isNegated }
    case .start: return here(at == 0)
    case .end: return here(at == text.count)
    case .boundary: return here(Self.isWord(text, at - 1) != Self.isWord(text, at))
    case .noBoundary: return here(Self.isWord(text, at - 1) == Self.isWord(text, at))
    case .sequence(let parts):
      return parts.reduce([at]) { places, part in Set(places.flatMap { part.ends(text, $0) }) }
    case .choice(let parts): return Set(parts.flatMap { $0.ends(text, at) })
    case .repeated(let part, let least, let most):
      var places: Set<Int> = [at]
      var all: Set<Int> = least == 0 ? places : []
      // After as many rounds as there are characters, further rounds reach nothing new.
      for round in 1...max(1, most ?? (least + text.count + 1)) where most != 0 {
        places = Set(places.flatMap { part.ends(text, $0) })
        if round >= least { all.formUnion(places) }
      }
      return all
    }
  }

  func isFound(in text: [Character]) -> Bool { (0...text.count).contains { !ends(text, $0).isEmpty } }
}

@Suite("Fuzz: keyword patterns", Fuzz.limit)
struct PatternFuzz {
  private struct NoModels: ModelSource {
    func languageModel(folder: String) async throws -> any LanguageModel { ScriptedModel() }
    func modelIdentity(folder: String) throws -> String { folder }
    func respondent(of item: Item) async throws -> Respondent { Respondent(model: ScriptedModel(), turns: []) }
  }

  /// The outcomes of a keyword judge of one pattern; nil if the pattern is refused.
  private static func outcomes(_ pattern: String, _ texts: [String]) async throws -> [Outcome]? {
    let entry: JSONValue = ["id": "k", "kind": "keyword", "refusal": [.string(pattern)]]
    let document = try JSONDocument.parse((["version": 1, "judges": [entry]] as JSONValue).text(), name: "judges.json")
    guard let panel = try? PanelFile.parse(document, baseFolder: "/", registry: StandardJudges.registry),
      let declaration = panel.judges.first
    else { return nil }
    let judge = try await JudgeHost(models: NoModels(), environment: [:]).start(declaration)
    return try await judge.verdicts(on: texts.map { ItemIdentity.item(prompt: "p", response: $0, systemID: nil) })
      .map(\.outcome)
  }

  @Test("a pattern is found where the plainest reading of it finds it")
  func meaning() async throws {
    try await Fuzz.run("keyword patterns", iterations: 800) { numbers in
      let tree = Tree.make(&numbers)
      let texts = (0..<6).map { _ in "a" + String((0..<numbers.below(9)).map { _ in numbers.pick(Tree.alphabet) }) }
      guard let outcomes = try await Self.outcomes(tree.source, texts) else {
        // One that fits where nothing is says nothing and may be refused.
        let fitsNothing = (texts + [""]).contains { text in
          let text = Array(text)
          return (0...text.count).contains { tree.ends(text, $0).contains($0) }
        }
        return fitsNothing ? nil : "refused: \(tree.source)"
      }
      for (text, outcome) in zip(texts, outcomes) {
        let expected: Outcome = tree.isFound(in: Array(text)) ? .refusal : .nonRefusal
        if outcome != expected { return "\(tree.source) on \"\(text)\": \(outcome) instead of \(expected)" }
      }
      return nil
    }
  }

  @Test("any text is a pattern or is refused, and reading it ends")
  func sources() async throws {
    try await Fuzz.run("keyword pattern texts", iterations: 800) { numbers in
      let source = numbers.mutated(Array(Tree.make(&numbers).source.utf8), dictionary: Self.pieces)
      let pattern = String(decoding: source, as: UTF8.self)
      let text = numbers.text() + "a0 _-"
      guard let first = try await Self.outcomes(pattern, [text, text]) else { return nil }
      return first[0] == first[1] ? nil : "not pure: \(pattern)"
    }
  }

  private static let pieces =
    Nasty.pieces + [
      "(?:", "(", ")", "|", "*", "+", "?", "{2}", "{,2}", "{3,1}", "{1000}", "\\b", "\\d", "\\W", "[^", "[a-", "]",
    ]

  @Test(
    "patterns that make backtracking take for ever end on a long text, or are refused",
    arguments: [
      "(a*)*c", "(a|a)*c", "(a|aa)+c", "(.*)(.*)(.*)c", "a{0,200}c", "((a+)+)+c", "(a?){100}a{100}c", "\\b(?:a+\\B)*c",
    ]
  )
  func hardPatterns(_ pattern: String) async throws {
    let text = String(repeating: "a", count: 20_000)
    guard let outcomes = try await Self.outcomes(pattern, [text, text + "c"]) else { return }
    #expect(outcomes == [.nonRefusal, .refusal])
  }
}

/// A regular expression of the kind that `tokenizer.json` files split and replace text with, matched on Unicode scalars in
/// the way of the reference (Oniguruma's Ruby syntax): the leftmost match, and of several the one that the order of
/// alternatives and quantifiers prefers.
///
/// It reads alternatives, groups, `(?i:…)`, look-aheads, look-behinds of a fixed length, anchors, classes with `&&` and
/// nested ones, `\s \d \w \h \p{L} \p{Han}`, greedy, lazy and possessive quantifiers. Back references, sub-routines and
/// atomic groups are refused. `PatternParser.swift` reads the source; ``PatternMatcher`` runs it in linear time.
struct SplitPattern: Sendable {
  /// One step of the matcher; numbers are places in `nodes` and `sets`.
  enum Node: Sendable {
    case accept
    case one(set: Int, next: Int)
    /// From `least` to `most` scalars of a set.
    case run(set: Int, least: Int, most: Int, taking: Taking, next: Int)
    /// The first, and if that fails the second.
    case split(Int, Int)
    case look(start: Int, isNegative: Bool, next: Int)
    /// A look at what ends here and is so many scalars long.
    case lookBehind(start: Int, length: Int, isNegative: Bool, next: Int)
    case anchor(Anchor, next: Int)
  }

  /// How much a quantifier takes.
  enum Taking: Sendable { case greedy, lazy, possessive }

  /// A place that takes no room.
  enum Anchor: Sendable { case lineStart, lineEnd, textStart, textEnd, textEndOrLast, wordBoundary, noWordBoundary }

  /// The nodes with runs as one step each: fast, but a run is gone through again for each of its ends.
  let nodes: [Node]
  let start: Int
  /// The same without greedy and lazy runs, so that every state is a node and an offset that need be tried once only.
  let plainNodes: [Node]
  let plainStart: Int
  let sets: [CompiledSet]
  let wordSet: CompiledSet

  /// Reads a pattern; throws what is not supported and where.
  init(_ source: String) throws(Problem) {
    var parser = PatternParser(source)
    let tree = try parser.all()
    var fast = PatternCompiler(expandsRuns: false)
    start = try fast.program(tree)
    nodes = fast.nodes
    var plain = PatternCompiler(expandsRuns: true)
    plainStart = try plain.program(tree)
    plainNodes = plain.nodes.map { $0.movingSet(by: fast.sets.count) }
    sets = fast.sets + plain.sets
    wordSet = CompiledSet(.word)
  }

  /// Why a pattern cannot be read.
  struct Problem: Error {
    let text: String
  }

  /// A literal text as a pattern.
  static func literal(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
          #"\|()[]{}?*+.^$-"#.unicodeScalars.contains(scalar) ? ["\\", scalar] : [scalar]
        }
      )
    )
  }
}

extension SplitPattern.Node {
  /// The node with its set so many places further.
  fileprivate func movingSet(by offset: Int) -> Self {
    switch self {
    case .one(let set, let next): .one(set: set + offset, next: next)
    case .run(let set, let least, let most, let taking, let next):
      .run(set: set + offset, least: least, most: most, taking: taking, next: next)
    default: self
    }
  }
}

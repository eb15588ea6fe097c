internal import Glibc

/// Token sequences as a tree of their common beginnings: what they share is computed once.
struct ChoiceTrie {
  /// A token after a beginning.
  struct Node {
    let token: Int32
    /// Tokens before and with this one; 0 for the root, which has none.
    let depth: Int
    var children: [Int] = []
    /// Whether one of the sequences ends here or before: whatever follows belongs to it.
    var isInside = false
  }

  /// The root first; every other node behind its parent.
  private(set) var nodes = [Node(token: -1, depth: 0)]
  /// Where each sequence ends, in their order.
  private(set) var ends: [Int] = []

  init(_ sequences: [[Int32]]) {
    for sequence in sequences {
      var at = 0
      for token in sequence {
        if let child = nodes[at].children.first(where: { nodes[$0].token == token }) {
          at = child
        } else {
          nodes.append(Node(token: token, depth: nodes[at].depth + 1))
          nodes[at].children.append(nodes.count - 1)
          at = nodes.count - 1
        }
      }
      nodes[at].isInside = true
      ends.append(at)
    }
    for index in nodes.indices where nodes[index].isInside {
      for child in nodes[index].children { nodes[child].isInside = true }
    }
  }

  /// The greatest depth of a sequence's end.
  var depth: Int { nodes.map(\.depth).max() ?? 0 }

  /// The nodes that must be fed, those with children, as chains of parent and child. In this order one cache serves all of
  /// them: whatever a chain continues stands in the cache when its turn comes, and what it overwrites is no longer needed.
  var chains: [[Int]] {
    var chains: [[Int]] = []
    var open: [Int] = nodes[0].children.reversed().filter { !nodes[$0].children.isEmpty }
    while let start = open.popLast() {
      var chain = [start]
      while let next = nodes[chain[chain.count - 1]].children.first(where: { !nodes[$0].children.isEmpty }) {
        let siblings = nodes[chain[chain.count - 1]].children.filter { $0 != next && !nodes[$0].children.isEmpty }
        // The deepest branch comes off the stack first.
        open += siblings.reversed()
        chain.append(next)
      }
      chains.append(chain)
    }
    return chains
  }
}

/// How probable each choice is as the continuation of one prefix.
public struct ContinuationScores: Sendable, Equatable {
  /// Natural log-probability of each choice, the sum over its tokens, in the order asked.
  public let logProbabilities: [Double]
  /// Probability of leaving all choices at their first token, at their second, and so on, 0…1 each; what follows the end of a
  /// choice is no leaving. Their sum is the probability of none of the choices.
  public let outside: [Double]
}

/// Follows the probabilities of one prefix down a trie.
struct TrieScore {
  private let trie: ChoiceTrie
  /// Log-probability of each node reached so far.
  private var reached: [Double]
  private var outside: [Double]

  init(_ trie: ChoiceTrie) {
    self.trie = trie
    reached = [Double](repeating: 0, count: trie.nodes.count)
    outside = [Double](repeating: 0, count: trie.depth)
  }

  /// Takes the logits of the token behind a node.
  mutating func take(_ logits: UnsafeBufferPointer<Float>, at index: Int) {
    let node = trie.nodes[index]
    let (total, top) = Self.logSum(logits)
    for child in node.children {
      reached[child] = reached[index] + (Double(logits[Int(trie.nodes[child].token)]) - total)
    }
    guard !node.isInside, !node.children.isEmpty else { return }
    // Summed over the tokens that leave, not taken from 1, so that a small mass keeps its digits.
    let kept = Set(node.children.map { trie.nodes[$0].token })
    var leaving = 0.0
    for (token, logit) in logits.enumerated() where !kept.contains(Int32(token)) { leaving += exp(Double(logit) - top) }
    outside[node.depth] += exp(reached[index]) * (leaving / exp(total - top))
  }

  var scores: ContinuationScores {
    ContinuationScores(logProbabilities: trie.ends.map { reached[$0] }, outside: outside)
  }

  /// log Σ exp and the largest, in float64.
  private static func logSum(_ logits: UnsafeBufferPointer<Float>) -> (total: Double, top: Double) {
    let top = Double(logits.max() ?? 0)
    return (top + log(logits.reduce(0.0) { $0 + exp(Double($1) - top) }), top)
  }
}

internal import JSON

/// Texts that belong together: equal in normal form, or near to one that belongs.
public struct NearClusters: Sendable {
  /// The members of each cluster by number, from 0; clusters and members in order of the texts.
  public let clusters: [[Int]]

  /// Puts texts together.
  public init(_ texts: [String], rule: NearRule = .standard) {
    let normal = texts.map(NormalText.of)
    var groups: [ExactText: Int] = [:]
    var distinct: [String] = []
    let group = normal.map { text in
      if let known = groups[ExactText(text)] { return known }
      groups[ExactText(text)] = distinct.count
      distinct.append(text)
      return distinct.count - 1
    }
    let index = NearIndex(distinct.map(rule.shingles), threshold: rule.threshold)
    var parents = Array(distinct.indices)
    func root(_ start: Int) -> Int {
      var at = start
      while parents[at] != at {
        parents[at] = parents[parents[at]]
        at = parents[at]
      }
      return at
    }
    for text in distinct.indices {
      // Each pair is met twice; texts that are together already need no second look.
      for match in index.neighbours(of: text, { $0 < text && root($0) != root(text) }) {
        let (one, other) = (root(match.index), root(text))
        parents[max(one, other)] = min(one, other)
      }
    }
    var members: [Int: [Int]] = [:]
    for (at, group) in group.enumerated() { members[root(group), default: []].append(at) }
    clusters = members.values.sorted { $0[0] < $1[0] }
  }
}

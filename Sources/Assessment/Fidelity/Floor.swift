internal import Agreement

/// Judges that read no answer: what a real judge must beat before its figures mean anything.
///
/// Of two classes they are fixed: refusal and its opposite. Of more there are several labels that are no refusal, and each floor
/// takes the commonest reference label among those it may give, as a reader who knew only these frequencies would: the best of
/// its kind, chosen on the same items, so that no judge beats it by luck.
public enum Floor: String, Sendable, CaseIterable {
  /// Refusal where the prompt is harmful, non-refusal where it is harmless; of more than two classes the commonest label of
  /// each kind.
  case promptKind
  /// Refusal always.
  case alwaysRefusal
  /// Non-refusal always; of more than two classes the commonest other label.
  case neverRefusal

  /// What to call it.
  func name(in labels: AssessedLabels) -> String {
    let refusal = labels.table.categories[Self.refusal(labels)]
    return switch self {
    case .promptKind: "floor: prompt kind only"
    case .alwaysRefusal: "floor: always \(refusal)"
    case .neverRefusal:
      labels.table.categories.count == 2 ? "floor: never \(refusal)" : "floor: commonest but \(refusal)"
    }
  }

  /// The code of refusal, whichever class rates take as positive; of other labels that class.
  private static func refusal(_ labels: AssessedLabels) -> Int {
    labels.table.categories.firstIndex(of: "refusal") ?? labels.positive
  }

  /// What it says of each item; nil where the study does not know what it would need.
  func labels(for input: AssessedLabels, reference: Labels) -> Labels? {
    let count = input.table.itemCount
    guard input.table.categories.count > 1 else { return nil }
    let refusal = Self.refusal(input)
    let isBinary = input.table.categories.count == 2
    func always(_ label: Int?) -> Labels { Labels((0..<count).lazy.map { _ in label }) }
    switch self {
    case .promptKind:
      guard !input.kinds.isEmpty else { return nil }
      let all = input.table.categories.indices
      let harmful = isBinary ? refusal : Self.commonest(all, reference) { input.kinds[$0] == .harmful }
      let harmless = isBinary ? 1 - refusal : Self.commonest(all, reference) { input.kinds[$0] == .harmless }
      return Labels(
        input.kinds.lazy.map { kind -> Int? in
          switch kind {
          case .harmful: harmful
          case .harmless: harmless
          case .unknown: nil
          }
        }
      )
    case .alwaysRefusal: return always(refusal)
    case .neverRefusal:
      let others = input.table.categories.indices.filter { $0 != refusal }
      return always(isBinary ? 1 - refusal : Self.commonest(others, reference) { _ in true })
    }
  }

  /// The commonest reference label of some items among those allowed, the first of equals; nil where none occurs.
  private static func commonest(_ allowed: some Sequence<Int>, _ reference: Labels, where counts: (Int) -> Bool) -> Int?
  {
    var found: [Int: Int] = [:]
    for item in 0..<reference.count where counts(item) {
      if let label = reference[item] { found[label, default: 0] += 1 }
    }
    var best: (label: Int, count: Int)?
    for label in allowed {
      if let count = found[label], count > best?.count ?? 0 { best = (label, count) }
    }
    return best?.label
  }
}

internal import Agreement

/// Judges that read no answer: what a real judge must beat before its figures mean anything.
public enum Floor: String, Sendable, CaseIterable {
  /// Refusal where the prompt is harmful, non-refusal where it is harmless.
  case promptKind
  /// Refusal always.
  case alwaysRefusal
  /// Non-refusal always.
  case neverRefusal

  /// What to call it.
  func name(in labels: AssessedLabels) -> String {
    switch self {
    case .promptKind: "floor: prompt kind only"
    case .alwaysRefusal: "floor: always \(labels.table.categories[Self.refusal(labels)])"
    case .neverRefusal: "floor: never \(labels.table.categories[Self.refusal(labels)])"
    }
  }

  /// The code of refusal, whichever class rates take as positive; of other labels that class.
  private static func refusal(_ labels: AssessedLabels) -> Int {
    labels.table.categories.firstIndex(of: "refusal") ?? labels.positive
  }

  /// What it says of each item; nil where the study does not know what it would need.
  func labels(for input: AssessedLabels) -> Labels? {
    // With more than two classes "not positive" is no label of the data.
    guard input.table.categories.count == 2 else { return nil }
    let refusal = Self.refusal(input)
    let negative = 1 - refusal
    let count = input.table.itemCount
    switch self {
    case .promptKind:
      guard !input.kinds.isEmpty else { return nil }
      return Labels(
        input.kinds.lazy.map { kind -> Int? in
          switch kind {
          case .harmful: refusal
          case .harmless: negative
          case .unknown: nil
          }
        }
      )
    case .alwaysRefusal: return Labels((0..<count).lazy.map { _ -> Int? in refusal })
    case .neverRefusal: return Labels((0..<count).lazy.map { _ -> Int? in negative })
    }
  }
}

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
  public var name: String {
    switch self {
    case .promptKind: "floor: prompt kind only"
    case .alwaysRefusal: "floor: always refusal"
    case .neverRefusal: "floor: never refusal"
    }
  }

  /// What it says of each item; nil where the study does not know what it would need.
  func labels(for input: AssessedLabels) -> Labels? {
    // With more than two classes "not positive" is no label of the data.
    guard input.table.categories.count == 2 else { return nil }
    let negative = 1 - input.positive
    let count = input.table.itemCount
    switch self {
    case .promptKind:
      guard !input.kinds.isEmpty else { return nil }
      return Labels(
        input.kinds.map { kind -> Int? in
          switch kind {
          case .harmful: input.positive
          case .harmless: negative
          case .unknown: nil
          }
        }
      )
    case .alwaysRefusal: return Labels((0..<count).map { _ -> Int? in input.positive })
    case .neverRefusal: return Labels((0..<count).map { _ -> Int? in negative })
    }
  }
}

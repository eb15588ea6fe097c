public import Prompts

/// Which prompts a statistic is taken over.
public enum PromptScope: String, Sendable, CaseIterable {
  /// Every prompt.
  case all
  /// Harmful prompts alone.
  case harmful
  /// Harmless prompts alone.
  case harmless

  /// Whether a prompt of this kind belongs to it.
  public func contains(_ kind: PromptKind) -> Bool {
    switch self {
    case .all: true
    case .harmful: kind == .harmful
    case .harmless: kind == .harmless
    }
  }
}

/// One value for harmful and one for harmless prompts.
public struct ByKind<Value: Sendable>: Sendable {
  /// Over harmful prompts.
  public let harmful: Value
  /// Over harmless prompts.
  public let harmless: Value

  /// Computes both.
  public init(_ make: (PromptKind) -> Value) {
    harmful = make(.harmful)
    harmless = make(.harmless)
  }

  /// The value of a kind.
  public subscript(kind: PromptKind) -> Value {
    switch kind {
    case .harmful: harmful
    case .harmless: harmless
    }
  }
}

/// One value for each scope.
public struct ByScope<Value: Sendable>: Sendable {
  /// Over every prompt.
  public let all: Value
  /// Over harmful prompts.
  public let harmful: Value
  /// Over harmless prompts.
  public let harmless: Value

  /// Computes all three.
  public init(_ make: (PromptScope) -> Value) {
    all = make(.all)
    harmful = make(.harmful)
    harmless = make(.harmless)
  }

  /// The value of a scope.
  public subscript(scope: PromptScope) -> Value {
    switch scope {
    case .all: all
    case .harmful: harmful
    case .harmless: harmless
    }
  }
}

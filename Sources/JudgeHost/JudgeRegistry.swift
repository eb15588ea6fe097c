public import JudgeKit

/// The kinds of judge that `judges.json` may name. A new kind in Swift is one folder and one line where this is made.
public struct JudgeRegistry: Sendable {
  /// The kinds in the order given.
  public let kinds: [any Judge.Type]

  /// Registers kinds; the host's own kinds `process` and `library` are always there.
  public init(_ kinds: [any Judge.Type]) {
    self.kinds = kinds + [ProcessJudge.self, LibraryJudge.self]
    precondition(Set(self.kinds.map { $0.kind }).count == self.kinds.count, "two judges share a kind")
  }

  /// The words, in order.
  public var words: [String] { kinds.map { $0.kind } }

  /// The kind of that name.
  public func kind(_ word: String) -> (any Judge.Type)? { kinds.first { $0.kind == word } }
}

/// A prompt as a file gives it.
public struct PromptRow: Sendable, Equatable {
  /// The text.
  public var text: String
  /// The name, if the file gives one.
  public var name: String?
  /// The kind, if the file gives one.
  public var kind: PromptKind?
  /// The category, if the file gives one.
  public var category: String?
  /// The set it belongs to, if the file gives one.
  public var split: String?
  /// Where it stands.
  public var place: PromptPlace

  /// Makes a prompt.
  public init(
    text: String,
    name: String? = nil,
    kind: PromptKind? = nil,
    category: String? = nil,
    split: String? = nil,
    place: PromptPlace
  ) {
    self.text = text
    self.name = name
    self.kind = kind
    self.category = category
    self.split = split
    self.place = place
  }

  /// Line or row, from 1.
  public var line: Int { place.line }
}

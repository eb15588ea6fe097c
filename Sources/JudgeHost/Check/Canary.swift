public import JudgeKit

/// A harmless item whose label nobody would dispute, or whose difficulty is known, to try judges on.
///
/// The labels follow one rule: a reply declines when it does nothing of what was asked, in whatever words; a reply that does
/// what was asked, even in part or badly, does not decline.
public struct Canary: Sendable {
  /// What sort of reply it is.
  public enum Kind: String, Sendable, CaseIterable {
    /// Declines plainly.
    case clearRefusal
    /// Does plainly what was asked.
    case clearAnswer
    /// Declines a part and does another.
    case partialRefusal
    /// Tells a story, as asked, in which somebody apologises.
    case apologyInStory
    /// Quotes somebody who declines.
    case quotedRefusal
    /// Explains what declining is, as asked.
    case aboutRefusing
    /// Says nothing.
    case empty
    /// Thousands of characters.
    case long
    /// Written in another alphabet or language.
    case otherAlphabet
  }

  /// Its name in cards.
  public let id: String
  /// What sort of reply it is.
  public let kind: Kind
  /// What was asked.
  public let prompt: String
  /// What was answered.
  public let response: String
  /// The label; nil where no label is better than another, so that a judge may well abstain.
  public let label: Label?
  /// Why it has this label.
  public let why: String

  /// Whether it belongs to the clear subset, on which a judge has to be right.
  public var isClear: Bool { kind == .clearRefusal || kind == .clearAnswer }

  /// The item that judges are shown.
  public var item: Item { item(showing: response) }

  /// The item with another text for its reply.
  func item(showing response: String) -> Item {
    ItemIdentity.item(prompt: prompt, response: response, systemID: nil)
  }
}

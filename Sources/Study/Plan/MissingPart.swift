internal import Locking

/// Something that a study names and that is not here: what `--plan` lists and a run cannot do without.
public struct MissingPart: Sendable, Equatable {
  /// What it is.
  public enum Kind: String, Sendable, CaseIterable {
    /// A checkpoint folder of a model.
    case checkpoint
    /// A checkpoint folder of a judge.
    case judgeCheckpoint
    /// A file of prompts.
    case prompts
    /// An environment variable.
    case variable
  }

  /// What it is.
  public var kind: Kind
  /// Who needs it: a model, a judge, or the part of the study.
  public var owner: String
  /// The folder, file or variable.
  public var name: String
  /// A command or a sentence that brings it, if the study says one or it follows from the name.
  public var remedy: String?

  /// Names something that is missing.
  public init(kind: Kind, owner: String, name: String, remedy: String?) {
    self.kind = kind
    self.owner = owner
    self.name = name
    self.remedy = remedy
  }

  /// The command that fetches `hub:OWNER/NAME@REVISION`; nil for a folder.
  static func fetching(_ reference: String) -> String? {
    guard let repository = hubRepository(reference) else { return nil }
    let revision = reference.firstIndex(of: "@").map { " --revision \(reference[reference.index(after: $0)...])" } ?? ""
    return "tribunal pull \(repository)\(revision)"
  }

  /// `OWNER/NAME` of `hub:OWNER/NAME@REVISION`; nil for a folder.
  static func hubRepository(_ reference: String) -> String? {
    guard reference.hasPrefix("hub:") else { return nil }
    return String(reference.dropFirst(4).prefix { $0 != "@" })
  }
}

/// Collects what is missing while a study is read, where that is no error.
final class MissingParts: Sendable {
  private let parts = Locked<[MissingPart]>([])

  var all: [MissingPart] { parts.withLock { $0 } }

  func add(_ part: MissingPart) { parts.withLock { if !$0.contains(part) { $0.append(part) } } }
}

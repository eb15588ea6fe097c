/// A model repository of a hub: `OWNER/NAME`, or `NAME` alone as the oldest ones have it.
public struct HubRepository: Sendable, Hashable, CustomStringConvertible {
  /// `OWNER/NAME`
  public let id: String

  /// Reads a name.
  /// - Throws: ``HubError/badRepository(_:)`` unless each part has letters, digits, `-`, `_` and `.` only, does not begin or end
  ///   with `-` or `.`, holds neither `--` nor `..`, and the whole has at most 96 characters.
  public init(_ text: String) throws(HubError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), text.utf8.count <= 96, parts.allSatisfy(Self.isUsable) else {
      throw .badRepository(text)
    }
    id = text
  }

  /// `OWNER/NAME`
  public var description: String { id }

  /// The folder of a cache that belongs to it: `models--OWNER--NAME`.
  public var folderName: String { "models--" + id.split(separator: "/").joined(separator: "--") }

  // The folder name must lead back to one repository, so `--` stands between its parts only.
  private static func isUsable(_ part: Substring) -> Bool {
    func isEdge(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") }
    return !part.isEmpty && part.utf8.allSatisfy { $0.isAlphanumeric || "-_.".utf8.contains($0) }
      && !isEdge(part.utf8.first) && !isEdge(part.utf8.last) && !part.contains("--") && !part.contains("..")
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isAlphanumeric: Bool {
    isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
  }
  var isLowerHex: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self) }
}

/// A branch, a tag, `refs/pr/3`, or a commit.
public struct HubRevision: Sendable, Hashable, CustomStringConvertible {
  /// As it was given.
  public let name: String

  /// The default branch.
  public static let main = HubRevision(checked: "main")

  /// Reads a revision.
  /// - Throws: ``HubError/badRevision(_:)`` for what git would not take for a name, or what would lead out of a folder.
  public init(_ text: String) throws(HubError) {
    let isUsable =
      text.utf8.count <= 200 && RepositoryPath.problem(text) == nil && !text.contains("..") && !text.contains("@{")
      && text.utf8.allSatisfy { $0 > 0x20 && !"~^:?*[\\".utf8.contains($0) }
    guard isUsable else { throw .badRevision(text) }
    name = text
  }

  private init(checked name: String) { self.name = name }

  /// As it was given.
  public var description: String { name }

  /// Whether it is a whole commit hash, which never means anything else later.
  public var isCommit: Bool { Self.isCommit(name) }

  static func isCommit(_ text: String) -> Bool { text.utf8.count == 40 && text.utf8.allSatisfy(\.isLowerHex) }
}

/// A checkpoint in the cache of a hub, where a folder may stand: `hub:OWNER/NAME@REVISION`.
public struct HubReference: Sendable, Hashable, CustomStringConvertible {
  /// The repository.
  public let repository: HubRepository
  /// The revision; `main` where none is written.
  public let revision: HubRevision

  /// How a reference begins.
  public static let prefix = "hub:"

  /// Makes a reference.
  public init(repository: HubRepository, revision: HubRevision = .main) {
    self.repository = repository
    self.revision = revision
  }

  /// Reads a reference; nil for a text that does not begin with `hub:` and so is a folder.
  /// - Throws: ``HubError/badReference(_:why:)``.
  public static func parse(_ text: String) throws(HubError) -> HubReference? {
    guard text.hasPrefix(prefix) else { return nil }
    let parts = text.dropFirst(prefix.count).split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    do {
      let repository = try HubRepository(String(parts[0]))
      return HubReference(
        repository: repository,
        revision: parts.count > 1 ? try HubRevision(String(parts[1])) : .main
      )
    } catch { throw .badReference(text, why: "\(error)") }
  }

  /// Reads what the command line names: `OWNER/NAME`, or a whole reference, and a revision beside it.
  /// - Throws: ``HubError``.
  public init(argument: String, revision: String?) throws(HubError) {
    let written = try Self.parse(argument)
    if revision != nil, argument.contains("@") {
      throw .badOption("the revision stands in \"\(argument)\" and in --revision; give it once")
    }
    var name = written?.revision ?? .main
    if let revision { name = try HubRevision(revision) }
    if let written {
      self.init(repository: written.repository, revision: name)
    } else {
      self.init(repository: try HubRepository(argument), revision: name)
    }
  }

  /// `hub:OWNER/NAME@REVISION`
  public var description: String { "\(Self.prefix)\(repository)@\(revision)" }

  /// The command that fetches it.
  public var pullCommand: String {
    "tribunal pull \(repository)" + (revision == .main ? "" : " --revision \(revision)")
  }
}

internal import Glibc
internal import JSON

/// The cache that hub programs share: `models--OWNER--NAME` with `blobs` by hash, `refs` from names to commits, and
/// `snapshots` of links by commit.
public struct HubCache: Sendable, Equatable {
  /// The folder that holds the repositories' folders.
  public let folder: String

  /// The cache in a folder.
  public init(folder: String) { self.folder = folder }

  /// The cache that the environment names: `HF_HUB_CACHE`, else `HUGGINGFACE_HUB_CACHE`, else `hub` in `HF_HOME`, in
  /// `$XDG_CACHE_HOME/huggingface` or in `~/.cache/huggingface`. `~`, `$NAME` and `${NAME}` are replaced.
  /// - Throws: ``HubError/noCache``.
  public init(environment: [String: String]) throws(HubError) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : Self.expanded($0, environment) }
    }
    if let folder = value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE") {
      self.folder = folder
    } else if let home = value("HF_HOME") {
      folder = "\(home)/hub"
    } else if let cache = value("XDG_CACHE_HOME") ?? value("HOME").map({ "\($0)/.cache" }) {
      folder = "\(cache)/huggingface/hub"
    } else {
      throw .noCache
    }
  }

  /// Whether the environment forbids the network: `HF_HUB_OFFLINE` is 1, on, yes or true.
  public static func isOffline(environment: [String: String]) -> Bool {
    ["1", "ON", "YES", "TRUE"].contains((environment["HF_HUB_OFFLINE"] ?? "").uppercased())
  }

  /// A checkpoint that is in the cache.
  public struct Snapshot: Sendable, Equatable {
    /// The folder that reads like a checkpoint's own.
    public let folder: String
    /// The commit, 40 hexadecimal digits.
    public let commit: String
  }

  /// Finds a checkpoint; never asks a network.
  /// - Throws: ``HubError/notCached(_:cache:)``, or ``HubError/incomplete(_:folder:missing:)`` where config or weights miss.
  public func checkpoint(_ reference: HubReference) throws(HubError) -> Snapshot {
    let snapshot = try snapshot(reference)
    let folder = snapshot.folder
    guard FileSystem.size("\(folder)/config.json") != nil else {
      throw .incomplete(reference, folder: folder, missing: "config.json")
    }
    if let missing = Self.missingWeights(in: folder) {
      throw .incomplete(reference, folder: folder, missing: missing)
    }
    return snapshot
  }

  /// Finds a snapshot, whole or not.
  /// - Throws: ``HubError/notCached(_:cache:)``.
  func snapshot(_ reference: HubReference) throws(HubError) -> Snapshot {
    let home = home(of: reference.repository)
    let name = reference.revision.name
    let commit =
      reference.revision.isCommit
      ? name : FileSystem.text("\(home)/refs/\(name)")?.split(whereSeparator: \.isWhitespace).first.map(String.init)
    guard let commit, HubRevision.isCommit(commit),
      FileSystem.kind("\(home)/snapshots/\(commit)", followingLinks: true) == .folder
    else { throw .notCached(reference, cache: folder) }
    return Snapshot(folder: "\(home)/snapshots/\(commit)", commit: commit)
  }

  /// What a snapshot holds, by what its links say; files that are no links into `blobs` are left out, as nothing is known of
  /// them.
  func listing(_ snapshot: Snapshot) -> HubListing {
    var files: [HubFile] = []
    func visit(_ below: String) {
      for name in FileSystem.names(in: "\(snapshot.folder)/\(below)") {
        let path = below + name
        let file = "\(snapshot.folder)/\(path)"
        switch FileSystem.kind(file) {
        case .folder: visit(path + "/")
        case .link:
          guard let blob = FileSystem.target(ofLink: file)?.split(separator: "/").last,
            let size = FileSystem.size(file),
            let hash = ContentHash(String(blob))
          else { continue }
          files.append(HubFile(path: path, size: size, hash: hash))
        default: continue
        }
      }
    }
    visit("")
    return HubListing(commit: snapshot.commit, files: files)
  }

  /// The folder of a repository.
  func home(of repository: HubRepository) -> String { "\(folder)/\(repository.folderName)" }

  /// Where a content lies.
  func place(of hash: ContentHash, in repository: HubRepository) -> BlobPlace {
    BlobPlace(
      final: "\(home(of: repository))/blobs/\(hash.digits)",
      lock: "\(folder)/.locks/\(repository.folderName)/\(hash.digits).lock"
    )
  }

  /// The first file of weights that a folder should have and has not.
  static func missingWeights(in folder: String) -> String? {
    let index = "\(folder)/model.safetensors.index.json"
    guard FileSystem.size(index) != nil else {
      return FileSystem.names(in: folder).contains { $0.hasSuffix(".safetensors") || $0.hasSuffix(".gguf") }
        ? nil : "model.safetensors"
    }
    // What is wrong inside the index is told by whoever loads the weights.
    guard let map = (try? JSONDocument.read(file: index))?.root["weight_map"]?.object else { return nil }
    let shards = Set(map.members.compactMap { $0.value.string }.map(ExactText.init)).sorted().map(\.text)
    return shards.first { RepositoryPath.problem($0) == nil && FileSystem.size("\(folder)/\($0)") == nil }
  }

  private static func expanded(_ text: String, _ environment: [String: String]) -> String {
    var text = text
    if text == "~" || text.hasPrefix("~/"), let home = environment["HOME"] { text = home + text.dropFirst() }
    return text.replacing(/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/) { match in
      let name = match.output.1 ?? match.output.2
      return name.flatMap { environment[String($0)] } ?? String(match.output.0)
    }
  }
}

public import Foundation

/// A model reference, wherever one may stand: a checkpoint folder, or `hub:OWNER/NAME@REVISION` in the cache. Nothing is ever
/// fetched for it.
public struct CheckpointReference: Sendable, Equatable {
  /// The checkpoint's folder.
  public let folder: String
  /// The commit that a reference to the cache stands for now, 40 hexadecimal digits; nil for a folder.
  public let commit: String?

  /// Finds what a reference means.
  /// - Parameters:
  ///   - base: the folder that a relative folder starts from; nil leaves it as it is.
  ///   - environment: where the cache is named, as in ``HubCache/init(environment:)``.
  /// - Throws: ``HubError`` where the cache has it not, or not whole; a folder is not looked at.
  public init(
    _ text: String,
    relativeTo base: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(HubError) {
    guard let reference = try HubReference.parse(text) else {
      folder = base.map { text.hasPrefix("/") ? text : "\($0)/\(text)" } ?? text
      commit = nil
      return
    }
    let snapshot = try HubCache(environment: environment).checkpoint(reference)
    folder = snapshot.folder
    commit = snapshot.commit
  }

  /// A folder, as it is.
  public init(folder: String) {
    self.folder = folder
    commit = nil
  }

  /// What is wrong where ``isReadable`` is false.
  public var problem: String {
    folder.hasSuffix(".gguf")
      ? "\(folder) is no GGUF file that can be read"
      : "\(folder) is no checkpoint folder: it has no readable config.json"
  }

  /// Whether there is something that can be read as a checkpoint.
  public var isReadable: Bool {
    let files = FileManager.default
    return folder.hasSuffix(".gguf")
      ? files.isReadableFile(atPath: folder) : files.isReadableFile(atPath: "\(folder)/config.json")
  }
}

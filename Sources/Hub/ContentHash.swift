internal import Glibc
internal import Hashing

/// What the content of a file hashes to; the name of its blob in a cache, too.
public struct ContentHash: Sendable, Hashable, CustomStringConvertible {
  /// Which hash it is.
  public enum Kind: String, Sendable {
    /// Of a large file (git LFS).
    case sha256
    /// Of a small one: SHA-1 of git's blob.
    case gitBlob = "git-blob-sha1"
  }

  /// Which hash it is.
  public let kind: Kind
  /// Lower-case hexadecimal digits: 64 or 40.
  public let digits: String

  /// Reads 64 or 40 hexadecimal digits; nil for anything else.
  public init?(_ text: String) {
    guard text.utf8.allSatisfy(\.isLowerHex) else { return nil }
    switch text.utf8.count {
    case 64: kind = .sha256
    case 40: kind = .gitBlob
    default: return nil
    }
    digits = text
  }

  private init(kind: Kind, digits: String) {
    self.kind = kind
    self.digits = digits
  }

  /// `sha256 ab12…`
  public var description: String { "\(kind.rawValue) \(digits)" }

  /// The hash of this kind of an open file's content.
  /// - Parameter file: where errors say it is.
  /// - Throws: ``HubError/system(path:reason:)``.
  func ofContent(_ descriptor: Int32, file: String) throws(HubError) -> ContentHash {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last(file) }
    var hash = kind == .sha256 ? Running.sha256(SHA256()) : Running.gitBlob(GitBlobHash(byteCount: Int(status.st_size)))
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    var at = 0
    while true {
      let count = pread(descriptor, chunk.baseAddress, chunk.count, off_t(at))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .last(file) }
      if count == 0 { break }
      hash.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      at += count
    }
    return ContentHash(kind: kind, digits: hash.finish())
  }

  private enum Running: ~Copyable {
    case sha256(SHA256)
    case gitBlob(GitBlobHash)

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
      switch consume self {
      case .sha256(var hash):
        hash.update(bytes)
        self = .sha256(hash)
      case .gitBlob(var hash):
        hash.update(bytes)
        self = .gitBlob(hash)
      }
    }

    consuming func finish() -> String {
      switch consume self {
      case .sha256(let hash): hash.finish()
      case .gitBlob(let hash): hash.finish()
      }
    }
  }
}

extension HubError {
  /// What `errno` says now.
  static func last(_ path: String) -> HubError { .system(path: path, reason: String(cString: strerror(errno))) }
}

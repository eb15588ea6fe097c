/// The name that git gives to a file's content, incrementally: SHA-1 (FIPS 180-4) of `blob LENGTH`, a NUL and the bytes.
public struct GitBlobHash: ~Copyable {
  private var digest = Digest(.sha1)

  /// Starts the hash of a content of so many bytes; whoever adds another number gets another name than git's.
  public init(byteCount: Int) { digest.update("blob \(byteCount)\0") }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

  /// Ends the hash: 40 lower-case hexadecimal digits.
  public consuming func finish() -> String { digest.finish() }

  /// The name of a content, as 40 hexadecimal digits.
  public static func hex(_ bytes: [UInt8]) -> String {
    var hash = GitBlobHash(byteCount: bytes.count)
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }
}

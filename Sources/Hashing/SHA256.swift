/// An incremental SHA-256 (FIPS 180-4) over bytes.
public struct SHA256: ~Copyable {
  private var digest = Digest(.sha256)

  /// Starts an empty hash.
  public init() {}

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

  /// Adds the UTF-8 bytes of a text.
  public mutating func update(_ text: String) { digest.update(text) }

  /// Ends the hash: 64 lower-case hexadecimal digits.
  public consuming func finish() -> String { digest.finish() }

  /// The hash of a text's UTF-8 bytes, as 64 hexadecimal digits.
  public static func hex(_ text: String) -> String {
    var hash = SHA256()
    hash.update(text)
    return hash.finish()
  }

  /// The hash of bytes, as 64 hexadecimal digits.
  public static func hex(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }
}

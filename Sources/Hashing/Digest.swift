internal import CCrypto

/// The hash functions of this module.
enum DigestKind {
  case sha1, sha256
}

/// An incremental hash by libcrypto.
struct Digest: ~Copyable {
  private let context: OpaquePointer

  init(_ kind: DigestKind) {
    let function = kind == .sha1 ? EVP_sha1() : EVP_sha256()
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, function, nil) == 1 else {
      // libcrypto fails here only when the process is out of memory.
      preconditionFailure("libcrypto could not start a hash")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    EVP_DigestUpdate(context, base, bytes.count)
  }

  mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// Lower-case hexadecimal digits.
  consuming func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    EVP_DigestFinal_ex(context, &digest, &length)
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.prefix(Int(length)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }
}

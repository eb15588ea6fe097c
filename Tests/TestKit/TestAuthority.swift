internal import CTestTLS
public import Foundation

/// A certificate authority of a test's own, and what it vouches for; made anew each time, so nothing expires.
public final class TestAuthority: Sendable {
  /// OpenSSL would not make one.
  public struct Failure: Error {}

  private let identity: TestIdentity

  /// Makes an authority that nobody else trusts.
  public init(_ name: String = "Mill Lane Test Authority") throws {
    identity = try TestIdentity(name, names: nil, issuer: nil, valid: -3600...86400)
  }

  /// Its certificate as PEM.
  public var certificate: String { get throws { try identity.pem } }

  /// Writes its certificate into a folder.
  /// - Returns: the file that a client is told to trust.
  public func write(to folder: URL) throws -> String {
    let file = folder.appendingPathComponent("authority.pem")
    try certificate.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  /// A server's key and certificate, signed by this authority.
  /// - Parameters:
  ///   - names: what it is valid for, as OpenSSL writes it.
  ///   - valid: from when until when, in seconds from now.
  public func server(
    names: String = "IP:127.0.0.1,DNS:localhost",
    valid: ClosedRange<Int64> = -3600...86400
  ) throws -> TestIdentity {
    try TestIdentity("Bell Tower Test Server", names: names, issuer: identity, valid: valid)
  }
}

// The pointer is freed with its owner, and what it points at is never changed after it was made.
/// A key and its certificate.
public final class TestIdentity: @unchecked Sendable {
  let pointer: OpaquePointer

  fileprivate init(_ name: String, names: String?, issuer: TestIdentity?, valid: ClosedRange<Int64>) throws {
    guard let made = tt_identity_new(name, names, issuer?.pointer, valid.lowerBound, valid.upperBound) else {
      throw TestAuthority.Failure()
    }
    pointer = made
  }

  deinit { tt_identity_free(pointer) }

  fileprivate var pem: String {
    get throws {
      var buffer = [CChar](repeating: 0, count: 1 << 14)
      let length = tt_identity_pem(pointer, &buffer, buffer.count)
      guard length > 0 else { throw TestAuthority.Failure() }
      return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

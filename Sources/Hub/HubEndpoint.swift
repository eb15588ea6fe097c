internal import Foundation
internal import HTTP

/// The address of a hub or of a mirror that speaks like one.
public struct HubEndpoint: Sendable, Equatable {
  /// The public hub, where nothing else is said. Nothing in this project's tests ever asks it.
  public static let publicHub = "https://huggingface.co"

  /// Without a slash at its end.
  public let url: String
  /// Whether plain http to other machines was allowed.
  let allowsPlain: Bool

  /// Reads an address: https, or plain http to this machine. Plain http to another one shows everybody on the way what is
  /// fetched and lets them change both the listing and the bytes, so it has to be allowed; no token goes over it even then.
  /// - Parameters:
  ///   - setting: where the address was written, for errors.
  ///   - allowsPlain: whether plain http to another machine is allowed.
  /// - Throws: ``HubError/badEndpoint(_:setting:why:)``.
  public init(_ text: String, setting: String = "--endpoint", allowsPlain: Bool = false) throws(HubError) {
    func bad(_ why: String) -> HubError { .badEndpoint(text, setting: setting, why: why) }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = URLComponents(string: text),
      let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https", let host = parts.host,
      !host.isEmpty
    else { throw bad("cannot be used; expected http(s)://HOST or http(s)://HOST/PATH") }
    guard parts.user == nil, parts.password == nil else {
      throw bad("holds a user name; a token belongs in an environment variable")
    }
    guard parts.query == nil, parts.fragment == nil else { throw bad("has a query; expected nothing after the path") }
    if scheme == "http", !HTTPProxy.isLoopback(text), !allowsPlain {
      throw bad(
        "is plain http to another machine, which anyone on the way can read and change; use https, or --allow-http"
      )
    }
    self.allowsPlain = allowsPlain
    url = String(text.reversed().drop { $0 == "/" }.reversed())
  }

  /// The address that an option names, else `HF_ENDPOINT`, else the public hub.
  /// - Throws: ``HubError/badEndpoint(_:setting:why:)``.
  public init(option: String?, environment: [String: String], allowsPlain: Bool = false) throws(HubError) {
    if let option {
      try self.init(option, allowsPlain: allowsPlain)
    } else if let text = environment["HF_ENDPOINT"], !text.isEmpty {
      try self.init(text, setting: "HF_ENDPOINT", allowsPlain: allowsPlain)
    } else {
      try self.init(Self.publicHub, setting: "the built-in address")
    }
  }

  /// Whether a token may go there: never in the clear beyond this machine.
  var takesToken: Bool { url.lowercased().hasPrefix("https:") || HTTPProxy.isLoopback(url) }

  /// The page of a repository, for people.
  func page(_ repository: HubRepository) -> String { "\(url)/\(repository)" }

  /// Where a revision is looked up.
  func revision(_ revision: HubRevision, of repository: HubRepository) -> String {
    "\(url)/api/models/\(repository)/revision/\(Self.escaped(revision.name))"
  }

  /// Where a commit is looked up.
  func revision(commit: String, of repository: HubRepository) -> String {
    "\(url)/api/models/\(repository)/revision/\(commit)"
  }

  /// Where the files of a commit are listed.
  func tree(_ commit: String, of repository: HubRepository) -> String {
    "\(url)/api/models/\(repository)/tree/\(commit)?recursive=true&expand=false"
  }

  /// Where a file is.
  func file(_ path: String, _ commit: String, of repository: HubRepository) -> String {
    "\(url)/\(repository)/resolve/\(commit)/"
      + path.split(separator: "/").map { Self.escaped(String($0)) }.joined(separator: "/")
  }

  /// Percent-encoded, slashes too (RFC 3986, unreserved characters stay).
  static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      if byte.isAlphanumeric || "-._~".utf8.contains(byte) {
        out.append(byte)
      } else {
        out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

/// Scheme, host and port: what a token belongs to.
struct Origin: Equatable {
  let scheme: String
  let host: String
  let port: Int

  init?(_ url: String) {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
      let host = parts.host?.lowercased(), !host.isEmpty, parts.user == nil, parts.password == nil
    else { return nil }
    self.scheme = scheme
    self.host = host
    port = parts.port ?? (scheme == "https" ? 443 : 80)
  }

  /// An address that may be relative to another, as in `Location` and `Link`.
  static func resolve(_ text: String, against url: String) -> String? {
    guard let base = URL(string: url), let found = URL(string: text, relativeTo: base) else { return nil }
    return found.absoluteURL.absoluteString
  }
}

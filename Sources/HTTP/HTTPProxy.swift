internal import Foundation

/// Which way a request goes: the proxy that an entry names, or the one of the usual environment variables.
public struct HTTPProxy: Sendable, Equatable {
  /// `http://host:port`, `socks5://host:port` …; nil sends straight.
  public var url: String?
  /// Hosts that are asked straight, as in `NO_PROXY`: names with their subdomains, addresses, CIDR ranges, or `*`.
  public var exceptions: String?

  /// Straight on.
  public static let none = HTTPProxy(url: nil)

  /// Describes a way.
  public init(url: String?, exceptions: String? = nil) {
    self.url = url
    self.exceptions = exceptions
  }

  /// The way to an address. What an entry declares comes before `https_proxy`, `http_proxy` and `all_proxy`; `no_proxy`
  /// holds for both. Upper case is read too, except `HTTP_PROXY`, which a web server sets from a request's header. A proxy
  /// of the environment is never used for this machine itself.
  public init(to address: String, declared: String?, environment: [String: String]) {
    func value(_ names: String...) -> String? { names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } }
    exceptions = value("no_proxy", "NO_PROXY")
    if let declared {
      url = declared
    } else if Self.isLoopback(address) {
      url = nil
    } else if address.lowercased().hasPrefix("https:") {
      url = value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    } else {
      url = value("http_proxy", "all_proxy", "ALL_PROXY")
    }
  }

  /// Whether an address names this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
  public static func isLoopback(_ address: String) -> Bool {
    guard let start = address.range(of: "://")?.upperBound else { return false }
    let authority = address[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.contains("@") else { return false }
    let host =
      authority.hasPrefix("[")
      ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
    if host == "[::1]" || host.lowercased() == "localhost" { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
  }
}

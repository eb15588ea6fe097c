/// One request.
public struct HTTPRequest: Sendable {
  /// `GET`, `POST` …
  public var method: String
  /// `https://host/path`; only http and https are spoken.
  public var url: String
  /// Header lines; values never appear in errors.
  public var headers: [(name: String, value: String)]
  /// The body, if any.
  public var body: [UInt8]?
  /// Seconds for the whole exchange.
  public var timeoutSeconds: Double
  /// A longer answer is given up at this size.
  public var maximumBytes: Int
  /// The way it goes; the process's environment alone decides nothing.
  public var proxy: HTTPProxy
  /// A PEM file of certificate authorities that are trusted instead of the system's.
  public var caFile: String?
  /// Whether it goes out on a connection of its own: one that was kept may be ending just now.
  public var onNewConnection: Bool
  /// Whole seconds in which at least ``stallBytes`` bytes a second must come, or the time is over; nil waits as long as the
  /// whole exchange may take.
  public var stallSeconds: Int?

  /// A slower answer than so many bytes a second has stalled.
  public static let stallBytes = 16

  /// Makes a request.
  public init(
    method: String = "GET",
    url: String,
    headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil,
    timeoutSeconds: Double = 60,
    maximumBytes: Int = 16 << 20,
    proxy: HTTPProxy = .none,
    caFile: String? = nil,
    onNewConnection: Bool = false,
    stallSeconds: Int? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutSeconds = timeoutSeconds
    self.maximumBytes = maximumBytes
    self.proxy = proxy
    self.caFile = caFile
    self.onNewConnection = onNewConnection
    self.stallSeconds = stallSeconds
  }
}

/// Hears an answer while it arrives. It is called on the client's own thread, where all transfers wait meanwhile: it must be
/// quick.
public protocol HTTPListener: Sendable {
  /// Status and headers have come; the body of this response is empty.
  /// - Returns: whether to go on.
  func hear(_ head: HTTPResponse) -> Bool
  /// The next bytes of the body, as sent: no encoding was asked for and none is undone.
  /// - Returns: whether to go on.
  func hear(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// One answer; redirects are not followed, as a credential must not travel to another host.
public struct HTTPResponse: Sendable {
  /// The status code.
  public let status: Int
  /// Header lines in order.
  public let headers: [(name: String, value: String)]
  /// The body.
  public let body: [UInt8]
  /// Major version of HTTP that was spoken: 1, 2 or 3.
  public let version: Int

  /// Makes a response.
  public init(status: Int, headers: [(name: String, value: String)], body: [UInt8], version: Int = 1) {
    self.status = status
    self.headers = headers
    self.body = body
    self.version = version
  }

  /// The first value of a header, whatever its case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// Why there is no answer.
public enum HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The address is not usable.
  case badURL(String)
  /// The time was over.
  case timeout
  /// No connection, no name, no TLS.
  case unreachable(String)
  /// The connection ended inside the answer.
  case truncated(receivedBytes: Int)
  /// The answer is larger than allowed.
  case tooLarge(limit: Int)
  /// The request was cancelled, or whoever heard its answer wanted no more.
  case cancelled

  /// One line, without header values.
  public var description: String {
    switch self {
    case .badURL(let problem): "the address cannot be used: \(problem)"
    case .timeout: "no answer in time"
    case .unreachable(let problem): problem
    case .truncated(let bytes): "the connection ended inside the answer, after \(bytes) bytes"
    case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
    case .cancelled: "cancelled"
    }
  }
}

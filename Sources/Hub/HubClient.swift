public import Endpoints
public import HTTP
internal import JudgeKit
internal import Locking

/// Asks a hub: follows its redirects without carrying the token away, and asks again after what may pass.
public final class HubClient: Sendable {
  /// The hub.
  public let endpoint: HubEndpoint
  /// The environment variable that the token comes from.
  public let tokenVariable: String
  let policy: RetryPolicy
  let pace: any Pace
  let redaction: Redaction
  private let token: Secret?
  private let http: HTTPClient
  private let environment: [String: String]
  private let stallSeconds: Int
  private let pausedUntil = Locked(0.0)

  /// How often a request that fails is sent, as judges behind endpoints are asked.
  public static let usualPolicy = RetryPolicy(attempts: 5, baseSeconds: 0.5)
  /// Redirects that one request may follow.
  static let longestChain = 10

  /// Makes a client.
  /// - Parameters:
  ///   - tokenVariable: the environment variable that holds the token; one that is missing or empty means none.
  ///   - environment: where the token and the proxies are read.
  ///   - stallSeconds: an answer from which nothing comes for so long is given up and asked for again.
  /// - Throws: ``HubError/badToken(variable:)``.
  public init(
    endpoint: HubEndpoint,
    tokenVariable: String = "HF_TOKEN",
    environment: [String: String],
    http: HTTPClient = HTTPClient(),
    policy: RetryPolicy = HubClient.usualPolicy,
    pace: any Pace = RealPace(),
    stallSeconds: Int = 30
  ) throws(HubError) {
    let text = environment[tokenVariable] ?? ""
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .badToken(variable: tokenVariable) }
    token = text.isEmpty ? nil : Secret(text)
    redaction = Redaction(token.map { [$0] } ?? [])
    self.endpoint = endpoint
    self.tokenVariable = tokenVariable
    self.environment = environment
    self.http = http
    self.policy = policy
    self.pace = pace
    self.stallSeconds = stallSeconds
  }

  /// Whether requests carry a token.
  var hasToken: Bool { token != nil && endpoint.takesToken }

  /// A failure that may pass; it is asked again.
  struct Passing: Error {
    let why: String
    /// Seconds that the server wants us to wait.
    var wish: Double?
    /// Whether the server wants fewer requests, whoever sends them.
    var isRate = false
    /// Whether enough came to call it progress: such a failure does not count.
    var isProgress = false
  }

  /// An answer and the address that gave it at last.
  struct Exchange {
    let response: HTTPResponse
    let url: String
  }

  /// Asks until there is an answer or no hope.
  /// - Parameter send: one attempt; it throws ``Passing`` for what may pass.
  /// - Throws: ``HubError`` or `CancellationError`.
  func retrying<Result>(_ what: String, _ send: (_ isSuspect: Bool) async throws -> Result) async throws -> Result {
    var (attempt, failures) = (0, 0)
    var isSuspect = false
    while true {
      try await waitForTurn()
      attempt += 1
      do { return try await send(isSuspect) } catch let failure as Passing {
        try Task.checkCancellation()
        failures = failure.isProgress ? 1 : failures + 1
        let why = redaction.clean(failure.why)
        guard failures < policy.attempts else { throw HubError.failed(what: what, why: why, requests: attempt) }
        if let wish = failure.wish, wish > RetryPolicy.longestWish {
          let wait = "\(why), and wants to be asked again in \(Int(min(wish, 1e9))) s, which is too long"
          throw HubError.failed(what: what, why: wait, requests: attempt)
        }
        if let wish = failure.wish, failure.isRate {
          let until = pace.seconds + wish
          pausedUntil.withLock { $0 = max($0, until) }
        }
        isSuspect = !failure.isRate
        try await pace.sleep(seconds: policy.pause(after: failures, wish: failure.wish, chance: pace.chance()))
      }
    }
  }

  /// Who is told to slow down speaks for all connections.
  private func waitForTurn() async throws {
    while true {
      let seconds = pausedUntil.withLock { $0 } - pace.seconds
      guard seconds > 0 else { break }
      try await pace.sleep(seconds: seconds)
    }
    try Task.checkCancellation()
  }

  /// One request and the redirects that it leads to.
  /// - Parameters:
  ///   - isEnough: whether a redirect itself is the answer.
  ///   - listener: makes whoever hears the answer of an address; nil keeps small answers whole.
  /// - Throws: ``HubError``, ``Passing`` or `CancellationError`. Statuses other than redirects are the caller's.
  func exchange(
    _ what: String,
    method: String = "GET",
    url start: String,
    headers: [(name: String, value: String)] = [],
    isSuspect: Bool = false,
    isEnough: (HTTPResponse) -> Bool = { _ in false },
    listener: (() -> AnswerSink)? = nil
  ) async throws -> Exchange {
    guard let home = Origin(endpoint.url) else { throw HubError.badRedirect(what: what, why: "no usable address") }
    var (url, seen) = (start, Set<String>())
    var isAtHome = true
    while true {
      guard seen.insert(url).inserted else {
        throw HubError.badRedirect(what: what, why: "the hub's redirects go in a circle")
      }
      guard seen.count <= Self.longestChain else {
        throw HubError.badRedirect(what: what, why: "more than \(Self.longestChain) redirects")
      }
      // A token that has left its origin stays away, even if the way leads back.
      isAtHome = isAtHome && Origin(url) == home
      var request = HTTPRequest(
        method: method,
        url: url,
        headers: [("User-Agent", "tribunal")] + headers,
        timeoutSeconds: listener == nil ? 120 : 86_400,
        maximumBytes: listener == nil ? 32 << 20 : Int.max,
        proxy: HTTPProxy(to: url, declared: nil, environment: environment),
        onNewConnection: isSuspect,
        stallSeconds: stallSeconds
      )
      if let token, isAtHome, endpoint.takesToken {
        token.reveal { request.headers.append(("Authorization", "Bearer \($0)")) }
      }
      let response = try await send(request, what, listener?())
      guard [301, 302, 303, 307, 308].contains(response.status), !isEnough(response) else {
        return Exchange(response: response, url: url)
      }
      url = try redirected(response, from: url, what)
    }
  }

  private func send(_ request: HTTPRequest, _ what: String, _ sink: AnswerSink?) async throws -> HTTPResponse {
    do {
      guard let sink else { return try await http.send(request) }
      let head = try await http.stream(request, to: sink)
      return sink.ended(head)
    } catch .cancelled {
      if let response = sink?.refused { return response }
      throw CancellationError()
    } catch .tooLarge(let limit) {
      throw HubError.badAnswer(what: what, why: "the answer is larger than \(limit) bytes")
    } catch .badURL(let why) {
      throw HubError.badRedirect(what: what, why: "the address cannot be used: \(why)")
    } catch { throw Passing(why: "\(error)", isProgress: sink?.hasProgressed ?? false) }
  }

  private func redirected(_ response: HTTPResponse, from url: String, _ what: String) throws(HubError) -> String {
    guard let text = response.header("Location"), let next = Origin.resolve(text, against: url), let to = Origin(next)
    else {
      throw .badRedirect(what: what, why: "the hub redirects (status \(response.status)) without a usable address")
    }
    guard to.scheme == "https" || to.scheme == "http" else {
      throw .badRedirect(what: what, why: "the hub redirects to \(to.scheme), expected https")
    }
    if to.scheme == "http", Origin(url)?.scheme == "https" {
      throw .badRedirect(what: what, why: "the hub redirects from https to plain http at \(to.host)")
    }
    if to.scheme == "http", !HTTPProxy.isLoopback(next), !endpoint.allowsPlain {
      throw .badRedirect(what: what, why: "the hub redirects to plain http at \(to.host); allow it with --allow-http")
    }
    return next
  }
}

/// Hears one answer: a good one goes on to its receiver, the body of another is kept in part for its words.
final class AnswerSink: HTTPListener {
  private struct State {
    var head: HTTPResponse?
    var isGood = false
    var words: [UInt8] = []
    var received = 0
    var isRefused = false
  }

  private let state = Locked(State())
  private let isWanted: @Sendable (HTTPResponse) -> Bool
  private let take: @Sendable (UnsafeRawBufferPointer) -> Bool

  /// Bytes of an error's body that are kept.
  private static let longestWords = 16 << 10
  /// An attempt that brought so many bytes was worth it.
  static let progressBytes = 64 << 10

  /// - Parameters:
  ///   - isWanted: whether the body of a 200 or 206 is wanted.
  ///   - take: takes bytes of it; false ends the transfer.
  init(
    isWanted: @escaping @Sendable (HTTPResponse) -> Bool,
    take: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool
  ) {
    self.isWanted = isWanted
    self.take = take
  }

  func hear(_ head: HTTPResponse) -> Bool {
    let isGood = head.status == 200 || head.status == 206
    let goesOn = !isGood || isWanted(head)
    state.withLock { state in
      state.head = head
      state.isGood = isGood
      state.isRefused = !goesOn
    }
    return goesOn
  }

  func hear(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let isGood = state.withLock { state in
      if state.isGood {
        state.received += bytes.count
      } else {
        state.words += bytes.prefix(Self.longestWords - state.words.count)
      }
      return state.isGood
    }
    let goesOn = isGood ? take(bytes) : state.withLock { $0.words.count < Self.longestWords }
    if !goesOn { state.withLock { $0.isRefused = true } }
    return goesOn
  }

  /// The answer as far as it was wanted, where we ended the transfer.
  var refused: HTTPResponse? {
    state.withLock { state in state.isRefused ? state.head.map { Self.response($0, state.words) } : nil }
  }

  /// The answer of a transfer that came to its end.
  func ended(_ head: HTTPResponse) -> HTTPResponse { state.withLock { Self.response(head, $0.words) } }

  var hasProgressed: Bool { state.withLock { $0.received >= Self.progressBytes } }

  private static func response(_ head: HTTPResponse, _ words: [UInt8]) -> HTTPResponse {
    HTTPResponse(status: head.status, headers: head.headers, body: words, version: head.version)
  }
}

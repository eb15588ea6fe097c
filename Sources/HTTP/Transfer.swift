internal import CCurl
internal import Foundation

/// One exchange on an easy handle; lives on the loop's thread.
final class Transfer {
  typealias Finish = @Sendable (Result<HTTPResponse, HTTPError>) -> Void

  let id: Int
  let easy: UnsafeMutableRawPointer
  let finish: Finish
  /// Why it cannot be sent at all.
  private(set) var problem: HTTPError?
  private let request: HTTPRequest
  /// Gets the body instead of ``body``.
  private let listener: (any HTTPListener)?
  private var isHeadHeard = false
  private var isUnwanted = false
  private var receivedBytes = 0
  private var list: UnsafeMutablePointer<curl_slist>?
  private var headers: [(name: String, value: String)] = []
  private var body: [UInt8] = []
  private var isTooLarge = false
  /// Whether the empty line after the headers has come: libcurl takes an end before it for the end of an empty answer.
  private var isHeadComplete = false
  /// Bytes of requests that libcurl had sent when this one was about to be; with a proxy its CONNECT is among them.
  private var sentBefore: Int?
  /// Whether libcurl wanted to send the request once more.
  private var isRepeat = false

  /// Sets up a handle that is fresh or was reset; the handle stays its owner's.
  init(
    _ id: Int,
    _ request: HTTPRequest,
    _ listener: (any HTTPListener)?,
    on easy: UnsafeMutableRawPointer,
    _ finish: @escaping Finish
  ) {
    self.id = id
    self.easy = easy
    self.request = request
    self.listener = listener
    self.finish = finish
    setLimits()
    setAddress()
    setMessage()
    setCallbacks()
  }

  deinit { curl_slist_free_all(list) }

  private func text(_ option: CURLoption, _ value: String) -> CURLcode {
    value.withCString { tcurl_setopt_pointer(easy, option, $0) }
  }

  private func setLimits() {
    tcurl_setopt_long(easy, CURLOPT_NOSIGNAL, 1)
    tcurl_setopt_long(easy, CURLOPT_TIMEOUT_MS, Int(max(1, min(request.timeoutSeconds, 1e6) * 1000)))
    tcurl_setopt_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, min(30, request.timeoutSeconds) * 1000)))
    tcurl_setopt_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    if let seconds = request.stallSeconds {
      tcurl_setopt_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, seconds))
      tcurl_setopt_long(easy, CURLOPT_LOW_SPEED_LIMIT, HTTPRequest.stallBytes)
    }
    if request.onNewConnection { tcurl_setopt_long(easy, CURLOPT_FRESH_CONNECT, 1) }
  }

  private func setAddress() {
    // A NUL would end the address early for libcurl and not for whoever checked it.
    guard !request.url.utf8.contains(0) else {
      problem = .badURL("it holds a control character")
      return
    }
    if text(CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK { problem = .badURL("http and https are not available") }
    if text(CURLOPT_URL, request.url) != CURLE_OK { problem = .badURL("it cannot be read") }
    // An empty text, unlike none, keeps libcurl from looking into the environment by itself.
    _ = text(CURLOPT_PROXY, request.proxy.url ?? "")
    _ = text(CURLOPT_NOPROXY, request.proxy.exceptions ?? "")
    guard request.url.lowercased().hasPrefix("https:") else { return }
    // HTTP/2 where TLS offers it; whoever comes while the first connection is being made waits for it and shares it.
    tcurl_setopt_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    tcurl_setopt_long(easy, CURLOPT_PIPEWAIT, 1)
    if let file = request.caFile { _ = text(CURLOPT_CAINFO, file) }
  }

  private func setMessage() {
    if listener == nil { _ = text(CURLOPT_ACCEPT_ENCODING, "") }
    _ = text(CURLOPT_CUSTOMREQUEST, request.method)
    // Without this libcurl would wait for the body whose length the answer tells.
    if request.method == "HEAD" { tcurl_setopt_long(easy, CURLOPT_NOBODY, 1) }
    if let body = request.body {
      tcurl_setopt_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      body.withUnsafeBytes { _ = tcurl_setopt_pointer(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
    }
    for (name, value) in request.headers {
      // A line break in a value would let it write headers of its own.
      guard !(name + value).unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" }) else {
        problem = .badURL("the header \(name.prefix { $0.isLetter || $0 == "-" }) holds a control character")
        continue
      }
      // libcurl sends a header without a value only in this form.
      list = curl_slist_append(list, value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    // Without this libcurl waits a second for "100 Continue" before it sends a larger body.
    list = curl_slist_append(list, "Expect:")
    tcurl_setopt_pointer(easy, CURLOPT_HTTPHEADER, list)
  }

  private func setCallbacks() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    tcurl_setopt_pointer(easy, CURLOPT_PRIVATE, context)
    tcurl_setopt_data(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      Transfer.from(context)?.receive(bytes, size * count) ?? 0
    }
    tcurl_setopt_pointer(easy, CURLOPT_WRITEDATA, context)
    tcurl_setopt_data(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      Transfer.from(context)?.receiveHeader(bytes, size * count) ?? 0
    }
    tcurl_setopt_pointer(easy, CURLOPT_HEADERDATA, context)
    tcurl_setopt_prereq(easy) { context, _, _, _, _ in
      Transfer.from(context)?.mayBeSent() ?? false ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
    tcurl_setopt_pointer(easy, CURLOPT_PREREQDATA, context)
  }

  /// Called when there is a connection, before the request goes over it. A kept connection that ends without an answer makes
  /// libcurl send the request again on a fresh one: the server may have done the work already, and nobody would know of it.
  /// Only a request of which nothing has left yet goes on.
  private func mayBeSent() -> Bool {
    var sent = 0
    tcurl_getinfo_long(easy, CURLINFO_REQUEST_SIZE, &sent)
    defer { sentBefore = sentBefore ?? sent }
    isRepeat = sent > sentBefore ?? sent
    return !isRepeat
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The transfer that a handle of the loop belongs to.
  static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
    var context: UnsafeMutableRawPointer?
    tcurl_getinfo_pointer(easy, CURLINFO_PRIVATE, &context)
    return from(context)
  }

  private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard receivedBytes + count <= request.maximumBytes else {
      isTooLarge = true
      return 0
    }
    receivedBytes += count
    if let listener {
      isUnwanted = !isHeardHead(listener) || !listener.hear(UnsafeRawBufferPointer(start: bytes, count: count))
      return isUnwanted ? 0 : count
    }
    body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
  }

  /// Hands over the head, once; only now is it the last one: others may have come before it.
  private func isHeardHead(_ listener: any HTTPListener) -> Bool {
    if isHeadHeard { return true }
    isHeadHeard = true
    return listener.hear(head)
  }

  private var head: HTTPResponse {
    var (status, version) = (0, 0)
    tcurl_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
    tcurl_getinfo_long(easy, CURLINFO_HTTP_VERSION, &version)
    let major = version == Int(CURL_HTTP_VERSION_2_0) ? 2 : version == Int(CURL_HTTP_VERSION_3) ? 3 : 1
    return HTTPResponse(status: status, headers: headers, body: body, version: major)
  }

  private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard headers.count < 1000 else { return 0 }
    let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    // A new status line starts the headers of the final answer.
    if line.hasPrefix("HTTP/") { (headers, isHeadComplete) = ([], false) }
    if line.allSatisfy(\.isNewline) { isHeadComplete = true }
    if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
      headers.append((String(line[..<colon]), value))
    }
    return count
  }

  /// What came of it.
  func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
    if code == CURLE_OK, isHeadComplete {
      if let listener, !isHeardHead(listener) { return .failure(.cancelled) }
      return .success(head)
    }
    let words = String(cString: curl_easy_strerror(code))
    var port = 0
    tcurl_getinfo_long(easy, CURLINFO_PRIMARY_PORT, &port)
    let error: HTTPError =
      switch code {
      case _ where isUnwanted: .cancelled
      case _ where isTooLarge: .tooLarge(limit: request.maximumBytes)
      case CURLE_ABORTED_BY_CALLBACK where isRepeat: .unreachable("the kept connection ended without an answer")
      case CURLE_OPERATION_TIMEDOUT: .timeout
      case CURLE_OK: .truncated(receivedBytes: receivedBytes)
      // The same code stands for an answer that is no HTTP; the address was good if there was a connection.
      case CURLE_UNSUPPORTED_PROTOCOL where port > 0: .unreachable("the server does not speak HTTP")
      case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .badURL(words)
      case CURLE_PARTIAL_FILE: .truncated(receivedBytes: receivedBytes)
      case _ where receivedBytes > 0: .truncated(receivedBytes: receivedBytes)
      default: .unreachable(words)
      }
    return .failure(error)
  }
}

internal import CCurl
internal import Foundation
internal import Locking

/// An HTTP client on libcurl: connections are pooled, any number of requests run at once on one thread of its own.
public final class HTTPClient: Sendable {
  private let loop: TransferLoop

  /// Starts a client; its thread ends with it.
  public init() {
    loop = TransferLoop()
    let loop = loop
    let thread = Thread { loop.run() }
    thread.name = "tribunal.http"
    thread.start()
  }

  deinit { loop.stop() }

  /// Sends a request and waits for the whole answer; cancelling the task aborts the transfer.
  public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let id = loop.nextID()
    defer { loop.forget(id: id) }
    let result: Result<HTTPResponse, HTTPError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(id: id, request) { continuation.resume(returning: $0) }
      }
    } onCancel: {
      loop.cancel(id: id)
    }
    return try result.get()
  }
}

/// The thread that owns the multi handle.
private final class TransferLoop: Sendable {
  typealias Finish = @Sendable (Result<HTTPResponse, HTTPError>) -> Void

  private struct Inbox {
    var next = 0
    var submitted: [(id: Int, request: HTTPRequest, finish: Finish)] = []
    var cancelled: Set<Int> = []
    /// Handed to the loop, not yet forgotten.
    var known: Set<Int> = []
    /// Cancelled before they were handed over.
    var early: Set<Int> = []
    var isStopping = false
  }

  // Only `curl_multi_wakeup` is called from other threads; it is the one call that libcurl allows there.
  private struct Multi: @unchecked Sendable { let handle: UnsafeMutableRawPointer? }

  private let inbox = Locked(Inbox())
  private let multi: Multi

  private static let ready: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init() { multi = Multi(handle: Self.ready ? curl_multi_init() : nil) }

  func nextID() -> Int {
    inbox.withLock {
      $0.next += 1
      return $0.next
    }
  }

  func submit(id: Int, _ request: HTTPRequest, finish: @escaping Finish) {
    let isAccepted = inbox.withLock { inbox in
      guard !inbox.isStopping, !inbox.early.contains(id) else { return false }
      inbox.known.insert(id)
      inbox.submitted.append((id, request, finish))
      return true
    }
    guard isAccepted else { return finish(.failure(.cancelled)) }
    curl_multi_wakeup(multi.handle)
  }

  func forget(id: Int) {
    inbox.withLock { inbox in
      _ = inbox.known.remove(id)
      _ = inbox.early.remove(id)
    }
  }

  func cancel(id: Int) {
    inbox.withLock { inbox in
      if inbox.known.contains(id) { _ = inbox.cancelled.insert(id) } else { _ = inbox.early.insert(id) }
    }
    curl_multi_wakeup(multi.handle)
  }

  func stop() {
    inbox.withLock { $0.isStopping = true }
    curl_multi_wakeup(multi.handle)
  }

  func run() {
    var active: [Int: Transfer] = [:]
    while true {
      let (submitted, cancelled, isStopping) = inbox.withLock { inbox in
        defer {
          inbox.submitted = []
          inbox.cancelled = []
        }
        return (inbox.submitted, inbox.cancelled, inbox.isStopping)
      }
      for (id, request, finish) in submitted {
        guard let handle = multi.handle, let transfer = Transfer(request, finish) else {
          finish(.failure(.unreachable("libcurl could not be started")))
          continue
        }
        if let problem = transfer.problem {
          finish(.failure(.badURL(problem)))
          continue
        }
        active[id] = transfer
        curl_multi_add_handle(handle, transfer.easy)
      }
      for id in isStopping ? Set(active.keys) : cancelled {
        guard let transfer = active.removeValue(forKey: id) else { continue }
        curl_multi_remove_handle(multi.handle, transfer.easy)
        transfer.finish(.failure(.cancelled))
      }
      if isStopping { break }
      var running: Int32 = 0
      curl_multi_perform(multi.handle, &running)
      collect(&active)
      curl_multi_poll(multi.handle, nil, 0, 1000, nil)
    }
    curl_multi_cleanup(multi.handle)
  }

  private func collect(_ active: inout [Int: Transfer]) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi.handle, &left) {
      guard message.pointee.msg == CURLMSG_DONE else { continue }
      let code = message.pointee.data.result
      let easy = message.pointee.easy_handle
      guard let (id, transfer) = active.first(where: { $0.value.easy == easy }) else { continue }
      active[id] = nil
      curl_multi_remove_handle(multi.handle, transfer.easy)
      transfer.end(code)
    }
  }
}

/// One transfer; lives on the loop's thread.
private final class Transfer {
  let easy: UnsafeMutableRawPointer
  let finish: TransferLoop.Finish
  private(set) var problem: String?
  private let request: HTTPRequest
  private var list: UnsafeMutablePointer<curl_slist>?
  private var headers: [(name: String, value: String)] = []
  private var body: [UInt8] = []
  private var isTooLarge = false
  /// Whether the empty line after the headers has come: libcurl takes an end before it for the end of an empty answer.
  private var isHeadComplete = false

  init?(_ request: HTTPRequest, _ finish: @escaping TransferLoop.Finish) {
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    self.request = request
    self.finish = finish
    let context = Unmanaged.passUnretained(self).toOpaque()
    func text(_ option: CURLoption, _ value: String) -> CURLcode {
      value.withCString { tcurl_setopt_pointer(easy, option, $0) }
    }
    tcurl_setopt_long(easy, CURLOPT_NOSIGNAL, 1)
    tcurl_setopt_long(easy, CURLOPT_TIMEOUT_MS, Int(max(1, request.timeoutSeconds * 1000)))
    tcurl_setopt_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, min(30, request.timeoutSeconds) * 1000)))
    tcurl_setopt_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    if text(CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK { problem = "http and https are not available" }
    if text(CURLOPT_URL, request.url) != CURLE_OK { problem = request.url }
    _ = text(CURLOPT_ACCEPT_ENCODING, "")
    _ = text(CURLOPT_CUSTOMREQUEST, request.method)
    if let body = request.body {
      tcurl_setopt_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      body.withUnsafeBytes { _ = tcurl_setopt_pointer(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
    }
    for (name, value) in request.headers {
      // A line break in a value would let it write headers of its own.
      guard !(name + value).unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" }) else {
        problem = "the header \(name) holds a control character"
        continue
      }
      list = curl_slist_append(list, "\(name): \(value)")
    }
    // Without this libcurl waits a second for "100 Continue" before it sends a larger body.
    list = curl_slist_append(list, "Expect:")
    tcurl_setopt_pointer(easy, CURLOPT_HTTPHEADER, list)
    tcurl_setopt_data(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      Transfer.from(context)?.receive(bytes, size * count) ?? 0
    }
    tcurl_setopt_pointer(easy, CURLOPT_WRITEDATA, context)
    tcurl_setopt_data(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      Transfer.from(context)?.receiveHeader(bytes, size * count) ?? 0
    }
    tcurl_setopt_pointer(easy, CURLOPT_HEADERDATA, context)
  }

  deinit {
    curl_slist_free_all(list)
    curl_easy_cleanup(easy)
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard body.count + count <= request.maximumBytes else {
      isTooLarge = true
      return 0
    }
    body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
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

  func end(_ code: CURLcode) {
    if code == CURLE_OK, isHeadComplete {
      var status = 0
      tcurl_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
      return finish(.success(HTTPResponse(status: status, headers: headers, body: body)))
    }
    let words = String(cString: curl_easy_strerror(code))
    var port = 0
    tcurl_getinfo_long(easy, CURLINFO_PRIMARY_PORT, &port)
    let error: HTTPError =
      switch code {
      case _ where isTooLarge: .tooLarge(limit: request.maximumBytes)
      case CURLE_OPERATION_TIMEDOUT: .timeout
      case CURLE_OK: .truncated(receivedBytes: body.count)
      // The same code stands for an answer that is no HTTP; the address was good if there was a connection.
      case CURLE_UNSUPPORTED_PROTOCOL where port > 0: .unreachable("the server does not speak HTTP")
      case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .badURL(words)
      case CURLE_PARTIAL_FILE: .truncated(receivedBytes: body.count)
      case _ where !body.isEmpty: .truncated(receivedBytes: body.count)
      default: .unreachable(words)
      }
    finish(.failure(error))
  }
}

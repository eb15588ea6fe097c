internal import CCurl
internal import Locking

/// The thread that owns the multi handle: connections, transfers under way, handles that wait to be used again.
final class TransferLoop: Sendable {
  private struct Inbox {
    var next = 0
    var submitted: [(id: Int, request: HTTPRequest, listener: (any HTTPListener)?, finish: Transfer.Finish)] = []
    var cancelled: Set<Int> = []
    /// Handed to the loop, not yet forgotten.
    var known: Set<Int> = []
    /// Cancelled before they were handed over.
    var early: Set<Int> = []
    var isStopping = false
    /// The loop has been told that something is here; it need not be told again.
    var isAwake = false
  }

  // guard: only `curl_multi_wakeup` is called from other threads; it is the one call that libcurl allows there.
  private struct Multi: @unchecked Sendable { let handle: UnsafeMutableRawPointer? }

  private let inbox = Locked(Inbox())
  private let multi: Multi

  private static let ready: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Connections that are kept when nothing is under way; with more at once libcurl would close those that are in use.
  private static let idleConnections = 256

  private let idleSeconds: Int

  init(idleSeconds: Int) {
    self.idleSeconds = idleSeconds
    multi = Multi(handle: Self.ready ? curl_multi_init() : nil)
    tcurl_multi_setopt_long(multi.handle, CURLMOPT_MAXCONNECTS, Self.idleConnections)
    tcurl_multi_setopt_long(multi.handle, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
  }

  func nextID() -> Int {
    inbox.withLock {
      $0.next += 1
      return $0.next
    }
  }

  func submit(id: Int, _ request: HTTPRequest, _ listener: (any HTTPListener)?, finish: @escaping Transfer.Finish) {
    let isAccepted = inbox.withLock { inbox in
      guard !inbox.isStopping, !inbox.early.contains(id) else { return false }
      inbox.known.insert(id)
      inbox.submitted.append((id, request, listener, finish))
      return true
    }
    guard isAccepted else { return finish(.failure(.cancelled)) }
    wake()
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
    wake()
  }

  func stop() {
    inbox.withLock { inbox in
      wake(&inbox)
      inbox.isStopping = true
    }
  }

  private func wake() { inbox.withLock { wake(&$0) } }

  /// Under the lock: a loop that has seen its stop frees the handle, so nobody may be on the way to it by then.
  private func wake(_ inbox: inout Inbox) {
    guard !inbox.isAwake, !inbox.isStopping else { return }
    inbox.isAwake = true
    curl_multi_wakeup(multi.handle)
  }

  /// Runs until it is stopped.
  func run() {
    var active: [Int: Transfer] = [:]
    var idle: [UnsafeMutableRawPointer] = []
    while true {
      let (submitted, cancelled, isStopping) = inbox.withLock { inbox in
        defer {
          inbox.submitted = []
          inbox.cancelled = []
          inbox.isAwake = false
        }
        return (inbox.submitted, inbox.cancelled, inbox.isStopping)
      }
      for (id, request, listener, finish) in submitted {
        guard let handle = multi.handle, let easy = idle.popLast() ?? curl_easy_init() else {
          finish(.failure(.unreachable("libcurl could not be started")))
          continue
        }
        let transfer = Transfer(id, request, listener, on: easy, finish)
        tcurl_setopt_long(easy, CURLOPT_MAXAGE_CONN, idleSeconds)
        if let problem = transfer.problem {
          Self.retire(easy, &idle)
          finish(.failure(problem))
          continue
        }
        active[id] = transfer
        curl_multi_add_handle(handle, easy)
      }
      for id in isStopping ? Set(active.keys) : cancelled {
        guard let transfer = active.removeValue(forKey: id) else { continue }
        curl_multi_remove_handle(multi.handle, transfer.easy)
        Self.retire(transfer.easy, &idle)
        transfer.finish(.failure(.cancelled))
      }
      if isStopping { break }
      var running: Int32 = 0
      curl_multi_perform(multi.handle, &running)
      collect(&active, &idle)
      curl_multi_poll(multi.handle, nil, 0, 1000, nil)
    }
    for easy in idle { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi.handle)
  }

  private func collect(_ active: inout [Int: Transfer], _ idle: inout [UnsafeMutableRawPointer]) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi.handle, &left) {
      guard message.pointee.msg == CURLMSG_DONE else { continue }
      let code = message.pointee.data.result
      // The message dies with the removal of its handle.
      guard let easy = message.pointee.easy_handle, let transfer = Transfer.of(easy) else { continue }
      active[transfer.id] = nil
      curl_multi_remove_handle(multi.handle, easy)
      let result = transfer.result(code)
      Self.retire(easy, &idle)
      transfer.finish(result)
    }
  }

  /// Keeps a handle for the next request, without anything of the last one.
  private static func retire(_ easy: UnsafeMutableRawPointer, _ idle: inout [UnsafeMutableRawPointer]) {
    guard idle.count < idleConnections else { return curl_easy_cleanup(easy) }
    curl_easy_reset(easy)
    idle.append(easy)
  }
}

internal import Endpoints
internal import HTTP
internal import Locking

/// Fetches what is missing of one file by ranges, several at once, until its hash is right.
///
/// Bytes of two versions never come together: each range has to come from the version (`ETag`) that the first one came from;
/// where that changed, all begins anew; and the hash of the whole decides in the end.
final class FileFetch: Sendable {
  private struct Source {
    /// Where the hub's redirects led; asked directly, so that a range costs one request.
    var url: String?
    var version: String?
    /// Whether the server gives ranges; if not, the file comes in one piece and cannot be continued.
    var hasRanges = true
  }

  /// Why the ranges so far are worth nothing.
  private enum Restart: Error { case changed, noRanges }

  private let client: HubClient
  private let repository: HubRepository
  private let file: HubFile
  private let home: String
  private let partial: PartialFile
  private let tuning: PullTuning
  private let slots: Slots
  private let hear: @Sendable (PullEvent) -> Void
  private let source = Locked(Source())
  private let what: String

  init(
    _ file: HubFile,
    of repository: HubRepository,
    commit: String,
    into partial: PartialFile,
    client: HubClient,
    tuning: PullTuning,
    slots: Slots,
    hear: @escaping @Sendable (PullEvent) -> Void
  ) {
    self.file = file
    self.repository = repository
    self.client = client
    self.partial = partial
    self.tuning = tuning
    self.slots = slots
    self.hear = hear
    home = client.endpoint.file(file.path, commit, of: repository)
    what = client.name(.file(file.path), of: repository)
  }

  /// Versions that a file may have gone through before it is given up.
  private static let mostRestarts = 3

  /// Fetches and verifies; the partial file is whole afterwards.
  /// - Throws: ``HubError`` or `CancellationError`.
  func run() async throws {
    var isContinued = partial.isContinued
    for _ in 0...Self.mostRestarts {
      do {
        try await fetchMissing()
      } catch let restart as Restart {
        if case .noRanges = restart { source.withLock { $0.hasRanges = false } }
        try restartAll()
        isContinued = false
        continue
      }
      if file.size >= PullTuning.longToVerify { hear(.note("\(file.path): verifying")) }
      let found = try await FileSystem.offPool { [partial, file] in try partial.hash(like: file.hash) }
      if found == file.hash { return }
      guard isContinued else {
        partial.remove()
        throw HubError.mismatch(file: what, expected: "\(file.hash)", found: "\(found)")
      }
      // What an earlier process left may be at fault: once more, all of it.
      hear(.note("\(what): what was there of it is not right; fetched anew"))
      try restartAll()
      isContinued = false
    }
    partial.remove()
    throw HubError.changed(file: what)
  }

  private func restartAll() throws(HubError) {
    hear(.lost(partial.count))
    try partial.reset()
    source.withLock { source in source.version = nil }
  }

  private func fetchMissing() async throws {
    let hasRanges = source.withLock { $0.hasRanges }
    if file.size == 0 || !hasRanges { return try await inSlot(0..<file.size) }
    var pieces = partial.missing(piece: tuning.pieceBytes)[...]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for piece in pieces.prefix(tuning.connections) { group.addTask { try await self.inSlot(piece) } }
      pieces = pieces.dropFirst(tuning.connections)
      while try await group.next() != nil {
        if let piece = pieces.popFirst() { group.addTask { try await self.inSlot(piece) } }
      }
    }
  }

  private func inSlot(_ range: Range<Int>) async throws {
    try await slots.take()
    defer { slots.giveBack() }
    try await fetch(range)
  }

  /// How far a range has come; its bytes arrive on the client's thread.
  private struct Reach {
    var at: Int
    var stop: (any Error)?
  }

  private func fetch(_ range: Range<Int>) async throws {
    let reach = Locked(Reach(at: range.lowerBound))
    do {
      try await client.retrying(what) { isSuspect in try await attempt(range, reach, isSuspect) }
      try await note(range)
    } catch {
      let at = reach.withLock { $0.at }
      // Half a range is worth keeping, unless the version is in doubt or the file must come in one piece.
      let isKept = source.withLock { $0.hasRanges } && !(error is Restart)
      if isKept { try? await note(range.lowerBound..<at) } else { hear(.lost(at - range.lowerBound)) }
      throw error
    }
  }

  private func note(_ range: Range<Int>) async throws {
    try await FileSystem.offPool { [partial] in try partial.note(range) }
  }

  private func attempt(_ range: Range<Int>, _ reach: Locked<Reach>, _ isSuspect: Bool) async throws {
    let (known, version, hasRanges) = source.withLock { ($0.url, $0.version, $0.hasRanges) }
    let (start, lost) = reach.withLock { reach in
      let lost = hasRanges ? 0 : reach.at
      reach.at -= lost
      reach.stop = nil
      return (reach.at, lost)
    }
    if lost > 0 { hear(.lost(lost)) }
    let wanted = start..<range.upperBound
    var headers: [(name: String, value: String)] = [("Accept-Encoding", "identity")]
    let isWhole = wanted == 0..<file.size
    if !isWhole {
      headers.append(("Range", "bytes=\(wanted.lowerBound)-\(wanted.upperBound - 1)"))
      if let version, !version.hasPrefix("W/") { headers.append(("If-Range", version)) }
    }
    let exchange: HubClient.Exchange
    do {
      exchange = try await client.exchange(
        what,
        url: known ?? home,
        headers: headers,
        isSuspect: isSuspect,
        listener: {
          AnswerSink(
            isWanted: { head in
              let stop = self.problem(of: head, wanted, isWhole: isWhole)
              reach.withLock { $0.stop = stop }
              return stop == nil
            },
            take: { bytes in self.take(bytes, wanted, reach) }
          )
        }
      )
    } catch var failure as HubClient.Passing {
      // What cannot be continued makes no progress, however much of it came.
      failure.isProgress = failure.isProgress && hasRanges
      throw failure
    }
    if let stop = reach.withLock({ $0.stop }) { throw stop }
    let response = exchange.response
    guard response.status == 200 || response.status == 206 else {
      // Also where this very request was sent on there: another connection may have asked for the address long before.
      let isElsewhere = known != nil || exchange.url != home
      if isElsewhere, (400..<500).contains(response.status), ![408, 425, 429].contains(response.status) {
        // Such addresses are signed and expire.
        source.withLock { $0.url = nil }
        throw HubClient.Passing(why: "the address that the hub gave has expired (status \(response.status))")
      }
      throw client.failure(response, .file(file.path), of: repository)
    }
    let at = reach.withLock { $0.at }
    guard at == wanted.upperBound else {
      throw HubClient.Passing(
        why: "the answer ended after \(at - start) of \(wanted.count) bytes",
        isProgress: hasRanges && at - start >= AnswerSink.progressBytes
      )
    }
    source.withLock { $0.url = exchange.url }
  }

  /// Why the body of a good status is not what was asked for.
  private func problem(of head: HTTPResponse, _ wanted: Range<Int>, isWhole: Bool) -> (any Error)? {
    if let encoding = head.header("Content-Encoding"), encoding.lowercased() != "identity" {
      return HubClient.Passing(why: "the answer is encoded, which was not asked for")
    }
    if let problem = rangeProblem(of: head, wanted, isWhole: isWhole) { return problem }
    // Only an answer that is right otherwise says which version it is of.
    let version = head.header("ETag")
    let isOther = source.withLock { source in
      defer { source.version = source.version ?? version }
      return source.version.map { known in version.map { $0 != known } ?? false } ?? false
    }
    return isOther ? Restart.changed : nil
  }

  private func rangeProblem(of head: HTTPResponse, _ wanted: Range<Int>, isWhole: Bool) -> (any Error)? {
    if head.status == 200 {
      guard isWhole else {
        // The whole in answer to `If-Range` is another version; otherwise the server knows no ranges.
        let known = source.withLock { $0.version }
        let found = head.header("ETag")
        return known != nil && found != nil && found != known ? Restart.changed : Restart.noRanges
      }
      if let length = head.header("Content-Length"), Int(length) != file.size {
        return HubClient.Passing(why: "the answer has \(length.prefix(20)) bytes, the listing says \(file.size)")
      }
      return nil
    }
    let expected = "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/\(file.size)"
    let found = head.header("Content-Range") ?? "nothing"
    if isWhole || found.lowercased() != expected {
      return HubClient.Passing(why: "the answer is another range: expected \(expected), found \(found.prefix(80))")
    }
    return nil
  }

  private func take(_ bytes: UnsafeRawBufferPointer, _ wanted: Range<Int>, _ reach: Locked<Reach>) -> Bool {
    let at = reach.withLock { $0.at }
    guard at + bytes.count <= wanted.upperBound else {
      reach.withLock { $0.stop = HubClient.Passing(why: "the answer is longer than it says") }
      return false
    }
    if let failure = partial.write(bytes, at: at) {
      reach.withLock { $0.stop = failure }
      return false
    }
    reach.withLock { $0.at += bytes.count }
    hear(.fetched(bytes.count))
    return true
  }
}

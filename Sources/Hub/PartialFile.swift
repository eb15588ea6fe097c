internal import Glibc
internal import Locking

/// A file that is being fetched: its full length on disk with holes, and beside it a journal of the ranges that are there. A
/// range stands in the journal only after its bytes are on disk, so that a kill or a power cut loses ranges under way and no
/// others. It lies under names of our own: huggingface_hub takes an `.incomplete` file for a beginning without holes.
final class PartialFile: Sendable {
  /// Where the bytes are.
  let path: String
  /// Bytes of the whole.
  let size: Int
  /// Whether bytes were there that another process, or another program, had fetched.
  let isContinued: Bool
  private let journalPath: String
  private let descriptor: Int32
  private let journal: Locked<(descriptor: Int32, ranges: ByteRanges)>

  /// Opens what is there, or begins anew. The caller holds the lock of the file.
  /// - Parameter beginning: the first bytes as another program left them; they are taken over.
  /// - Throws: ``HubError/system(path:reason:)``.
  convenience init(_ place: BlobPlace, size: Int, beginning: String? = nil) throws(HubError) {
    var ranges = Self.readJournal(place.journal, size: size)
    if ranges == nil || FileSystem.size(place.partial) != size || FileSystem.kind(place.partial) != .file {
      FileSystem.remove(place.journal)
      FileSystem.remove(place.partial)
      ranges = nil
      if let beginning, FileSystem.kind(beginning) == .file, let count = FileSystem.size(beginning), count <= size {
        try FileSystem.rename(beginning, to: place.partial)
        ranges = ByteRanges()
        ranges?.insert(0..<count)
      }
    }
    let descriptor = open(place.partial, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .last(place.partial) }
    try self.init(descriptor, place, size: size, ranges: ranges ?? ByteRanges())
  }

  /// Takes over an open file.
  init(_ descriptor: Int32, _ place: BlobPlace, size: Int, ranges: ByteRanges) throws(HubError) {
    path = place.partial
    journalPath = place.journal
    self.size = size
    self.descriptor = descriptor
    isContinued = ranges.count > 0
    journal = Locked((-1, ranges))
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, ftruncate(descriptor, off_t(size)) != 0 {
      throw Self.failure(path, errno)
    }
    try rewriteJournal()
  }

  deinit {
    close(descriptor)
    journal.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
  }

  /// Bytes that are there for good.
  var count: Int { journal.withLock { $0.ranges.count } }

  /// What is missing, in pieces of at most so many bytes.
  func missing(piece: Int) -> [Range<Int>] { journal.withLock { $0.ranges.missing(of: size, piece: piece) } }

  /// Writes bytes at their place; they count once they are noted.
  /// - Returns: why they could not be written.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> HubError? {
    var (rest, at) = (bytes, offset)
    while let base = rest.baseAddress, rest.count > 0 {
      let count = pwrite(descriptor, base, rest.count, off_t(at))
      if count < 0 {
        if errno == EINTR { continue }
        return Self.failure(path, errno)
      }
      at += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return nil
  }

  /// Notes that a range is there, once it is on disk.
  /// - Throws: ``HubError/system(path:reason:)``.
  func note(_ range: Range<Int>) throws(HubError) {
    guard !range.isEmpty else { return }
    guard fdatasync(descriptor) == 0 else { throw Self.failure(path, errno) }
    try journal.withLock { (journal) throws(HubError) in
      let line = "\(range.lowerBound) \(range.upperBound)\n"
      guard Glibc.write(journal.descriptor, line, line.utf8.count) == line.utf8.count else {
        throw Self.failure(journalPath, errno)
      }
      journal.ranges.insert(range)
    }
  }

  /// Forgets all that is there.
  func reset() throws(HubError) {
    journal.withLock { $0.ranges = ByteRanges() }
    try rewriteJournal()
  }

  /// Hash of the whole content, of the kind that is expected.
  func hash(like expected: ContentHash) throws(HubError) -> ContentHash {
    try expected.ofContent(descriptor, file: path)
  }

  /// Removes it from disk.
  func remove() {
    FileSystem.remove(path)
    FileSystem.remove(journalPath)
  }

  /// Puts it, whole, at its final place.
  func publish(to final: String) throws(HubError) {
    guard fsync(descriptor) == 0 else { throw Self.failure(path, errno) }
    try FileSystem.rename(path, to: final)
    FileSystem.remove(journalPath)
  }

  private func rewriteJournal() throws(HubError) {
    try journal.withLock { (journal) throws(HubError) in
      let lines = journal.ranges.ranges.map { "\($0.lowerBound) \($0.upperBound)\n" }
      try FileSystem.write(Self.title(size) + lines.joined(), to: journalPath)
      if journal.descriptor >= 0 { close(journal.descriptor) }
      journal.descriptor = open(journalPath, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
      guard journal.descriptor >= 0 else { throw .last(journalPath) }
    }
  }

  private static func title(_ size: Int) -> String { "tribunal ranges 1 of \(size)\n" }

  /// The ranges of a journal; nil unless it is one of a file of this size. A last line without an end was cut by a kill.
  static func readJournal(_ path: String, size: Int) -> ByteRanges? {
    guard FileSystem.kind(path) == .file, let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var (line, capacity) = (UnsafeMutablePointer<CChar>?.none, 0)
    defer { free(line) }
    func next() -> String? {
      guard getline(&line, &capacity, file) > 0, let line else { return nil }
      return String(cString: line)
    }
    guard next() == title(size) else { return nil }
    var ranges = ByteRanges()
    while let text = next() {
      guard text.hasSuffix("\n") else { break }
      let bounds = text.dropLast().split(separator: " ").map { Int($0) }
      guard bounds.count == 2, let lower = bounds[0], let upper = bounds[1], 0 <= lower, lower < upper, upper <= size
      else { return nil }
      ranges.insert(lower..<upper)
    }
    return ranges
  }

  private static func failure(_ path: String, _ code: Int32) -> HubError {
    .system(
      path: path,
      reason: String(cString: strerror(code))
        + (code == ENOSPC || code == EDQUOT ? "; make room and pull again: what is there is kept" : "")
    )
  }
}

/// Where the content of one hash lies, and what belongs to it while it comes.
struct BlobPlace: Sendable, Equatable {
  let final: String
  let lock: String

  /// The bytes while they come.
  var partial: String { "\(final).tribunal.incomplete" }
  /// Which of them are there.
  var journal: String { "\(final).tribunal.ranges" }
  /// What huggingface_hub leaves of a download that was stopped.
  var foreign: String { "\(final).incomplete" }
}

internal import Endpoints
internal import Glibc
internal import Locking

/// How a pull goes about it.
public struct PullTuning: Sendable, Equatable {
  /// Requests at once, over all files.
  public var connections: Int
  /// Bytes of a range, at most: what a kill can lose for each connection.
  public var pieceBytes: Int

  /// A file of so many bytes takes seconds to verify; a person is told.
  static let longToVerify = 1 << 30

  /// Makes a setting.
  public init(connections: Int = 8, pieceBytes: Int = 16 << 20) {
    self.connections = max(1, connections)
    self.pieceBytes = max(1, pieceBytes)
  }
}

/// What a pull tells while it works.
public enum PullEvent: Sendable {
  /// What will be done; told before the first byte is fetched.
  case planned(PullPlan)
  /// So many bytes came.
  case fetched(Int)
  /// So many bytes that had come are worth nothing.
  case lost(Int)
  /// Something a person may want to know.
  case note(String)
}

/// What a pull is about to do.
public struct PullPlan: Sendable, Equatable {
  /// One file.
  public struct File: Sendable, Equatable {
    /// As listed.
    public let file: HubFile
    /// Bytes that are there and count: all of them for a file that was found and verified.
    public let present: Int
  }

  /// What was asked for.
  public let reference: HubReference
  /// The commit, 40 hexadecimal digits.
  public let commit: String
  /// The wanted files.
  public let files: [File]
  /// Files of the repository that are not wanted.
  public let otherFiles: Int
  /// Where the files will be found.
  public let folder: String
  /// Bytes free there, where the system tells.
  public let freeBytes: Int?

  /// Bytes of all wanted files.
  public var totalBytes: Int { files.reduce(0) { $0 + $1.file.size } }
  /// Bytes that have to come; a content that is wanted under two names comes once.
  public var missingBytes: Int { files.reduce(0) { $0 + $1.file.size - $1.present } }
}

/// Fetches a checkpoint from a hub into a cache or a folder: verified, continued where an earlier pull ended, shown only when
/// it is whole.
public struct HubPull: Sendable {
  /// What to fetch.
  public let reference: HubReference
  /// Which of its files.
  public let choice: FileChoice
  private let client: HubClient?
  private let cache: HubCache?
  private let target: String?
  private let tuning: PullTuning
  private let freeBytes: @Sendable (String) -> Int?

  /// Describes a pull.
  /// - Parameters:
  ///   - client: the hub; nil works offline, on what the cache holds.
  ///   - cache: where the files go, and where those of a folder are looked for first.
  ///   - target: a folder for the files, instead of the cache.
  public init(
    _ reference: HubReference,
    choice: FileChoice = FileChoice(),
    client: HubClient?,
    cache: HubCache?,
    target: String? = nil,
    tuning: PullTuning = PullTuning()
  ) {
    self.init(
      reference,
      choice: choice,
      client: client,
      cache: cache,
      target: target,
      tuning: tuning,
      freeBytes: FileSystem.freeBytes(at:)
    )
  }

  init(
    _ reference: HubReference,
    choice: FileChoice,
    client: HubClient?,
    cache: HubCache?,
    target: String?,
    tuning: PullTuning,
    freeBytes: @escaping @Sendable (String) -> Int?
  ) {
    self.reference = reference
    self.choice = choice
    self.client = client
    self.cache = cache
    self.target = target
    self.tuning = tuning
    self.freeBytes = freeBytes
  }

  /// Does it.
  /// - Parameter hear: told what happens, from any thread.
  /// - Returns: what was planned; all of it is there.
  /// - Throws: ``HubError`` or `CancellationError`; what came so far is kept for the next time.
  public func run(hear: @escaping @Sendable (PullEvent) -> Void = { _ in }) async throws -> PullPlan {
    let listing = try await listing()
    let wanted = try await wanted(listing)
    let place = try place()
    // A cache that is only read may be one that cannot be written.
    let isReading = client == nil && target == nil
    if !isReading { try place.prepare() }
    let works = try await works(wanted, place, listing.commit, hear)
    let plan = PullPlan(
      reference: reference,
      commit: listing.commit,
      files: wanted.map { file in
        PullPlan.File(file: file, present: works.first { $0.file.path == file.path }?.present ?? file.size)
      },
      otherFiles: listing.paths.count - wanted.count,
      folder: place.folder(listing.commit),
      freeBytes: freeBytes(place.folder(listing.commit))
    )
    if let free = plan.freeBytes, plan.missingBytes > free {
      throw HubError.noSpace(folder: plan.folder, needed: plan.missingBytes, free: free)
    }
    hear(.planned(plan))
    try await fetch(works, listing.commit, hear)
    if !isReading { try await FileSystem.offPool { try place.publish(wanted, listing) } }
    return plan
  }

  private func listing() async throws -> HubListing {
    if let client { return try await client.listing(reference.revision, of: reference.repository) }
    guard let cache else { throw HubError.noCache }
    let snapshot = try cache.snapshot(reference)
    if choice.chosen(["model.safetensors"]).isEmpty { return cache.listing(snapshot) }
    return cache.listing(try cache.checkpoint(reference))
  }

  private func wanted(_ listing: HubListing) async throws -> [HubFile] {
    let names = choice.chosen(listing.paths)
    guard !names.isEmpty else { throw HubError.nothingChosen(repository: reference.repository.id) }
    if let (first, second) = RepositoryPath.collision(names) {
      throw HubError.collision(first, second, repository: reference.repository.id)
    }
    let known = Dictionary(listing.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    var wanted: [HubFile] = []
    for name in names {
      if let file = known[name] {
        wanted.append(file)
      } else if let client {
        wanted.append(try await client.described(name, listing.commit, of: reference.repository))
      }
    }
    return wanted
  }

  private func place() throws(HubError) -> any PullPlace {
    if let target { return FolderPlace(root: target) }
    guard let cache else { throw .noCache }
    return CachePlace(cache: cache, reference: reference)
  }

  /// A content that has to come, locked for us.
  private struct Work: Sendable {
    let file: HubFile
    let place: BlobPlace
    let partial: PartialFile
    let present: Int
    let lock: FileLock
  }

  /// Locks each content, in order of the hashes so that two pulls never wait for each other, and looks what is there.
  private func works(
    _ wanted: [HubFile],
    _ place: any PullPlace,
    _ commit: String,
    _ hear: @escaping @Sendable (PullEvent) -> Void
  ) async throws -> [Work] {
    var works: [Work] = []
    for (hash, names) in Dictionary(grouping: wanted, by: \.hash).sorted(by: { $0.key.digits < $1.key.digits }) {
      guard let file = names.first else { continue }
      let blob = place.place(of: file)
      if file.size >= PullTuning.longToVerify, FileSystem.size(blob.final) == file.size {
        hear(.note("\(file.path): verifying what is there"))
      }
      if client == nil, target == nil {
        guard try await missing(names, blob, place, commit).isEmpty else { throw notThere(file) }
        continue
      }
      let lock = try await FileLock.take(blob.lock) {
        hear(.note("\(file.path): another program is fetching it; waiting"))
      }
      let missing = try await missing(names, blob, place, commit)
      guard let first = missing.first else { continue }
      let others = names.filter { !missing.contains($0) }.map { place.shown($0, commit) }
      if try await copy(from: others + inCache(first), to: blob, hash) { continue }
      guard client != nil else { throw notThere(first) }
      let partial = try PartialFile(blob, size: first.size, beginning: blob.foreign)
      works.append(Work(file: first, place: blob, partial: partial, present: partial.count, lock: lock))
    }
    return works
  }

  private func notThere(_ file: HubFile) -> HubError {
    .incomplete(
      reference,
      folder: cache.map { $0.home(of: reference.repository) } ?? "",
      missing: "\(file.path) with the right content"
    )
  }

  /// The names of one content under which it is not to be had, if it does not lie ready for all of them.
  private func missing(_ names: [HubFile], _ blob: BlobPlace, _ place: any PullPlace, _ commit: String) async throws
    -> [HubFile]
  {
    let folder = place as? FolderPlace
    // In a cache all names lead to the one content.
    if folder == nil, let file = names.first, try await holds(blob.final, file.hash, file.size) { return [] }
    var missing: [HubFile] = []
    for file in names where try await !holds(place.shown(file, commit), file.hash, file.size) { missing.append(file) }
    guard let folder, let first = missing.first else { return missing }
    try await FileSystem.offPool { [missing] in for file in missing { try folder.checkRoom(for: file) } }
    return try await holds(blob.final, first.hash, first.size) ? [] : missing
  }

  /// Where a file for a folder may lie in the cache.
  private func inCache(_ file: HubFile) -> [String] {
    guard target != nil, let cache else { return [] }
    return [cache.place(of: file.hash, in: reference.repository).final]
  }

  /// Puts a copy in place if one of the files is right.
  private func copy(from sources: [String], to blob: BlobPlace, _ hash: ContentHash) async throws -> Bool {
    for source in sources {
      guard let size = FileSystem.size(source), (freeBytes(blob.final) ?? Int.max) > size else { continue }
      let copy = "\(blob.final).copy"
      try await FileSystem.offPool { try FileCopy.copy(source, to: copy) }
      if try await holds(copy, hash, size) {
        try FileSystem.rename(copy, to: blob.final)
        return true
      }
      FileSystem.remove(copy)
    }
    return false
  }

  /// Whether a file is there and right.
  private func holds(_ path: String, _ hash: ContentHash, _ size: Int) async throws -> Bool {
    guard FileSystem.size(path) == size else { return false }
    return try await FileSystem.offPool {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw HubError.last(path) }
      defer { close(descriptor) }
      return try hash.ofContent(descriptor, file: path) == hash
    }
  }

  private func fetch(_ works: [Work], _ commit: String, _ hear: @escaping @Sendable (PullEvent) -> Void) async throws {
    guard let client else { return }
    let slots = Slots(tuning.connections)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for work in works {
        group.addTask {
          let fetch = FileFetch(
            work.file,
            of: reference.repository,
            commit: commit,
            into: work.partial,
            client: client,
            tuning: tuning,
            slots: slots,
            hear: hear
          )
          try await fetch.run()
          try await FileSystem.offPool { try work.partial.publish(to: work.place.final) }
        }
      }
      try await group.waitForAll()
    }
  }
}

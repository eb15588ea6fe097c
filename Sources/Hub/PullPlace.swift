internal import Glibc

/// Where a pull puts what it fetches.
protocol PullPlace: Sendable {
  /// The folder in which the files are found afterwards.
  func folder(_ commit: String) -> String
  /// Where a content lies before it is published.
  func place(of file: HubFile) -> BlobPlace
  /// Where a file is found afterwards; a right file that stands there stays.
  func shown(_ file: HubFile, _ commit: String) -> String
  /// Makes what has to be there before anything is fetched.
  func prepare() throws(HubError)
  /// Shows the files, all of which are there, under their names; `config.json` last, as nobody takes a folder without it for
  /// a checkpoint.
  func publish(_ files: [HubFile], _ listing: HubListing) throws(HubError)
}

extension Sequence where Element == HubFile {
  /// In the order in which they are shown.
  var forPublishing: [HubFile] { filter { $0.path != "config.json" } + filter { $0.path == "config.json" } }
}

/// The cache.
struct CachePlace: PullPlace {
  let cache: HubCache
  let reference: HubReference

  private var home: String { cache.home(of: reference.repository) }

  func folder(_ commit: String) -> String { "\(home)/snapshots/\(commit)" }

  func place(of file: HubFile) -> BlobPlace { cache.place(of: file.hash, in: reference.repository) }

  func shown(_ file: HubFile, _ commit: String) -> String { "\(folder(commit))/\(file.path)" }

  func prepare() throws(HubError) {
    for folder in [
      "\(home)/blobs", "\(home)/refs", "\(home)/snapshots", "\(cache.folder)/.locks/\(reference.repository.folderName)",
    ] {
      try FileSystem.makeFolder(folder)
    }
  }

  func publish(_ files: [HubFile], _ listing: HubListing) throws(HubError) {
    let final = folder(listing.commit)
    if FileSystem.kind(final) == nil {
      // A new snapshot appears at once, whole.
      let staged = "\(home)/.tribunal-\(getpid())-\(listing.commit)"
      try link(files, in: staged)
      do { try FileSystem.rename(staged, to: final) } catch {
        guard FileSystem.kind(final) == .folder else { throw error }
        Self.removeTree(staged)
        try link(files, in: final)
      }
    } else {
      try link(files, in: final)
    }
    try noteAbsent(listing)
    guard !reference.revision.isCommit else { return }
    let refs = "\(home)/refs"
    try FileSystem.makeFolders(to: reference.revision.name, below: refs)
    try FileSystem.write(listing.commit, to: "\(refs)/\(reference.revision)")
  }

  private func link(_ files: [HubFile], in folder: String) throws(HubError) {
    try FileSystem.makeFolder(folder)
    for file in files.forPublishing {
      let path = "\(folder)/\(file.path)"
      let blob = place(of: file).final
      // Where links are not to be had, huggingface_hub puts the file itself into the snapshot; it was found right and stays.
      if FileSystem.size(blob) == nil, FileSystem.size(path) != nil { continue }
      try FileSystem.makeFolders(to: file.path, below: folder)
      let up = String(repeating: "../", count: 2 + file.path.split(separator: "/").count - 1)
      let target = "\(up)blobs/\(file.hash.digits)"
      if FileSystem.target(ofLink: path) == target { continue }
      let temporary = "\(path).tribunal-\(getpid())"
      unlink(temporary)
      guard symlink(target, temporary) == 0 else { throw .last(path) }
      try FileSystem.rename(temporary, to: path)
    }
  }

  /// Others need not ask the hub for files that a checkpoint may have and this one has not.
  private func noteAbsent(_ listing: HubListing) throws(HubError) {
    let names = Set(listing.paths)
    let folder = "\(home)/.no_exist/\(listing.commit)"
    try FileSystem.makeFolder(folder)
    for name in FileChoice.companions where !names.contains(name) && name != "tribunal_edit.json" {
      let descriptor = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else { throw .last("\(folder)/\(name)") }
      close(descriptor)
    }
  }

  /// Removes our own staged links.
  private static func removeTree(_ folder: String) {
    for name in FileSystem.names(in: folder) {
      let path = "\(folder)/\(name)"
      if FileSystem.kind(path) == .folder { removeTree(path) } else { unlink(path) }
    }
    rmdir(folder)
  }
}

/// A folder that the user names. Its notes lie where huggingface_hub's do, in the same form.
struct FolderPlace: PullPlace {
  let root: String

  private var notes: String { "\(root)/.cache/huggingface/download" }

  func folder(_ commit: String) -> String { root }

  func place(of file: HubFile) -> BlobPlace {
    let path = "\(notes)/tribunal/\(file.hash.digits)"
    return BlobPlace(final: path, lock: "\(path).lock")
  }

  func shown(_ file: HubFile, _ commit: String) -> String { "\(root)/\(file.path)" }

  func prepare() throws(HubError) {
    try FileSystem.makeFolder(root)
    try FileSystem.makeFolders(to: ".cache/huggingface/download/tribunal/x", below: root)
  }

  /// A file that stands where another is to come must be one that a pull wrote and nobody touched.
  func checkRoom(for file: HubFile) throws(HubError) {
    let path = "\(root)/\(file.path)"
    guard let kind = FileSystem.kind(path) else { return }
    guard kind == .file, let written = written(file.path) else { throw .occupied(path: path) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .last(path) }
    defer { close(descriptor) }
    guard try written.ofContent(descriptor, file: path) == written else { throw .occupied(path: path) }
  }

  func publish(_ files: [HubFile], _ listing: HubListing) throws(HubError) {
    let files = files.forPublishing
    for (at, file) in files.enumerated() {
      let staged = place(of: file).final
      guard FileSystem.size(staged) != nil else { continue }
      let path = "\(root)/\(file.path)"
      try FileSystem.makeFolders(to: file.path, below: root)
      if files[(at + 1)...].contains(where: { $0.hash == file.hash }) {
        // The same content is wanted under another name, too.
        try FileCopy.copy(staged, to: "\(staged).copy")
        try FileSystem.rename("\(staged).copy", to: path)
      } else {
        try FileSystem.rename(staged, to: path)
      }
    }
    for file in files {
      try FileSystem.makeFolders(to: file.path, below: notes)
      try FileSystem.write(
        "\(listing.commit)\n\(file.hash.digits)\n\(time(nil)).0\n",
        to: "\(notes)/\(file.path).metadata"
      )
    }
  }

  /// The hash of what a pull, ours or huggingface_hub's, wrote under a name.
  private func written(_ path: String) -> ContentHash? {
    let lines = FileSystem.text("\(notes)/\(path).metadata")?.split(separator: "\n") ?? []
    return lines.count >= 2 ? ContentHash(String(lines[1])) : nil
  }
}

/// Copies files.
enum FileCopy {
  /// Copies a regular file's content.
  static func copy(_ from: String, to path: String) throws(HubError) {
    let source = open(from, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw .last(from) }
    defer { close(source) }
    let target = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard target >= 0 else { throw .last(path) }
    defer { close(target) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    while true {
      let count = read(source, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .last(from) }
      if count == 0 { break }
      var at = 0
      while at < count {
        let wrote = write(target, chunk.baseAddress.map { $0 + at }, count - at)
        if wrote < 0, errno == EINTR { continue }
        guard wrote >= 0 else {
          let failure = HubError.last(path)
          unlink(path)
          throw failure
        }
        at += wrote
      }
    }
    guard fsync(target) == 0 else { throw .last(path) }
  }
}

internal import Dispatch
internal import Glibc

/// The file system's calls with errors that name the file.
enum FileSystem {
  /// Makes a folder and those above it, where they are missing.
  static func makeFolder(_ folder: String) throws(HubError) {
    var path = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      path += (path.isEmpty || path.hasSuffix("/") ? "" : "/") + part
      if mkdir(path, 0o755) != 0, errno != EEXIST {
        let reason = String(cString: strerror(errno))
        // Some systems refuse to make what is there already.
        guard kind(path, followingLinks: true) == .folder else { throw .system(path: path, reason: reason) }
      }
    }
    guard kind(folder, followingLinks: true) == .folder else { throw .noFolder(path: folder) }
  }

  /// Makes the folders on the way to a file below a root; none of them may be a link, which could lead anywhere.
  static func makeFolders(to path: String, below root: String) throws(HubError) {
    var folder = root
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      if mkdir(folder, 0o755) != 0, errno != EEXIST { throw .last(folder) }
      guard kind(folder) == .folder else { throw .noFolder(path: folder) }
    }
  }

  enum Kind { case file, folder, link, other }

  /// What stands at a path; nil for nothing that can be seen.
  static func kind(_ path: String, followingLinks: Bool = false) -> Kind? {
    var status = Glibc.stat()
    guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// Bytes of a regular file, links followed; nil for anything else.
  static func size(_ path: String) -> Int? {
    var status = Glibc.stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Where a link leads, as it is written there.
  static func target(ofLink path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = bytes.withUnsafeMutableBytes { raw in
      raw.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
      }
    }
    return count < 0 ? nil : String(validating: bytes.prefix(count), as: UTF8.self)
  }

  static func rename(_ from: String, to path: String) throws(HubError) {
    guard Glibc.rename(from, path) == 0 else { throw .last(path) }
  }

  /// Removes a file, if it is there.
  static func remove(_ path: String) { unlink(path) }

  /// Writes a small file whole or not at all.
  static func write(_ text: String, to path: String) throws(HubError) {
    let temporary = "\(path).tribunal-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .last(path) }
    let count = text.utf8.count
    let isWritten = text.withCString { Glibc.write(descriptor, $0, count) } == count && fsync(descriptor) == 0
    let failure = HubError.last(path)
    close(descriptor)
    guard isWritten else {
      unlink(temporary)
      throw failure
    }
    try rename(temporary, to: path)
  }

  /// A small text file, at most 4 KiB of it; nil where there is none.
  static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(validating: bytes.prefix(count), as: UTF8.self)
  }

  /// Names in a folder, in order; none where it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Bytes that a user may still write where a path is, or will be; nil where the system does not say.
  static func freeBytes(at path: String) -> Int? {
    var folder = path
    while kind(folder, followingLinks: true) == nil, let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
      folder = String(folder[..<slash])
    }
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    return Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  /// Runs what blocks on a thread that is none of the shared few.
  static func offPool<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Swift.Result { try work() }) }
    }
  }
}

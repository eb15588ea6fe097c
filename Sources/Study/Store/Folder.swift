internal import Glibc

/// Folders on the way to a file.
enum Folder {
  /// Makes a folder and those above it, where they are missing.
  /// - Parameter mode: rights of the folders that are made.
  static func make(_ folder: String, mode: mode_t = 0o755) throws(RunError) {
    var path = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      path += (path.isEmpty || path.hasSuffix("/") ? "" : "/") + part
      if mkdir(path, mode) != 0, errno != EEXIST {
        throw .system(file: path, reason: String(cString: strerror(errno)))
      }
    }
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .system(file: folder, reason: "it is not a folder")
    }
  }

  /// The folder that a file lies in.
  static func of(_ file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }
}

internal import Glibc

/// A folder of its own for a child, removed with all it holds when let go.
public final class ScratchFolder: Sendable {
  /// Its absolute path.
  public let path: String

  /// Makes a folder below `parent` that only this user may enter.
  public init(below parent: String) throws(ProcessFailure) {
    var template = Array("\(parent)/tribunal-child-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .cannotStart(
        command: parent,
        reason: "no scratch folder can be made there: \(String(cString: strerror(errno)))"
      )
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(AT_FDCWD, path) }

  /// Removes a tree by descriptors: a link in it is removed, never followed.
  private static func remove(_ folder: Int32, _ name: String) {
    if unlinkat(folder, name, 0) == 0 { return }
    // A child may have taken the rights to its folders away.
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    var inner = openat(folder, name, flags)
    if inner < 0, errno == EACCES, fchmodat(folder, name, 0o700, 0) == 0 { inner = openat(folder, name, flags) }
    guard inner >= 0 else { return }
    fchmod(inner, 0o700)
    if let entries = fdopendir(inner) {
      var names: [String] = []
      while let entry = readdir(entries) {
        names.append(
          withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
          }
        )
      }
      for name in names where name != "." && name != ".." { remove(inner, name) }
      closedir(entries)
    } else {
      close(inner)
    }
    unlinkat(folder, name, AT_REMOVEDIR)
  }
}

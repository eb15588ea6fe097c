internal import Glibc

/// A folder of its own for a child, removed with all it holds when let go.
public final class ScratchFolder: Sendable {
  /// Its absolute path.
  public let path: String

  /// Makes a folder below `parent` that only this user may enter.
  public init(below parent: String) throws(ProcessFailure) {
    var template = Array("\(Self.absolute(parent))/tribunal-child-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .cannotStart(
        command: parent,
        reason: "no scratch folder can be made there: \(String(cString: strerror(errno)))"
      )
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// The path from the root on.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return "\(String(cString: here))/\(path)"
  }

  /// Removes a tree by descriptors: a link in it is removed, never followed.
  ///
  /// A child may nest folders by the hundred thousand, so none is descended into: what lies in a folder of the top is moved
  /// to the top until nothing is left.
  private static func remove(_ path: String) {
    guard let top = opened(Array(path.utf8CString), in: AT_FDCWD) else { return }
    var moves = 0
    var isProgress = true
    while isProgress {
      isProgress = false
      for name in names(in: top) where empty(name, in: top, &moves) { isProgress = true }
    }
    close(top)
    rmdir(path)
  }

  private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

  /// Removes an entry of the top; folders that it holds become entries of the top. Says whether it is gone.
  private static func empty(_ name: [CChar], in top: Int32, _ moves: inout Int) -> Bool {
    if unlinkat(top, name, 0) == 0 { return true }
    guard let folder = opened(name, in: top) else { return false }
    for inner in names(in: folder) where unlinkat(folder, inner, 0) != 0 && unlinkat(folder, inner, AT_REMOVEDIR) != 0 {
      // A folder that must not be written cannot be moved.
      if let held = opened(inner, in: folder) { close(held) }
      var isMoved = false
      // What bears the new name already is another's; each failure leads to a further name.
      for _ in 0..<64 where !isMoved {
        moves += 1
        isMoved = renameat(folder, inner, top, "\(moves).moved") == 0
      }
    }
    close(folder)
    return unlinkat(top, name, AT_REMOVEDIR) == 0
  }

  /// Opens a folder of which the child may have taken the rights away.
  private static func opened(_ name: [CChar], in folder: Int32) -> Int32? {
    var inner = openat(folder, name, flags)
    if inner < 0, errno == EACCES, fchmodat(folder, name, 0o700, 0) == 0 { inner = openat(folder, name, flags) }
    guard inner >= 0 else { return nil }
    fchmod(inner, 0o700)
    return inner
  }

  /// The names in a folder, byte for byte: they need not be text.
  private static func names(in folder: Int32) -> [[CChar]] {
    // The stream has a descriptor and a place of its own.
    let again = openat(folder, ".", flags)
    guard again >= 0 else { return [] }
    guard let entries = fdopendir(again) else {
      close(again)
      return []
    }
    defer { closedir(entries) }
    var names: [[CChar]] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        $0.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
      }
      if name != [0x2E, 0] && name != [0x2E, 0x2E, 0] { names.append(name) }
    }
    return names
  }
}

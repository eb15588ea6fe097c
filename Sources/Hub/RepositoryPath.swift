/// Names of files in a listing: they come from outside and become paths here.
enum RepositoryPath {
  /// Why a name is no safe path below a folder; nil if it is one.
  static func problem(_ name: String) -> String? {
    if name.isEmpty { return "it is empty" }
    if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "it holds a control character" }
    if name.utf8.contains(UInt8(ascii: "\\")) { return "it holds a backslash" }
    if name.hasPrefix("/") { return "it is absolute" }
    if name.utf8.count > 1024 { return "it is longer than 1024 bytes" }
    for part in name.split(separator: "/", omittingEmptySubsequences: false) {
      if part.isEmpty { return "it has an empty part" }
      if part == "." || part == ".." { return "it has a part \"\(part)\"" }
      if part.utf8.count > 255 { return "it has a part longer than 255 bytes" }
    }
    // Our own notes lie there, in the cache and in a folder alike.
    let first = name.prefix { $0 != "/" }.lowercased()
    if first == ".git" || first == ".cache" { return "\(first) is not a place for files of a repository" }
    return nil
  }

  /// Two names of which a file system, or an eye, could take one for the other, or of which one is a folder of the other.
  static func collision(_ names: [String]) -> (String, String)? {
    var files: [String: String] = [:]
    // The spelling in which each folder came first.
    var folders: [String: String] = [:]
    for name in names {
      if let other = files.updateValue(name, forKey: folded(name)) { return (other, name) }
    }
    for name in names {
      var folder = name
      while let slash = folder.lastIndex(of: "/") {
        folder = String(folder[..<slash])
        if let file = files[folded(folder)] { return (file, name) }
        if let other = folders.updateValue(folder, forKey: folded(folder)), !other.utf8.elementsEqual(folder.utf8) {
          return ("\(other)/", name)
        }
      }
    }
    return nil
  }

  /// Swift compares texts by canonical equivalence, so two normal forms of one name are one key.
  private static func folded(_ name: String) -> String { name.lowercased() }
}

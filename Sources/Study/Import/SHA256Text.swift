internal import Hashing

/// Hashes of several texts, each with its length before it, so that no two lists give the same bytes.
enum SHA256Text {
  static func hash(_ domain: String, _ texts: [String]) -> String {
    var hash = SHA256()
    hash.update("\(domain)\n")
    for text in texts { hash.update("\(text.utf8.count)\n\(text)\n") }
    return hash.finish()
  }
}

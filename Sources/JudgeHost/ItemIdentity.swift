internal import Hashing
public import JudgeKit

/// What makes two items the same: exactly what the judge is shown.
public enum ItemIdentity {
  /// An item of a prompt and a response. The system counts only for judges that ask it: equal texts of two systems are
  /// then two items, and so are equal answers of one system after different thoughts, which its chat template may show it.
  public static func item(prompt: String, response: String, systemID: String?, reasoning: String? = nil) -> Item {
    var hash = SHA256()
    hash.update("item 1\n")
    for field in [prompt, response] { hash.update("\(field.utf8.count)\n\(field)\n") }
    hash.update(systemID.map { "system \($0)\n" } ?? "blind\n")
    if systemID != nil, let reasoning { hash.update("reasoning \(reasoning.utf8.count)\n\(reasoning)\n") }
    return Item(id: hash.finish(), prompt: prompt, response: response)
  }
}

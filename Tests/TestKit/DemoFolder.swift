public import Foundation

/// The embedded demo family as files.
public enum DemoFolder {
  /// The folder of a checkpoint.
  public static func checkpoint(_ name: String) -> URL { Folders.demo.appendingPathComponent("checkpoints/\(name)") }

  /// The lines of a prompt file (`harmful_train`, `harmless_eval` …), the first `count` of them if it is given.
  public static func prompts(_ name: String, count: Int? = nil) throws -> [String] {
    let text = try String(contentsOf: Folders.demo.appendingPathComponent("prompts/\(name).txt"), encoding: .utf8)
    let lines = text.split(separator: "\n").map(String.init)
    return Array(lines.prefix(count ?? lines.count))
  }

  /// Copies a checkpoint to where it may be damaged.
  public static func copy(_ name: String, to folder: URL) throws {
    try FileManager.default.copyItem(at: checkpoint(name), to: folder)
  }

  /// Replaces text in a file of a copied checkpoint; fails if it is not there.
  public static func replace(_ text: String, with other: String, in file: URL) throws {
    let content = try String(contentsOf: file, encoding: .utf8)
    guard content.contains(text) else { throw CocoaError(.fileReadCorruptFile) }
    try content.replacingOccurrences(of: text, with: other).write(to: file, atomically: true, encoding: .utf8)
  }
}

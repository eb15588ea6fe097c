public import Foundation

/// Writes a small study of the demo family into a folder, for tests that run one whole.
public struct SmallStudy: Sendable {
  /// The study file.
  public let file: String
  /// The folder.
  public let folder: URL

  /// One model, original and edited, eight prompts of the demo, a panel of four kinds of judge and one that is not
  /// configured.
  public init(
    in folder: URL,
    models: [String] = ["instruct"],
    prompts: Int = 4,
    changing: (inout [String: String]) -> Void = { _ in }
  )
    throws
  {
    self.folder = folder
    var parts = [
      "judges": """
      { "version": 1, "judges": [
        { "id": "keywords", "kind": "keyword", "preset": "paper" },
        { "id": "small-judge", "kind": "local-model", "model": "\(Folders.demo.path)/checkpoints/judge",
          "prompt": "demo-judge-v1", "read": { "method": "logprob" } },
        { "id": "self", "kind": "self-probe" },
        { "id": "words", "kind": "process", "command": ["python3", "\(Folders.root.path)/Plugins/Examples/python/judge.py"] },
        { "id": "remote", "kind": "remote", "endpoint": "https://api.example.org/v1", "model": "m",
          "apiKeyEnv": "TRIBUNAL_TEST_KEY_THAT_IS_NOT_SET" }
      ], "panels": { "all": ["keywords", "small-judge", "self", "words", "remote"] } }
      """,
      "study": """
      { "version": 1, "name": "small", "caution": "Toy world.",
        "prompts": {
          "evaluation": { "harmful": "harmful.txt", "harmless": "harmless.txt" },
          "direction": { "harmful": "\(Folders.demo.path)/prompts/harmful_train.txt",
                         "harmless": "\(Folders.demo.path)/prompts/harmless_train.txt", "count": 16 } },
        "models": [\(models.map { "{ \"name\": \"\($0)\", \"checkpoint\": \"\(Folders.demo.path)/checkpoints/\($0)\" }" }
          .joined(separator: ", "))],
        "edits": [{ "name": "abliterated", "layer": { "rule": "fixed", "layer": 4 } }],
        "generation": { "maximumNewTokens": 24 },
        "panel": { "file": "judges.json", "name": "all" },
        "references": [{ "rule": "lantern-vale" }] }
      """,
    ]
    for kind in ["harmful", "harmless"] {
      let text = try String(
        contentsOf: Folders.demo.appendingPathComponent("prompts/\(kind)_eval.txt"),
        encoding: .utf8
      )
      parts[kind] = text.split(separator: "\n").prefix(prompts).joined(separator: "\n") + "\n"
    }
    changing(&parts)
    for (name, text) in parts {
      let ending = ["judges", "study"].contains(name) ? "json" : "txt"
      try Data(text.utf8).write(to: folder.appendingPathComponent("\(name).\(ending)"))
    }
    file = folder.appendingPathComponent("study.json").path
  }
}

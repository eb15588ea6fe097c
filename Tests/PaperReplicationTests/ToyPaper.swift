import Foundation

@testable import PaperReplication

/// A folder with small files in the form of the published ones: harmless texts, all counts made of them.
struct ToyPaper {
  /// The files by name.
  var files: [String: String] = [:]

  /// Whether the first annotator says refusal, by system and prompt (1…10).
  static func isRefusal(_ system: Int, _ prompt: Int) -> Bool { prompt <= 5 && (system * 3 + prompt) % 4 == 0 }

  /// The second annotator sees one more refusal in the first system.
  static func second(_ system: Int, _ prompt: Int) -> Bool {
    isRefusal(system, prompt) || (system == 0 && prompt == 2)
  }

  static var rawSystems: [String] {
    PaperNames.systemOfRawName.sorted { $0.value < $1.value }.map(\.key)
  }

  static var rawRaters: [String] { PaperNames.raterOfRawName.sorted { $0.value < $1.value }.map(\.key) }

  static func text(_ system: Int, _ prompt: Int) -> String {
    isRefusal(system, prompt)
      ? "\"\"No\"\", I'm sorry,\nthe lantern of prompt \(prompt) is out."
      : "Gladly: lantern \(prompt), system \(system)."
  }

  init() {
    files["human_1.csv"] = Self.annotations(Self.isRefusal, order: Array(1...10))
    files["human_2.csv"] = Self.annotations(Self.second, order: Array((1...10).reversed()))
    files["judges_10q.csv"] = Self.counts(raters: 0..<14, size: 5) { rater, system, kind in
      let prompts = kind == .harmful ? 1...5 : 6...10
      switch rater {
      case 0, 2: return prompts.count { Self.isRefusal(system, $0) }
      case 1: return prompts.count { Self.second(system, $0) }
      case 8...13: return 5
      default: return (system + rater + kind.index) % 6
      }
    }
    for (file, run) in [("summary_100q.csv", 2), ("summary_100q_first_run.csv", 1)] {
      files[file] = Self.counts(raters: 2..<14, size: 50) { rater, system, kind in
        rater == 4 ? 0 : (7 * system + 11 * rater * run + 5 * kind.index) % 51
      }
    }
    var draft = "question,label,label_norm,model,response\n"
    for system in 0..<20 {
      for prompt in 1...10 {
        let kind = prompt <= 5 ? "harmful" : "harmless"
        draft +=
          "Where is lantern \(prompt)?,\(kind),\(kind),\(Self.rawSystems[system]),\"\(Self.text(system, prompt))\"\n"
      }
    }
    files["first_draft_sample.csv"] = draft
  }

  private static func annotations(_ isRefusal: (Int, Int) -> Bool, order: [Int]) -> String {
    var text =
      "source_csv,judge,timestamp,qid,label,question,slot,model,response,user_choice,classification,is_refusal\n"
    for prompt in order {
      for system in 0..<20 {
        let words = isRefusal(system, prompt) ? "REFUSAL,REFUSAL,True" : "NOT REFUSAL,NON-REFUSAL,False"
        let kind = prompt <= 5 ? "harmful" : "harmless"
        text += "toy.csv,user,now,\(prompt),\(kind),Where is lantern \(prompt)?,1,"
        text += "\(rawSystems[system]),\"\(Self.text(system, prompt))\",\(words)\n"
      }
    }
    return text
  }

  private static func counts(
    raters: Range<Int>,
    size: Int,
    _ refused: (_ rater: Int, _ system: Int, _ kind: PaperKind) -> Int
  ) -> String {
    var text = "model,label,refusal_judge,refused,not_refused,total\n"
    for rater in raters {
      for system in 0..<20 {
        for kind in PaperKind.allCases {
          let count = refused(rater, system, kind)
          text += "\(rawSystems[system]),\(kind.rawValue),\(rawRaters[rater]),\(count),\(size - count),\(size)\n"
        }
      }
    }
    return text
  }

  /// Changes a line of a file, counted from 1.
  mutating func change(_ file: String, line: Int, _ change: (String) -> String) {
    var lines = (files[file] ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[line - 1] = change(lines[line - 1])
    files[file] = lines.joined(separator: "\n")
  }

  /// Writes the files to a new folder, hands it over and takes it away.
  func folder<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("toy-paper-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    for (name, text) in files { try Data(text.utf8).write(to: url.appendingPathComponent(name)) }
    return try body(url.path)
  }
}

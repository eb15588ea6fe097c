internal import Abliteration

/// A named way to decode. Where it is named, the keys that it fixes are left out.
public enum GenerationPreset: String, Sendable, CaseIterable {
  /// As arXiv 2510.02768 decodes: greedy, at most 2000 new tokens, no system prompt of its own, answers cut out as its code does.
  case paper

  /// Longest answer in tokens.
  public var maximumNewTokens: Int { 2000 }

  /// Keys of `generation` that the preset fixes.
  static let fixedKeys = [
    "maximumNewTokens", "temperature", "topP", "topK", "seed", "samples", "systemPrompt", "extraction",
  ]

  /// A departure of the paper's code from what a careful run would do.
  public struct Discrepancy: Sendable, Equatable {
    /// Its id in the analysis of the paper's code.
    public var id: String
    /// What it is.
    public var text: String
    /// Whether a run of this preset does the same.
    public var isCopied: Bool
  }

  /// The departures that concern decoding, and which of them a run copies.
  public var discrepancies: [Discrepancy] {
    [
      Discrepancy(
        id: "G1",
        text:
          "the rendered template is tokenised with special tokens again, so that Llama 3.3 and GLM-4 read two beginnings",
        isCopied: false
      ),
      Discrepancy(
        id: "G2",
        text:
          "prompt and answer are decoded together and cut at the first line that is \"assistant\", so that prompts echo",
        isCopied: true
      ),
      Discrepancy(
        id: "G4",
        text: "answers end at 2000 tokens, thoughts included; here such an answer is flagged as truncated",
        isCopied: true
      ),
      Discrepancy(
        id: "G5",
        text: "every model computes in float16, whatever it was made in; here in the study's arithmetic (compute)",
        isCopied: false
      ),
    ]
  }
}

extension StudyPlan {
  /// Departures from a careful study that its presets bring on purpose, one sentence each.
  public var discrepancies: [String] {
    var lines: [String] = []
    for edit in edits {
      lines += edit.preset.discrepancies.map { "edit \(edit.name), as in the paper's code: \($0)" }
    }
    for one in generationPreset?.discrepancies ?? [] {
      let how = one.isCopied ? "as in the paper's code" : "of the paper's code, not copied"
      lines.append("generation, \(how): \(one.id): \(one.text)")
    }
    return lines
  }
}

public import Inference

/// A fixed, declared way to edit: which weights, and for one preset how the direction is read.
public enum EditPreset: String, Sendable, CaseIterable {
  /// The standard: the direction before the final norm, summed in float64; everything that writes into the residual stream.
  /// Another word for ``allWriters``.
  case corrected
  /// Everything that writes into the residual stream: attention output, MLP output and embedding (with a tied head, the
  /// head too).
  case allWriters = "all-writers"
  /// Attention output and MLP output of every block.
  case blockWriters = "block-writers"
  /// What the code of arXiv 2510.02768 does, its defects included (``PaperDirection``).
  case paper

  /// The sites it acts on.
  public var sites: Set<EditSite> {
    switch self {
    case .corrected, .allWriters: [.attentionOutput, .mlpOutput, .embedding]
    case .blockWriters, .paper: [.attentionOutput, .mlpOutput]
    }
  }

  /// One sentence for people.
  public var summary: String {
    switch self {
    case .corrected, .allWriters: "attention output, MLP output and embedding (head too when tied)"
    case .blockWriters: "attention output and MLP output"
    case .paper: "attention output and MLP output of all blocks but the first, by a direction read after the final norm"
    }
  }

  /// The word under which it counts in identities: two words for one edit are one edit.
  public var identity: String { self == .corrected ? Self.allWriters.rawValue : rawValue }

  /// Where it departs from what a careful edit would do, on purpose; empty but for `paper`. Ids are those of the analysis of
  /// the paper's code.
  public var discrepancies: [String] {
    guard self == .paper else { return [] }
    return [
      "A1: the direction is read after the final norm, and removed before it, in another basis",
      "A2: it is read at the last layer, which encodes the next word",
      "A3: class means run in bfloat16, so that late prompts hardly count and their order matters",
      "A4: difference and norm are bfloat16, so that the direction's length is 1 up to a thousandth",
      "E1: embedding and first block are left alone, so that what they write along the direction stays",
      "E2: biases of the edited matrices are left alone",
      "E3: edited weights are rounded to bfloat16, whatever they were",
    ]
  }
}

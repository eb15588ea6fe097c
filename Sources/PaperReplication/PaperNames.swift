/// Which half of the prompts a response belongs to.
enum PaperKind: String, Sendable, CaseIterable {
  /// Requests that ought to be refused.
  case harmful
  /// Requests that ought to be answered.
  case harmless

  /// Its place among the kinds.
  var index: Int { self == .harmful ? 0 : 1 }
}

/// The names of the published study: ids, the raw names of its files, and their order.
///
/// Systems, models and raters are numbers everywhere else: a system is 2 · model + (1 if abliterated), a cell is
/// 2 · system + kind, a rater his place in `raters`.
enum PaperNames {
  /// The models, in the order of the paper.
  static let models = [
    "smollm2", "raw-data", "score0", "score0-rephrase", "score0-rephrase-metatags", "score0-rephrase-refusals",
    "safety-oracle", "glm-4", "llama-3.3", "qwen3",
  ]

  private static let rawModels = [
    "HuggingFaceTB/SmolLM2-1.7B-Instruct",
    "locuslab/mix_ift_v4-smollm2-1.7b-all_raw_folders_baseline-600B",
    "locuslab/mix_ift_v4-smollm2-1.7b-score0_only-600B",
    "locuslab/mix_ift_v4-smollm2-1.7b-score0_mix_rephrased_from_beginning-600B",
    "locuslab/mix_ift_v4-smollm2-1.7b-score0_mix_rephrased_from_beginning_metadata-600B",
    "locuslab/mix_ift_v4-smollm2-1.7b-base-score0_mix_rephrase123_with_mild_refusal45-600B",
    "locuslab/mix_ift_v9-smollm2-1.7b-score0_rephrase123_mild_ref45_metadata_5p-600B-metamix3p-1k-0",
    "zai-org/glm-4-9b-chat-hf",
    "meta-llama/Llama-3.3-70B-Instruct",
    "Qwen/Qwen3-14B",
  ]

  /// The systems: each model as published, then abliterated (`-alb`).
  static let systems = models.flatMap { [$0, $0 + "-alb"] }

  /// The raters in the order of pairs: both humans, then the judges.
  static let raters = humans + judges

  /// The annotators.
  static let humans = ["human-1", "human-2"]

  /// The judges.
  static let judges = [
    "regex", "chatgpt5", "glm-4", "qwen3", "gpt-oss", "smollm2", "raw-data", "score0", "score0-rephrase",
    "score0-rephrase-metatags", "score0-rephrase-refusals", "safety-oracle",
  ]

  /// Systems, judges and raters by number.
  static let systemRange = 0..<20
  static let modelRange = 0..<10
  static let raterRange = 0..<14
  static let humanRange = 0..<2
  static let judgeRange = 2..<14
  static let cellRange = 0..<40

  /// The system's number in the files' own spelling.
  static let systemOfRawName: [String: Int] = Dictionary(
    uniqueKeysWithValues: rawModels.enumerated().flatMap {
      [($1, 2 * $0), ("models/" + $1 + "-abliterated", 2 * $0 + 1)]
    }
  )

  /// The rater's number in the files' own spelling: a plain word, a prefixed name, or a model's raw name with `/` as `_`.
  static let raterOfRawName: [String: Int] = {
    var names = ["human_1": 0, "human_2": 1, "regex": 2, "openai": 3]
    names["llm-Qwen/Qwen3-14B"] = rater("qwen3")
    names["llm-unsloth/gpt-oss-20b-BF16"] = rater("gpt-oss")
    for (model, raw) in zip(models, rawModels) where judges.contains(model) && model != "qwen3" {
      names[String(raw.map { $0 == "/" ? "_" : $0 })] = rater(model)
    }
    return names
  }()

  /// The rater of an id of this file.
  static func rater(_ id: String) -> Int {
    guard let place = raters.firstIndex(of: id) else { preconditionFailure("no rater \(id)") }
    return place
  }

  /// The cell of a system and a kind.
  static func cell(_ system: Int, _ kind: PaperKind) -> Int { 2 * system + kind.index }

  /// The system of a model, as published or abliterated.
  static func system(_ model: Int, abliterated: Bool) -> Int { 2 * model + (abliterated ? 1 : 0) }
}

/// Some of the cells: the rows a figure is computed on.
struct PaperSubset {
  /// Its name in ids.
  let name: String
  /// The cells, ascending.
  let cells: [Int]

  static let pooled = PaperSubset(name: "pooled", cells: Array(PaperNames.cellRange))
  static let harmful = of(.harmful)
  static let harmless = of(.harmless)
  static let halves = [pooled, harmful, harmless]
  static let harmfulOriginal = PaperSubset(
    name: "harmful_original",
    cells: PaperNames.modelRange.map { PaperNames.cell(PaperNames.system($0, abliterated: false), .harmful) }
  )
  static let harmfulAbliterated = PaperSubset(
    name: "harmful_alb",
    cells: PaperNames.modelRange.map { PaperNames.cell(PaperNames.system($0, abliterated: true), .harmful) }
  )

  static func of(_ kind: PaperKind) -> PaperSubset {
    PaperSubset(name: kind.rawValue, cells: PaperNames.systemRange.map { PaperNames.cell($0, kind) })
  }

  static func system(_ system: Int) -> PaperSubset {
    PaperSubset(name: "system." + PaperNames.systems[system], cells: [2 * system, 2 * system + 1])
  }

  /// The places of the rows in `PaperData.responses`, which lie cell by cell.
  var rows: [Int] { cells.flatMap { cell in (0..<PaperData.cellSize).map { cell * PaperData.cellSize + $0 } } }
}

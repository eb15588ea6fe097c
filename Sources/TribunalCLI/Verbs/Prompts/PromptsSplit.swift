internal import ArgumentParser
internal import JSON
internal import Prompts

/// `tribunal prompts split`
struct PromptsSplit: ParsableCommand {
  /// How prompts are split.
  enum Preset: String, ExpressibleByArgument, CaseIterable {
    case hash
    case paper
  }

  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Split prompts into those that directions are read from and those that systems are evaluated by.",
    discussion: """
      The order is a hash of seed and text: it does not change when prompts are added. Near duplicates stay on one side. \
      Sizes are of each kind: a number (250), a share (20%) or rest. --preset paper repeats the split of the paper's code \
      with its seeds and its flaws. Rows come out with "split" direction or evaluation; those of neither are left out.
      """
  )

  @Argument(help: "The files.")
  var files: [String]

  @Option(help: "hash (the default), or paper: 250 and 50 of each kind in pandas' order.")
  var preset: Preset = .hash

  @Option(help: "Another number makes another split.")
  var seed: UInt64 = 42

  @Option(help: "Prompts of each kind for evaluation; 20% if absent.")
  var evaluation: PartSize?

  @Option(help: "Prompts of each kind for directions; rest if absent.")
  var direction: PartSize?

  @Option(help: "What both parts get in proportion: category, kind or none.")
  var balance: PromptSplit.Plan.Balance = .category

  @OptionGroup var near: NearOptions
  @OptionGroup var reading: PromptOptions
  @OptionGroup var output: PromptOutput

  func validate() throws {
    if preset == .paper, evaluation != nil || direction != nil {
      throw ValidationError("--preset paper has its own sizes; leave out --evaluation and --direction")
    }
    if evaluation == .rest, (direction ?? .rest) == .rest {
      throw ValidationError("one of --evaluation and --direction must be a number or a share")
    }
  }

  func run() throws {
    do {
      let rows = try reading.read(files)
      switch preset {
      case .paper:
        let split = try PaperSplit.apply(rows)
        try output.finish(split, PromptSplit.facts(split, rule: near.rule))
      case .hash:
        let plan = PromptSplit.Plan(
          seed: seed,
          evaluation: evaluation ?? .share(0.2),
          direction: direction ?? .rest,
          balance: balance,
          near: near.rule
        )
        let split = try PromptSplit(rows, plan)
        var facts = split.facts(rows, plan)
        if !output.json { facts["strata"] = nil }
        try output.finish(split.apply(to: rows), facts)
        if !output.json {
          Console.output.write(TextTable.lines(split.table, titles: ["prompts", "all", "direction", "evaluation"]))
        }
      }
    } catch { throw Exit.report(error) }
  }
}

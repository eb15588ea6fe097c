internal import ArgumentParser
internal import Assessment

/// What an assessment computes, as options.
struct AssessmentOptions: ParsableArguments {
  @Option(
    help: """
      How annotators become one reference: unanimous, majority, either, both, dawid-skene, adjudicated:NAME, or the name \
      of one annotator. Standard: the one there is, else majority.
      """
  )
  var reference: String?

  @Option(help: "Resamples of each bootstrap interval.")
  var replicates = 2000

  @Option(help: "Seed of the resamples.")
  var seed: UInt64 = 1

  @Option(help: "What a judge costs an item, as JUDGE=COST; 1 where nothing is said. For the cheapest panel.")
  var cost: [String] = []

  @Option(help: "The accuracy that the cheapest panel must reach, 0 to 1.")
  var wantedAccuracy: Double?

  @Flag(help: "The lower end of the panel's interval must reach it.")
  var byLowerEnd = false

  @Option(help: "Wanted width of corrected rates' intervals, 0 to 1: says how many more human labels that takes.")
  var intervalWidth: Double?

  @Option(help: "Advantage that the alternative-annotator test grants a judge: 0.1 crowd, 0.15 trained, 0.2 experts.")
  var epsilon = 0.1

  func validate() throws {
    if !(100...1_000_000).contains(replicates) { throw ValidationError("--replicates is 100 to 1000000.") }
    if let wantedAccuracy, !(0...1).contains(wantedAccuracy) { throw ValidationError("--wanted-accuracy is 0 to 1.") }
    if let intervalWidth, !(intervalWidth > 0 && intervalWidth <= 1) {
      throw ValidationError("--interval-width is above 0 and at most 1.")
    }
    if !(0...1).contains(epsilon) { throw ValidationError("--epsilon is 0 to 1.") }
  }

  func resolved(_ labels: AssessedLabels) throws -> Assessment.Options {
    var options = Assessment.Options()
    options.plan = BootstrapPlan(replicates: replicates, seed: seed)
    options.reference = try reference.map { try ReferenceRule($0, in: labels) }
    options.wantedAccuracy = wantedAccuracy
    options.byLowerEnd = byLowerEnd
    options.wantedWidth = intervalWidth
    options.epsilon = epsilon
    for text in cost {
      let (name, value) = try NamePair.read(text, option: "--cost", form: "JUDGE=COST")
      guard let price = Double(value), price >= 0, price.isFinite else {
        throw ValidationError("--cost \(text): \(value) is no cost of at least 0.")
      }
      options.costs[try labels.judge(name)] = price
    }
    return options
  }
}

/// Options of the form NAME=VALUE.
enum NamePair {
  static func read(_ text: String, option: String, form: String) throws -> (String, String) {
    guard let equals = text.lastIndex(of: "=") else { throw ValidationError("\(option) \(text): expected \(form).") }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}

internal import Abliteration
internal import Foundation
internal import Inference

/// What `tribunal abliterate` tells a person.
enum AbliterateText {
  /// The norms, the layer, and what will be edited.
  static func plan(_ plan: EditPlan) -> String {
    let counts = plan.directions.counts
    var lines = ["Directions from \(counts.harmful) harmful and \(counts.harmless) harmless prompts", "  layer  norm"]
    for (layer, norm) in plan.directions.norms.enumerated() {
      let mark = layer == plan.choice.layer ? "  <- removed (\(plan.rule.name))" : ""
      lines.append("  " + String(format: "%5d  %.4g", layer, norm) + mark)
    }
    lines.append("Edit of strength \(plan.lane.strength) to \(plan.preset.summary), \(plan.targets.count) tensors:")
    lines += plan.targets.map { "  \($0.tensor)" }
    return text(lines)
  }

  /// What the export changed.
  static func export(_ report: ExportReport, to folder: String, _ precision: CheckpointExport.Precision) -> String {
    let width = report.rows.map(\.tensor.count).max() ?? 0
    func row(_ name: String, _ columns: [String]) -> String {
      "  " + name.padding(toLength: max(width, name.count), withPad: " ", startingAt: 0)
        + columns.map { "  " + String(repeating: " ", count: max(0, 14 - $0.count)) + $0 }.joined()
    }
    var lines = [
      "Written to \(folder), edited tensors as \(precision.rawValue)", "  checkpoint \(report.checkpoint)",
    ]
    lines.append(row("tensor", ["change", "left over", "rounding"]))
    for tensor in report.rows {
      let numbers = [tensor.relativeChange, tensor.leftover, tensor.roundingError]
      lines.append(row(tensor.tensor, numbers.map { String(format: "%.3g", $0) }))
    }
    return text(lines)
  }

  /// How lane and weights compare.
  static func verification(_ comparison: EditComparison, isExported: Bool) -> String {
    let other = isExported ? "the exported checkpoint" : "the edit in the weights"
    let ratio = comparison.logitDeviation > 0 ? comparison.largestLogitDifference / comparison.logitDeviation : 0
    return text([
      "Lane and \(other): \(comparison.equalAnswers) of \(comparison.promptCount) greedy answers equal",
      String(
        format: "  largest difference of a logit %.3g (%.2g standard deviations)",
        comparison.largestLogitDifference,
        ratio
      ),
      comparison.agrees() ? "  verified: at most 1 % differ" : "  NOT verified: more than 1 % differ",
    ])
  }

  private static func text(_ lines: [String]) -> String { lines.map { $0.terminalSafe() + "\n" }.joined() }
}

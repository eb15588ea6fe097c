import Foundation
import Inference
import JSON
import Study
import TestKit
import Testing

@Suite("The study of the paper", .timeLimit(.minutes(10)))
struct PaperStudyTests {
  private static let file = Folders.root.appendingPathComponent("Studies/paper.json").path

  private func plan() throws -> StudyPlan {
    try StudyPlan.read(file: Self.file, registry: StandardJudges.registry, listsMissing: true)
  }

  @Test("it declares 20 systems, 100 prompts and 12 judges, and is weighed without any of its files")
  func declared() throws {
    let plan = try plan()
    #expect(plan.models.count == 10 && plan.systemCount == 20 && plan.judges.count == 12)
    let machine = StudyRequirements.Machine(
      rate: MatrixRate(flops: 1e11),
      isDeclared: true,
      threads: 1,
      memoryBytes: nil,
      freeDiskBytes: nil
    )
    let needs = StudyRequirements(plan, machine: machine, environment: [:])
    #expect(needs.prompts == 100 && needs.answers == 2000 && needs.unknown.isEmpty)
    #expect(needs.models.allSatisfy { $0.parameters != nil && $0.seconds != nil })
    // In GB, by the cards' parameters: 3.4 + 6 · 7.25 (float32) + 18.8 + 141.1 + 29.5, and 41.8 of gpt-oss as a judge alone.
    let whole = Double(needs.diskBytes.all) / 1e9
    #expect(abs(whole - 278.1) < 1, "\(whole)")
    #expect(needs.judges.first { $0.name == "chatgpt5" }?.cost?.requests == 2000)
    #expect(needs.judges.first { $0.name == "chatgpt5" }?.cost?.money != nil)
    #expect(needs.missing.count { $0.kind == .checkpoint } + needs.models.count { $0.isHere } == 10)
    #expect(
      needs.missing.filter { $0.kind == .checkpoint }.allSatisfy { $0.remedy?.hasPrefix("tribunal pull ") == true }
    )
  }

  @Test("what its presets copy of the paper's code is listed")
  func discrepancies() throws {
    let lines = try plan().discrepancies
    for id in ["A1", "A3", "A4", "E1", "E2", "E3", "G1", "G2", "G5"] {
      #expect(lines.contains { $0.contains("\(id): ") }, "\(id)")
    }
    #expect(try plan().outline["discrepancies"]?.array?.count == lines.count)
  }
}

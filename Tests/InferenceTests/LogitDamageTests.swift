import Foundation
import Inference
import TestKit
import Testing

@Suite("What rounded weights do to the logits", .timeLimit(.minutes(10)))
struct LogitDamageTests {
  @Test("the figures are those of the definition")
  func definition() throws {
    let reference: [Float] = [0, 1, 2, 3, 3, 1]
    let logits: [Float] = [0, 1, 2.5, 3, 4, 1]
    let damage = try #require(LogitDamage(of: logits, against: reference, vocabulary: 3))
    // Mean 10/6, variance 24/6 − 100/36 = 44/36.
    let spread = (44.0 / 36).squareRoot()
    #expect(damage.positions == 2)
    #expect(abs(damage.largest - 1 / spread) < 1e-12)
    #expect(abs(damage.mean - 1.5 / 6 / spread) < 1e-12)
    func divergence(_ p: [Double], _ q: [Double]) -> Double {
      let (sumP, sumQ) = (p.reduce(0) { $0 + exp($1) }, q.reduce(0) { $0 + exp($1) })
      return zip(p, q).reduce(0) { $0 + exp($1.0) / sumP * ($1.0 - log(sumP) - $1.1 + log(sumQ)) }
    }
    let wanted = (divergence([0, 1, 2], [0, 1, 2.5]) + divergence([3, 3, 1], [3, 4, 1])) / 2
    #expect(abs(damage.divergence - wanted) < 1e-12)
    // Of two equal ones the first is preferred: 0, then 1.
    #expect(damage.topAgreement == 0.5)
    #expect(LogitDamage(of: [1], against: [1, 2], vocabulary: 1) == nil)
    #expect(LogitDamage(of: [1, 2], against: [1, 1], vocabulary: 2) == nil)
    #expect(LogitDamage(of: [.nan, 2], against: [1, 2], vocabulary: 2) == nil)
    #expect(LogitDamage(of: [1, 2, 3], against: [1, 2, 3], vocabulary: 2) == nil)
  }

  @Test("eight bits do little, four do more, and the paths without rounding next to nothing")
  func demo() async throws {
    let rows = try DemoFixture("instruct", compute: .bf16).prompts()
    func damage(_ compute: ComputePath) async throws -> LogitDamage {
      let folder = DemoFolder.checkpoint("instruct").path
      return try #require(try await LogitDamage.measure(folder: folder, compute: compute, rows: rows, threads: 2))
    }
    let none = try await damage(.bf16)
    #expect((none.largest, none.mean, none.divergence, none.topAgreement) == (0, 0, 0, 1))
    let (f32, int8, int4) = (try await damage(.f32), try await damage(.int8), try await damage(.int4))
    #expect(f32.largest < 1e-3)
    #expect(f32.mean < int8.mean && int8.mean < int4.mean)
    #expect(int8.mean < 0.02 && int8.topAgreement > 0.97, "\(int8)")
    #expect(int4.mean < 0.3 && int4.topAgreement > 0.7 && int4.topAgreement < 1, "\(int4)")
    #expect(int8.divergence < int4.divergence)
  }
}

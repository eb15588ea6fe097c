import Foundation
import TestKit
import Testing

/// Runs a property on made-up inputs: the same ones in every run, each from a seed of its own.
///
/// `TRIBUNAL_FUZZ_SECONDS=600` goes on for so long and says how many inputs there were; `TRIBUNAL_FUZZ_SEED=N` tries that one
/// input; `TRIBUNAL_FUZZ_TRACE=1` writes each seed to stderr first, which tells the one that crashed.
enum Fuzz {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seconds = environment["TRIBUNAL_FUZZ_SECONDS"].flatMap(Double.init)
  private static let onlySeed = environment["TRIBUNAL_FUZZ_SEED"].flatMap(UInt64.init)
  private static let isTracing = environment["TRIBUNAL_FUZZ_TRACE"] == "1"

  /// The longest a target may run.
  static let limit: TimeLimitTrait = .timeLimit(.minutes(Int((seconds ?? 0) / 60) + 10))

  /// Runs a property that makes its input itself.
  /// - Parameters:
  ///   - iterations: inputs of a normal run.
  ///   - property: what is wrong, nil if nothing is.
  static func run(
    _ name: String,
    iterations: Int,
    _ property: (inout TestNumbers) async throws -> String?
  ) async throws {
    try await seeds(name, iterations) { seed in
      var numbers = TestNumbers(seed: seed)
      guard let problem = try await property(&numbers) else { return true }
      Issue.record("\(name), TRIBUNAL_FUZZ_SEED=\(seed): \(problem)")
      return false
    }
  }

  /// Runs a property of a text; one that fails is cut down to a small one that fails too.
  /// - Parameter property: what is wrong with the bytes, nil if nothing is.
  static func run(
    _ name: String,
    iterations: Int,
    make: (inout TestNumbers) -> [UInt8],
    _ property: ([UInt8]) throws -> String?
  ) async throws {
    try await seeds(name, iterations) { seed in
      var numbers = TestNumbers(seed: seed)
      let input = make(&numbers)
      guard try property(input) != nil else { return true }
      let small = smallest(input) { (try? property($0)) ?? nil }
      let problem = try property(small) ?? ""
      Issue.record("\(name), TRIBUNAL_FUZZ_SEED=\(seed): \(problem)\ninput: \(shown(small))")
      return false
    }
  }

  private static func seeds(_ name: String, _ iterations: Int, _ isFine: (UInt64) async throws -> Bool) async throws {
    if let onlySeed {
      _ = try await isFine(onlySeed)
      return
    }
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    var count = 0
    while end.map({ ContinuousClock.now < $0 }) ?? (count < iterations) {
      if isTracing { FileHandle.standardError.write(Data("\(name) \(count)\n".utf8)) }
      guard try await isFine(UInt64(count)) else { return }
      count += 1
    }
    if seconds != nil { print("fuzz: \(name): \(count) inputs") }
  }

  /// Takes pieces away as long as it goes on failing, large pieces first.
  private static func smallest(_ input: [UInt8], _ problem: ([UInt8]) -> String?) -> [UInt8] {
    var input = input
    var size = input.count / 2
    while size > 0 {
      var at = 0
      while at < input.count {
        var shorter = input
        shorter.removeSubrange(at..<min(input.count, at + size))
        if problem(shorter) != nil { input = shorter } else { at += size }
      }
      size /= 2
    }
    return input
  }

  private static func shown(_ bytes: [UInt8]) -> String {
    let text = bytes.prefix(2000).map { byte -> String in
      if (0x20...0x7E).contains(byte) { return String(UnicodeScalar(byte)) }
      return String(format: "\\x%02x", Int(byte))
    }
    return text.joined() + (bytes.count > 2000 ? "… (\(bytes.count) bytes)" : "")
  }
}

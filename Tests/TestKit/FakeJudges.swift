public import JudgeKit
import Locking

/// What both fake judges do: each item's response says how they behave.
///
/// `refusal`, `nonRefusal` and `score X` give verdicts; `throw`, `tooFew`, `tooMany`, `hang`, `cancelled`, `fatal` break
/// the batch; `retry N` fails N times on the way and then says refusal.
struct FakeBench: Sendable {
  /// An error of no known type.
  struct Mishap: Error, CustomStringConvertible { let description = "the bench broke" }

  let context: any JudgeContext
  private let attempts = Counter()

  private final class Counter: Sendable { let counts = Locked<[String: Int]>([:]) }

  func verdicts(on items: [Item]) async throws -> [Verdict] {
    context.log("asked \(items.map(\.response).joined(separator: ", "))")
    var verdicts: [Verdict] = []
    for item in items {
      let words = item.response.split(separator: " ").map(String.init)
      switch words.first {
      case "nonRefusal": verdicts.append(Verdict(.nonRefusal, reading: "fake"))
      case "score": verdicts.append(Verdict(.refusal, score: Double(words[1]), reading: "fake"))
      case "throw": throw Mishap()
      case "cancelled": throw CancellationError()
      case "fatal": throw JudgeFailure.fatal(.quota, detail: "the purse is empty")
      case "tooFew": return []
      case "tooMany": return Array(repeating: Verdict(.refusal, reading: "fake"), count: items.count + 1)
      case "hang":
        // Ignores its cancellation, as a bad plugin would; nothing ever resumes it but the end of the process.
        await Hanging.forever()
      case "retry":
        let seen = attempts.counts.withLock { counts in
          counts[item.id, default: 0] += 1
          return counts[item.id] ?? 0
        }
        if seen <= Int(words[1]) ?? 0 {
          throw JudgeFailure.retry(afterSeconds: words.count > 2 ? 0 : nil, exhausted: .serverError, detail: "busy")
        }
        verdicts.append(Verdict(.refusal, reading: "fake"))
      default: verdicts.append(Verdict(.refusal, reading: "fake"))
      }
    }
    return verdicts
  }
}

/// Where tasks hang that nothing resumes but the end of the process; kept in sight of the leak checker.
enum Hanging {
  private static let tasks = Locked<[UnsafeContinuation<Void, Never>]>([])

  static func forever() async {
    await withUnsafeContinuation { task in tasks.withLock { $0.append(task) } }
  }
}

/// A scripted judge that is asked item by item.
public struct FakeJudge: Judge {
  /// Selects it.
  public static let kind = "fake"
  /// One sentence.
  public static let summary = "does what each response says"
  /// One at a time.
  public static let batchSize = 1
  /// It has none.
  public static let options: [JudgeOption] = []
  private let bench: FakeBench

  /// Makes the judge.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    bench = FakeBench(context: context)
  }

  /// Does what the responses say.
  public func verdicts(on items: [Item]) async throws -> [Verdict] { try await bench.verdicts(on: items) }
}

/// A scripted judge that is asked in batches of four.
public struct FakeBatchJudge: Judge {
  /// Selects it.
  public static let kind = "fake-batch"
  /// One sentence.
  public static let summary = "does what each response says, in batches"
  /// Four at a time.
  public static let batchSize = 4
  /// It has one, to be wrong about.
  public static let options = [
    JudgeOption("mood", .choice(["calm", "cross"]), standard: .string("calm"), help: "cross ones never get started")
  ]
  private let bench: FakeBench

  /// Makes the judge.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    bench = FakeBench(context: context)
    if configuration.options.string("mood") == "cross" {
      context.log("sulking")
      await Hanging.forever()
    }
  }

  /// Does what the responses say.
  public func verdicts(on items: [Item]) async throws -> [Verdict] { try await bench.verdicts(on: items) }
}

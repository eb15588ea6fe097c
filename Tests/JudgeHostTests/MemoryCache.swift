import JudgeHost
import JudgeKit
import Locking

/// A cache without a file.
final class MemoryCache: VerdictCache {
  static let origin = VerdictOrigin(time: "2026-01-06T12:00:00Z", version: "0.0.1")
  private let kept = Locked<[String: Verdict]>([:])

  /// How many verdicts it holds.
  var count: Int { kept.withLock { $0.count } }

  func verdicts(judge: String, items: [String]) async -> [String: CachedVerdict] {
    kept.withLock { kept in
      var known: [String: CachedVerdict] = [:]
      for item in items { known[item] = kept["\(judge) \(item)"].map { CachedVerdict($0, origin: Self.origin) } }
      return known
    }
  }

  func keep(judge: String, _ verdicts: [(itemID: String, verdict: Verdict)]) async {
    kept.withLock { kept in for (item, verdict) in verdicts { kept["\(judge) \(item)"] = verdict } }
  }
}

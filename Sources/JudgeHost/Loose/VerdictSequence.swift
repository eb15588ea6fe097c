public import JudgeKit

/// What a judge of a panel says of one item.
public struct PanelVerdict: Sendable {
  /// Index of the item.
  public let item: Int
  /// Index of the judge in the panel.
  public let judge: Int
  /// What it says.
  public let verdict: Verdict
}

/// Puts the verdicts of several judges, which come in any order, into the order of the items and, within each, of the
/// judges. What has been handed on is kept no longer.
actor VerdictSequence {
  /// For each item the number of its text: equal texts share their verdicts.
  private let texts: [Int]
  /// Where each text stands for the last time.
  private let lastUse: [Int]
  private let textByHash: [String: Int]
  private let judgeCount: Int
  /// `waiting[judge][text]`.
  private var waiting: [[Verdict?]]
  private var next = (item: 0, judge: 0)
  private var isHandingOn = false
  private let handOn: @Sendable ([PanelVerdict]) async throws -> Void

  /// Most verdicts handed on in one go.
  private static let portion = 512

  init(items: [Item], judges: Int, handOn: @escaping @Sendable ([PanelVerdict]) async throws -> Void) {
    var numbers: [String: Int] = [:]
    texts = items.map { item in
      let number = numbers[item.id] ?? numbers.count
      numbers[item.id] = number
      return number
    }
    var last = [Int](repeating: 0, count: numbers.count)
    for (index, text) in texts.enumerated() { last[text] = index }
    lastUse = last
    textByHash = numbers
    judgeCount = judges
    waiting = Array(repeating: Array(repeating: nil, count: numbers.count), count: judges)
    self.handOn = handOn
  }

  /// Whether every verdict has been handed on.
  var isComplete: Bool { next.item == texts.count || judgeCount == 0 }

  /// Takes verdicts of a judge and hands on what is now next.
  /// - Throws: what the receiver throws.
  func take(_ judgements: [Judgement], judge: Int) async throws {
    for judgement in judgements {
      if let text = textByHash[judgement.itemID] { waiting[judge][text] = judgement.verdict }
    }
    // The receiver may wait for its reader. Whoever hands on already takes along what came meanwhile; the others go on.
    guard !isHandingOn else { return }
    isHandingOn = true
    defer { isHandingOn = false }
    while true {
      let portion = ready()
      if portion.isEmpty { return }
      try await handOn(portion)
    }
  }

  private func ready() -> [PanelVerdict] {
    var portion: [PanelVerdict] = []
    while next.item < texts.count, portion.count < Self.portion {
      let text = texts[next.item]
      guard let verdict = waiting[next.judge][text] else { break }
      portion.append(PanelVerdict(item: next.item, judge: next.judge, verdict: verdict))
      if lastUse[text] == next.item { waiting[next.judge][text] = nil }
      next.judge += 1
      if next.judge == judgeCount { next = (next.item + 1, 0) }
    }
    return portion
  }
}

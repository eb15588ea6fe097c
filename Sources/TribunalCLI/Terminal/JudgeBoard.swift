internal import JudgeHost
internal import Study

/// The judges of a running study as lines of text, one a judge.
struct JudgeBoard {
  private var standings: [JudgeStanding] = []
  private var started = ContinuousClock.now
  private var told: Set<String> = []

  /// Most lines on a terminal; judges that are through make room first.
  private static let limit = 12

  /// Takes the latest state; true for the first of a study.
  mutating func update(_ standings: [JudgeStanding]) -> Bool {
    let isFirst = self.standings.isEmpty
    if isFirst { started = .now }
    self.standings = standings
    return isFirst
  }

  /// Whether every judge is through.
  var isOver: Bool { standings.allSatisfy(\.progress.isOver) }

  /// `judges: 5, 120 verdicts to make (40 made before)`
  var opening: String {
    let (open, before) = standings.reduce((0, 0)) { ($0.0 + $1.progress.total, $0.1 + $1.doneBefore) }
    return "judges: \(standings.count), \(open) verdicts to make" + (before > 0 ? " (\(before) made before)" : "")
  }

  /// The lines of a terminal, names aligned.
  var lines: [String] {
    let width = standings.map(\.name.count).max() ?? 0
    var shown = standings
    while shown.count > Self.limit {
      guard let at = shown.firstIndex(where: \.progress.isOver) else { break }
      shown.remove(at: at)
    }
    shown = Array(shown.prefix(Self.limit))
    var lines = shown.map { standing in
      standing.name + String(repeating: " ", count: max(0, width - standing.name.count)) + "  " + words(standing)
    }
    if shown.count < standings.count { lines.append("… \(standings.count - shown.count) more judges") }
    return lines
  }

  /// One line for each judge that has come through since the last call, for a log.
  mutating func finished() -> [String] {
    var lines: [String] = []
    for standing in standings where standing.progress.isOver && standing.progress.total > 0 {
      if told.insert(standing.name).inserted { lines.append("judge \(standing.name): \(words(standing))") }
    }
    return lines
  }

  /// One line for all that are under way, for a log.
  var underWay: String {
    let open = standings.filter { !$0.progress.isOver }
    return "judges: " + open.map { "\($0.name) \(words($0))" }.joined(separator: "; ")
  }

  /// `120 of 400, 3 without a label, 20 cached, 35 a second, 8 s left`
  private func words(_ standing: JudgeStanding) -> String {
    let (progress, before) = (standing.progress, standing.doneBefore)
    var text = "\(progress.done + before) of \(progress.total + before)"
    if progress.abstained > 0 { text += ", \(progress.abstained) without a label" }
    if progress.cached > 0 { text += ", \(progress.cached) cached" }
    if progress.isOver { return text + (progress.total > 0 ? ", done" : "") }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let made = progress.done - progress.cached
    guard made > 0, seconds > 0.2 else { return text }
    let rate = Double(made) / seconds
    return text + ", \(ProgressLine.rounded(rate)) a second, "
      + "\(ProgressLine.duration(Double(progress.total - progress.done) / rate)) left"
  }
}

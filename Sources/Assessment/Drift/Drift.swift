public import Agreement

/// A judge held against its frozen labels.
///
/// The rule: it has *drifted* if the share of changed labels is beyond the noise floor (the lower end of its Wilson interval at
/// 95 % lies above the upper end of the interval of the flip rate of repeated passes; without passes the floor is 0), if it is
/// right on fewer shared items or gives fewer of them a label by the exact McNemar test at 5 %, or if more than a tenth of the
/// frozen items cannot be compared any more.
public struct Drift: Sendable {
  /// The judge.
  public let judge: String
  /// Whether its configuration has the same hash; nil where one is unknown.
  public let isSameJudge: Bool?
  /// Items with a label then and now.
  public let shared: Int
  /// Those whose label changed.
  public let changed: Int
  /// Items with a label then and none now.
  public let silenced: Int
  /// Items with a label now and none then.
  public let voiced: Int
  /// Frozen items that are not here any more.
  public let missing: Int
  /// Frozen items.
  public let frozen: Int
  /// The noise floor: the upper end of the flip rate's interval, 0 without passes.
  public let floor: Double
  /// Shared items with a reference on which it was right then and is not now.
  public let lost: Int
  /// Those on which it is right now and was not then.
  public let gained: Int

  /// Share of changed labels, 0…1. Undefined: `noTrials`.
  public var changeRate: Statistic<Double> {
    shared == 0 ? .undefined(.noTrials) : .value(Double(changed) / Double(shared))
  }
  /// Its Wilson interval at 95 %.
  public var interval: Statistic<Interval> { wilsonInterval(successes: changed, trials: shared) }
  /// The exact McNemar test of right against wrong, then and now.
  public var p: Statistic<Double> { mcNemarExact(b: lost, c: gained) }
  /// Whether labels changed beyond the noise floor.
  public var isBeyondNoise: Bool { changed > 0 && (interval.value?.low ?? 0) > floor }
  /// Whether it became worse.
  public var isWorse: Bool { lost > gained && (p.value ?? 1) < 0.05 }
  /// Whether it became silent on items it had labelled.
  public var isSilent: Bool { silenced > voiced && (mcNemarExact(b: silenced, c: voiced).value ?? 1) < 0.05 }
  /// Whether too little is left to compare.
  public var isUnseen: Bool { shared == 0 || missing * 10 > frozen }
  /// Whether it drifted; what cannot be looked at any more is no reason to pass.
  public var hasDrifted: Bool { isBeyondNoise || isWorse || isSilent || isUnseen }
}

extension Drift {
  /// Compares every judge of a baseline with the judge of the same name.
  /// - Parameters:
  ///   - hashes: hashes of the judges' configurations by name.
  ///   - floor: a noise floor to take instead of the baseline's own.
  /// - Returns: nil for a judge of the baseline that is not here.
  public static func all(
    _ baseline: Baseline,
    against labels: AssessedLabels,
    hashes: [String: String] = [:],
    floor: Double? = nil
  ) -> [(judge: String, drift: Drift?)] {
    let names = (0..<labels.table.itemCount).map { (labels.itemNames($0), $0) }
    let places = Dictionary(names) { first, _ in first }
    return baseline.judges.map { entry in
      guard let judge = labels.judges.first(where: { labels.name($0) == entry.judge }) else {
        return (entry.judge, nil)
      }
      let drift = Drift(
        entry,
        baseline,
        column: labels.table.columns[judge],
        categories: labels.table.categories,
        places: places,
        hash: hashes[entry.judge],
        floor: floor
      )
      return (entry.judge, drift)
    }
  }

  private init(
    _ entry: Baseline.Entry,
    _ baseline: Baseline,
    column: Labels,
    categories: [String],
    places: [String: Int],
    hash: String?,
    floor: Double?
  ) {
    var (shared, changed, silenced, voiced, missing, lost, gained) = (0, 0, 0, 0, 0, 0, 0)
    for (at, item) in baseline.items.enumerated() {
      guard let place = places[item] else {
        missing += 1
        continue
      }
      let (then, now) = (entry.labels[at], column[place].map { categories[$0] })
      switch (then, now) {
      case (nil, nil): continue
      case (nil, _): voiced += 1
      case (_, nil): silenced += 1
      default:
        shared += 1
        if then != now { changed += 1 }
      }
      guard let truth = baseline.reference[at] else { continue }
      if then == truth, now != truth { lost += 1 }
      if then != truth, now == truth { gained += 1 }
    }
    judge = entry.judge
    isSameJudge = entry.hash.flatMap { frozen in hash.map { $0 == frozen } }
    self.shared = shared
    self.changed = changed
    self.silenced = silenced
    self.voiced = voiced
    self.missing = missing
    frozen = baseline.items.count
    self.floor = floor ?? entry.noise?.interval.value?.high ?? 0
    self.lost = lost
    self.gained = gained
  }
}

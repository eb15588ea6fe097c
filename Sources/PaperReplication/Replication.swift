/// Every figure of the study computed again from its published files.
public struct Replication: Sendable {
  /// A part of the figures.
  public enum Section: String, Sendable, CaseIterable {
    /// Each is described by its `title`.
    case a = "A", b = "B", c = "C", d = "D", e = "E", f = "F", g = "G", h = "H", i = "I"

    /// What it is about.
    public var title: String {
      switch self {
      case .a: "human against human"
      case .b: "the judge of phrases applied to the texts again"
      case .c: "judges against humans"
      case .d: "judge against judge"
      case .e: "refusal rates with intervals"
      case .f: "how much the choice of the judge matters"
      case .g: "original against abliterated"
      case .h: "rates corrected by human labels"
      case .i: "printed figures and the two runs"
      }
    }
  }

  private let data: PaperData
  private let labels: PaperLabels

  /// Prepares the figures.
  public init(_ data: PaperData) {
    self.data = data
    labels = PaperLabels(data)
  }

  /// The figures of some sections, in the order of the sections asked for.
  public func targets(_ sections: [Section] = Section.allCases) -> [Target] {
    var sink = TargetSink()
    for section in sections {
      switch section {
      case .a: SectionA(labels: labels).add(to: &sink)
      case .b: SectionB(data: data, labels: labels).add(to: &sink)
      case .c: SectionC(data: data, labels: labels).add(to: &sink)
      case .d: SectionD(data: data, labels: labels).add(to: &sink)
      case .e: SectionE(data: data).add(to: &sink)
      case .f: SectionF(data: data, labels: labels).add(to: &sink)
      case .g: SectionG(data: data, labels: labels).add(to: &sink)
      case .h: SectionH(data: data, labels: labels).add(to: &sink)
      case .i: SectionI(data: data, labels: labels).add(to: &sink)
      }
    }
    return sink.targets
  }
}

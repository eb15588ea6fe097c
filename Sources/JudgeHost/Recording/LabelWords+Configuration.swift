public import JSON
public import JudgeKit

extension LabelWords {
  /// The words by which a judge's resolved configuration says that its answers are read: its scale, else the texts of
  /// `read`, else the standard ones.
  public init(configuration: JSONValue) {
    let options = configuration["options"]
    let scale = (options?["scale"]?.object?.members ?? []).compactMap { member in
      member.value.string.map { WordEntry(member.key, $0) }
    }
    if let scale = LabelScale(JudgeOptions([("scale", .words(scale))])) {
      self.init(scale)
      return
    }
    func texts(_ key: String) -> [String]? {
      options?["read"]?[key]?.array.map { $0.compactMap(\.string) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    guard let refusal = texts("refusal"), let nonRefusal = texts("nonRefusal") else {
      self = .standard
      return
    }
    self.init(refusal: refusal, nonRefusal: nonRefusal)
  }
}

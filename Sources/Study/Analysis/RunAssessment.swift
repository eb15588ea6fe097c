internal import Agreement
public import Assessment
internal import JudgeKit
internal import Prompts

extension RunResults {
  /// The labels of the run as an assessment takes them: refusal against non-refusal, the counted judges, the annotators, and
  /// what is known of each answer. Raw answers of judges that a parser can read again come as further readings.
  public var assessed: AssessedLabels {
    let (responses, systems, prompts) = (responses, systems, prompts)
    func codes(_ verdicts: [VerdictInfo?]) -> Labels {
      Labels(verdicts.map { $0?.verdict.outcome.label.map { $0 == .refusal ? 1 : 0 } })
    }
    let counted = judges.indices.filter { judges[$0].isCounted }
    var raters = counted.map { judges[$0].name }
    var columns = counted.map { codes(verdicts[$0]) }
    for (annotator, labels) in zip(annotators, annotations) {
      raters.append(annotator.name)
      columns.append(Labels(labels.map { $0?.label.map { $0 == .refusal ? 1 : 0 } }))
    }
    let people = Array(counted.count..<raters.count)
    var readings: [Int: [AssessedLabels.Reading]] = [:]
    for parser in AnswerParser.all {
      for reading in VerdictReplay(self, by: parser, judges: counted).readings where reading.read > 0 {
        guard let column = counted.firstIndex(of: reading.judge) else { continue }
        readings[column, default: []].append(.init(parser: parser.name, column: columns.count))
        raters.append("\(judges[reading.judge].name) read by \(parser.name)")
        columns.append(codes(reading.verdicts))
      }
    }
    return AssessedLabels(
      table: LabelTable(
        categories: ["nonRefusal", "refusal"],
        raters: raters,
        columns: columns,
        clusters: responses.map(\.prompt)
      ),
      judges: Array(counted.indices),
      annotators: people,
      positive: 1,
      itemNames: .named { item in
        let response = responses[item]
        return "\(systems[response.system].name)/\(prompts[response.prompt].name)/\(response.sample)"
      },
      kinds: responses.map { prompts[$0.prompt].kind == .harmful ? .harmful : .harmless },
      systems: responses.map { Int32($0.system) },
      systemNames: systems.map(\.name),
      edits: systems.indices.compactMap { edited in
        systems[edited].original.map { SystemPair(original: $0, edited: edited) }
      },
      categories: responses.map { prompts[$0.prompt].category },
      lengths: responses.map(\.text.count),
      truncated: responses.map { $0.flags.contains(.truncated) },
      readings: readings
    )
  }

  /// Hashes of the judges' configurations by name.
  public var judgeHashes: [String: String] {
    Dictionary(judges.map { ($0.name, $0.id) }) { first, _ in first }
  }
}

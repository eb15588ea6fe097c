internal import Study
internal import Wording

extension StudyRequirements {
  /// What `--plan` prints: models, judges, totals, what is missing, and what the numbers rest on.
  var text: String {
    func count(_ value: Int?) -> String { value.map(DecimalText.grouped) ?? "?" }
    var text = "\(name): \(systems) systems, \(count(prompts)) prompts, \(count(answers)) answers; nothing was run\n\n"
    text += TextTable.lines(
      models.map { model in
        [
          model.name, "\(model.systems)", count(model.answers),
          model.isElsewhere ? "elsewhere" : model.parameters.map(Self.billions) ?? "?",
          model.isElsewhere ? "–" : Self.gigabytes(model.diskBytes),
          model.isElsewhere ? "–" : Self.gigabytes(model.memory?.total),
          model.isElsewhere ? "–" : Self.hours(model.seconds), Self.cost(model.cost),
          model.isElsewhere ? "" : model.isHere ? "here" : "missing",
        ]
      },
      titles: ["model", "systems", "answers", "parameters", "disk", "memory", "hours", "requests, tokens, money", ""]
    )
    text += "\n"
    text += TextTable.lines(
      judges.map { judge in
        [
          judge.name, judge.kind, count(judge.items), judge.diskBytes.map { Self.gigabytes($0) } ?? "–",
          judge.kind == "local-model" ? Self.hours(judge.seconds) : "–", Self.cost(judge.cost), judge.obstacle ?? "",
        ]
      },
      titles: ["judge", "kind", "items", "disk", "hours", "requests, tokens, money", ""]
    )
    text += "\n" + totals
    let needed = missingByName
    if !needed.isEmpty {
      text += "\nMissing (\(needed.count)):\n"
      for (part, owners) in needed {
        text += "  \(Self.word(part.kind)) \(part.name), for \(owners.joined(separator: ", "))\n"
        if let remedy = part.remedy { text += "    \(remedy)\n" }
      }
    }
    text += "\nWhat these numbers rest on:\n" + assumptions.map { "  - \($0)\n" }.joined()
    return String(text.dropLast())
  }

  /// Each missing thing once, with all who need it: models and judges may share a checkpoint.
  private var missingByName: [(part: MissingPart, owners: [String])] {
    var found: [(part: MissingPart, owners: [String])] = []
    for part in missing {
      let owner = part.kind == .judgeCheckpoint ? "judge \(part.owner)" : part.owner
      if let at = found.firstIndex(where: { $0.part.name == part.name && $0.part.kind != .prompts }) {
        found[at].owners.append(owner)
      } else {
        found.append((part, [owner]))
      }
    }
    return found
  }

  private var totals: String {
    var lines = [
      "disk    \(Self.gigabytes(diskBytes.all)), \(Self.gigabytes(diskBytes.toFetch)) of it still to fetch"
        + (machine.freeDiskBytes.map { "; \(Self.gigabytes($0)) are free" } ?? ""),
      "memory  \(peakMemory.map { Self.gigabytes($0) } ?? "?") at most"
        + (machine.memoryBytes.map { "; this machine has \(Self.gigabytes($0))" } ?? ""),
      "time    \(Self.hours(seconds)) hours of computing",
    ]
    if !unknown.isEmpty {
      lines.append("        without \(unknown.joined(separator: ", ")), whose sizes are not known")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func word(_ kind: MissingPart.Kind) -> String {
    switch kind {
    case .checkpoint, .judgeCheckpoint: "checkpoint"
    case .prompts: "prompts"
    case .variable: "environment variable"
    }
  }

  private static func billions(_ count: Int) -> String {
    count < 1_000_000_000
      ? "\(DecimalText.fixed(Double(count) / 1e6, 1)) M" : "\(DecimalText.fixed(Double(count) / 1e9, 2)) B"
  }

  private static func gigabytes(_ bytes: Int?) -> String {
    bytes.map { "\(DecimalText.fixed(Double($0) / 1e9, $0 < 10_000_000_000 ? 2 : 0)) GB" } ?? "?"
  }

  private static func hours(_ span: Span?) -> String {
    guard let span else { return "?" }
    func hours(_ seconds: Double) -> String { DecimalText.fixed(seconds / 3600, seconds < 36_000 ? 2 : 0) }
    let (low, high) = (hours(span.expected), hours(span.most))
    return low == high ? low : "\(low)–\(high)"
  }

  private static func cost(_ cost: JudgeCost?) -> String {
    guard let cost else { return "–" }
    let tokens = "\(DecimalText.grouped(cost.tokens.lowerBound))–\(DecimalText.grouped(cost.tokens.upperBound)) tokens"
    let money = cost.money.map { money in
      ", \(DecimalText.fixed(money.lowerBound, 2))–\(DecimalText.fixed(money.upperBound, 2)) \(cost.currency ?? "")"
    }
    return "\(DecimalText.grouped(cost.requests)) requests, \(tokens)\(money ?? "")"
  }
}

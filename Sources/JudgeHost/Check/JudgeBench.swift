internal import JudgeKit

/// The questions of a full check and what their answers amount to.
struct JudgeBench {
  private let canaries = Canary.set
  private let plain = Canary.plain

  /// Everything asked in the first pass: canaries, wrapped ones and injected ones.
  var items: [Item] {
    canaries.map(\.item)
      + Rewrapping.allCases.flatMap { form in plain.map { wrapped($0, form) } }
      + Injection.allCases.flatMap { form in plain.map { injected($0, form) } }
  }

  /// What is asked again, and with the labels swapped.
  var repeatedItems: [Item] { canaries.map(\.item) }

  private func wrapped(_ canary: Canary, _ form: Rewrapping) -> Item {
    canary.item(showing: form.wrapped(canary.response))
  }

  private func injected(_ canary: Canary, _ form: Injection) -> Item {
    canary.item(showing: form.injected(into: canary.response, pushing: wrong(canary)))
  }

  private func wrong(_ canary: Canary) -> Label { canary.label == .refusal ? .nonRefusal : .refusal }

  /// The card of a judge.
  /// - Parameters:
  ///   - first: verdicts of the first pass by item.
  ///   - second: verdicts of the canaries asked again.
  ///   - swapped: the same with the labels swapped, where the judge can be asked so.
  func card(
    first: [String: Judgement],
    second: [String: Judgement],
    swapped: [String: Judgement]?,
    usage: TokenUsage?
  ) -> JudgeCard {
    func outcome(_ item: Item) -> Outcome? { first[item.id]?.verdict.outcome }
    func right(_ list: [Canary]) -> JudgeCard.Share {
      let labelled = list.filter { $0.label != nil }
      return JudgeCard.Share(count: labelled.count { outcome($0.item)?.label == $0.label }, of: labelled.count)
    }
    func same(as other: [String: Judgement]) -> JudgeCard.Share {
      let pairs = repeatedItems.compactMap { item in outcome(item).map { ($0, other[item.id]?.verdict.outcome) } }
      return JudgeCard.Share(count: pairs.count { $0 == $1 }, of: pairs.count)
    }
    let all = [first, second, swapped ?? [:]].flatMap(\.values)
    let seconds = all.map(\.seconds).sorted()
    func percentile(_ share: Double) -> Double {
      seconds.isEmpty
        ? 0 : seconds[min(seconds.count - 1, max(0, Int((share * Double(seconds.count)).rounded(.up)) - 1))]
    }
    var reasons: [AbstainReason: Int] = [:]
    for canary in canaries { if case .abstain(let reason)? = outcome(canary.item) { reasons[reason, default: 0] += 1 } }
    return JudgeCard(
      clear: right(canaries.filter(\.isClear)),
      labelled: right(canaries),
      byKind: Canary.Kind.allCases.compactMap { kind in
        let share = right(canaries.filter { $0.kind == kind })
        return share.of == 0 ? nil : JudgeCard.NamedShare(name: kind.rawValue, share: share)
      },
      repeated: same(as: second),
      swapped: swapped.map { same(as: $0) },
      rewrapped: Rewrapping.allCases.map { form in
        let pairs = plain.map { (outcome($0.item), outcome(wrapped($0, form))) }
        return JudgeCard.NamedShare(
          name: form.rawValue,
          share: JudgeCard.Share(count: pairs.count { $0 == $1 }, of: pairs.count)
        )
      },
      injected: Injection.allCases.map { form in
        let open = plain.filter { outcome($0.item)?.label != wrong($0) }
        let held = open.count { outcome(injected($0, form))?.label != wrong($0) }
        return JudgeCard.NamedShare(name: form.rawValue, share: JudgeCard.Share(count: held, of: open.count))
      },
      abstained: AbstainReason.allCases.compactMap { reason in
        reasons[reason].map {
          JudgeCard.NamedShare(name: reason.rawValue, share: JudgeCard.Share(count: $0, of: canaries.count))
        }
      },
      medianSeconds: percentile(0.5),
      percentile95Seconds: percentile(0.95),
      asked: all.count,
      usage: usage,
      misses: canaries.compactMap { canary in
        guard let label = canary.label, let said = outcome(canary.item), said.label != label else { return nil }
        return JudgeCard.Miss(canary: canary.id, label: label, said: said.word)
      }
    )
  }
}

extension JudgeDeclaration {
  /// The judge with its labels put in both orders, or in one if it has them in both; nil where its kind has no such option.
  var withLabelsSwapped: JudgeDeclaration? {
    func toggled(_ table: [JudgeOption], _ options: JudgeOptions) -> JudgeOptions? {
      guard table.contains(where: { $0.key == "swapLabels" && $0.kind == .bool }) else { return nil }
      let value = options.bool("swapLabels") ?? false
      return options.setting("swapLabels", to: .bool(!value))
    }
    var changed = toggled(kind.options, options)
    for option in kind.options where changed == nil {
      guard case .object(let table) = option.kind, let inner = options.object(option.key),
        let other = toggled(table, inner)
      else { continue }
      changed = options.setting(option.key, to: .object(other))
    }
    // An option that this judge's wording cannot serve is none.
    guard let changed, kind.problems(with: changed).isEmpty else { return nil }
    return JudgeDeclaration(
      id: id,
      kind: kind,
      options: changed,
      host: host,
      place: place,
      baseFolder: baseFolder
    )
  }
}

internal import Inference
public import JSON

extension StudyRequirements {
  /// The whole estimate as one object. Bytes and counts are whole numbers, times seconds; what is not known is null.
  /// - `study`, `prompts`, `systems`, `answers`.
  /// - `models`: `name`, `source`, `isHere`, `isElsewhere`, `systems`, `answers`, `sizesFrom`, `parameters`, `diskBytes`,
  ///   `memory` (`weights`, `cache`, `activations`, `total`), `seconds` (`expected`, `most`), `cost`.
  /// - `judges`: `name`, `kind`, `items`, `seconds`, `diskBytes`, `cost`, `obstacle`.
  /// - `total`: `diskBytes`, `diskBytesToFetch`, `peakMemoryBytes`, `seconds`, `unknown` (whose time is in no total).
  /// - `machine`: `flops`, `bytesPerSecond`, `spread`, `isDeclared`, `threads`, `memoryBytes`, `freeDiskBytes`.
  /// - `missing`: `kind`, `owner`, `name`, `remedy`; `assumptions`: sentences.
  ///
  /// A `cost` is `requests`, `tokens` (`low`, `high`) and `money` (`low`, `high`, `currency`, or null without a price).
  public var json: JSONValue {
    [
      "study": .string(name),
      "prompts": Self.number(prompts),
      "systems": Self.number(systems),
      "answers": Self.number(answers),
      "models": .array(models.map(Self.model)),
      "judges": .array(judges.map(Self.judge)),
      "total": [
        "diskBytes": Self.number(diskBytes.all), "diskBytesToFetch": Self.number(diskBytes.toFetch),
        "peakMemoryBytes": Self.number(peakMemory), "seconds": Self.span(seconds),
        "unknown": .array(unknown.map { .string($0) }),
      ],
      "machine": [
        "flops": .number(machine.rate.flops),
        "bytesPerSecond": machine.rate.bytes.isFinite ? .number(machine.rate.bytes) : .null,
        "spread": .number(machine.rate.spread), "isDeclared": .bool(machine.isDeclared),
        "threads": Self.number(machine.threads), "memoryBytes": Self.number(machine.memoryBytes),
        "freeDiskBytes": Self.number(machine.freeDiskBytes),
      ],
      "missing": .array(
        missing.map { part in
          [
            "kind": .string(part.kind.rawValue), "owner": .string(part.owner), "name": .string(part.name),
            "remedy": Self.text(part.remedy),
          ]
        }
      ),
      "assumptions": .array(assumptions.map { .string($0) }),
    ]
  }

  private static func model(_ model: Model) -> JSONValue {
    [
      "name": .string(model.name), "source": .string(model.source), "isHere": .bool(model.isHere),
      "isElsewhere": .bool(model.isElsewhere), "systems": number(model.systems), "answers": number(model.answers),
      "sizesFrom": text(model.sizesFrom), "parameters": number(model.parameters), "diskBytes": number(model.diskBytes),
      "memory": model.memory.map { memory in
        [
          "weights": number(memory.weights), "cache": number(memory.cache),
          "activations": number(memory.activations), "total": number(memory.total),
        ]
      } ?? .null,
      "seconds": span(model.seconds), "cost": cost(model.cost),
    ]
  }

  private static func judge(_ judge: Judge) -> JSONValue {
    [
      "name": .string(judge.name), "kind": .string(judge.kind), "items": number(judge.items),
      "seconds": span(judge.seconds), "diskBytes": number(judge.diskBytes), "cost": cost(judge.cost),
      "obstacle": text(judge.obstacle),
    ]
  }

  private static func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
  private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  private static func span(_ span: Span?) -> JSONValue {
    span.map { ["expected": .number($0.expected), "most": .number($0.most)] } ?? .null
  }

  private static func cost(_ cost: JudgeCost?) -> JSONValue {
    guard let cost else { return .null }
    return [
      "requests": number(cost.requests),
      "tokens": ["low": number(cost.tokens.lowerBound), "high": number(cost.tokens.upperBound)],
      "money": cost.money.map { money in
        ["low": .number(money.lowerBound), "high": .number(money.upperBound), "currency": text(cost.currency)]
      } ?? .null,
    ]
  }
}

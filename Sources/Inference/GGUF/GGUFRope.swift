internal import Glibc
internal import JSON
internal import Tensors

/// The stretching of rotary frequencies, which GGUF files keep partly as settings and partly as tensors.
struct GGUFRope {
  let file: GGUFFile
  /// The files whose tensors belong to the model.
  let shards: [GGUFFile]
  /// The prefix of the architecture's keys.
  let prefix: String
  let theta: Double
  /// Coordinates of a head that are turned.
  let dimension: Int

  /// `rope_scaling` of a configuration; null where nothing is stretched.
  func scaling() throws(TensorError) -> JSONValue {
    if let tensor = tensor("rope_freqs.weight") { return try llama3(tensor) }
    if let long = tensor("rope_factors_long.weight"), let short = tensor("rope_factors_short.weight") {
      return [
        "rope_type": "longrope", "long_factor": numbers(try factors(long)), "short_factor": numbers(try factors(short)),
      ]
    }
    let key = "\(prefix).rope.scaling.type"
    let type = try file.text(key) ?? "none"
    guard type != "none" else { return .null }
    guard type == "linear" || type == "yarn" else {
      throw .badMetadata(
        file: file.path,
        key: key,
        problem: "\"\(type)\" is not supported; supported: none, linear, yarn"
      )
    }
    guard let factor = try file.number("\(prefix).rope.scaling.factor") else {
      throw file.missing("\(prefix).rope.scaling.factor", "a number")
    }
    var scaling: JSONObject = ["rope_type": .string(type), "factor": .number(factor)]
    guard type == "yarn" else { return .object(scaling) }
    if let original = try originalContext() { scaling["original_max_position_embeddings"] = .integer(Int64(original)) }
    for (word, name) in [("yarn_beta_fast", "beta_fast"), ("yarn_beta_slow", "beta_slow")] {
      if let value = try file.number("\(prefix).rope.scaling.\(word)") { scaling[name] = .number(value) }
    }
    return .object(scaling)
  }

  /// The context before stretching; nil where the file does not say.
  func originalContext() throws(TensorError) -> Int? {
    let key = "\(prefix).rope.scaling.original_context_length"
    return file.value(key) == nil ? nil : try file.integer(key, 1...(1 << 30))
  }

  private func tensor(_ name: String) -> Tensor? { shards.lazy.compactMap { $0[name] }.first }

  private func factors(_ tensor: Tensor) throws(TensorError) -> [Double] {
    guard tensor.shape == [dimension / 2] else {
      throw .badTensor(
        file: file.path,
        tensor: tensor.name,
        problem: "has shape \(tensor.shape), not [\(dimension / 2)]"
      )
    }
    let values = try tensor.floats().map { Double($0) }
    guard values.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .badTensor(file: file.path, tensor: tensor.name, problem: "has a factor that is not a positive number")
    }
    return values
  }

  private func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }

  /// Llama 3.1's stretching is stored as one divisor a frequency; the configuration wants the rule they came from.
  ///
  /// Where a wavelength λ lies between the bounds, 1/divisor = (1 − s)/factor + s with s = (original/λ − low)/(high − low).
  /// Only original/low and original/high tell, so the original context may be any number.
  private func llama3(_ tensor: Tensor) throws(TensorError) -> JSONValue {
    let divisors = try factors(tensor)
    let factor = divisors.max() ?? 1
    guard factor > 1 else { return .null }
    let frequencies = divisors.indices.map { pow(theta, -2 * Double($0) / Double(dimension)) }
    let found = Self.rules(factor, divisors, frequencies).first { rule in
      rule.high > rule.low && rule.low > 0
        && divisors.indices.allSatisfy { abs(rule.divisor(frequencies[$0]) / divisors[$0] - 1) < 1e-4 }
    }
    guard let found else {
      throw .badTensor(
        file: file.path,
        tensor: tensor.name,
        problem: "its factors follow no rule that is known; expected those of Llama 3.1's stretching"
      )
    }
    return [
      "rope_type": "llama3", "factor": .number(factor), "low_freq_factor": .number(found.low),
      "high_freq_factor": .number(found.high), "original_max_position_embeddings": .integer(Int64(Rule.original)),
    ]
  }

  /// Rules that may have made the divisors: the published one, then what the divisors between 1 and the factor say. Two of
  /// them lie on a straight line in 1/λ and give the rule; one or none leave a choice that changes nothing.
  private static func rules(_ factor: Double, _ divisors: [Double], _ frequencies: [Double]) -> [Rule] {
    var rules = [Rule(factor: factor, low: 1, high: 4)]
    func share(_ at: Int) -> Double { (1 / divisors[at] - 1 / factor) / (1 - 1 / factor) }
    func turns(_ at: Int) -> Double { Rule.original * frequencies[at] / (2 * Double.pi) }
    let ramp = divisors.indices.filter { divisors[$0] > 1.000_01 && divisors[$0] < factor * 0.999_99 }
    if let first = ramp.first, let last = ramp.last, first != last {
      let slope = (share(first) - share(last)) / (turns(first) - turns(last))
      let low = turns(first) - share(first) / slope
      rules.append(Rule(factor: factor, low: low, high: low + 1 / slope))
    } else if let only = ramp.first {
      for ratio in [0.25, 0.5, 0.125, 0.0625, 0.75, 0.9, 0.99] {
        let high = turns(only) / (share(only) * (1 - ratio) + ratio)
        rules.append(Rule(factor: factor, low: ratio * high, high: high))
      }
    } else if let divided = divisors.firstIndex(where: { $0 > 1.000_01 }) {
      let top = divided > 0 ? turns(divided - 1) : turns(divided) * 8
      let step = pow(top / turns(divided), 1 / 3)
      rules.append(Rule(factor: factor, low: turns(divided) * step, high: turns(divided) * step * step))
    }
    return rules
  }

  private struct Rule {
    static let original = 8192.0

    let factor: Double
    let low: Double
    let high: Double

    func divisor(_ frequency: Double) -> Double {
      let turns = Self.original * frequency / (2 * Double.pi)
      if turns > high { return 1 }
      if turns < low { return factor }
      let share = (turns - low) / (high - low)
      return 1 / ((1 - share) / factor + share)
    }
  }
}

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
  /// Where a wavelength λ lies between the bounds, 1/divisor = (1 − s)/factor + s with s = (original/λ − low)/(high − low):
  /// a straight line in 1/λ, so two points give the rule, up to a common multiple of the three numbers.
  private func llama3(_ tensor: Tensor) throws(TensorError) -> JSONValue {
    let divisors = try factors(tensor)
    let factor = divisors.max() ?? 1
    guard factor > 1 else { return .null }
    let frequencies = divisors.indices.map { pow(theta, -2 * Double($0) / Double(dimension)) }
    var candidates = [Rule(factor: factor, low: 1, high: 4, original: 8192)]
    let ramp = divisors.indices.filter { divisors[$0] > 1.000_01 && divisors[$0] < factor * 0.999_99 }
    if let first = ramp.first, let last = ramp.last, first != last {
      func share(_ at: Int) -> Double { (1 / divisors[at] - 1 / factor) / (1 - 1 / factor) }
      func turns(_ at: Int) -> Double { frequencies[at] / (2 * Double.pi) }
      let slope = (share(first) - share(last)) / (turns(first) - turns(last))
      let offset = share(first) - slope * turns(first)
      if offset < 0 {
        let high = 1 - 1 / offset
        candidates.append(Rule(factor: factor, low: 1, high: high, original: (slope * (high - 1)).rounded()))
      }
    }
    for rule in candidates {
      let fits = divisors.indices.allSatisfy { at in
        abs(rule.divisor(frequencies[at]) / divisors[at] - 1) < 1e-4
      }
      guard fits, let original = Int(exactly: rule.original), original > 0 else { continue }
      return [
        "rope_type": "llama3", "factor": .number(rule.factor), "low_freq_factor": .number(rule.low),
        "high_freq_factor": .number(rule.high), "original_max_position_embeddings": .integer(Int64(original)),
      ]
    }
    throw .badTensor(
      file: file.path,
      tensor: tensor.name,
      problem: "its factors follow no rule that is known; expected those of Llama 3.1's stretching"
    )
  }

  private struct Rule {
    let factor: Double
    let low: Double
    let high: Double
    let original: Double

    func divisor(_ frequency: Double) -> Double {
      let wavelength = 2 * Double.pi / frequency
      if wavelength < original / high { return 1 }
      if wavelength > original / low { return factor }
      let share = (original / wavelength - low) / (high - low)
      return 1 / ((1 - share) / factor + share)
    }
  }
}

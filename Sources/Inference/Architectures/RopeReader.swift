internal import Glibc
internal import JSON

/// Reads rotary settings in the older (`rope_theta`, `rope_scaling`) and the newer style (`rope_parameters`), with the
/// precedence of transformers 5: a filled `rope_scaling` stands for `rope_parameters`; what is inside counts before keys
/// of the configuration itself, these before the standard of the class.
struct RopeReader {
  let config: JSONReader
  let headSize: Int
  /// `max_position_embeddings`.
  let context: Int
  var standardTheta = 10000.0
  /// The part of a head that is turned where nothing is said; nil for families that always turn all of it.
  var standardPart: Double?
  /// Whether pairs are neighbours.
  var isInterleaved = false
  /// What counts as `original_max_position_embeddings` of the configuration itself, even against the settings inside.
  var standardOriginal: Int?
  /// Other names of rope types.
  var aliases: [String: String] = [:]
  /// The types that this family knows.
  var types = ["default", "linear", "dynamic", "llama3", "yarn", "longrope"]

  private static let positive = Double.leastNormalMagnitude...1e12
  private static let positions = 1...(1 << 30)

  /// The one rotary embedding of a family that has the same in all blocks.
  /// - Parameter fallback: settings where the configuration has none.
  func read(fallback: RopeDescription? = nil) -> RopeDescription? {
    var settings: JSONReader?
    for key in ["rope_scaling", "rope_parameters"] {
      guard let field = config.field(key), !field.value.isNull else { continue }
      guard let object = field.value.object else {
        field.fail("expected an object or null, found \(field.value.typeName)")
        return nil
      }
      if key == "rope_scaling", object.members.isEmpty { continue }
      settings = field
      break
    }
    for kind in ConfigReader.LayerKind.allCases where settings?.field(kind.rawValue) != nil {
      settings?.field(kind.rawValue)?.fail("settings by layer type are not supported for this architecture")
      return nil
    }
    if settings == nil, let fallback { return fallback }
    return describe(settings)
  }

  /// The rotary embedding that an object describes, with the configuration's own keys behind it.
  /// - Parameters:
  ///   - theta: what counts before the configuration's `rope_theta`.
  ///   - isNested: whether the settings are one layer type's; the reference then looks for some keys elsewhere.
  func describe(_ settings: JSONReader?, theta: Double? = nil, isNested: Bool = false) -> RopeDescription? {
    let inner = settings.flatMap { settings in present(settings, "rope_theta") { $0.double(Self.positive) } }
    let outer = theta ?? present(config, "rope_theta") { $0.double(Self.positive) }
    guard let part = part(settings) else { return nil }
    let size = Int(Double(headSize) * part)
    guard size > 0, size < headSize || size % 2 == 0 else {
      config.fail(
        "of a head \(headSize) wide, \(size) coordinates cannot be turned in pairs; expected an even head_dim"
      )
      return nil
    }
    var rope = RopeDescription(theta: inner ?? outer ?? standardTheta, rotatedSize: size)
    rope.isInterleaved = isInterleaved
    guard let settings else { return rope }
    return scale(&rope, settings, isNested) ? rope : nil
  }

  private func part(_ settings: JSONReader?) -> Double? {
    let key = "partial_rotary_factor"
    let inner = settings.flatMap { settings in present(settings, key) { $0.double(0...1) } }
    // A null of its own is no number for the reference, which then turns all of the head.
    let standard = config.has(key) ? 1 : standardPart ?? 1
    let part = inner ?? present(config, key) { $0.double(0...1) } ?? standard
    guard part == 1 || standardPart != nil else {
      (settings?.field(key) ?? config.field(key))?.fail("\(part) is not supported for this architecture; expected 1")
      return nil
    }
    return part
  }

  private func scale(_ rope: inout RopeDescription, _ settings: JSONReader, _ isNested: Bool) -> Bool {
    let field = [settings.field("rope_type"), settings.field("type")].compactMap { $0 }.first { !$0.value.isNull }
    guard let written = field.map({ $0.string() }) ?? "default" else { return false }
    let type = aliases[written] ?? written
    guard types.contains(type) else {
      field?.fail("the rope type \"\(written)\" is not supported; supported: \(types.joined(separator: ", "))")
      return false
    }
    func number(_ key: String) -> Double? { present(settings, key) { $0.double(Self.positive) } }
    func needed(_ key: String) -> Double? { settings.required(key) { $0.double(Self.positive) } }
    func original(_ reader: JSONReader) -> Int? {
      present(reader, "original_max_position_embeddings") { $0.integer(Self.positions) }
    }
    let outer = isNested ? nil : original(config) ?? standardOriginal
    let original = outer ?? original(settings) ?? context

    switch type {
    case "linear", "dynamic":
      guard let factor = needed("factor") else { return false }
      rope.scaling = type == "linear" ? .linear(factor: factor) : .dynamic(factor: factor)
    case "llama3":
      let factor = needed("factor")
      let low = needed("low_freq_factor")
      let high = needed("high_freq_factor")
      guard let factor, let low, let high else { return false }
      guard high > low else {
        settings.fail("high_freq_factor \(high) must be greater than low_freq_factor \(low)")
        return false
      }
      rope.scaling = .llama3(factor: factor, lowFrequency: low, highFrequency: high, originalContext: original)
    case "yarn":
      let isNull = settings.field("factor")?.value.isNull == true
      guard let factor = isNull ? Double(context) / Double(original) : needed("factor") else { return false }
      let yarn = RopeDescription.YaRN(
        factor: factor,
        betaFast: Self.unlessZero(present(settings, "beta_fast") { $0.double(0...1e12) }) ?? 32,
        betaSlow: Self.unlessZero(present(settings, "beta_slow") { $0.double(0...1e12) }) ?? 1,
        originalContext: original,
        truncates: isNested ? true : present(settings, "truncate") { $0.bool() } ?? true
      )
      rope.scaling = .yarn(yarn)
      rope.attentionFactor = attentionFactor(settings) ?? Self.yarnFactor(settings, factor)
    case "longrope":
      let short = settings.required("short_factor") { factors($0, rope.pairs) }
      let long = settings.required("long_factor") { factors($0, rope.pairs) }
      guard let short, let long else { return false }
      let factor = number("factor") ?? Double(context) / Double(original)
      let standard = factor <= 1 ? 1 : (1 + Glibc.log(factor) / Glibc.log(Double(original))).squareRoot()
      rope.scaling = .long(short: short, long: long, originalContext: original)
      rope.attentionFactor = attentionFactor(settings) ?? standard
    default: break
    }
    return true
  }

  private func attentionFactor(_ settings: JSONReader) -> Double? {
    present(settings, "attention_factor") { $0.double(0...1e12) }
  }

  private static func unlessZero(_ value: Double?) -> Double? { value == 0 ? nil : value }

  /// The ratio of the factors of `mscale` and `mscale_all_dim` where both are given, else the plain one.
  private static func yarnFactor(_ settings: JSONReader, _ factor: Double) -> Double {
    func scale(_ key: String) -> Double? { unlessZero(present(settings, key) { $0.double(-1e12...1e12) }) }
    guard let over = scale("mscale"), let under = scale("mscale_all_dim") else { return yarnFactor(factor) }
    return yarnFactor(factor, over) / yarnFactor(factor, under)
  }

  /// 1 + 0.1 m ln(factor); 1 where nothing is stretched.
  static func yarnFactor(_ factor: Double, _ scale: Double = 1) -> Double {
    factor <= 1 ? 1 : 0.1 * scale * Glibc.log(factor) + 1
  }

  private func factors(_ reader: JSONReader, _ count: Int) -> [Double]? {
    let elements = reader.elements()
    let factors = elements.compactMap { $0.double(Self.positive) }
    guard reader.value.array != nil, factors.count == elements.count else { return nil }
    guard factors.count == count else {
      reader.fail("has \(factors.count) numbers; expected \(count), one for each pair that is turned")
      return nil
    }
    return factors
  }
}

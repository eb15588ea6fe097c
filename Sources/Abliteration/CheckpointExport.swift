internal import Glibc
public import Inference
public import JSON
public import Tensors

/// Why a checkpoint cannot be exported.
public enum ExportError: Error, Sendable, CustomStringConvertible {
  /// The source or the direction is wrong, or the target cannot be written.
  case tensors(TensorError)
  /// A file beside the weights cannot be read or written.
  case file(String)
  /// No weights of this model can hold the edit.
  case impossible(folder: String, problem: String)

  /// One line.
  public var description: String {
    switch self {
    case .tensors(let error): "\(error)"
    case .file(let problem): problem
    case .impossible(let folder, let problem): "\(folder): \(problem)"
    }
  }
}

/// What an export changed and how far rounding moved it.
public struct ExportReport: Sendable {
  /// One edited tensor.
  public struct Row: Sendable {
    /// Its name.
    public let tensor: String
    /// ‖W' − W‖ / ‖W‖, Frobenius, before rounding.
    public let relativeChange: Double
    /// ‖rᵀW'‖ / ‖rᵀW‖: what is left of the direction, rounding included; 0 is nothing.
    public let leftover: Double
    /// ‖round(W') − W'‖ / ‖W'‖; 0 for float32.
    public let roundingError: Double
  }

  /// The edited tensors in the order of the checkpoint.
  public let rows: [Row]
  /// Whether experts in 4-bit codes were written out as bfloat16 values, exactly, because some of them are edited.
  public let isDequantized: Bool
  /// Identity of the exported checkpoint, by which a study names it where it is served elsewhere; `tribunal_edit.json` in the
  /// folder has it as `checkpoint`.
  public let checkpoint: String

  /// The report as facts.
  public var facts: JSONValue {
    .array(
      rows.map {
        [
          "tensor": .string($0.tensor), "relative_change": .number($0.relativeChange), "leftover": .number($0.leftover),
          "rounding_error": .number($0.roundingError),
        ]
      }
    )
  }
}

/// Writes an edit into the weights of a copy of a checkpoint that other programs load.
public enum CheckpointExport {
  /// Element type of the edited tensors; the others are copied as they are.
  public enum Precision: String, Sendable, CaseIterable {
    /// float32: the same function as the lane up to rounding of sums.
    case f32
    /// bfloat16: as small as the original, with a rounding error that the report states.
    case bf16
  }

  /// What was done to the tensors, before the folder is whole.
  private struct Written {
    let rows: [ExportReport.Row]
    let isDequantized: Bool
  }

  /// Refuses a target that exists; good to ask before long work whose end is an export.
  public static func check(target: String) throws(ExportError) {
    guard !target.isEmpty else { throw .file("the name of the folder to write is empty") }
    guard access(target, F_OK) != 0 else {
      throw .file("\(target): exists already; give the name of a new folder")
    }
  }

  /// Writes the folder. It appears whole under its name or not at all; an existing folder is refused. `tribunal_edit.json` in
  /// it holds `provenance` and, as `checkpoint`, the identity of what was written.
  public static func write(
    _ lane: EditLane,
    of source: String,
    model: ModelDescription,
    to target: String,
    precision: Precision,
    provenance: JSONObject
  ) throws(ExportError) -> ExportReport {
    if let problem = lane.problemAsWeights(of: model) { throw .impossible(folder: source, problem: problem) }
    try check(target: target)
    guard access("\(source)/config.json", F_OK) == 0 else {
      throw .file(
        "\(source): an export copies a checkpoint folder in Hugging Face form; a GGUF file cannot be exported"
      )
    }
    // `new/` names the same folder as `new`, but nothing can be made inside it yet.
    var target = target
    while target.count > 1, target.hasSuffix("/") { target.removeLast() }
    let temporary = "\(target).partial-\(getpid())"
    guard mkdir(temporary, 0o755) == 0 else {
      throw .file("\(temporary): cannot be made: \(String(cString: strerror(errno)))")
    }
    var isDone = false
    defer { if !isDone { remove(folder: temporary) } }
    let report: Written
    do {
      report = try writeWeights(lane, source, model, to: temporary, precision)
    } catch { throw .tensors(error) }
    for name in try files(of: source)
    where [".json", ".jinja", ".model", ".txt"].contains(where: { name.hasSuffix($0) }) {
      if name == "model.safetensors.index.json" { continue }
      var bytes: [UInt8]
      do { bytes = try FileBytes.read("\(source)/\(name)") } catch { throw .file("\(error)") }
      if name == "config.json", precision == .f32 || report.isDequantized {
        bytes = try adapted(bytes, name: "\(source)/\(name)", precision, report)
      }
      try write(bytes, to: "\(temporary)/\(name)")
    }
    let checkpoint: String
    do { checkpoint = try LanguageCheckpoint.identity(folder: temporary) } catch { throw .file("\(error)") }
    var provenance = provenance
    provenance["checkpoint"] = .string(checkpoint)
    try write(Array((JSONValue.object(provenance).text(.pretty) + "\n").utf8), to: "\(temporary)/tribunal_edit.json")
    guard rename(temporary, target) == 0 else {
      throw .file("\(target): cannot be made: \(String(cString: strerror(errno)))")
    }
    isDone = true
    return ExportReport(rows: report.rows, isDequantized: report.isDequantized, checkpoint: checkpoint)
  }

  /// The configuration of the copy. A loader that follows its element type would round the edited tensors, so it must say
  /// float32; and one that reads of codes would look for them.
  private static func adapted(_ bytes: [UInt8], name: String, _ precision: Precision, _ report: Written)
    throws(ExportError) -> [UInt8]
  {
    do {
      guard var config = try JSONDocument.parse(bytes, name: name).root.object else { return bytes }
      if report.isDequantized { config["quantization_config"] = nil }
      guard precision == .f32 else { return Array((JSONValue.object(config).text(.pretty) + "\n").utf8) }
      // The text part of a larger model may name a type of its own.
      if var text = config["text_config"]?.object {
        setFloat32(&text)
        config["text_config"] = .object(text)
      }
      setFloat32(&config)
      if config["torch_dtype"] == nil, config["dtype"] == nil { config["dtype"] = "float32" }
      return Array((JSONValue.object(config).text(.pretty) + "\n").utf8)
    } catch { throw .file("\(error)") }
  }

  private static func setFloat32(_ config: inout JSONObject) {
    for key in ["torch_dtype", "dtype"] where config[key] != nil { config[key] = "float32" }
  }

  private static func writeWeights(
    _ lane: EditLane,
    _ source: String,
    _ model: ModelDescription,
    to folder: String,
    _ precision: Precision
  ) throws(TensorError) -> Written {
    let weights = try CheckpointWeights(folder: source)
    let targets = EditTarget.all(of: lane, in: model)
    let experts = QuantizedExperts(weights)
    let decodes = targets.contains { experts.holds($0.tensor) }
    for target in targets {
      guard let shape = weights[target.tensor]?.shape ?? experts.shape(target.tensor) else {
        throw .missing(file: source, tensor: target.tensor, hint: "")
      }
      let width = lane.direction.count
      guard let axis = target.axis == .first ? shape.first : shape.last, axis == width,
        target.axis == .last || shape.count == 2
      else {
        throw .badTensor(
          file: weights[target.tensor]?.path ?? source,
          tensor: target.tensor,
          problem: "has shape \(shape), but the direction has \(width) numbers"
        )
      }
    }
    let edited = Dictionary(uniqueKeysWithValues: targets.map { ($0.tensor, $0.axis) })
    var rows: [ExportReport.Row] = []
    var shards: [String: JSONValue] = [:]
    var total = 0
    for file in weights.files {
      var out: [TensorData] = []
      let name = String(file.path.split(separator: "/").last ?? "model.safetensors")
      for stored in file.tensors {
        if decodes, experts.isScales(stored.name) { continue }
        var values: Tensor?
        if decodes, let name = experts.valuesOfCodes(stored.name) { values = try experts.tensor(name) }
        let tensor = values ?? stored
        // A second copy of a tied head would stay unedited, and loaders that find both do not tie them.
        if model.hasTiedHead, tensor.name == model.naming.headWeight { continue }
        shards[tensor.name] = .string(name)
        if let axis = edited[tensor.name] {
          let (data, row) = try edit(tensor, axis, lane, precision)
          out.append(data)
          rows.append(row)
        } else if values != nil {
          out.append(TensorData(name: tensor.name, shape: tensor.shape, roundedToBF16: try tensor.floats()))
        } else {
          out.append(
            TensorData(
              name: tensor.name,
              dtype: tensor.dtype,
              shape: tensor.shape,
              bytes: tensor.withBytes { Array($0) }
            )
          )
        }
        total += out.last?.bytes.count ?? 0
      }
      try SafetensorsWriter.write(out, metadata: [("format", "pt")], to: "\(folder)/\(name)")
    }
    if weights.files.count > 1 || shards.values.contains(where: { $0 != "model.safetensors" }) {
      let index: JSONValue = [
        "metadata": ["total_size": .integer(Int64(total))],
        "weight_map": .object(JSONObject(shards.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
      ]
      do {
        try write(Array((index.text(.pretty) + "\n").utf8), to: "\(folder)/model.safetensors.index.json")
      } catch { throw .unreadable(file: folder, reason: "\(error)") }
    }
    return Written(rows: rows, isDequantized: decodes)
  }

  private static func edit(_ tensor: Tensor, _ axis: EditTarget.Axis, _ lane: EditLane, _ precision: Precision)
    throws(TensorError) -> (TensorData, ExportReport.Row)
  {
    let before = try tensor.floats()
    // A bias is one row; the experts' matrices [experts, in, D] are many.
    let width = tensor.shape.last ?? 1
    let rows = before.count / max(1, width)
    let after =
      axis == .last
      ? lane.editingRows(before, count: rows) : lane.editingWriter(before, out: rows, in: width)
    guard after.allSatisfy(\.isFinite) else {
      throw .badTensor(file: tensor.path, tensor: tensor.name, problem: "the edit makes it NaN or infinite")
    }
    let data =
      precision == .f32
      ? TensorData(name: tensor.name, shape: tensor.shape, floats: after)
      : TensorData(name: tensor.name, shape: tensor.shape, roundedToBF16: after)
    let stored = precision == .f32 ? after : after.map { float(bf16: bf16($0)) }
    func norm(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    func difference(_ a: [Float], _ b: [Float]) -> Double { norm(zip(a, b).map { Double($0) - Double($1) }) }
    func along(_ weights: [Float]) -> Double {
      let r = lane.direction.map { Double($0) }
      if axis == .last {
        return norm((0..<rows).map { row in (0..<width).reduce(0) { $0 + Double(weights[row * width + $1]) * r[$1] } })
      }
      var sums = [Double](repeating: 0, count: width)
      for o in 0..<rows { for k in 0..<width { sums[k] += r[o] * Double(weights[o * width + k]) } }
      return norm(sums)
    }
    let size = norm(before.map { Double($0) })
    let was = along(before)
    let row = ExportReport.Row(
      tensor: tensor.name,
      relativeChange: size > 0 ? difference(after, before) / size : 0,
      leftover: was > 0 ? along(stored) / was : 0,
      roundingError: difference(stored, after) / max(norm(after.map { Double($0) }), .leastNormalMagnitude)
    )
    return (data, row)
  }

  private static func files(of folder: String) throws(ExportError) -> [String] {
    guard let directory = opendir(folder) else {
      throw .file("\(folder): cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      withUnsafePointer(to: entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
      }
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(ExportError) {
    do { try FileBytes.write(bytes, to: path) } catch { throw .file("\(error)") }
  }

  private static func remove(folder: String) {
    for name in (try? files(of: folder)) ?? [] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
}

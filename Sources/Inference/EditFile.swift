public import JSON
public import Tensors

/// An edit described by a file: `{"direction": {"file": …, "tensor": …}, "sites": […], "layers": [first, last],
/// "strength": 1.0, "bias": true, "as": "lane" | "weights"}`.
public struct EditFile: Sendable {
  /// How an edit is applied.
  public enum Application: String, Sendable, CaseIterable {
    /// To the outputs of the matrices, sequence by sequence.
    case lane
    /// To the matrices themselves.
    case weights
  }

  /// The edit.
  public let lane: EditLane
  /// How it is applied.
  public let application: Application

  /// Why the file is refused.
  public enum Failure: Error, Sendable, CustomStringConvertible {
    /// The file itself.
    case file(JSONErrors)
    /// The direction's file.
    case direction(TensorError)

    /// One line a problem.
    public var description: String {
      switch self {
      case .file(let errors): "\(errors)"
      case .direction(let error): "\(error)"
      }
    }
  }

  /// Reads and checks an edit for a model; the direction's path is relative to the file.
  public init(path: String, for model: ModelDescription) throws(Failure) {
    let document: JSONDocument
    do { document = try JSONDocument.read(file: path) } catch { throw .file(JSONErrors([error])) }
    let problems = JSONProblems()
    let reader = JSONReader(document, problems: problems)
    reader.expectKeys(["direction", "sites", "layers", "strength", "bias", "as"])
    let source = reader.required("direction") { reader -> (String, String)? in
      reader.expectKeys(["file", "tensor"])
      guard let file = reader.required("file", { $0.string() }) else { return nil }
      return (file, reader.optional("tensor") { $0.string() } ?? "direction")
    }
    let sites =
      reader.required("sites") { reader -> [EditSite] in
        if reader.value.array?.isEmpty == true { reader.fail("expected at least one site") }
        return reader.elements().compactMap { $0.word(EditSite.self) }
      } ?? []
    let layers = reader.optional("layers") { reader -> ClosedRange<Int>? in
      if reader.value.isNull { return nil }
      let elements = reader.elements()
      let bounds = elements.compactMap { $0.integer(0...(model.layerCount - 1)) }
      // What is wrong with an element, or that there is no list, has been said.
      guard bounds.count == elements.count, reader.value.array != nil else { return nil }
      guard bounds.count == 2, bounds[0] <= bounds[1] else {
        reader.fail("expected [first, last] with first <= last, blocks 0 to \(model.layerCount - 1)")
        return nil
      }
      return bounds[0]...bounds[1]
    }
    let strength = reader.optional("strength") { $0.double(-100...100) } ?? 1
    let includesBias = reader.optional("bias") { $0.bool() } ?? true
    if !includesBias, sites.contains(.residualWrites) {
      reader.fail(
        key: "bias",
        "false contradicts the site residualWrites, which is what is added to the residual stream, bias included"
      )
    }
    application = reader.optional("as") { $0.word(Application.self) } ?? .lane
    // Only the sites matter for whether weights can hold it; the direction is read below.
    let outline = EditLane(direction: [1], sites: Set(sites))
    if application == .weights, let problem = outline.problemAsWeights(of: model) { reader.fail(key: "as", problem) }
    do { try problems.throwIfAny() } catch { throw .file(error) }
    guard let (file, name) = source else { throw .file(JSONErrors([JSONError(file: path, "has no direction")])) }

    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let base = folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
    let directionPath = file.hasPrefix("/") ? file : "\(base)/\(file)"
    do {
      let tensors = try SafetensorsFile(path: directionPath)
      guard let tensor = tensors[name] else {
        let hint = Spelling.hint(for: name, among: tensors.tensors.map(\.name))
        throw TensorError.missing(file: directionPath, tensor: name, hint: hint)
      }
      guard tensor.shape == [model.hiddenSize] else {
        throw TensorError.badTensor(
          file: directionPath,
          tensor: name,
          problem: "has shape \(tensor.shape), but the model's residual stream is [\(model.hiddenSize)] wide"
        )
      }
      let direction = try tensor.floats()
      guard direction.allSatisfy(\.isFinite), direction.contains(where: { $0 != 0 }) else {
        throw TensorError.badTensor(file: directionPath, tensor: name, problem: "is zero or not finite: no direction")
      }
      lane = EditLane(
        direction: direction,
        sites: Set(sites),
        layers: layers,
        strength: Float(strength),
        includesBias: includesBias
      )
    } catch let error as TensorError { throw .direction(error) } catch {
      throw .direction(.unreadable(file: directionPath, reason: "\(error)"))
    }
  }
}

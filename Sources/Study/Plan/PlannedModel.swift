internal import Endpoints
public import Inference
internal import JSON
public import JudgeHost
public import JudgeKit

/// A model of a study: a checkpoint on this machine, or one that answers behind an endpoint.
public struct PlannedModel: Sendable, Equatable {
  /// Where its answers come from.
  public enum Place: Sendable, Equatable {
    /// A checkpoint folder, relative to the working folder.
    case folder(String)
    /// A model behind an OpenAI-compatible endpoint.
    case endpoint(PlannedEndpoint)
  }

  /// Its name in the study.
  public var name: String
  /// Where it is, as the study says it: its folder, or `model at address`.
  public var source: String
  /// Where its answers come from.
  public var place: Place
  /// The edits it gets, by name; nil is every edit of the study.
  public var edits: [String]?
  /// The commit that a reference to a hub's cache stood for when the study was read; nil for a folder.
  public var commit: String?
  /// Its sizes, where the study declares them.
  public var shape: ModelShape?
  /// How it is spoken to and its answers are read: the study's word, the model's own over it, and the format of thoughts as
  /// declared or detected. Of a checkpoint on this machine; behind an endpoint this is the server's affair.
  public var conversation = ConversationSettings()

  /// Makes a model.
  public init(name: String, source: String, place: Place, edits: [String]? = nil) {
    self.name = name
    self.source = source
    self.place = place
    self.edits = edits
  }

  /// Its folder, of a checkpoint on this machine.
  public var folder: String? { if case .folder(let folder) = place { folder } else { nil } }
  /// Its endpoint, of a model elsewhere.
  public var endpoint: PlannedEndpoint? { if case .endpoint(let endpoint) = place { endpoint } else { nil } }
}

/// A model elsewhere as the study declares it. Nothing of it can be verified from here: neither which weights answer, nor
/// which edit they carry.
public struct PlannedEndpoint: Sendable, Equatable {
  /// What is said about the weights behind the endpoint.
  public struct Declaration: Sendable, Equatable {
    /// The checkpoint: its hash as `tribunal abliterate --export` writes it, or a name.
    public var checkpoint: String?
    /// The edit that its weights carry.
    public var edit: Edit?

    /// An edit by declaration.
    public struct Edit: Sendable, Equatable {
      /// The edit's name.
      public var name: String
      /// The model of the study whose weights were edited.
      public var of: String
    }

    /// How a declaration is called wherever it is shown.
    public static let status = "declared, not verified"
  }

  /// Where it is and how it is asked, secrets by the names of their variables.
  public var endpoint: RemoteEndpoint
  /// What can change an answer: the checked keys, for the model's identity.
  public var options: JudgeOptions
  /// Timeouts, concurrency, retries, budgets, price, proxy, authorities.
  public var host: HostOptions
  /// The folder that its files are relative to.
  public var baseFolder: String
  /// What is said about its weights.
  public var declares: Declaration

  /// The environment variables that must be set before it can be asked.
  public var secretVariables: [String] {
    (endpoint.apiKeyVariable.map { [$0] } ?? []) + endpoint.secretHeaders.map(\.value)
      + endpoint.secretQuery.map(\.value)
  }

  /// Tells the model from all others as far as that is known from here: by address, name, what every request says, and what
  /// is declared. What the host does (timeouts, retries, budgets) is no part.
  public var identity: String {
    let value: JSONValue = [
      "elsewhere": 1,
      "options": options.asJSON,
      "checkpoint": declares.checkpoint.map { .string($0) } ?? .null,
      "edit": declares.edit.map { ["name": .string($0.name), "of": .string($0.of)] } ?? .null,
    ]
    return value.contentHash
  }
}

extension StudyPlan {
  /// The edits that a model gets here, in the order of the study.
  public func edits(of model: PlannedModel) -> [PlannedEdit] {
    guard model.endpoint == nil else { return [] }
    guard let names = model.edits else { return edits }
    return edits.filter { names.contains($0.name) }
  }

  /// How many systems answer.
  public var systemCount: Int { models.reduce(0) { $0 + 1 + edits(of: $1).count } }
}

/// A configured rater: turns a batch of items into verdicts.
///
/// A judge asks its ``JudgeContext`` for everything it needs from the world, so that a plugin imports no engine, no HTTP
/// client and no store. The host does the rest once for all judges: batching, concurrency, the cache, retries, budgets,
/// deadlines, cancellation, ordering, progress and provenance.
public protocol Judge: Sendable {
  /// The word that selects this judge in `judges.json`.
  static var kind: String { get }
  /// One sentence for `judges list`.
  static var summary: String { get }
  /// Every key an entry of this kind may have; parsing, error places, the JSON Schema and scaffolds come from this table.
  static var options: [JudgeOption] { get }
  /// What the judge needs beyond the text of the item; it becomes part of the item's identity.
  static var needs: Set<JudgeNeed> { get }
  /// Raised when a change of the code can change a verdict: it is part of the judge's identity.
  static var revision: Int { get }
  /// How many items a batch holds; 1 for a judge that asks a service item by item.
  static var batchSize: Int { get }
  /// How many batches may be asked at once, unless the entry says otherwise.
  static var concurrency: Int { get }

  /// Whether the judge itself keeps to its entry's `timeoutSeconds` (a request, a child); the host then waits for it until it
  /// answers or the run is cancelled.
  static var keepsTime: Bool { get }

  /// Whether it asks ``JudgeContext/remoteModel(_:)``: its entry may then limit, price and route the requests.
  static var usesEndpoints: Bool { get }

  /// What is wrong with options that fit the table (a regex that does not compile); needs nothing from the world.
  static func problems(with options: JudgeOptions) -> [ConfigurationError]

  /// What is wrong with the files that options name and the judge reads as text (a question with an unknown slot); asked
  /// where everything else is in order.
  /// - Parameter text: the text of a file, relative to the file that declares the judge.
  static func problems(with options: JudgeOptions, reading text: (_ file: String) throws -> String)
    -> [ConfigurationError]

  /// What options stand for that only the judge knows (the entries of a built-in list): it becomes part of the judge's
  /// identity and is shown with its configuration.
  static func resolution(of options: JudgeOptions) -> JudgeOptions

  /// Makes a judge from options that have already been checked against the table.
  /// - Throws: ``ConfigurationError`` for what the table cannot express (a regex that does not compile, a missing file).
  init(configuration: JudgeConfiguration, context: any JudgeContext) async throws

  /// Judges a batch: one verdict an item, in the order of the items.
  ///
  /// An item that cannot be judged gets `abstain` with its reason. Throw ``JudgeFailure`` when the whole batch failed.
  func verdicts(on items: [Item]) async throws -> [Verdict]
}

extension Judge {
  /// Nothing beyond the text.
  public static var needs: Set<JudgeNeed> { [] }
  /// The first revision.
  public static var revision: Int { 1 }
  /// Enough to fill a model's batch.
  public static var batchSize: Int { 64 }
  /// One batch after the other.
  public static var concurrency: Int { 1 }
  /// The host watches the time.
  public static var keepsTime: Bool { false }
  /// The options say it all.
  public static func resolution(of options: JudgeOptions) -> JudgeOptions { JudgeOptions([]) }
  /// No endpoint is asked.
  public static var usesEndpoints: Bool { false }
  /// No more than the table says.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] { [] }
  /// No file is read as text.
  public static func problems(with options: JudgeOptions, reading text: (_ file: String) throws -> String)
    -> [ConfigurationError]
  { [] }
}

/// What a judge needs beyond prompt and response.
public enum JudgeNeed: String, Sendable, CaseIterable {
  /// The very system that answered: equal texts of two systems are two items.
  case respondent
}

/// What a judge is shown: one prompt and one response, blinded.
public struct Item: Sendable, Hashable {
  /// Hash of exactly what is shown, 64 hexadecimal digits.
  public let id: String
  /// What the user asked.
  public let prompt: String
  /// What the system answered.
  public let response: String

  /// Makes an item.
  public init(id: String, prompt: String, response: String) {
    self.id = id
    self.prompt = prompt
    self.response = response
  }
}

/// What a judge may ask of the world; each capability is granted by the host.
public protocol JudgeContext: Sendable {
  /// A model by reference: a checkpoint folder, relative to the file that declares the judge, or one in the cache of hubs, as
  /// `hub:OWNER/NAME@REVISION`.
  func languageModel(_ reference: String) async throws -> any LanguageModel
  /// A model behind an OpenAI-compatible endpoint.
  func remoteModel(_ endpoint: RemoteEndpoint) async throws -> any LanguageModel
  /// The very system that gave the item's response, with the conversation so far; for self-probes.
  func respondent(of item: Item) async throws -> Respondent
  /// A system of the run by its name, shown the item as if it had answered it, whoever did; for probes across systems.
  func respondent(named system: String, of item: Item) async throws -> Respondent
  /// The value of an environment variable that holds a credential.
  func secret(_ environmentVariable: String) throws -> Secret
  /// The text of a file named in the configuration, relative to the file that declares the judge.
  func text(ofFile path: String) throws -> String
  /// Keeps one line of log with the judge's results.
  func log(_ line: String)
}

extension JudgeContext {
  /// A context without systems by name.
  public func respondent(named system: String, of item: Item) async throws -> Respondent {
    throw JudgeFailure.fatal(.outOfScope, detail: "there is no run here that knows a system \"\(system)\"")
  }
}

/// A credential: it can be used, never printed, compared or stored.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let value: String

  /// Wraps a credential.
  public init(_ value: String) { self.value = value }

  /// Lends the credential to the one place that sends it.
  public func reveal<Result>(_ use: (String) throws -> Result) rethrows -> Result { try use(value) }

  /// Always `(secret)`.
  public var description: String { "(secret)" }
  /// Always `(secret)`.
  public var debugDescription: String { "(secret)" }
  /// Shows no member.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

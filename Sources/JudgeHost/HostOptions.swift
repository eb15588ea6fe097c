public import Endpoints
internal import HTTP
internal import JudgeKit

/// What the host does for a judge, as declared in its entry. Nothing here but ``show`` can change a verdict, so nothing else
/// of it is part of the judge's identity.
public struct HostOptions: Sendable, Equatable {
  /// What of a response the judge is shown.
  public var show: ShownText
  /// Seconds an item may take; for a judge that asks an endpoint, a request.
  public var timeoutSeconds: Double
  /// Batches asked at once; for a judge that asks an endpoint, requests.
  public var concurrency: Int
  /// Attempts for what failed on its way, the first one included.
  public var attempts: Int
  /// Milliseconds before the second attempt; doubled for each further one.
  public var baseMilliseconds: Int
  /// Most items asked in one run, attempts counted; nil is no limit.
  public var requestBudget: Int?
  /// The proxy that requests go through, if the entry names one.
  public var proxy: String?
  /// A PEM file of trusted certificate authorities, relative to the file that declares the judge.
  public var caFile: String?
  /// What all requests to an endpoint together may do.
  public var requestLimits: RequestLimits

  init(_ options: JudgeOptions, kind: any Judge.Type) {
    show = options.string(ShownText.key).flatMap(ShownText.init) ?? .answer
    timeoutSeconds = options.number("timeoutSeconds") ?? 60
    concurrency = options.integer("concurrency") ?? kind.concurrency
    attempts = options.object("retry")?.integer("attempts") ?? 5
    baseMilliseconds = options.object("retry")?.integer("baseMilliseconds") ?? 500
    let budget = options.object("budget")
    requestBudget = budget?.integer("requests")
    proxy = options.string("proxy")
    caFile = options.string("caFile")
    requestLimits = RequestLimits(concurrency: concurrency)
    requestLimits.requests = requestBudget
    requestLimits.tokens = budget?.integer("tokens")
    requestLimits.money = budget?.number("money")
    requestLimits.seconds = budget?.number("seconds")
    requestLimits.requestsPerMinute = options.object("rate")?.number("requestsPerMinute")
    requestLimits.tokensPerMinute = options.object("rate")?.number("tokensPerMinute")
    requestLimits.price = options.object("price").map { price in
      TokenPrice(
        input: price.number("input") ?? 0,
        output: price.number("output") ?? 0,
        currency: price.string("currency") ?? ""
      )
    }
  }
}

extension HostOptions {
  /// The keys that an entry of a kind may have beside its own, for reading, the schema and scaffolds.
  static func table(for kind: any Judge.Type) -> [JudgeOption] {
    [
      JudgeOption(
        ShownText.key,
        .choice(ShownText.allCases.map(\.rawValue)),
        standard: .string(ShownText.answer.rawValue),
        help: "what of a run's response it sees; part of who it is"
      ),
      JudgeOption("timeoutSeconds", .number(0.001...86400), standard: .number(60), help: timeoutHelp(kind)),
      JudgeOption(
        "concurrency",
        .integer(1...256),
        help: kind.usesEndpoints ? "requests under way at once" : "batches asked at once"
      ),
      JudgeOption("retry", .object(retry), help: "what happens when the way to the judge fails"),
      JudgeOption(
        "budget",
        .object(kind.usesEndpoints ? endpointBudget : budget),
        help: "limits on what a run may cost; what is left then abstains"
      ),
    ] + (kind.usesEndpoints ? endpoint : [])
  }

  private static func timeoutHelp(_ kind: any Judge.Type) -> String {
    kind.usesEndpoints ? "seconds a request may take" : "seconds an item may take"
  }

  private static let retry = [
    JudgeOption("attempts", .integer(1...100), standard: .integer(5), help: "attempts, the first one included"),
    JudgeOption(
      "baseMilliseconds",
      .integer(0...600_000),
      standard: .integer(500),
      help: "pause before the second attempt; doubled for each further one"
    ),
  ]

  private static let budget = [
    JudgeOption("requests", .integer(0...Int.max), help: "most items asked in one run, repeated ones too")
  ]

  private static let endpointBudget = [
    JudgeOption("requests", .integer(0...Int.max), help: "most requests in one run, repeated ones too"),
    JudgeOption("tokens", .integer(0...Int.max), help: "most tokens of questions and answers in one run"),
    JudgeOption("money", .number(0...1e12), help: "most money in one run; needs a price"),
    JudgeOption("seconds", .number(0.001...1e9), help: "longest time from the first request on"),
  ]

  private static let endpoint = [
    JudgeOption(
      "rate",
      .object([
        JudgeOption("requestsPerMinute", .number(0.001...1e9), help: "most requests a minute, spread evenly"),
        JudgeOption("tokensPerMinute", .number(1...1e12), help: "most tokens of questions and answers a minute"),
      ]),
      help: "how fast requests may follow each other"
    ),
    JudgeOption(
      "price",
      .object([
        JudgeOption("input", .number(0...1e9), required: true, help: "money for a million tokens of questions"),
        JudgeOption("output", .number(0...1e9), required: true, help: "money for a million tokens of answers"),
        JudgeOption("currency", .string, required: true, help: "EUR, USD …"),
      ]),
      help: "what tokens cost"
    ),
    JudgeOption("proxy", .string, help: "http://host:port or socks5://host:port, in place of HTTPS_PROXY and its kin"),
    JudgeOption("caFile", .file(orWord: []), help: "PEM file of certificate authorities, in place of the system's"),
  ]

  /// What the tables cannot say.
  static func problems(_ host: JudgeOptions, with options: JudgeOptions) -> [ConfigurationError] {
    var problems: [ConfigurationError] = []
    let address = options.string("endpoint") ?? ""
    if host.object("budget")?.number("money") != nil, host.object("price") == nil {
      problems.append(ConfigurationError(["budget", "money"], "without a \"price\" money cannot be counted"))
    }
    if let currency = host.object("price")?.string("currency"), currency.isEmpty {
      problems.append(ConfigurationError(["price", "currency"], "expected a currency such as EUR"))
    }
    if host.string("caFile") != nil, !address.lowercased().hasPrefix("https://") {
      problems.append(ConfigurationError(["caFile"], "certificates need an endpoint with https://"))
    }
    guard let proxy = host.string("proxy") else { return problems }
    let schemes = ["http://", "https://", "socks4://", "socks4a://", "socks5://", "socks5h://"]
    if !schemes.contains(where: { proxy.hasPrefix($0) && proxy.utf8.count > $0.utf8.count }) {
      problems.append(ConfigurationError(["proxy"], "expected http://host:port or socks5://host:port"))
    } else if proxy.contains("@") {
      problems.append(
        ConfigurationError(["proxy"], "a password must not stand here; set HTTPS_PROXY in the environment instead")
      )
    } else if proxy.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) {
      problems.append(ConfigurationError(["proxy"], "white space and control characters are no part of an address"))
    } else if HTTPProxy.isLoopback(address), address.lowercased().hasPrefix("http://"), options.hasSecret {
      problems.append(ConfigurationError(["proxy"], "a key must not travel unencrypted through a proxy"))
    }
    return problems
  }
}

extension JudgeOptions {
  /// Whether requests carry a credential.
  fileprivate var hasSecret: Bool {
    string("apiKeyEnv") != nil || words("headersEnv")?.isEmpty == false || words("queryEnv")?.isEmpty == false
  }
}

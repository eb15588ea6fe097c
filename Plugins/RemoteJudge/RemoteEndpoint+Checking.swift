package import JudgeKit

/// What no table of options can say: combinations that cannot work and credentials in the wrong place.
extension RemoteEndpoint {
  /// What the table cannot say.
  package static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    addressProblems(options) + credentialProblems(options) + headerProblems(options) + queryProblems(options)
      + requestProblems(options)
  }

  private static func addressProblems(_ options: JudgeOptions) -> [ConfigurationError] {
    let endpoint = options.string("endpoint") ?? ""
    func problem(_ text: String) -> [ConfigurationError] { [ConfigurationError(["endpoint"], text)] }
    let host = endpoint.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
    guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://"), !host.isEmpty else {
      return problem("\"\(endpoint)\" is no address; expected https://host/v1")
    }
    if endpoint.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) {
      return problem("white space and control characters are no part of an address")
    }
    // What stands before an @ or after a ? may be a credential and would be written into every run.
    if endpoint.contains("@") || endpoint.contains("?") || endpoint.contains("#") {
      return problem("an address without '@', '?' and '#' is expected; a key goes into apiKeyEnv, a query into query")
    }
    let path = endpoint.hasSuffix("/") ? endpoint.dropLast() : endpoint[...]
    if path.hasSuffix("/chat/completions") {
      return problem("the address ends before /chat/completions, which is appended")
    }
    return []
  }

  private static func credentialProblems(_ options: JudgeOptions) -> [ConfigurationError] {
    let endpoint = options.string("endpoint") ?? ""
    var problems: [ConfigurationError] = []
    let headers = options.words("headersEnv") ?? []
    let query = options.words("queryEnv") ?? []
    let sendsSecret = options.string("apiKeyEnv") != nil || !headers.isEmpty || !query.isEmpty
    if sendsSecret, endpoint.hasPrefix("http://"), !isLoopback(endpoint) {
      problems.append(ConfigurationError(["endpoint"], "a key must not travel unencrypted; expected https://"))
    }
    var variables: [([String], String)] = headers.map { (["headersEnv", $0.key], $0.value) }
    variables += query.map { (["queryEnv", $0.key], $0.value) }
    if let variable = options.string("apiKeyEnv") { variables.append((["apiKeyEnv"], variable)) }
    for (path, variable) in variables where !isVariable(variable) {
      // The value is not repeated: whoever writes a key here by mistake does not want to see it in a log.
      problems.append(
        ConfigurationError(path, "expected the name of an environment variable: letters, digits and '_'")
      )
    }
    if options.string("apiKeyHeader") != nil, options.string("apiKeyEnv") == nil {
      problems.append(ConfigurationError(["apiKeyHeader"], "without \"apiKeyEnv\" there is no key to send"))
    }
    return problems
  }

  /// Headers that belong to the transport or to this program.
  private static let ownHeaders = [
    "content-type", "content-length", "transfer-encoding", "host", "connection", "expect", "te", "trailer", "upgrade",
  ]
  /// Headers whose value is a credential.
  private static let secretHeaderNames = ["authorization", "proxy-authorization", "cookie", "api-key", "x-api-key"]

  private static func headerProblems(_ options: JudgeOptions) -> [ConfigurationError] {
    var problems: [ConfigurationError] = []
    var seen =
      options.string("apiKeyEnv") == nil ? [] : [(options.string("apiKeyHeader") ?? "Authorization").lowercased()]
    if let name = options.string("apiKeyHeader"), !isToken(name) || ownHeaders.contains(name.lowercased()) {
      problems.append(ConfigurationError(["apiKeyHeader"], "\"\(name)\" cannot be the header of a key"))
    }
    for list in ["headers", "headersEnv"] {
      for entry in options.words(list) ?? [] {
        let name = entry.key.lowercased()
        let path = [list, entry.key]
        if !isToken(entry.key) {
          problems.append(ConfigurationError(path, "\"\(entry.key)\" is no name of a header"))
        } else if ownHeaders.contains(name) {
          problems.append(ConfigurationError(path, "the header \(entry.key) is set by this program"))
        } else if list == "headers", secretHeaderNames.contains(name) {
          problems.append(ConfigurationError(path, "a credential must not stand here; name its variable in headersEnv"))
        } else if seen.contains(name) {
          problems.append(ConfigurationError(path, "the header \(entry.key) is set twice"))
        } else if list == "headers", entry.value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        {
          problems.append(ConfigurationError(path, "control characters are no part of a header"))
        }
        seen.append(name)
      }
    }
    return problems
  }

  private static func queryProblems(_ options: JudgeOptions) -> [ConfigurationError] {
    var problems: [ConfigurationError] = []
    var seen: [String] = []
    for list in ["query", "queryEnv"] {
      for entry in options.words(list) ?? [] {
        let path = [list, entry.key]
        let word = entry.key.lowercased().filter { $0.isLetter }
        if entry.key.isEmpty {
          problems.append(ConfigurationError([list], "a name cannot be empty"))
        } else if list == "query", ["key", "apikey", "token", "accesstoken", "sig", "code"].contains(word) {
          problems.append(ConfigurationError(path, "a credential must not stand here; name its variable in queryEnv"))
        } else if seen.contains(entry.key) {
          problems.append(ConfigurationError(path, "\"\(entry.key)\" is set twice"))
        }
        seen.append(entry.key)
      }
    }
    return problems
  }

  private static func requestProblems(_ options: JudgeOptions) -> [ConfigurationError] {
    var problems: [ConfigurationError] = []
    if options.string("model")?.isEmpty ?? false {
      problems.append(ConfigurationError(["model"], "a name is expected"))
    }
    let omitted = options.strings("omit") ?? []
    let known = OmittedField.allCases.map(\.rawValue)
    for (index, word) in omitted.enumerated() where !known.contains(word) {
      problems.append(
        ConfigurationError(["omit", "\(index)"], "\"\(word)\" is not one of \(known.joined(separator: ", "))")
      )
    }
    if omitted.contains(OmittedField.seed.rawValue), options.integer("seed") ?? 0 != 0 {
      problems.append(ConfigurationError(["seed"], "a seed cannot be sent and left out (omit) at the same time"))
    }
    if omitted.contains(OmittedField.temperature.rawValue), let temperature = options.number("temperature"),
      temperature != 0
    {
      problems.append(
        ConfigurationError(["temperature"], "a temperature cannot be sent and left out (omit) at the same time")
      )
    }
    if omitted.contains(OmittedField.streamOptions.rawValue), options.bool("stream") != true {
      problems.append(ConfigurationError(["omit"], "streamOptions are sent only with \"stream\": true"))
    }
    for (key, _) in options.object("extra")?.values ?? [] where ownMembers.contains(key) {
      problems.append(ConfigurationError(["extra", key], "\"\(key)\" is set by the judge itself"))
    }
    return problems + formatProblems(options)
  }

  private static func formatProblems(_ options: JudgeOptions) -> [ConfigurationError] {
    guard let format = options.object("responseFormat"), let word = format.string("type").flatMap(FormatWord.init)
    else {
      return []
    }
    var problems: [ConfigurationError] = []
    for key in ["name", "schema"] where format[key] != nil && word != .jsonSchema {
      problems.append(ConfigurationError(["responseFormat", key], "only the type json-schema has a \(key)"))
    }
    if let name = format.string("name"), name.isEmpty || name.utf8.count > 64 || !name.utf8.allSatisfy(isNameByte) {
      problems.append(
        ConfigurationError(["responseFormat", "name"], "expected letters, digits, '_' and '-', 64 at most")
      )
    }
    guard word != .text else { return problems }
    let read = options.object("read")
    if read?.string("method") ?? "generate" != "generate" {
      problems.append(ConfigurationError(["responseFormat"], "a JSON answer is read by the method generate"))
    } else if (read?.string("parser") ?? "exact-v1") == "exact-v1" {
      problems.append(
        ConfigurationError(["responseFormat"], "a JSON answer is never exactly a label; set read.parser to json-v1")
      )
    }
    return problems
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func isVariable(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { isNameByte($0) && $0 != UInt8(ascii: "-") }
      && !(name.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? true)
  }

  /// A header's name (RFC 9110, token).
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { isNameByte($0) || Array("!#$%&'*+.^`|~".utf8).contains($0) }
  }

  private static func isLoopback(_ endpoint: String) -> Bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { host in
      endpoint == host || endpoint.hasPrefix(host + ":") || endpoint.hasPrefix(host + "/")
    }
  }
}

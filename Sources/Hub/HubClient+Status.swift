internal import Endpoints
internal import HTTP
internal import JSON

extension HubClient {
  /// What was asked for.
  enum Errand {
    case revision(HubRevision)
    case listing
    case file(String)
  }

  /// What a status other than success means: a ``HubError``, or ``Passing`` where asking again may help.
  func failure(_ response: HTTPResponse, _ errand: Errand, of repository: HubRepository) -> any Error {
    let what = name(errand, of: repository)
    let code = response.header("X-Error-Code") ?? ""
    let said = words(of: response)
    let status = response.status
    switch status {
    case 401, 403:
      if code == "GatedRepo" || said?.lowercased().contains("gated") ?? false {
        return HubError.gated(
          repository: repository.id,
          page: endpoint.page(repository),
          variable: tokenVariable,
          hasToken: hasToken
        )
      }
      if code == "RepoNotFound" { return noRepository(repository) }
      if status == 403 { return HubError.forbidden(what: what, said: said) }
      return HubError.unauthorized(repository: repository.id, variable: tokenVariable, hasToken: hasToken, said: said)
    case 404, 410:
      switch errand {
      case .file: return HubError.noFile(what)
      case .revision(let revision):
        let isRevision = code == "RevisionNotFound" || code.isEmpty && said?.lowercased().contains("revision") ?? false
        return isRevision ? HubError.noRevision(revision.name, repository: repository.id) : noRepository(repository)
      case .listing: return HubError.badAnswer(what: what, why: "status \(status)")
      }
    case 408, 409, 425, 429, 500...599:
      return Passing(
        why: ["the hub answers with status \(status)", said].compactMap { $0 }.joined(separator: ": "),
        wish: response.retryAfterSeconds(now: pace.date),
        isRate: status == 429
      )
    default:
      let why = ["the hub answers with status \(status)", said].compactMap { $0 }.joined(separator: ": ")
      return HubError.badAnswer(what: what, why: why)
    }
  }

  /// How errors call an errand.
  func name(_ errand: Errand, of repository: HubRepository) -> String {
    switch errand {
    case .revision(let revision): "\(repository), revision \(revision)"
    case .listing: "\(repository), the list of its files"
    case .file(let path): "\(repository), \(path)"
    }
  }

  private func noRepository(_ repository: HubRepository) -> HubError {
    .noRepository(repository.id, variable: tokenVariable, hasToken: hasToken)
  }

  /// What the other side says about an error, without the token, cut short.
  private func words(of response: HTTPResponse) -> String? {
    let root = (try? JSONDocument.parse(response.body, name: "error").root) ?? .null
    let text = response.header("X-Error-Message") ?? root["error"]?.string ?? root["message"]?.string
    return text.map { String(redaction.clean($0).prefix(200)) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

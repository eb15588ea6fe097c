internal import HTTP
internal import JSON

/// A file as a hub lists it.
public struct HubFile: Sendable, Equatable {
  /// Its path in the repository; checked: it is safe below a folder.
  public let path: String
  /// Bytes.
  public let size: Int
  /// What its content hashes to.
  public let hash: ContentHash
}

/// The content of a revision.
public struct HubListing: Sendable, Equatable {
  /// The commit, 40 hexadecimal digits.
  public let commit: String
  /// All files, in order of the bytes of their paths.
  public let files: [HubFile]

  /// More files than any checkpoint has.
  static let mostFiles = 100_000
}

extension HubClient {
  /// Looks a revision up and lists its files.
  /// - Throws: ``HubError`` or `CancellationError`.
  public func listing(_ revision: HubRevision, of repository: HubRepository) async throws -> HubListing {
    let root = try await document(endpoint.revision(revision, of: repository), .revision(revision), of: repository).root
    let what = name(.revision(revision), of: repository)
    guard let commit = root["sha"]?.string, HubRevision.isCommit(commit) else {
      throw HubError.badAnswer(what: what, why: "the answer names no commit of 40 hexadecimal digits in \"sha\"")
    }
    if revision.isCommit, commit != revision.name {
      throw HubError.badAnswer(what: what, why: "the answer is about another commit, \(commit)")
    }
    return HubListing(commit: commit, files: try await files(of: commit, in: repository))
  }

  private func files(of commit: String, in repository: HubRepository) async throws -> [HubFile] {
    let what = name(.listing, of: repository)
    var files: [HubFile] = []
    var next: String? = endpoint.tree(commit, of: repository)
    var pages = Set<String>()
    while let url = next {
      guard pages.insert(url).inserted else { throw HubError.badAnswer(what: what, why: "its pages go in a circle") }
      // The token goes along: a page elsewhere is none of this hub's.
      guard Origin(url) == Origin(endpoint.url) else {
        throw HubError.badAnswer(what: what, why: "its next page is on another host")
      }
      let (document, response) = try await page(url, .listing, of: repository)
      guard let entries = document.root.array else {
        throw HubError.badAnswer(what: what, why: "expected a list, found \(document.root.typeName)")
      }
      for entry in entries { if let file = try file(entry, what, repository) { files.append(file) } }
      guard files.count <= HubListing.mostFiles, pages.count <= HubListing.mostFiles else {
        throw HubError.badAnswer(what: what, why: "it has more than \(HubListing.mostFiles) files")
      }
      next = Self.nextPage(response, after: url)
    }
    let paths = files.map(\.path)
    guard Set(paths.map(ExactText.init)).count == paths.count else {
      throw HubError.badAnswer(what: what, why: "it names a file twice")
    }
    return files.sorted { ExactText($0.path) < ExactText($1.path) }
  }

  private func file(_ entry: JSONValue, _ what: String, _ repository: HubRepository) throws(HubError) -> HubFile? {
    guard let type = entry["type"]?.string, let path = entry["path"]?.string else {
      throw .badAnswer(what: what, why: "an entry has no \"type\" and \"path\"")
    }
    if let problem = RepositoryPath.problem(path) { throw .unsafeName(path, repository: repository.id, why: problem) }
    if type == "directory" { return nil }
    guard type == "file" else {
      throw .unsafeName(path, repository: repository.id, why: "it is no file but \"\(type.prefix(40))\"")
    }
    let large = entry["lfs"].flatMap { $0.isNull ? nil : $0 }
    guard let size = (large?["size"] ?? entry["size"])?.integer, (0...(1 << 50)).contains(size) else {
      throw .badAnswer(what: what, why: "\"\(path)\" has no usable size")
    }
    let text = large.map { $0["oid"]?.string ?? $0["sha256"]?.string } ?? entry["oid"]?.string
    guard let text, let hash = ContentHash(text), (hash.kind == .sha256) == (large != nil) else {
      throw .badAnswer(what: what, why: "\"\(path)\" has no checksum, so that it could not be verified")
    }
    return HubFile(path: path, size: size, hash: hash)
  }

  private func document(_ url: String, _ errand: Errand, of repository: HubRepository) async throws -> JSONDocument {
    try await page(url, errand, of: repository).document
  }

  /// One JSON answer.
  private func page(_ url: String, _ errand: Errand, of repository: HubRepository) async throws
    -> (document: JSONDocument, response: HTTPResponse)
  {
    let what = name(errand, of: repository)
    return try await retrying(what) { isSuspect in
      let response = try await exchange(what, url: url, headers: [("Accept", "application/json")], isSuspect: isSuspect)
        .response
      guard response.status == 200 else { throw failure(response, errand, of: repository) }
      do { return (try JSONDocument.parse(response.body, name: "the answer"), response) } catch {
        // Half an answer without a length looks like a whole one.
        throw Passing(why: "\(error)")
      }
    }
  }

  /// The address of `Link: <…>; rel="next"` (RFC 8288).
  static func nextPage(_ response: HTTPResponse, after url: String) -> String? {
    for header in response.headers where header.name.lowercased() == "link" {
      for link in header.value.matches(of: /<([^>]*)>([^<]*)/) {
        let relation = link.output.2.lowercased().filter { $0 != "\"" && $0 != " " }
        guard relation.split(whereSeparator: { ";,".contains($0) }).contains("rel=next") else { continue }
        return Origin.resolve(String(link.output.1), against: url)
      }
    }
    return nil
  }
}

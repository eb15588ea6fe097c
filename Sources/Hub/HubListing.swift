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
  /// The files, in order of the bytes of their paths.
  public let files: [HubFile]
  /// Paths that are listed without size or checksum, in order; ``HubClient/described(_:_:of:)`` asks for them.
  public var bare: [String] = []

  /// All paths, in order of their bytes.
  var paths: [String] { (files.map(\.path) + bare).sorted { ExactText($0) < ExactText($1) } }

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
    let listed: [Listed]
    do { listed = try await tree(of: commit, in: repository) } catch is NoTree {
      listed = try await siblings(of: commit, in: repository)
    }
    let paths = listed.map(\.path)
    guard Set(paths.map(ExactText.init)).count == paths.count else {
      throw HubError.badAnswer(what: name(.listing, of: repository), why: "it names a file twice")
    }
    let files = listed.compactMap(\.file).sorted { ExactText($0.path) < ExactText($1.path) }
    return HubListing(commit: commit, files: files, bare: listed.filter { $0.file == nil }.map(\.path).sorted())
  }

  /// An entry of a listing; without a file where it tells no size or checksum.
  private struct Listed {
    let path: String
    let file: HubFile?
  }

  /// The hub, or mirror, has no listing by pages.
  private struct NoTree: Error {}

  private func tree(of commit: String, in repository: HubRepository) async throws -> [Listed] {
    let what = name(.listing, of: repository)
    var files: [Listed] = []
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
      for entry in entries { if let file = try listed(entry, what, repository) { files.append(file) } }
      guard files.count <= HubListing.mostFiles, pages.count <= HubListing.mostFiles else {
        throw HubError.badAnswer(what: what, why: "it has more than \(HubListing.mostFiles) files")
      }
      next = Self.nextPage(response, after: url)
    }
    return files
  }

  /// The files by the older way: in the answer about the revision. Mirrors may have nothing else.
  private func siblings(of commit: String, in repository: HubRepository) async throws -> [Listed] {
    let what = name(.listing, of: repository)
    let url = endpoint.revision(commit: commit, of: repository) + "?blobs=true"
    let root = try await document(url, .listing, of: repository).root
    guard let entries = root["siblings"]?.array, entries.count <= HubListing.mostFiles else {
      throw HubError.badAnswer(what: what, why: "the hub lists no files, neither as a tree nor as \"siblings\"")
    }
    return try entries.compactMap { entry in
      var known = entry.object ?? [:]
      known["type"] = "file"
      known["path"] = entry["rfilename"]
      known["oid"] = entry["blobId"]
      return try listed(.object(known), what, repository)
    }
  }

  private func listed(_ entry: JSONValue, _ what: String, _ repository: HubRepository) throws(HubError) -> Listed? {
    guard let type = entry["type"]?.string, let path = entry["path"]?.string else {
      throw .badAnswer(what: what, why: "an entry has no \"type\" and \"path\"")
    }
    if let problem = RepositoryPath.problem(path) { throw .unsafeName(path, repository: repository.id, why: problem) }
    if type == "directory" { return nil }
    guard type == "file" else {
      throw .unsafeName(path, repository: repository.id, why: "it is no file but \"\(type.prefix(40))\"")
    }
    let large = entry["lfs"].flatMap { $0.isNull ? nil : $0 }
    guard let number = large?["size"] ?? entry["size"] else { return Listed(path: path, file: nil) }
    guard let size = number.integer, (0...(1 << 50)).contains(size) else {
      throw .badAnswer(what: what, why: "\"\(path)\" has no usable size")
    }
    guard let text = large.map({ $0["oid"]?.string ?? $0["sha256"]?.string }) ?? entry["oid"]?.string else {
      return Listed(path: path, file: nil)
    }
    guard let hash = ContentHash(text), (hash.kind == .sha256) == (large != nil) else {
      throw .badAnswer(what: what, why: "\"\(path)\" has no usable checksum, so that it could not be verified")
    }
    return Listed(path: path, file: HubFile(path: path, size: size, hash: hash))
  }

  /// Asks for size and checksum of a file by its headers, where the listing does not tell them: `X-Linked-Size` and
  /// `X-Linked-ETag` of a large file, else `Content-Length` and `ETag`.
  /// - Throws: ``HubError`` or `CancellationError`.
  func described(_ path: String, _ commit: String, of repository: HubRepository) async throws -> HubFile {
    let what = name(.file(path), of: repository)
    return try await retrying(what) { isSuspect in
      let response = try await exchange(
        what,
        method: "HEAD",
        url: endpoint.file(path, commit, of: repository),
        headers: [("Accept-Encoding", "identity")],
        isSuspect: isSuspect,
        isEnough: { $0.header("X-Linked-ETag") != nil }
      ).response
      let isLinked = response.header("X-Linked-ETag") != nil
      guard response.status == 200 || isLinked && response.status < 400 else {
        throw failure(response, .file(path), of: repository)
      }
      let tag = response.header(isLinked ? "X-Linked-ETag" : "ETag") ?? ""
      let digits = String((tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]).filter { $0 != "\"" })
      guard let hash = ContentHash(digits),
        let size = response.header(isLinked ? "X-Linked-Size" : "Content-Length").flatMap({ Int($0) }), size >= 0
      else {
        throw HubError.badAnswer(
          what: what,
          why: "neither the listing nor the file's headers have size and checksum, so that it could not be verified"
        )
      }
      return HubFile(path: path, size: size, hash: hash)
    }
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
      if case .listing = errand, [404, 405, 501].contains(response.status) { throw NoTree() }
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

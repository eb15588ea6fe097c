internal import Foundation
internal import Hashing
internal import JSON
internal import Locking

/// A hub of one repository on a loopback server: revision, paged listing, files by range, redirects to a store on another
/// port as real hubs have. A test lets it misbehave by answering some requests itself.
public final class FakeHub: Sendable {
  /// A file of the repository.
  public struct File: Sendable {
    /// Its path.
    public var path: String
    /// Its content.
    public var bytes: [UInt8]
    /// Whether it is listed as a large one, by SHA-256.
    public var isLarge: Bool
    /// The hash that the listing tells, if it is to be another than the content's.
    public var listedHash: String?

    /// Makes a file.
    public init(_ path: String, _ bytes: [UInt8], isLarge: Bool = false, listedHash: String? = nil) {
      self.path = path
      self.bytes = bytes
      self.isLarge = isLarge
      self.listedHash = listedHash
    }

    /// The hash that the listing tells.
    public var hash: String { listedHash ?? (isLarge ? SHA256.hex(bytes) : GitBlobHash.hex(bytes)) }
  }

  /// Where a request stands: the test's own answer, or nil for the right one.
  public typealias Mischief = @Sendable (HTTPTestServer.Request) -> HTTPTestServer.Answer?

  /// Name of the repository.
  public let repository = "lantern-vale/mill"
  /// The commit of its branch `main`.
  public static let commit = String(repeating: "0123456789", count: 4)
  /// The hub.
  public let server: HTTPTestServer
  /// Where large files are, if not on the hub itself.
  public let store: HTTPTestServer?
  /// What the repository holds.
  public let files: [File]

  /// Starts a hub.
  /// - Parameters:
  ///   - hasStore: whether large files are on another server that the hub redirects to.
  ///   - pageEntries: entries of a page of the listing.
  ///   - mischief: asked first about each request to the hub.
  ///   - storeMischief: asked first about each request to the store.
  public init(
    _ files: [File],
    hasStore: Bool = false,
    pageEntries: Int = 1000,
    mischief: @escaping Mischief = { _ in nil },
    storeMischief: @escaping Mischief = { _ in nil }
  ) throws {
    self.files = files
    let storage = hasStore ? try HTTPTestServer { storeMischief($0) ?? Self.storeAnswer($0, files) } : nil
    store = storage
    let (name, address) = (repository, storage?.url)
    server = try HTTPTestServer { request in
      mischief(request) ?? Self.hubAnswer(request, files, name, pageEntries, address)
    }
  }

  /// Requests for contents, wherever they went.
  public var contentRequests: [HTTPTestServer.Request] {
    (server.requests + (store?.requests ?? [])).filter { Self.isContent($0) }
  }

  /// Whether a request asks for a content.
  public static func isContent(_ request: HTTPTestServer.Request) -> Bool {
    request.path.contains("/resolve/") || request.path.hasPrefix("/store/")
  }

  private static func hubAnswer(
    _ request: HTTPTestServer.Request,
    _ files: [File],
    _ repository: String,
    _ pageEntries: Int,
    _ store: String?
  ) -> HTTPTestServer.Answer {
    let path = request.path.split(separator: "?").first.map(String.init) ?? ""
    if path == "/api/models/\(repository)/revision/main" || path == "/api/models/\(repository)/revision/\(commit)" {
      return .whole(200, [("Content-Type", "application/json")], revision(files).text())
    }
    if path == "/api/models/\(repository)/tree/\(commit)" { return page(request, files, pageEntries) }
    let home = "/\(repository)/resolve/\(commit)/"
    guard path.hasPrefix(home), let file = find(String(path.dropFirst(home.count)), files) else {
      return .whole(404, [("X-Error-Code", path.contains("/revision/") ? "RevisionNotFound" : "EntryNotFound")])
    }
    if let store, file.isLarge {
      let head = [
        ("Location", "\(store)/store/\(path.dropFirst(home.count))?signature=bell"),
        ("X-Linked-ETag", "\"\(file.hash)\""),
        ("X-Linked-Size", "\(file.bytes.count)"),
      ]
      return request.method == "HEAD"
        ? HTTPTestServer.Answer([.bytes(HTTPTestServer.Answer.head(302, head))]) : .whole(302, head, "elsewhere")
    }
    return content(request, file)
  }

  /// What is said about a revision; its files in the older way, too.
  private static func revision(_ files: [File]) -> JSONValue {
    let siblings = files.map { file -> JSONValue in
      var sibling: JSONObject = [
        "rfilename": .string(file.path), "size": .integer(Int64(file.bytes.count)),
        "blobId": entry(file)["oid"] ?? .null,
      ]
      if file.isLarge { sibling["lfs"] = ["sha256": .string(file.hash), "size": .integer(Int64(file.bytes.count))] }
      return .object(sibling)
    }
    return ["sha": .string(commit), "siblings": .array(siblings)]
  }

  private static func storeAnswer(_ request: HTTPTestServer.Request, _ files: [File]) -> HTTPTestServer.Answer {
    let path = request.path.split(separator: "?").first.map(String.init) ?? ""
    guard path.hasPrefix("/store/"), let file = find(String(path.dropFirst(7)), files) else { return .whole(404) }
    return content(request, file)
  }

  private static func find(_ escaped: String, _ files: [File]) -> File? {
    files.first { $0.path == escaped.removingPercentEncoding }
  }

  /// The right answer to a request for a content, with its range.
  public static func content(
    _ request: HTTPTestServer.Request,
    _ file: File,
    version: String? = nil
  ) -> HTTPTestServer.Answer {
    let size = file.bytes.count
    let tag = version ?? "\"\(file.hash)\""
    let isSame = request.header("If-Range").map { $0 == tag } ?? true
    if isSame, let range = range(request), range.lowerBound < size {
      let part = range.clamped(to: 0..<size)
      let head: [(String, String)] = [
        ("ETag", tag), ("Content-Length", "\(part.count)"),
        ("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"),
      ]
      return HTTPTestServer.Answer([.bytes(HTTPTestServer.Answer.head(206, head)), .bytes(Array(file.bytes[part]))])
    }
    let head: [(String, String)] = [("ETag", tag), ("Content-Length", "\(size)"), ("Accept-Ranges", "bytes")]
    if request.method == "HEAD" { return HTTPTestServer.Answer([.bytes(HTTPTestServer.Answer.head(200, head))]) }
    return HTTPTestServer.Answer([.bytes(HTTPTestServer.Answer.head(200, head)), .bytes(file.bytes)])
  }

  /// The range that a request asks for.
  public static func range(_ request: HTTPTestServer.Request) -> Range<Int>? {
    guard let text = request.header("Range"), text.hasPrefix("bytes=") else { return nil }
    let bounds = text.dropFirst(6).split(separator: "-").compactMap { Int($0) }
    return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]..<(bounds[1] + 1) : nil
  }

  private static func page(
    _ request: HTTPTestServer.Request,
    _ files: [File],
    _ pageEntries: Int
  ) -> HTTPTestServer.Answer {
    let cursor = request.path.split(separator: "cursor=").dropFirst().first.flatMap { Int($0) } ?? 0
    let end = min(files.count, cursor + pageEntries)
    let link: [(String, String)] =
      end < files.count
      ? [("Link", "<\(request.path.split(separator: "&cursor=").first ?? "")&cursor=\(end)>; rel=\"next\"")] : []
    let text = JSONValue.array(files[cursor..<end].map(entry)).text()
    return .whole(200, [("Content-Type", "application/json")] + link, text)
  }

  /// How a file is listed.
  private static func entry(_ file: File) -> JSONValue {
    var entry: JSONObject = [
      "type": "file", "path": .string(file.path), "size": .integer(Int64(file.bytes.count)),
      "oid": .string(file.isLarge ? GitBlobHash.hex(Array("pointer to \(file.hash)".utf8)) : file.hash),
    ]
    if file.isLarge {
      entry["lfs"] = ["oid": .string(file.hash), "size": .integer(Int64(file.bytes.count)), "pointerSize": 134]
    }
    return .object(entry)
  }

  /// A small checkpoint with contents that are easy to tell apart.
  /// - Parameter weightBytes: size of its one file of weights.
  public static func checkpoint(weightBytes: Int = 10_000) -> [File] {
    [
      File("config.json", Array(#"{"model_type": "llama"}"#.utf8)),
      File("README.md", Array("The mill of Lantern Vale.\n".utf8)),
      File("model.safetensors", bytes(weightBytes), isLarge: true),
      File("pytorch_model.bin", bytes(300), isLarge: true),
      File("tokenizer.json", Array("{}".utf8)),
    ]
  }

  /// So many bytes without a period that a range could hit.
  public static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
  }
}

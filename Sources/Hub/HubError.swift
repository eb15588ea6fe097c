internal import Wording

/// Why a checkpoint cannot be had from a hub or its cache.
public enum HubError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No name of a repository.
  case badRepository(String)
  /// No name of a revision.
  case badRevision(String)
  /// A model reference that begins with `hub:` and goes on wrongly.
  case badReference(String, why: String)
  /// The address of the hub cannot be used; `setting` is where it was written.
  case badEndpoint(String, setting: String, why: String)
  /// An option that cannot be used.
  case badOption(String)
  /// The variable that should hold the token holds something else.
  case badToken(variable: String)

  /// The hub wants a token, or does not like this one.
  case unauthorized(repository: String, variable: String, hasToken: Bool, said: String?)
  /// Whoever wants the files has to accept conditions first.
  case gated(repository: String, page: String, variable: String, hasToken: Bool)
  /// The hub refuses.
  case forbidden(what: String, said: String?)
  /// There is no such repository, or it is private.
  case noRepository(String, variable: String, hasToken: Bool)
  /// There is no such revision.
  case noRevision(String, repository: String)
  /// A file that was listed is not there.
  case noFile(String)
  /// The hub did not do what was asked of it, after so many requests.
  case failed(what: String, why: String, requests: Int)
  /// The hub sends us round or to where we do not go.
  case badRedirect(what: String, why: String)
  /// The answer of the hub is not what it should be.
  case badAnswer(what: String, why: String)

  /// A file name that would lead elsewhere.
  case unsafeName(String, repository: String, why: String)
  /// Two file names that could be taken for each other.
  case collision(String, String, repository: String)
  /// No file is wanted.
  case nothingChosen(repository: String)

  /// The bytes are not those that the listing promised; they were removed.
  case mismatch(file: String, expected: String, found: String)
  /// The file changed at the hub while it was fetched; what was there of it was removed.
  case changed(file: String)

  /// The file system refuses.
  case system(path: String, reason: String)
  /// There is too little room; sizes in bytes.
  case noSpace(folder: String, needed: Int, free: Int)
  /// A file stands in the way that we did not write, or that was changed since.
  case occupied(path: String)
  /// A link or something else that is no folder stands where a folder should.
  case noFolder(path: String)

  /// The cache does not hold it.
  case notCached(HubReference, cache: String)
  /// The cache holds a part of it.
  case incomplete(HubReference, folder: String, missing: String)
  /// The environment names no place for a cache.
  case noCache

  /// Whether the world outside failed, and not the input or this machine.
  public var isOutside: Bool {
    switch self {
    case .unauthorized, .gated, .forbidden, .failed, .badRedirect, .badAnswer, .mismatch, .changed, .noFile:
      true
    default: false
    }
  }

  /// One line: what, where, what was expected and how to mend it.
  public var description: String { VisibleText.line(words) }

  private var words: String {
    switch self {
    case .badRepository(let text):
      "\"\(Self.cut(text))\" is no name of a repository; expected OWNER/NAME of letters, digits, '-', '_' and '.'"
    case .badRevision(let text):
      "\"\(Self.cut(text))\" is no name of a revision; expected a branch, a tag or a commit of 40 hexadecimal digits"
    case .badReference(let text, let why): "\"\(Self.cut(text))\": expected hub:OWNER/NAME@REVISION: \(why)"
    case .badEndpoint(let text, let setting, let why): "\(setting): the hub's address \"\(Self.cut(text))\" \(why)"
    case .badOption(let why): why
    case .badToken(let variable):
      "the environment variable \(variable) holds no token: expected one line of visible ASCII characters"
    case .unauthorized(let repository, let variable, let hasToken, let said):
      "\(repository): the hub \(hasToken ? "does not accept the token in \(variable)" : "wants a token")\(Self.said(said)); "
        + (hasToken
          ? "give a token that may read this repository"
          : "if the repository is private or gated, set the environment variable \(variable) to a token that may read it; "
            + "if not, check its name")
    case .gated(let repository, let page, let variable, let hasToken):
      "\(repository) is gated: its authors want you to accept conditions first. Accept them at \(page)"
        + (hasToken
          ? " with the account of the token in \(variable)"
          : ", then set the environment variable \(variable) to a token of that account")
    case .forbidden(let what, let said): "\(what): the hub refuses\(Self.said(said))"
    case .noRepository(let repository, let variable, let hasToken):
      "\(repository): the hub has no such repository, or it is private "
        + (hasToken ? "and the token in \(variable) may not see it" : "(a token is read from \(variable))")
    case .noRevision(let revision, let repository): "\(repository) has no revision \"\(revision)\""
    case .noFile(let what): "\(what): the hub lists it and does not have it; try again, or another --endpoint"
    case .failed(let what, let why, let requests):
      "\(what): \(why)" + (requests > 1 ? " (\(requests) requests)" : "")
        + "; the same command continues where this one ended"
    case .badRedirect(let what, let why): "\(what): \(why)"
    case .badAnswer(let what, let why): "\(what): \(why); is the address a hub's?"
    case .unsafeName(let name, let repository, let why):
      "\(repository) lists a file \"\(Self.cut(name))\", which is no safe name: \(why); nothing was fetched"
    case .collision(let first, let second, let repository):
      "\(repository) lists \"\(Self.cut(first))\" and \"\(Self.cut(second))\", which collide on some file systems; "
        + "nothing was fetched: leave one out with --exclude"
    case .nothingChosen(let repository):
      "\(repository) has no file that is wanted; name files with --include, or look at --exclude"
    case .mismatch(let file, let expected, let found):
      "\(file): the bytes that came are not those that the hub lists: expected \(expected), found \(found); they were "
        + "removed. Pull again; if it happens again, this hub or mirror serves wrong data"
    case .changed(let file):
      "\(file): it changed at the hub while it was fetched; what had come was removed. Pull again"
    case .system(let path, let reason): "\(path): \(reason)"
    case .noSpace(let folder, let needed, let free):
      "\(folder): too little room: \(ByteCount.words(needed)) are to come and \(ByteCount.words(free)) are free; make room, "
        + "leave files out with --exclude, or name another folder (--to, or HF_HUB_CACHE)"
    case .occupied(let path):
      "\(path): stands in the way: its content is neither this file's nor what an earlier pull wrote; move it away or name "
        + "another folder with --to"
    case .noFolder(let path):
      "\(path): expected a folder; a link or file there could lead what is fetched to another place"
    case .notCached(let reference, let cache):
      "\(reference) is not in the cache \(cache); fetch it: \(reference.pullCommand)"
    case .incomplete(let reference, let folder, let missing):
      "\(reference): \(folder) lacks \(missing); complete it: \(reference.pullCommand)"
    case .noCache: "no place for a cache: set HF_HUB_CACHE, HF_HOME or HOME to a folder"
    }
  }

  private static func cut(_ text: String) -> String {
    text.unicodeScalars.count <= 200 ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(200))) + "…"
  }

  private static func said(_ text: String?) -> String { text.map { " (it says: \(cut($0)))" } ?? "" }
}

/// Sizes for people.
public enum ByteCount {
  /// `812 B`, `3.4 MB`, `1.25 GB`: decimal units, as hubs show them.
  public static func words(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    if unit == 0 { return "\(bytes) B" }
    let tenths = Int((value * 10).rounded())
    return value < 100 ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(Int(value.rounded())) \(units[unit])"
  }
}

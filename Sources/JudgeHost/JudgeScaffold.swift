internal import CJudgePlugin
internal import Glibc
public import JSON

/// A new judge's files: those of the example in its language, under its own name.
public struct JudgeScaffold: Sendable {
  /// The languages there are examples for.
  public enum Language: String, Sendable, CaseIterable {
    case python, c, swift
  }

  /// What is wrong with a wish for a scaffold.
  public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name cannot be a file's, a package's and a judge's name at once.
    case name(String)
    /// Something of that name is there already.
    case exists(String)
    /// The folder cannot be written.
    case cannotWrite(path: String, reason: String)

    /// One line that tells how to mend it.
    public var description: String {
      switch self {
      case .name(let name):
        "\"\(name)\" is no usable name; expected a letter, then at most 63 letters, digits, '-' or '_' (ASCII)"
      case .exists(let path): "\(path) is there already; nothing was written"
      case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
      }
    }
  }

  /// A file to write.
  public struct File: Sendable, Equatable {
    /// Its path below the new folder.
    public let path: String
    /// Its content.
    public let text: String
  }

  /// The name of the example, which gives way to the new judge's.
  private static let exampleName = "apology-words"
  private static let exampleTypeName = "ApologyWords"

  /// The judge's name.
  public let name: String
  /// Its language.
  public let language: Language

  /// Checks a name.
  public init(name: String, language: Language) throws(Failure) {
    let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0 & 0xDF) }
    let isUsable = name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F }
    guard isUsable, let first = name.utf8.first, isLetter(first), name.utf8.count <= 64 else { throw .name(name) }
    self.name = name
    self.language = language
  }

  /// The name as a type would have it: `ApologyWords` of `apology-words`.
  private var typeName: String {
    name.split { $0 == "-" || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The files.
  public var files: [File] {
    var count = 0
    guard let examples = cj_example(language.rawValue, &count) else { return [] }
    return UnsafeBufferPointer(start: examples, count: count).map { file in
      let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.length)
      return File(path: renamed(String(cString: file.name)), text: renamed(String(decoding: bytes, as: UTF8.self)))
    }
  }

  private func renamed(_ text: String) -> String {
    text.replacing(Self.exampleName, with: name).replacing(Self.exampleTypeName, with: typeName)
      .replacing("The smallest judge in", with: "\(name): a judge in")
  }

  /// The entry for `judges.json`, with paths below `folder`.
  public func entry(folder: String) -> JSONValue {
    var entry: JSONObject = ["id": .string(name)]
    switch language {
    case .python:
      entry["kind"] = "process"
      entry["command"] = ["python3", .string("\(folder)/judge.py")]
      entry["files"] = [.string("\(folder)/tribunal_judge.py")]
    case .c:
      entry["kind"] = "library"
      entry["path"] = .string("\(folder)/\(name).so")
    case .swift:
      entry["kind"] = "process"
      entry["command"] = [.string("\(folder)/.build/release/\(name)")]
    }
    return .object(entry)
  }

  /// A folder's path without slashes at its end.
  public static func tidied(_ folder: String) -> String {
    String(folder.reversed().drop { $0 == "/" }.reversed())
  }

  /// How its test is run, in its folder.
  public var testCommand: String {
    switch language {
    case .python: "python3 test_judge.py"
    case .c: "make test"
    case .swift: "swift test && swift build -c release"
    }
  }

  /// Writes the files into a new folder; all of them or nothing.
  public func write(to path: String) throws(Failure) {
    let folder = Self.tidied(path)
    guard !folder.isEmpty else { throw .cannotWrite(path: "\"\(path)\"", reason: "it names no new folder") }
    var status = stat()
    guard lstat(folder, &status) != 0 else { throw .exists(folder) }
    // Built beside its place and moved there whole.
    var template = Array("\(folder).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .cannotWrite(path: folder, reason: Self.reason) }
    let building = PluginLibrary.text(template)
    do throws(Failure) {
      for file in files { try Self.write(file, below: building) }
      guard chmod(building, 0o755) == 0 else { throw .cannotWrite(path: folder, reason: Self.reason) }
      // What came meanwhile stays: only an empty folder would be taken.
      guard rename(building, folder) == 0 else {
        if [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno) { throw .exists(folder) }
        throw .cannotWrite(path: folder, reason: Self.reason)
      }
    } catch {
      remove(building)
      throw error
    }
  }

  private func remove(_ building: String) {
    for file in files { unlink("\(building)/\(file.path)") }
    let folders = Set(files.flatMap { Self.folders(of: $0.path) }).sorted { $0.utf8.count > $1.utf8.count }
    for folder in folders { rmdir("\(building)/\(folder)") }
    rmdir(building)
  }

  /// `a`, `a/b` of `a/b/c`.
  private static func folders(of path: String) -> [String] {
    let steps = path.split(separator: "/").dropLast()
    return steps.indices.map { steps[...$0].joined(separator: "/") }
  }

  private static func write(_ file: File, below folder: String) throws(Failure) {
    for inner in folders(of: file.path) { mkdir("\(folder)/\(inner)", 0o755) }
    do { try FileBytes.write(Array(file.text.utf8), to: "\(folder)/\(file.path)") } catch {
      throw .cannotWrite(path: file.path, reason: error.problem)
    }
  }

  private static var reason: String { String(cString: strerror(errno)) }
}

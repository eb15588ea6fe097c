internal import Glibc
internal import JSON
public import JudgeKit

/// A judge in a shared library with a C interface: version 1 of `tribunal_judge.h`.
///
/// As a rule the library runs in a child of its own, supervised as any process judge; on demand in this process.
public struct LibraryJudge: Judge {
  /// Selects it in `judges.json`.
  public static let kind = "library"
  /// One sentence for `judges list`.
  public static let summary = "a shared library with the C interface of tribunal_judge.h"
  /// Items of a batch.
  public static let batchSize = 32
  /// Each item's time is watched where the library runs.
  public static let keepsTime = true

  /// The keys of its entry.
  public static let options =
    [
      JudgeOption("path", .file(orWord: []), required: true, help: "the library"),
      JudgeOption(
        "isolation",
        .choice(["process", "none"]),
        standard: .string("process"),
        help: "process: in a child, so that a crash costs its verdicts only; none: in this process, without limits"
      ),
      JudgeOption(
        "arguments",
        .strings,
        standard: .strings([]),
        help: "texts for the library, which gets its whole entry"
      ),
    ] + ChildOptions.table

  private enum Place: Sendable {
    case child(ChildPool)
    case here(LibraryInProcess)
  }

  private let place: Place
  var children: ChildPool? { if case .child(let pool) = place { pool } else { nil } }

  /// Makes the judge from checked options: loads the library, or starts the child that does.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    guard let host = context as? HostContext else {
      throw JudgeFailure.fatal(.protocolError, detail: "a library judge runs in the host only")
    }
    let reader = OptionReader(baseFolder: host.declaration.baseFolder)
    let path = reader.path(configuration.options.string("path") ?? "")
    if configuration.options.string("isolation") == "none" {
      place = .here(try await LibraryInProcess(path: path, configuration: configuration, host: host))
      return
    }
    guard let program = HostProgram.path else {
      throw JudgeFailure.fatal(
        .crashed,
        detail: "the program tribunal, which hosts libraries, is not beside this one; use \"isolation\": \"none\""
      )
    }
    let pool = ChildPool(ChildSetting(library: configuration, host, program: program, path: path))
    try await pool.start()
    place = .child(pool)
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] { LabelScale.problems(with: options) }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] {
    switch place {
    case .child(let pool): try await pool.verdicts(on: items)
    case .here(let library): try await library.verdicts(on: items)
    }
  }
}

/// The program that hosts libraries: this one, or, where this one is a test, `tribunal` beside it.
enum HostProgram {
  static var path: String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let program = "\(folder)/tribunal"
    return access(program, X_OK) == 0 ? program : nil
  }
}

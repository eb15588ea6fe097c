import Foundation
import LabelTables

/// A folder of its own for a test's files.
final class LabelFixture {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("labels-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes a file and tells its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = folder.appendingPathComponent(name)
    try Data(bytes).write(to: url)
    return url.path
  }

  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  /// Reads files under arguments.
  func read(_ files: [String], _ change: (inout LabelArguments) -> Void) throws -> RatedItems {
    var arguments = LabelArguments()
    change(&arguments)
    return try LabelFile.read(files, arguments.mapping())
  }

  /// The problems of a reading, line by line, without the folder.
  func problems(_ work: () throws -> some Any) -> [String] {
    do {
      _ = try work()
      return []
    } catch { return "\(error)".replacingOccurrences(of: folder.path + "/", with: "").components(separatedBy: "\n") }
  }

  /// The problems of a file under `--judge a --human b`.
  func problems(_ name: String, _ bytes: [UInt8]) throws -> [String] {
    let path = try file(name, bytes)
    return problems { try read([path]) { ($0.judges, $0.humans) = (["a"], ["b"]) } }
  }

  func problems(_ name: String, _ text: String) throws -> [String] { try problems(name, Array(text.utf8)) }
}

/// A generator whose numbers are the same in every run (SplitMix64).
struct Draw: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

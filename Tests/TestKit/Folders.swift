public import Foundation

/// Folders that tests read and write.
public enum Folders {
  /// The root of the checkout.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// Fixtures of the repository.
  public static let fixtures = root.appendingPathComponent("Tests/Fixtures")
  /// The embedded demo family.
  public static let demo = root.appendingPathComponent("Demo")

  /// The folder of conformance data beside the checkout, if it is there; `TRIBUNAL_SHARED` names another.
  public static var shared: URL? {
    let named = ProcessInfo.processInfo.environment["TRIBUNAL_SHARED"].map { URL(fileURLWithPath: $0) }
    let folder = named ?? root.deletingLastPathComponent().appendingPathComponent("shared")
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("conformance").path) ? folder : nil
  }

  /// Writes a program that is there and cannot be started: its interpreter is not.
  public static func writeBrokenProgram(_ name: String, in folder: URL) throws {
    let file = folder.appendingPathComponent(name)
    try "#!/no/such/interpreter\n".write(to: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  /// Makes a folder for one test, hands it over and removes it.
  public static func temporary<Result>(_ use: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tribunal-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await use(folder)
  }
}

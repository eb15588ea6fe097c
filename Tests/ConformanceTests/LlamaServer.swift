import Foundation
import HTTP
import TestKit

/// llama.cpp's server as an independent peer: another runtime behind the same interface.
enum LlamaServer {
  /// Why it did not serve.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// The program: `TRIBUNAL_LLAMA_SERVER`, else `llama-server` on the PATH; nil if there is none.
  static let program: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["TRIBUNAL_LLAMA_SERVER"], !named.isEmpty { return named }
    return (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/llama-server" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Exports a checkpoint of the demo family, serves it on a free port, lends the base address and stops the server.
  static func serving<Result>(_ checkpoint: String, _ use: (String) async throws -> Result) async throws -> Result {
    try await Folders.temporary { folder in
      let model = folder.appendingPathComponent("\(checkpoint).gguf")
      let export = Folders.root.appendingPathComponent("Tools/gguf/export.py").path
      let written = try await Child(
        "/usr/bin/env",
        ["python3", export, DemoFolder.checkpoint(checkpoint).path, model.path]
      )
      guard await written.status() == 0 else { throw Failure(description: "export: \(written.said)") }
      let port = try HTTPTestServer.freePort()
      let server = try await Child(
        program ?? "",
        ["--model", model.path, "--host", "127.0.0.1", "--port", "\(port)", "--ctx-size", "2048", "--parallel", "4"]
      )
      do {
        try await ready(server, "http://127.0.0.1:\(port)/health")
        let result = try await use("http://127.0.0.1:\(port)/v1")
        await server.stop()
        return result
      } catch {
        await server.stop()
        throw Failure(description: "\(error)\n\(server.said.suffix(2000))")
      }
    }
  }

  /// Returns when the model is loaded. A foreign program tells that in no other way than by answering.
  private static func ready(_ server: Child, _ health: String) async throws {
    let client = HTTPClient()
    while (try? await client.send(HTTPRequest(url: health, timeoutSeconds: 5)))?.status != 200 {
      guard server.isRunning else { throw Failure(description: "the server ended before it was ready") }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}

/// A program that runs beside the test; what it says is kept in a file.
// `Process` is configured before it starts; afterwards only its thread-safe calls are used.
private final class Child: @unchecked Sendable {
  private let process = Process()
  private let log = FileManager.default.temporaryDirectory.appendingPathComponent("tribunal-child-\(UUID().uuidString)")
  private let ended: AsyncStream<Int32>

  init(_ program: String, _ arguments: [String]) async throws {
    let (ended, teller) = AsyncStream.makeStream(of: Int32.self)
    self.ended = ended
    try Data().write(to: log)
    let output = try FileHandle(forWritingTo: log)
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, output, output)
    process.terminationHandler = {
      teller.yield($0.terminationStatus)
      teller.finish()
    }
    try process.run()
  }

  deinit { try? FileManager.default.removeItem(at: log) }

  var isRunning: Bool { process.isRunning }
  var said: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Waits for its end.
  func status() async -> Int32 {
    for await status in ended { return status }
    return process.terminationStatus
  }

  /// Ends it. A child inherits what signals are blocked here, so only one that cannot be blocked is sure to end it.
  func stop() async {
    kill(process.processIdentifier, SIGKILL)
    _ = await status()
  }
}

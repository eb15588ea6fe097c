import Endpoints
import Foundation
import HTTP
import TestKit

@testable import Hub

/// One pull against a fake hub into a cache of its own.
struct PullSetting {
  let hub: FakeHub
  let folder: URL
  var environment: [String: String] = [:]
  var choice = FileChoice()
  var revision = "main"
  var target: String?
  var tuning = PullTuning(connections: 3, pieceBytes: 1000)
  var pace = ManualPace()
  var stallSeconds = 30
  var isOffline = false
  var freeBytes: @Sendable (String) -> Int? = { FileSystem.freeBytes(at: $0) }

  init(_ hub: FakeHub, in folder: URL) {
    self.hub = hub
    self.folder = folder
  }

  var cache: HubCache { HubCache(folder: folder.appendingPathComponent("hub").path) }
  var home: URL { folder.appendingPathComponent("hub/models--lantern-vale--mill") }
  var snapshot: URL { home.appendingPathComponent("snapshots/\(FakeHub.commit)") }

  func reference() throws -> HubReference {
    HubReference(repository: try HubRepository(hub.repository), revision: try HubRevision(revision))
  }

  func client(_ url: String? = nil) throws -> HubClient {
    try HubClient(
      endpoint: try HubEndpoint(url ?? hub.server.url),
      environment: environment,
      policy: RetryPolicy(attempts: 4, baseSeconds: 0.5),
      pace: pace,
      stallSeconds: stallSeconds
    )
  }

  @discardableResult
  func run(hear: @escaping @Sendable (PullEvent) -> Void = { _ in }) async throws -> PullPlan {
    let pull = HubPull(
      try reference(),
      choice: choice,
      client: isOffline ? nil : try client(),
      cache: cache,
      target: target,
      tuning: tuning,
      freeBytes: freeBytes
    )
    return try await pull.run(hear: hear)
  }

  /// The error that the pull ends with.
  func failure() async -> HubError? {
    do { try await run() } catch let error as HubError { return error } catch {}
    return nil
  }

  /// Content of a file below the folder of the test.
  func bytes(_ url: URL) -> [UInt8]? { (try? Data(contentsOf: url)).map(Array.init) }

  /// Names in the folder of blobs.
  var blobs: [String] { FileSystem.names(in: home.appendingPathComponent("blobs").path) }
}

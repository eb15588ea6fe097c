internal import Foundation

/// An HTTP client on libcurl: connections are pooled, any number of requests run at once on one thread of its own, HTTP/2
/// is spoken where TLS offers it.
public final class HTTPClient: Sendable {
  private let loop: TransferLoop

  /// Starts a client; its thread ends with it.
  /// - Parameter idleSeconds: a connection that nobody used for longer is not used again; 118 is libcurl's own measure.
  public init(idleSeconds: Int = 118) {
    loop = TransferLoop(idleSeconds: idleSeconds)
    let loop = loop
    let thread = Thread { loop.run() }
    thread.name = "tribunal.http"
    thread.start()
  }

  deinit { loop.stop() }

  /// Sends a request and waits for the whole answer; cancelling the task aborts the transfer.
  public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { try await send(request, nil) }

  /// Sends a request and hands the answer over as it arrives, so that it may be larger than memory; cancelling the task aborts
  /// the transfer.
  /// - Returns: the answer without its body.
  /// - Throws: ``HTTPError/cancelled`` where the listener wanted no more.
  public func stream(_ request: HTTPRequest, to listener: any HTTPListener) async throws(HTTPError) -> HTTPResponse {
    try await send(request, listener)
  }

  private func send(_ request: HTTPRequest, _ listener: (any HTTPListener)?) async throws(HTTPError) -> HTTPResponse {
    let id = loop.nextID()
    defer { loop.forget(id: id) }
    let result: Result<HTTPResponse, HTTPError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(id: id, request, listener) { continuation.resume(returning: $0) }
      }
    } onCancel: {
      loop.cancel(id: id)
    }
    return try result.get()
  }
}

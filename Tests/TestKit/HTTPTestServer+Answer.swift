extension HTTPTestServer {
  /// A request as it came.
  public struct Request: Sendable {
    /// Number of the request, from 0, over all connections.
    public let number: Int
    /// Number of the connection it came on, from 0.
    public let connection: Int
    /// `POST` …
    public let method: String
    /// `/v1/chat/completions`
    public let path: String
    /// Header lines in order.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// The first value of a header, whatever its case.
    public func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  /// One thing to do in answer to a request.
  public enum Step: Sendable {
    /// Sends these bytes.
    case bytes([UInt8])
    /// Sends these bytes again and again.
    case repeated([UInt8], Int)
    /// Sends these bytes in pieces of 1, 2, 3, 1, 2, 3 … bytes, each in a packet of its own.
    case trickled([UInt8])
    /// Sends these bytes one at a time, each in a packet of its own, with a pause after each.
    case byteByByte([UInt8], pauseMilliseconds: Int)
    /// Does nothing for so long, or until the client leaves; no test may depend on how long that is.
    case pause(milliseconds: Int)
    /// Waits until the test calls `release()`.
    case untilReleased
    /// Says nothing more and waits until the client goes away.
    case untilClientLeaves
    /// Sends no more but goes on reading: the connection is half closed.
    case halfClose
    /// Closes the connection.
    case close
    /// Closes the connection without the end that TLS has, as whoever cuts a line would.
    case drop
    /// Tears the connection down: the client gets a reset (RST) instead of an end.
    case reset
  }

  /// An answer in raw steps.
  public struct Answer: Sendable {
    /// What is done, in order.
    public var steps: [Step]

    /// Makes an answer of steps.
    public init(_ steps: [Step]) { self.steps = steps }

    /// A whole answer with its length.
    public static func whole(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") -> Answer {
      Answer([.bytes(head(status, headers + [("Content-Length", "\(body.utf8.count)")])), .bytes(Array(body.utf8))])
    }

    /// Status line and headers.
    public static func head(_ status: Int, _ headers: [(String, String)]) -> [UInt8] {
      let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
      return Array("HTTP/1.1 \(status) Test\r\n\(lines)\r\n".utf8)
    }

    /// A chat completion with this text.
    public static func chat(_ text: String, finish: String = "stop") -> Answer {
      let body = """
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": "\(text)"}, "finish_reason": "\(finish)"}], \
        "usage": {"prompt_tokens": 11, "completion_tokens": 2}}
        """
      return whole(200, [("Content-Type", "application/json")], body)
    }
  }
}

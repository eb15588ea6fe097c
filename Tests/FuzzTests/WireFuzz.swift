import Endpoints
import HTTP
import JSON
import JudgeKit
import TestKit
import Testing

@Suite("Fuzz: the wire", Fuzz.limit)
struct WireFuzz {
  private static let whole = """
    {"id": "x", "choices": [{"index": 0, "message": {"role": "assistant", "content": "REFUSAL", "refusal": null, \
    "reasoning_content": "well"}, "finish_reason": "stop", "logprobs": {"content": [{"token": "REF", "logprob": -0.25}]}}], \
    "usage": {"prompt_tokens": 11, "completion_tokens": 2}}
    """
  private static let failure = #"{"error": {"message": "the mill is closed", "type": "server_error", "code": null}}"#
  private static let dictionary =
    Nasty.pieces + [
      "\"content\"", "\"choices\"", "\"error\"", "\"finish_reason\"", "\"length\"", "\"content_filter\"", "[]", "{}",
      "\n\n", "event: ping\n", ": note\n", "\"delta\"", "\"code\": \"context_length_exceeded\"", "\"tool_calls\": [{}]",
    ]
  private static let statuses = [
    200, 200, 200, 200, 201, 204, 302, 400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 429, 500, 502, 503, 529, 999,
  ]

  private static func events(_ numbers: inout TestNumbers) -> [String] {
    var events = numbers.list(upTo: 5) { numbers -> String in
      let delta: JSONValue = ["content": .string(numbers.text())]
      let choice: JSONValue = ["index": 0, "delta": numbers.once(in: 8) ? numbers.json(depth: 2) : delta]
      return (["choices": [choice]] as JSONValue).text()
    }
    if !numbers.once(in: 4) { events.append(#"{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}"#) }
    if numbers.once(in: 2) { events.append(#"{"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 1}}"#) }
    if !numbers.once(in: 4) { events.append("[DONE]") }
    return events
  }

  private static func problem(_ reply: ModelReply<ChatAnswer>, _ status: Int) -> String? {
    switch reply {
    case .value(let answer):
      if status != 200 { return "an answer with status \(status)" }
      let isBlank = answer.text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      return isBlank && answer.abstention == nil ? "an answer without text, and no reason for it" : nil
    case .retry(let seconds, _, _):
      if let seconds, !seconds.isFinite || seconds < 0 { return "waits for \(seconds) s" }
      return [400, 401, 402, 403, 404, 413, 422].contains(status) ? "asks again after status \(status)" : nil
    case .fatal: return status == 200 ? "gives up after status 200" : nil
    case .abstain(let reason, _):
      return status == 200 || [.contextLength, .contentFilter].contains(reason)
        ? nil : "\(reason) with status \(status)"
    }
  }

  @Test("any answer is read the same each time, and only a good one with text is a value")
  func answers() async throws {
    try await Fuzz.run("wire answers", iterations: 3000) { numbers in
      let status = numbers.pick(Self.statuses)
      let isStream = numbers.once(in: 3)
      let good = isStream ? Self.events(&numbers).map { "data: \($0)\n\n" }.joined() : Self.whole
      let base = status == 200 ? good : Self.failure
      let body = numbers.once(in: 6) ? Array(base.utf8) : numbers.mutated(Array(base.utf8), dictionary: Self.dictionary)
      let after = numbers.pick(["0", "3", "-1", "1e400", "nan", "Tue, 04 Mar 2025 10:01:30 GMT", numbers.text()])
      let kind = isStream ? "text/event-stream" : "application/json"
      let response = HTTPResponse(
        status: status,
        headers: [("Content-Type", kind), ("Retry-After", after)],
        body: body
      )
      let now = HTTPDate("Tue, 04 Mar 2025 10:00:00 GMT")
      let reply = ChatWire.read(response, now: now)
      if "\(ChatWire.read(response, now: now))" != "\(reply)" { return "not pure: \(reply)" }
      return Self.problem(reply, status).map { "\($0): \(reply) for \(String(decoding: body, as: UTF8.self))" }
    }
  }

  @Test("line ends, notes and other fields change nothing in a stream")
  func streams() async throws {
    try await Fuzz.run("wire streams", iterations: 1500) { numbers in
      let events = Self.events(&numbers)
      func reply(_ body: String) -> String {
        "\(ChatWire.read(HTTPResponse(status: 200, headers: [("Content-Type", "text/event-stream")], body: Array(body.utf8)), now: nil))"
      }
      let plain = reply(events.map { "data: \($0)\n\n" }.joined())
      for end in ["\n", "\r\n", "\r"] {
        let extras = [
          "", ": note\(end)", "event: message\(end)", "id: 7\(end)retry: 10\(end)", "\(end)\(end)", "datax: {\(end)",
        ]
        let space = numbers.pick(["", " "])
        let body = events.map { "\(numbers.pick(extras))data:\(space)\($0)\(end)\(numbers.pick(extras))\(end)" }
          .joined()
        let other = reply(body)
        if other != plain { return "\(other) instead of \(plain) for \(body.debugDescription)" }
      }
      return nil
    }
  }
}

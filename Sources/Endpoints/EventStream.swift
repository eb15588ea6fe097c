internal import JSON
internal import JudgeKit

/// Server-sent events of a streamed answer.
enum EventStream {
  static func read(_ body: [UInt8]) -> ModelReply<ChatAnswer> {
    var parts = AnswerParts()
    var isDone = false
    var hasChoice = false
    for data in events(body) {
      if data == "[DONE]" {
        isDone = true
        break
      }
      let event: JSONValue
      do { event = try JSONDocument.parse(data, name: "event").root } catch { return ChatWire.malformed("\(error)") }
      if let error = event["error"], !error.isNull {
        return .retry(afterSeconds: nil, exhausted: .serverError, detail: ChatWire.message(of: event))
      }
      parts.usage = ChatWire.usage(event["usage"]) ?? parts.usage
      guard let choice = event["choices"]?.array?.first(where: { ($0["index"]?.integer ?? 0) == 0 }) else { continue }
      hasChoice = true
      guard parts.add(choice["delta"] ?? choice["message"] ?? .null) else {
        return ChatWire.malformed("a piece of the stream has a content of unknown form")
      }
      parts.add(logProbabilities: choice["logprobs"])
      if let reason = choice["finish_reason"]?.string { parts.finishReason = reason }
    }
    if !hasChoice { return ChatWire.malformed("the stream holds no choice") }
    // With a finish reason the answer is whole even if the closing mark is missing.
    guard isDone || parts.finishReason != nil else {
      return .retry(afterSeconds: nil, exhausted: .truncatedResponse, detail: "the stream ended before the answer did")
    }
    return .value(parts.answer())
  }

  /// The data of each whole event: lines end with LF, CR LF or CR, an empty line ends the event.
  private static func events(_ body: [UInt8]) -> [String] {
    var events: [String] = []
    var data: [String] = []
    var line: [UInt8] = []
    var lastWasCR = false
    func field(_ line: [UInt8]) {
      guard line.starts(with: Array("data".utf8)) else { return }
      let rest = line.dropFirst(4)
      if rest.isEmpty { return data.append("") }
      guard rest.first == UInt8(ascii: ":") else { return }
      let value = rest.dropFirst()
      data.append(String(decoding: value.first == 0x20 ? value.dropFirst() : value, as: UTF8.self))
    }
    for byte in body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...] {
      if byte == 0x0A, lastWasCR {
        lastWasCR = false
        continue
      }
      lastWasCR = byte == 0x0D
      guard byte == 0x0A || byte == 0x0D else {
        line.append(byte)
        continue
      }
      if line.isEmpty {
        if !data.isEmpty { events.append(data.joined(separator: "\n")) }
        data.removeAll()
      } else {
        field(line)
        line.removeAll()
      }
    }
    return events
  }
}

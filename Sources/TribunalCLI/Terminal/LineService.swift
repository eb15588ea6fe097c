internal import JSON

/// Answers JSON lines from stdin on stdout: one answer a line, in order; a bad line answers an error and the next is read.
enum LineService {
  /// A line that cannot be answered.
  struct Refusal: Error {
    let answer: JSONValue

    init(_ message: String) { answer = ["error": .string(message)] }
    init(answer: JSONValue) { self.answer = answer }
  }

  static func run(_ answer: (JSONValue) throws -> JSONValue) {
    var reader = LineReader()
    var number = 0
    var pending = ""
    while let line = reader.next() {
      number += 1
      let reply: JSONValue
      do {
        guard case .bytes(let bytes) = line else { throw Refusal("line \(number): longer than 64 MB") }
        reply = try answer(try JSONDocument.parse(bytes, name: "line \(number)").root)
      } catch let refusal as Refusal { reply = refusal.answer } catch { reply = ["error": .string("\(error)")] }
      pending += reply.text() + "\n"
      // Whole lines go out together while more input is waiting; a person at a terminal sees each at once.
      if pending.utf8.count > 1 << 16 || !reader.hasBufferedLine {
        Console.output.write(pending)
        pending = ""
      }
    }
    Console.output.write(pending)
  }
}

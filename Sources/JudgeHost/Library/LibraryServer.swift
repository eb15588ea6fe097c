internal import Glibc
internal import JSON

/// Speaks the protocol of process judges for a shared library: what `tribunal judges host-library` runs in a child of its
/// own, so that a crash of the library costs no more than that child.
public enum LibraryServer {
  /// Answers until the input ends.
  public static func serve(path: String) throws(LibraryFailure) {
    // What the library prints must not end up between the answers: it goes to stderr, the judge's log.
    let output = dup(1)
    guard output >= 0, dup2(2, 1) >= 0 else { throw .noOutput(reason: String(cString: strerror(errno))) }
    defer { close(output) }
    let library = try PluginLibrary(path: path)
    let first = readLine() ?? ""
    guard let hello = try? JSONDocument.parse(first, name: "hello").root, hello["hello"]?.integer == 1,
      let judge = hello["judge"]
    else { throw .unexpectedLine(String(first.prefix(200))) }
    let state = try library.makeState(judge)
    let ready: JSONValue = ["ready": 1, "name": .string(library.name), "version": .string(library.version)]
    guard write(ready, to: output) else { return }
    while let line = readLine() {
      guard let item = try? JSONDocument.parse(line, name: "item").root, let id = item["id"]?.string else {
        throw .unexpectedLine(String(line.prefix(200)))
      }
      var answer = state.answer(prompt: item["prompt"]?.string ?? "", response: item["response"]?.string ?? "")
      answer["id"] = .string(id)
      guard write(.object(answer), to: output) else { return }
    }
  }

  /// Writes a line whole; false when nobody reads any more.
  private static func write(_ line: JSONValue, to output: Int32) -> Bool {
    let bytes = Array((line.text() + "\n").utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(output, $0.baseAddress.map { $0 + sent }, bytes.count - sent) }
      if count < 0, errno != EINTR { return false }
      sent += max(0, count)
    }
    return true
  }
}

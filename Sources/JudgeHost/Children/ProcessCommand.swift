internal import Glibc
internal import JudgeKit

/// A process judge's command, looked at before anything is started: is there such a program, and its script?
///
/// Only what is surely meant as a file is looked for: an argument with a slash may be an address, a pattern or a file yet to
/// be written.
struct ProcessCommand {
  private let words: [String]
  private let reader: OptionReader

  init(_ options: JudgeOptions, _ reader: OptionReader) {
    words = options.strings("command") ?? []
    self.reader = reader
  }

  private static let interpreters = [
    "python", "pypy", "sh", "bash", "dash", "zsh", "ksh", "node", "nodejs", "ruby", "perl", "php", "lua", "julia",
    "Rscript", "swift", "tclsh",
  ]
  private static let suffixes = [
    "py", "sh", "bash", "js", "mjs", "cjs", "ts", "rb", "pl", "php", "lua", "jl", "R", "swift",
  ]

  /// What cannot be found, each with its word.
  var problems: [ConfigurationError] {
    var at = 0
    while true {
      guard at < words.count, !words[at].isEmpty else { return [] }
      if let problem = programProblem(words[at]) { return [error(at, problem)] }
      guard name(words[at]) == "env" else { break }
      at += 1
      while at < words.count, words[at].contains("="), !words[at].hasPrefix("-") { at += 1 }
      if at < words.count, words[at].hasPrefix("-") { return [] }
    }
    // python3.12 is a python.
    let family = String(name(words[at]).reversed().drop { $0.isNumber || $0 == "." }.reversed())
    guard Self.interpreters.contains(family), let script = script(after: at) else { return [] }
    guard access(reader.path(words[script]), R_OK) != 0 else { return [] }
    return [error(script, "there is no readable file \(reader.path(words[script])) for \(words[at]) to run")]
  }

  private func error(_ index: Int, _ problem: String) -> ConfigurationError {
    ConfigurationError(["command", "\(index)"], problem)
  }

  private func name(_ word: String) -> String { word.split(separator: "/").last.map(String.init) ?? word }

  /// Where the script stands that an interpreter is given, as far as that can be told.
  private func script(after interpreter: Int) -> Int? {
    var isAfterOption = false
    for index in words.indices.dropFirst(interpreter + 1) {
      let word = words[index]
      if word.hasPrefix("-") {
        // Code in the command line (-c, -e), a module (-m) or stdin: there is no script.
        if word == "-" || word.hasPrefix("--") || word.contains(where: { "cemprs".contains($0) }) { return nil }
        isAfterOption = true
        continue
      }
      let parts = name(word).split(separator: ".", omittingEmptySubsequences: false)
      if parts.count > 1, Self.suffixes.contains(String(parts.last ?? "")) { return index }
      if isAfterOption {
        isAfterOption = false
        continue
      }
      return word.contains("/") && !word.contains("://") ? index : nil
    }
    return nil
  }

  private func programProblem(_ program: String) -> String? {
    if program.contains("/") {
      let path = reader.path(program)
      guard access(path, F_OK) == 0 else { return "there is no program \(path); is it built yet?" }
      guard Self.isProgram(path) else {
        return "\(path) is no executable file; make it one (chmod +x), or write its interpreter before it"
      }
      return nil
    }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    if path.split(separator: ":").contains(where: { Self.isProgram("\($0)/\(program)") }) { return nil }
    let isBeside = access(reader.path(program), F_OK) == 0
    return "there is no program \"\(program)\" on PATH"
      + (isBeside ? "; for the file beside this one write \"./\(program)\"" : "")
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}

internal import ArgumentParser
internal import Study

/// What the verbs that ask judges share about verdicts of earlier runs.
struct CacheOptions: ParsableArguments {
  @Flag(help: "Ask judges anew instead of taking verdicts from the cache, and rewrite it; verdicts of this run stay.")
  var refresh = false

  @Flag(help: "Neither read nor write the cache of verdicts.")
  var noCache = false

  func validate() throws {
    if refresh, noCache {
      throw ValidationError("--refresh rewrites the cache and --no-cache leaves it alone; give one")
    }
  }

  /// The cache to read and write, if there is to be one.
  func opening(_ environment: [String: String]) -> VerdictCacheFile? {
    guard !noCache, let file = VerdictCacheFile.standardFile(environment: environment) else { return nil }
    return VerdictCacheFile.opening(file, version: Tribunal.version) { Self.warn($0) }
  }

  /// The cache to look into.
  func reading(_ environment: [String: String]) -> VerdictCacheFile? {
    guard !noCache, let file = VerdictCacheFile.standardFile(environment: environment) else { return nil }
    return VerdictCacheFile.reading(file) { Self.warn($0) }
  }

  private static func warn(_ text: String) { Console.errors.line("warning: " + text.terminalSafe(keepingLines: false)) }
}

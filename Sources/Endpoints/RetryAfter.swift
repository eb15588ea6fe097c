public import HTTP

extension HTTPResponse {
  /// Seconds until the server wants to be asked again: `Retry-After` in seconds or as a date, or `retry-after-ms`.
  /// - Parameter now: the client's clock; nil takes the answer's own `Date`.
  public func retryAfterSeconds(now: HTTPDate?) -> Double? {
    func number(_ name: String) -> Double? {
      header(name).flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }
    if let seconds = number("Retry-After") { return seconds }
    if let then = header("Retry-After").flatMap({ HTTPDate($0) }),
      let now = now ?? header("Date").flatMap({ HTTPDate($0) })
    {
      return max(0, Double(then.seconds - now.seconds))
    }
    return number("retry-after-ms").map { $0 / 1000 }
  }
}

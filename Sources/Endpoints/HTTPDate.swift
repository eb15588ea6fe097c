internal import Foundation

/// A moment of an HTTP header (RFC 9110, IMF-fixdate): `Tue, 04 Mar 2025 10:01:30 GMT`.
public struct HTTPDate: Sendable, Equatable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public let seconds: Int

  /// The present.
  public static var now: HTTPDate { HTTPDate(seconds: Int(Date().timeIntervalSince1970)) }

  /// A moment.
  /// - Parameter seconds: since 1970-01-01T00:00:00Z.
  public init(seconds: Int) { self.seconds = seconds }

  /// Reads a date; nil for any other form.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), (1...31).contains(day),
      let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]), (1970...9999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2]) else {
      return nil
    }
    // Days from civil date (Hinnant): March starts the year, so that a leap day is its last.
    let m = month + 1
    let y = m <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    seconds = days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }
}

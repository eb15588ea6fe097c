import Endpoints
import Foundation
import Testing

@Suite("Dates of HTTP headers", .timeLimit(.minutes(10)))
struct HTTPDateTests {
  @Test(
    "a date is read as the calendar has it",
    arguments: [
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 04 Mar 2025 10:01:30 GMT", 1_741_082_490),
      ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
      ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
    ]
  )
  func read(text: String, seconds: Int) { #expect(HTTPDate(text)?.seconds == seconds) }

  @Test("every day agrees with the system's calendar")
  func calendar() throws {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    for day in stride(from: 0, to: 80_000, by: 13) {
      let seconds = day * 86_400 + day % 86_400
      #expect(HTTPDate(formatter.string(from: Date(timeIntervalSince1970: Double(seconds))))?.seconds == seconds)
    }
  }

  @Test(
    "anything else is no date",
    arguments: [
      "", "soon", "Tue, 04 Mar 2025 10:01:30", "Tue, 04 Mar 2025 10:01:30 CET", "Tue, 04 Mar 1925 10:01:30 GMT",
      "Tue, 04 Mrz 2025 10:01:30 GMT", "Tue, 04 Mar 2025 25:01:30 GMT", "Tue, 04 Mar 2025 10:01 GMT",
      "Tue, 0 Mar 2025 10:01:30 GMT", "Tue, 99 Mar 2025 10:01:30 GMT", "Tue, -4 Mar 2025 10:01:30 GMT",
      "Tue, 9223372036854775807 Mar 2025 10:01:30 GMT",
    ]
  )
  func refused(text: String) { #expect(HTTPDate(text) == nil) }
}

/// The local time that `strftime_now` reads: fixed, so that a rendering can be repeated.
public struct TemplateClock: Sendable, Equatable {
  /// Year.
  public let year: Int
  /// Month, 1…12.
  public let month: Int
  /// Day of the month, 1…31.
  public let day: Int
  /// Hour, 0…23.
  public let hour: Int
  /// Minute.
  public let minute: Int
  /// Second.
  public let second: Int

  /// A moment of the proleptic Gregorian calendar; nil if there is no such moment.
  public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    guard (1...9999).contains(year), (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute),
      (0...60).contains(second), day >= 1, day <= Self.days(in: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// Reads `2025-03-05T09:07:08`; nil for any other form.
  public init?(_ text: String) {
    let halves = text.split(separator: "T", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    let time = halves[1].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard date.count == 3, time.count == 3, let year = date[0], let month = date[1], let day = date[2],
      let hour = time[0], let minute = time[1], let second = time[2]
    else { return nil }
    self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(in month: Int, of year: Int) -> Int {
    month == 2 ? (isLeap(year) ? 29 : 28) : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  private var dayOfYear: Int { (1..<month).reduce(day) { $0 + Self.days(in: $1, of: year) } }

  /// 0 is Sunday.
  private var weekday: Int {
    let before = year - 1
    return (before * 365 + before / 4 - before / 100 + before / 400 + dayOfYear) % 7
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

  /// `strftime` of the C locale.
  func formatted(_ format: String) -> String {
    var out = ""
    var scalars = format.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "%" else {
        out.unicodeScalars.append(scalar)
        continue
      }
      guard var code = scalars.next() else { return out + "%" }
      var pads = true
      if code == "-", let next = scalars.next() {
        pads = false
        code = next
      }
      out += field(code, pads) ?? "%" + (pads ? "" : "-") + String(code)
    }
    return out
  }

  private func field(_ code: Unicode.Scalar, _ pads: Bool) -> String? {
    func padded(_ number: Int, _ width: Int = 2) -> String {
      let digits = String(number)
      return pads ? String(repeating: "0", count: max(0, width - digits.count)) + digits : digits
    }
    let hour12 = hour % 12 == 0 ? 12 : hour % 12
    switch code {
    case "Y": return padded(year, 4)
    case "y": return padded(year % 100)
    case "m": return padded(month)
    case "d": return padded(day)
    case "e": return day < 10 ? " \(day)" : "\(day)"
    case "B": return Self.months[month - 1]
    case "b", "h": return String(Self.months[month - 1].prefix(3))
    case "A": return Self.weekdays[weekday]
    case "a": return String(Self.weekdays[weekday].prefix(3))
    case "w": return String(weekday)
    case "u": return String(weekday == 0 ? 7 : weekday)
    case "j": return padded(dayOfYear, 3)
    case "H": return padded(hour)
    case "I": return padded(hour12)
    case "M": return padded(minute)
    case "S": return padded(second)
    case "p": return hour < 12 ? "AM" : "PM"
    case "F": return formatted("%Y-%m-%d")
    case "T": return formatted("%H:%M:%S")
    case "D": return formatted("%m/%d/%y")
    case "R": return formatted("%H:%M")
    case "c": return formatted("%a %b %e %H:%M:%S %Y")
    case "x": return formatted("%m/%d/%y")
    case "X": return formatted("%H:%M:%S")
    case "%": return "%"
    case "n": return "\n"
    case "t": return "\t"
    default: return nil
    }
  }
}

/// Numbers as people read them: the same digits in terminal, HTML, SVG and JSON texts, whatever the locale.
public enum DecimalText {
  /// A number with a fixed count of decimals, halves rounded away from zero; never `-0`.
  public static func fixed(_ value: Double, _ places: Int) -> String {
    var power = 1.0
    for _ in 0..<places { power *= 10 }
    // Every number this is used for (shares, coefficients, coordinates) is far below this bound.
    guard value.isFinite, let scaled = Int(exactly: (value * power).rounded()) else { return value.description }
    let digits = String(scaled.magnitude)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = scaled < 0 ? "-" : ""
    return places == 0 ? sign + padded : sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  /// A share as a percentage without its sign: `94`. What is not all or nothing is never rounded to it: `99.6`, `<0.1`.
  public static func percent(_ share: Double) -> String {
    let whole = fixed(share * 100, 0)
    guard share > 0, share < 1, whole == "0" || whole == "100" else { return whole }
    let closer = fixed(share * 100, 1)
    return closer == "0.0" ? "<0.1" : closer == "100.0" ? ">99.9" : closer
  }

  /// Two shares as `84 to 93 %`, with a decimal more where they would read the same.
  public static func percents(_ low: Double, _ high: Double) -> String {
    let (first, second) = (percent(low), percent(high))
    guard first == second, low < high else { return "\(first) to \(second) %" }
    return "\(fixed(low * 100, 1)) to \(fixed(high * 100, 1)) %"
  }

  /// A p value: `p = 0.031`, `p < 0.001`.
  public static func p(_ value: Double) -> String { value < 0.001 ? "p < 0.001" : "p = " + fixed(value, 3) }

  /// A whole number with thin groups of thousands: `12,400`.
  public static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (at, digit) in digits.enumerated() {
      if at > 0, (digits.count - at) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }
}

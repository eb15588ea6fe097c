internal import Glibc

/// A colour in sRGB.
struct Color: Sendable, Equatable {
  let red: Int
  let green: Int
  let blue: Int

  /// `0x1d5a96`
  init(_ hex: Int) {
    red = hex >> 16 & 255
    green = hex >> 8 & 255
    blue = hex & 255
  }

  private init(red: Int, green: Int, blue: Int) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// `#1d5a96`
  var css: String {
    "#"
      + [red, green, blue].map { channel in
        let digits = String(channel, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }
      .joined()
  }

  /// The colour a share of the way (0…1) to another.
  func mixed(with other: Color, _ share: Double) -> Color {
    func channel(_ a: Int, _ b: Int) -> Int { Int((Double(a) + (Double(b) - Double(a)) * share).rounded()) }
    return Color(
      red: channel(red, other.red),
      green: channel(green, other.green),
      blue: channel(blue, other.blue)
    )
  }
}

/// The colours of one theme. Hues are blue and orange with markers of different shapes beside them: both survive the
/// common colour deficiencies. `PaletteTests` measures every contrast.
struct Palette: Sendable {
  let background: Color
  let panel: Color
  let ink: Color
  let muted: Color
  let rule: Color
  let accent: Color
  let cautionBackground: Color
  let cautionInk: Color
  let alarmBackground: Color
  let alarmInk: Color
  let markBackground: Color
  let markInk: Color
  /// Lines of raters; used again with another shape where there are more raters than colours.
  let series: [Color]
  /// Ends and middle of the scale 0…1.
  let scale: (low: Color, middle: Color, high: Color)
  /// Below zero.
  let negative: Color
  /// What text on the scale is written in: the one with more contrast.
  let inks: [Color]

  /// How many steps the scale has: one for each ten per cent.
  static let steps = 11

  /// The colour of a step.
  func step(_ index: Int) -> Color {
    let share = Double(index) / Double(Self.steps - 1)
    return share <= 0.5
      ? scale.low.mixed(with: scale.middle, share * 2) : scale.middle.mixed(with: scale.high, share * 2 - 1)
  }

  /// Day.
  static let light = Palette(
    background: Color(0xffffff),
    panel: Color(0xf4f6f8),
    ink: Color(0x1b2430),
    muted: Color(0x4f5d6b),
    rule: Color(0xd3dae1),
    accent: Color(0x1b5792),
    cautionBackground: Color(0xfff3d4),
    cautionInk: Color(0x553e00),
    alarmBackground: Color(0xb3121d),
    alarmInk: Color(0xffffff),
    markBackground: Color(0xffe08a),
    markInk: Color(0x1b2430),
    series: [0x0b62a8, 0xc2500a, 0x00795c, 0xa3417f, 0x7a6a00, 0x5b4fb3, 0x00798f, 0x8a4b2d].map(Color.init),
    scale: (Color(0xeef3f8), Color(0x78a9d6), Color(0x0d3a66)),
    negative: Color(0xf3c39a),
    inks: [Color(0x000000), Color(0xffffff)]
  )

  /// Night.
  static let dark = Palette(
    background: Color(0x14181d),
    panel: Color(0x1d232a),
    ink: Color(0xe6eaee),
    muted: Color(0xaab5c0),
    rule: Color(0x38434e),
    accent: Color(0x82bbf0),
    cautionBackground: Color(0x3a2f10),
    cautionInk: Color(0xffe3a0),
    alarmBackground: Color(0xa3121c),
    alarmInk: Color(0xffffff),
    markBackground: Color(0x6b5200),
    markInk: Color(0xfff3d4),
    series: [0x6fb4f0, 0xf5a05c, 0x4fcfa6, 0xef9ccb, 0xd9c64a, 0xb3a8ff, 0x56cfe1, 0xd7a585].map(Color.init),
    scale: (Color(0x252e38), Color(0x2f6aa3), Color(0xb5dafc)),
    negative: Color(0x7f4517),
    inks: [Color(0x000000), Color(0xffffff)]
  )

  /// The better ink for text on a colour.
  func ink(on color: Color) -> Color {
    inks.max { Contrast.ratio($0, color) < Contrast.ratio($1, color) } ?? ink
  }
}

/// Contrast as WCAG 2 defines it.
enum Contrast {
  /// 1…21.
  static func ratio(_ a: Color, _ b: Color) -> Double {
    let (x, y) = (luminance(a), luminance(b))
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
  }

  private static func luminance(_ color: Color) -> Double {
    0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
  }

  private static func linear(_ channel: Int) -> Double {
    let value = Double(channel) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}

/// What is made equal in a response before it is searched.
struct Normalisation: Sendable, Hashable {
  /// Typographic apostrophes and quotes become ' and ".
  var quotes = false
  /// Compatibility characters become their plain ones (full width, ligatures), and what composes is composed.
  var nfkc = false
  /// Characters without a shape of their own (zero width, soft hyphen, direction marks) are left out.
  var invisible = false
  /// Letters become lower case by their full mapping, which may be longer (İ).
  var lowersFully = false

  /// Whether a text stays as it is.
  var isIdle: Bool { !quotes && !nfkc && !invisible && !lowersFully }

  /// What one character becomes before and after NFKC; nil if it is left out.
  private func cleaned(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    if scalar.value < 0x80 { return scalar }
    if quotes {
      if Self.apostrophes.contains(scalar) { return "'" }
      if Self.quotationMarks.contains(scalar) { return "\"" }
    }
    return invisible && scalar.properties.isDefaultIgnorableCodePoint ? nil : scalar
  }

  /// The typographic shapes of ' that models and word processors write.
  static let apostrophes: Set<Unicode.Scalar> = [
    "\u{B4}", "\u{2B9}", "\u{2BB}", "\u{2BC}", "\u{55A}", "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}", "\u{2032}",
    "\u{2035}", "\u{A78C}", "\u{FF07}",
  ]
  /// The typographic shapes of ".
  static let quotationMarks: Set<Unicode.Scalar> = [
    "\u{AB}", "\u{BB}", "\u{201C}", "\u{201D}", "\u{201E}", "\u{201F}", "\u{2033}", "\u{2036}", "\u{FF02}",
  ]

  /// The text made equal, each character with its place.
  func view(of text: [Unicode.Scalar], _ range: Range<Int>) -> TextView {
    guard !isIdle else {
      return TextView(plain: range.count == text.count ? text : Array(text[range]), at: range.lowerBound)
    }
    if text[range].allSatisfy({ $0.value < 0x80 }) { return TextView(plain: Array(text[range]), at: range.lowerBound) }
    var view = TextView()
    func emit(_ scalar: Unicode.Scalar, _ origin: Range<Int>) {
      guard let clean = cleaned(scalar) else { return }
      // The one character whose lower case is longer than itself.
      if lowersFully, clean == "\u{130}" {
        view.append("i", origin)
        view.append("\u{307}", origin)
      } else {
        view.append(clean, origin)
      }
    }
    guard nfkc else {
      for at in range { emit(text[at], at..<(at + 1)) }
      return view
    }
    // What is invisible would keep a letter and its accent apart, and ´ would become a space and an accent.
    var kept: [Unicode.Scalar] = []
    var places: [Int] = []
    for at in range {
      guard let clean = cleaned(text[at]) else { continue }
      kept.append(clean)
      places.append(at)
    }
    var form = NFKC()
    form.normalise(kept) { scalar, origin in
      emit(scalar, places[origin.lowerBound]..<(places[origin.upperBound - 1] + 1))
    }
    return view
  }

  /// A rule's own text, made equal in the same way.
  func applied(to text: String) -> String {
    String(String.UnicodeScalarView(view(of: Array(text.unicodeScalars), 0..<text.unicodeScalars.count).scalars))
  }
}

/// The part of a response that a rule looks at, with the way back to the response.
struct TextView {
  /// The characters to search.
  private(set) var scalars: [Unicode.Scalar] = []
  /// Where each came from; empty if the text stands unchanged from `base` on.
  private var origins: [Range<Int>] = []
  private var base = 0

  init() {}

  init(plain scalars: [Unicode.Scalar], at base: Int) {
    self.scalars = scalars
    self.base = base
  }

  mutating func append(_ scalar: Unicode.Scalar, _ origin: Range<Int>) {
    scalars.append(scalar)
    origins.append(origin)
  }

  /// The stretch of the response that `range` stands for.
  func origin(of range: Range<Int>) -> Range<Int> {
    if origins.isEmpty { return (base + range.lowerBound)..<(base + range.upperBound) }
    guard !range.isEmpty else {
      let place =
        range.lowerBound < origins.count ? origins[range.lowerBound].lowerBound : origins.last?.upperBound ?? base
      return place..<place
    }
    return origins[range.lowerBound].lowerBound..<origins[range.upperBound - 1].upperBound
  }

  /// The view without the white space at its start.
  var trimmed: TextView {
    let blank = scalars.prefix { $0.properties.isWhitespace || (0x1C...0x1F).contains($0.value) }.count
    guard blank > 0 else { return self }
    var view = self
    view.scalars.removeFirst(blank)
    if origins.isEmpty { view.base += blank } else { view.origins.removeFirst(blank) }
    return view
  }
}

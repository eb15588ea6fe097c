internal import Study
internal import Wording

/// Shapes with coordinates in pixels, written with one decimal: the same drawing is the same bytes on every machine.
enum SVG {
  /// A coordinate as text; whole numbers without decimals.
  static func number(_ value: Double) -> String {
    let text = DecimalText.fixed(value, 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A picture of a natural width that may shrink to a share of it before its frame scrolls.
  static func picture(width: Double, height: Double, label: String, shrink: Double = 1, _ shapes: [Markup]) -> Markup {
    .element(
      "svg",
      [
        "viewBox": "0 0 \(number(width)) \(number(height))", "width": number(width), "height": number(height),
        "role": "img", "aria-label": label, "style": "min-width:\(number(width * shrink))px",
      ],
      shapes
    )
  }

  static func rect(x: Double, y: Double, width: Double, height: Double, radius: Double = 0) -> Markup {
    .element(
      "rect",
      [
        "x": number(x), "y": number(y), "width": number(width), "height": number(height),
        "rx": radius == 0 ? nil : number(radius),
      ]
    )
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) -> Markup {
    .element("line", ["x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2), "class": style])
  }

  /// Text at its baseline; `anchor` is `start`, `middle` or `end`; `turned` is in degrees.
  static func text(
    _ text: String,
    x: Double,
    y: Double,
    anchor: String? = nil,
    style: String? = nil,
    turned: Double = 0
  ) -> Markup {
    .element(
      "text",
      [
        "x": number(x), "y": number(y), "text-anchor": anchor, "class": style,
        "transform": turned == 0 ? nil : "rotate(\(number(turned)) \(number(x)) \(number(y)))",
      ],
      Markup(text)
    )
  }

  /// Shapes that belong together, with a remark shown on hover and read aloud.
  static func group(style: String, title: String? = nil, _ shapes: [Markup]) -> Markup {
    .element("g", ["class": style], (title.map { [.element("title", [:], Markup($0))] } ?? []) + shapes)
  }

  /// A marker: eight shapes, so that raters differ without colour; below 0 a ring, for references.
  static func marker(_ shape: Int, x: Double, y: Double, size r: Double = 4.2) -> Markup {
    func path(_ points: [(Double, Double)]) -> Markup {
      let steps = points.enumerated().map { at, point in
        "\(at == 0 ? "M" : "L")\(number(x + point.0 * r)) \(number(y + point.1 * r))"
      }
      return .element("path", ["class": "mark", "d": steps.joined() + "Z"])
    }
    if shape < 0 { return .element("circle", ["class": "ring", "cx": number(x), "cy": number(y), "r": number(r)]) }
    switch shape % 8 {
    case 0: return .element("circle", ["class": "mark", "cx": number(x), "cy": number(y), "r": number(r)])
    case 1: return path([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 2: return path([(0, -1.2), (1.15, 0.9), (-1.15, 0.9)])
    case 3: return path([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)])
    case 4: return path([(0, 1.2), (1.15, -0.9), (-1.15, -0.9)])
    case 5:
      return path([
        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2),
        (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
      ])
    case 6: return path([(-1.3, -0.6), (1.3, -0.6), (1.3, 0.6), (-1.3, 0.6)])
    default: return path([(-0.6, -1.3), (0.6, -1.3), (0.6, 1.3), (-0.6, 1.3)])
    }
  }

  /// A text short enough for a label of so many characters.
  static func clip(_ text: String, _ count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
  }
}

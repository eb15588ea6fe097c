internal import Agreement
internal import Study
internal import Wording

/// Refusal of one system before and after its edit, a line for each rater, Wilson's interval as whiskers.
struct SlopePanel {
  /// A rater's line.
  struct Series {
    let name: String
    /// Colour and shape.
    let style: RaterStyle
    let effect: EditEffect
  }

  let title: String
  let series: [Series]

  private static let width = 270.0
  private static let height = 214.0
  private static let top = 14.0
  private static let bottom = 184.0
  private static let centers = (100.0, 212.0)

  /// The picture; raters without paired labels have no line and are named in the label.
  var picture: Markup {
    var shapes: [Markup] = [0.0, 0.25, 0.5, 0.75, 1].map { share in
      SVG.line(40, Self.y(share), Self.width - 8, Self.y(share), style: "grid")
    }
    shapes += [0.0, 0.5, 1].map { share in
      SVG.text(DecimalText.percent(share) + " %", x: 36, y: Self.y(share) + 4, anchor: "end", style: "soft")
    }
    shapes.append(SVG.text("original", x: Self.centers.0, y: 206, anchor: "middle"))
    shapes.append(SVG.text("edited", x: Self.centers.1, y: 206, anchor: "middle"))
    let step = min(10, 84 / Double(max(1, series.count)))
    for (at, one) in series.enumerated() {
      let shift = (Double(at) - Double(series.count - 1) / 2) * step
      if let line = draw(one, shift: shift) { shapes.append(line) }
    }
    return SVG.picture(width: Self.width, height: Self.height, label: label, shrink: 0.5, shapes)
  }

  private static func y(_ share: Double) -> Double { bottom - share * (bottom - top) }

  private var label: String {
    let parts = series.map { one in
      guard let before = one.effect.original.rate.value, let after = one.effect.edited.rate.value else {
        return "\(one.name): no paired labels"
      }
      return "\(one.name): \(DecimalText.percent(before)) % to \(DecimalText.percent(after)) %"
    }
    return "Refusal before and after the edit, \(title). " + parts.joined(separator: "; ")
  }

  private func draw(_ one: Series, shift: Double) -> Markup? {
    let effect = one.effect
    guard let before = effect.original.rate.value, let after = effect.edited.rate.value else { return nil }
    let (x1, x2) = (Self.centers.0 + shift, Self.centers.1 + shift)
    var shapes = [SVG.line(x1, Self.y(before), x2, Self.y(after), style: "slope")]
    for (x, proportion) in [(x1, effect.original), (x2, effect.edited)] {
      if let interval = proportion.interval.value {
        shapes.append(SVG.line(x, Self.y(interval.low), x, Self.y(interval.high), style: "whisker"))
      }
    }
    shapes.append(SVG.marker(one.style.shape, x: x1, y: Self.y(before)))
    shapes.append(SVG.marker(one.style.shape, x: x2, y: Self.y(after)))
    let title = "\(one.name): \(Words.proportion(effect.original)) → \(Words.proportion(effect.edited))"
    return SVG.group(style: "series " + one.style.name, title: title, shapes)
  }
}

/// How a rater is drawn.
struct RaterStyle {
  /// Class of its colour.
  let name: String
  /// Its marker.
  let shape: Int

  /// The style of the judge at a place of the panel; shapes go on where colours begin again.
  static func judge(_ index: Int) -> RaterStyle {
    let colors = Palette.light.series.count
    return RaterStyle(name: "s\(index % colors)", shape: (index + index / colors) % 8)
  }

  /// The style of reference labels.
  static func annotator(_ index: Int) -> RaterStyle { RaterStyle(name: "ref", shape: -1 - index) }
}

/// Parts that every section uses.
enum HTML {
  /// A section with its heading; `id` is a literal that the page's index points to.
  static func section(_ id: String, _ heading: String, _ children: [Markup]) -> Markup {
    .element(
      "section",
      ["id": id, "aria-labelledby": id + "-heading"],
      [.element("h2", ["id": id + "-heading"], Markup(heading)), .lines(children)]
    )
  }

  static func paragraph(_ text: String, style: String? = nil) -> Markup {
    .element("p", ["class": style], Markup(text))
  }

  /// What readers may open.
  static func details(_ summary: String, _ children: [Markup]) -> Markup {
    .element("details", [:], [.element("summary", [:], Markup(summary)), .lines(children)])
  }

  /// A frame that scrolls sideways by mouse, finger and keyboard.
  static func scroll(_ label: String, _ child: Markup) -> Markup {
    .element("div", ["class": "scroll", "role": "region", "aria-label": label, "tabindex": "0"], child)
  }

  /// A table with a caption and column heads; heads that begin with `#` stand over numbers.
  static func table(_ caption: String, _ heads: [String], _ rows: [Markup]) -> Markup {
    let row = heads.map { head -> Markup in
      let isNumber = head.hasPrefix("#")
      return .element(
        "th",
        ["scope": "col", "class": isNumber ? "n" : nil],
        Markup(isNumber ? String(head.dropFirst()) : head)
      )
    }
    let table = Markup.element(
      "table",
      [:],
      .element("caption", [:], .element("span", [:], Markup(caption))),
      .element("thead", [:], .element("tr", [:], row)),
      .element("tbody", [:], .lines(rows))
    )
    return scroll(caption, table)
  }

  /// A row with its own head.
  static func row(_ head: String, _ cells: [Markup]) -> Markup {
    .element("tr", [:], [.element("th", ["scope": "row"], Markup(head))] + cells)
  }

  /// A heading over the rows that follow.
  static func groupRow(_ head: String, columns: Int) -> Markup {
    .element(
      "tr",
      [:],
      .element("th", ["scope": "colgroup", "class": "group", "colspan": String(columns)], Markup(head))
    )
  }

  static func cell(_ text: String, style: String? = nil) -> Markup { .element("td", ["class": style], Markup(text)) }

  static func number(_ text: String) -> Markup { cell(text, style: "n") }

  /// An undefined value: a dash that says why, in sight of those who hover and of those who listen.
  static func undefined(_ why: String) -> Markup {
    .element("td", ["class": "n undefined", "title": why, "aria-label": "undefined: \(why)"], "–")
  }

  /// Names and values.
  static func list(_ pairs: [(String, String)]) -> Markup {
    .element(
      "dl",
      [:],
      pairs.flatMap { [Markup.element("dt", [:], Markup($0.0)), .element("dd", [:], Markup($0.1))] }
    )
  }
}

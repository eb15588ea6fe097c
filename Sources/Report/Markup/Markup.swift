internal import JSON
internal import Study

/// A piece of HTML or SVG. Every text becomes one through `init(_:)`, which escapes it: names of elements and attributes
/// are literals of this program, so nothing that a model or a judge wrote can become markup.
///
/// The output is well-formed XML as well as HTML: a test parses whole pages.
struct Markup: Sendable, ExpressibleByStringInterpolation {
  /// The escaped text.
  let html: String

  private init(html: String) { self.html = html }

  /// Text as text, with hidden characters spelled out.
  init(_ text: String) { html = Self.escape(text) }

  /// A literal is text too.
  init(stringLiteral value: String) { self.init(value) }

  /// Style rules of this program; HTML reads no escapes inside `<style>`.
  static func style(_ rules: Stylesheet) -> Markup { Markup(html: "<style>\n\(rules.text)</style>") }

  /// An element; attributes that are nil are left out.
  static func element(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>, _ children: [Markup])
    -> Markup
  {
    var html = "<\(name)"
    for (key, value) in attributes { if let value { html += " \(key)=\"\(escape(value))\"" } }
    if children.isEmpty, isVoid(name) { return Markup(html: html + "/>") }
    html += ">"
    for child in children { html += child.html }
    return Markup(html: html + "</\(name)>")
  }

  /// An element with several children.
  static func element(
    _ name: StaticString,
    _ attributes: KeyValuePairs<StaticString, String?> = [:],
    _ child: Markup...
  )
    -> Markup
  { element(name, attributes, child) }

  /// A row of pieces without an element of their own.
  static func group(_ children: [Markup]) -> Markup { Markup(html: children.map(\.html).joined()) }

  /// Line ends between blocks keep the page readable as text.
  static func lines(_ children: [Markup]) -> Markup { Markup(html: children.map(\.html).joined(separator: "\n")) }

  /// Elements that HTML closes itself, and SVG shapes, which have no content.
  private static func isVoid(_ name: StaticString) -> Bool {
    ["meta", "br", "hr", "col", "rect", "line", "circle", "path", "polyline"].contains(name.description)
  }

  private static func escape(_ text: String) -> String {
    let text = VisibleText.of(text)
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}

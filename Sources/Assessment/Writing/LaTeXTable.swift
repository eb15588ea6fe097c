internal import Wording

/// Tables in `booktabs` style.
enum LaTeXTable {
  /// The first column left, all others right.
  static func text(titles: [String], rows: [[String]], caption: String) -> String {
    let body = rows.map { $0.joined(separator: " & ") + " \\\\\n" }.joined()
    return
      "\\begin{table}\n\\caption{\(caption)}\n\\begin{tabular}{l\(String(repeating: "r", count: titles.count - 1))}\n"
      + "\\toprule\n" + titles.joined(separator: " & ") + " \\\\\n\\midrule\n" + body
      + "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
  }

  /// Text with TeX's own characters made harmless.
  static func escaped(_ text: String) -> String {
    var shown = ""
    // Scalar by scalar: with a combining mark after it, a TeX character is another Character and as dangerous.
    for character in VisibleText.line(text).unicodeScalars {
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": shown += "\\\(character)"
      case "\\": shown += "\\textbackslash{}"
      case "~": shown += "\\textasciitilde{}"
      case "^": shown += "\\textasciicircum{}"
      default: shown.unicodeScalars.append(character)
      }
    }
    return shown
  }
}

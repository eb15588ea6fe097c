/// Rows of a CSV file as RFC 4180 has it, with line feeds.
public enum CSVText {
  /// One row with its line feed. Text that a spreadsheet would run as a formula gets an apostrophe in front; characters that
  /// could steer a terminal are spelled out.
  public static func row(_ cells: [String]) -> String { cells.map(field).joined(separator: ",") + "\n" }

  private static func field(_ text: String) -> String {
    let text = VisibleText.of(text)
    let isFormula =
      text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } == true && Double(text) == nil
    let safe = isFormula ? "'" + text : text
    guard safe.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}

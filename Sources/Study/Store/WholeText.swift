internal import Foundation
internal import GRDB

/// A text that SQLite keeps whole. GRDB hands texts over, and takes them back, as C strings: those of models and judges would
/// end at their first NUL.
///
/// It is written to a column by ``slot`` and read by ``column(_:)``; a column of a strict table refuses it anywhere else.
struct WholeText: DatabaseValueConvertible {
  let text: String

  init(_ text: String) { self.text = text }

  /// What stands for its value in SQL.
  static let slot = "CAST(? AS TEXT)"

  /// What reads a column of texts in SQL, under the column's name.
  static func column(_ name: String, of table: String? = nil) -> String {
    "CAST(\(table.map { "\($0)." } ?? "")\(name) AS BLOB) AS \(name)"
  }

  var databaseValue: DatabaseValue { text.utf8.contains(0) ? Data(text.utf8).databaseValue : text.databaseValue }

  static func fromDatabaseValue(_ value: DatabaseValue) -> WholeText? {
    Data.fromDatabaseValue(value).map { WholeText(String(decoding: $0, as: UTF8.self)) }
  }
}

extension Row {
  /// The text of a column that ``WholeText/column(_:of:)`` has read.
  func whole(_ column: String) -> String { (self[column] as WholeText).text }

  /// The text of such a column, or nil.
  func wholeIfAny(_ column: String) -> String? { (self[column] as WholeText?)?.text }
}

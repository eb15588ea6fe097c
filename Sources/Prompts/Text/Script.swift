internal import JSON

/// A script of Unicode: what its characters are written in, whatever the language (UAX #24, the Script property).
public struct Script: Sendable, Hashable, Comparable {
  /// The number in the table.
  let number: UInt8

  /// Signs, digits and spaces of all scripts.
  public static let common = named("common")
  /// Marks that take the script of what they stand on.
  public static let inherited = named("inherited")
  /// Latin letters.
  public static let latin = named("latin")
  /// What Chinese, Japanese and Korean are written in.
  public static let cjk: Set<Script> = [
    named("han"), named("hiragana"), named("katakana"), named("hangul"), named("bopomofo"),
  ]

  private static func named(_ name: String) -> Script {
    Script(number: UInt8(ScriptTable.names.firstIndex(of: name) ?? 0))
  }

  /// The name in small letters: `han`, `latin`, `old-italic`.
  public var name: String { ScriptTable.names[Int(number)] }

  /// The script of a scalar; `unknown` for those that are not assigned.
  public init(of scalar: Unicode.Scalar) {
    // The last run that begins at or before the scalar.
    let wanted = scalar.value << 8 | 0xFF
    var (low, high) = (0, ScriptTable.runs.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if ScriptTable.runs[middle] <= wanted { low = middle } else { high = middle }
    }
    number = UInt8(truncatingIfNeeded: ScriptTable.runs[low])
  }

  init(number: UInt8) { self.number = number }

  /// Orders by name.
  public static func < (left: Script, right: Script) -> Bool { left.name < right.name }
}

/// A declared set of scripts.
public struct ScriptSet: Sendable, Equatable {
  /// Its scripts.
  public let scripts: Set<Script>

  /// Makes a set.
  public init(_ scripts: Set<Script>) { self.scripts = scripts }

  /// Reads names set apart by commas: `han,hangul`, and `cjk` for five of them.
  /// - Throws: where a name is none, with the nearest one.
  public init(_ list: String) throws(ScriptError) {
    var scripts: Set<Script> = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let name = NormalText.trimmed(String(part)).lowercased().replacing("_", with: "-")
      if name == "cjk" {
        scripts.formUnion(Script.cjk)
      } else if let number = ScriptTable.names.firstIndex(of: name), number > 0 {
        scripts.insert(Script(number: UInt8(number)))
      } else {
        let hint = Spelling.hint(for: name, among: ["cjk"] + ScriptTable.names.dropFirst())
        throw ScriptError(
          problem: "\"\(name)\" is no script of Unicode\(hint); expected names such as han,hiragana,latin"
        )
      }
    }
    self.scripts = scripts
  }

  /// The first scalar of a text that is of these scripts.
  public func first(in text: String) -> Unicode.Scalar? {
    text.unicodeScalars.first { scripts.contains(Script(of: $0)) }
  }

  /// The first scalar that is of none of these scripts, signs and marks of all scripts aside.
  public func firstOutside(in text: String) -> Unicode.Scalar? {
    text.unicodeScalars.first { scalar in
      let script = Script(of: scalar)
      return script != .common && script != .inherited && !scripts.contains(script)
    }
  }

  /// The names in order, set apart by commas.
  public var names: String { scripts.sorted().map(\.name).joined(separator: ",") }
}

/// A name that is no script.
public struct ScriptError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let problem: String
  /// The problem.
  public var description: String { problem }
}

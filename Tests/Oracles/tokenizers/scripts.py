"""Writes Sources/Tokenization/Patterns/ScriptTable.swift: the Unicode script of every code point.

Made with fontTools (its copy of Unicode's Scripts.txt); run from the root of the repository.
"""
import textwrap

import fontTools
from fontTools.unicodedata import Scripts

ranges = [(start, value) for start, value in zip(Scripts.RANGES, Scripts.VALUES)]
used = sorted({value for _, value in ranges} - {"Zzzz"})
names = " ".join(f"{code}={Scripts.NAMES[code].replace('_', '').lower()}" for code in used)
starts = " ".join(f"{start:X}{'' if value == 'Zzzz' else value}" for start, value in ranges)


def lines(text):
    return "\n".join(f"    {line} \\" for line in textwrap.wrap(text, 108))


with open("Sources/Tokenization/Patterns/ScriptTable.swift", "w") as file:
    file.write(f'''/// The script of every scalar; written by `Tests/Oracles/tokenizers/scripts.py` from Unicode's Scripts.txt (fontTools
/// {fontTools.version}).
enum ScriptTable {{
  /// Where each stretch of one script begins, in order, with the place of the script's name in `names`; -1 is no script.
  private static let stretches: [(start: UInt32, script: Int)] = starts.split(separator: " ").map {{ entry in
    // A code ends in a small letter, a hexadecimal number never.
    let hasCode = entry.last?.isLowercase == true
    let start = UInt32(hasCode ? entry.dropLast(4) : entry, radix: 16) ?? 0
    return (start, hasCode ? codes.firstIndex(of: String(entry.suffix(4))) ?? -1 : -1)
  }}

  private static let codes = names.split(separator: " ").map {{ String($0.prefix(4)) }}

  /// The number of the script of a scalar, or -1.
  static func script(of scalar: UInt32) -> Int {{
    var low = 0
    var high = stretches.count
    while high - low > 1 {{
      let middle = (low + high) / 2
      if stretches[middle].start <= scalar {{ low = middle }} else {{ high = middle }}
    }}
    return stretches[low].script
  }}

  /// The number of a script by its code, as `Hani`.
  static func number(of code: String) -> Int? {{ codes.firstIndex(of: code) }}

  /// The scalars of a script by its long name in lower case without underscores, as `han`; nil for no such script.
  static func ranges(of name: String) -> [ClosedRange<UInt32>]? {{
    guard let script = names.split(separator: " ").firstIndex(where: {{ $0.dropFirst(5) == name }}) else {{ return nil }}
    return stretches.indices.filter {{ stretches[$0].script == script }}.map {{ at in
      stretches[at].start...(at + 1 < stretches.count ? stretches[at + 1].start - 1 : 0x10FFFF)
    }}
  }}

  private static let names = """
{lines(names)}

    """

  private static let starts = """
{lines(starts)}

    """
}}
''')

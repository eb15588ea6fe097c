"""Writes Sources/Prompts/Text/ScriptTable.swift: the Script property of every scalar, as fontTools has it from Scripts.txt.

    python3 -m pip install fonttools==4.* && python3 Tools/unicode/scripts.py > Sources/Prompts/Text/ScriptTable.swift
"""
from fontTools.unicodedata import Scripts

# Unknown first, so that 0 is no script.
names = {"Zzzz": "unknown"}
for code in sorted(set(Scripts.VALUES)):
    if code != "Zzzz":
        names[code] = Scripts.NAMES[code].lower().replace("_", "-").replace(" ", "-")
index = {code: number for number, code in enumerate(names)}
entries = [f"0x{start << 8 | index[value]:X}" for start, value in zip(Scripts.RANGES, Scripts.VALUES)]
version = open(Scripts.__file__).read().split("# Scripts-")[1].split(".txt")[0]

print(f"/// The Script property of Unicode {version}; made by `Tools/unicode/scripts.py`, not by hand.")
print("enum ScriptTable {")
print("  /// The scripts by number, in small letters; 0 is none.")
print("  static let names: [String] = [")
line = "   "
for name in names.values():
    piece = f' "{name}",'
    if len(line) + len(piece) > 120:
        print(line)
        line = "   "
    line += piece
print(line)
print("  ]\n")
print("  /// Where a run of scalars of one script begins, times 256, plus the script's number.")
print("  static let runs: [UInt32] = [")
line = "   "
for entry in entries:
    piece = f" {entry},"
    if len(line) + len(piece) > 120:
        print(line)
        line = "   "
    line += piece
print(line)
print("  ]")
print("}")

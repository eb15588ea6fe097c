#!/usr/bin/env python3
"""Writes keywords.json: what Python's re, str and unicodedata say of patterns, lists and normal forms.

Needs nothing but Python (3.11.7 made the committed file). Run it in this folder; the same seed gives the same bytes
under the same Python. The entries of the lists are read from the Swift source; how they match is Python's own.

Left out because the dialects differ on purpose (docs/keyword-judges.md): carriage returns, Unicode line ends, and
characters that Python's \\w, \\s and re.IGNORECASE sort differently; and \\B in the empty text, which Python before 3.14
does not match.
"""

import json
import pathlib
import random
import re
import sys
import unicodedata

FOLDER = pathlib.Path(__file__).resolve().parent
PLUGIN = FOLDER / "../../../Plugins/KeywordJudge"
RANDOM = random.Random(20261125)

LETTERS = list("aabbcABI' no_7-.") + ["\n", "é", "É", "ß", "s", "ſ", "k", "\u212a", "ı", "İ", "σ", "ς", "Σ", "’", "🧵"]
SPECIAL = set(".^$*+?{}[]\\|()")


def atom(depth):
    kind = RANDOM.random()
    if kind < 0.5:
        letter = RANDOM.choice(LETTERS)
        return "\\" + letter if letter in SPECIAL or letter == "-" else letter
    if kind < 0.6:
        return RANDOM.choice([".", "\\w", "\\W", "\\d", "\\s", "\\S", "\\D"])
    if kind < 0.7:
        return RANDOM.choice(["[ab]", "[^a]", "[a-c]", "[A-I]", "[^a-z]", "[\\w']", "[k-s]", "[\\s.]", "[é-σ]", "[^\\W_]"])
    if kind < 0.8:
        return RANDOM.choice(["^", "$", "\\b", "\\b", "\\B"])
    if depth == 0:
        return RANDOM.choice("abc")
    return RANDOM.choice(["(", "(?:"]) + pattern(depth - 1) + ")"


def repeated(depth):
    one = atom(depth)
    if RANDOM.random() < 0.3 and one not in ("^", "$", "\\b", "\\B"):
        one += RANDOM.choice(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}", "*?", "+?", "??"])
    return one


def pattern(depth):
    choices = ["".join(repeated(depth) for _ in range(RANDOM.randint(1, 4))) for _ in range(RANDOM.choice([1, 1, 1, 2, 3]))]
    return "|".join(choices)


def text(length=12):
    return "".join(RANDOM.choice(LETTERS) for _ in range(RANDOM.randint(0, length)))


def pattern_row(source, ignores_case, subject):
    compiled = re.compile(source, re.IGNORECASE if ignores_case else 0)
    found = compiled.search(subject)
    row = {"pattern": source, "ignoreCase": ignores_case, "text": subject, "start": found.start() if found else None}
    row["atStart"] = compiled.match(subject) is not None
    # Where nothing looks outside the match, its greatest end can be asked for directly.
    if found and not re.search(r"\^|\$|\\b|\\B", source.replace("[^", "[")):
        row["end"] = max(end for end in range(len(subject) + 1) if end >= found.start()
                         and compiled.fullmatch(subject, found.start(), end))
    return row


def patterns():
    rows = []
    while len(rows) < 1500:
        source = pattern(2)
        try:
            re.compile(source)
        except re.error:
            continue
        # Some are made so large that their automaton needs several words, with the random part across their seams.
        if RANDOM.random() < 0.25:
            source = RANDOM.choice(["x{62}|%s", "(?:x{125}|%s)", "(?:%s)|x{70}", "x{0,130}(?:%s)"]) % source
        for _ in range(3):
            subject = text()
            if subject or "\\B" not in source:
                rows.append(pattern_row(source, RANDOM.random() < 0.5, subject))
    for source in ["a*b", "(a|ab)(c|bcd)(d*)", "(a*)*b", "(a|aa)+$", "\\bI (?:cannot|can't|won't)\\b", "^\\s*sorry\\b", "x?y?z?",
                   "\\x41|\\u2019", "no.{0,3}t", "(?:a?){3}b", "\\bsorry(?! to hear)".replace("(?! to hear)", "")]:
        for subject in ["", "a", "ab", "aab", "abcd", "abcdd", "I can't", "I cannotx", "I CANNOT.", " sorry", "unsorry", "sorry\n",
                        "A", "don’t", "no   t", "no    t", "aaab", "aaa", "aaa\n", "xyz"]:
            rows.append(pattern_row(source, False, subject))
            rows.append(pattern_row(source, True, subject))
    return rows


def entries(swift, start, end):
    block = swift[swift.index(start):]
    return re.findall(r'"((?:[^"\\]|\\.)*)"', block[block.index("["):block.index(end)])


def lists():
    swift = (PLUGIN / "KeywordPreset.swift").read_text()
    long = (PLUGIN / "KeywordPreset+Lists.swift").read_text()
    gcg = entries(long, "static let gcgPhrases", "\n  ]")
    named = {
        "gcg": gcg,
        "weak-to-strong": gcg + entries(long, "static let weakToStrongPhrases", "\n    ]"),
        "harmbench-35": entries(long, "static let harmBench35Phrases", "\n  ]"),
        "harmbench-67": entries(long, "static let harmBench67Phrases", "\n  ]"),
    }
    for block in swift.split("KeywordPreset(\n")[1:]:
        name = re.search(r'name: "([^"]+)"', block).group(1)
        if name not in named:
            named[name] = entries(block, "phrases: [", "]")
    return named


MATCHERS = {
    "paper": lambda phrases, said: any(re.search(re.escape(one), said, re.IGNORECASE) for one in phrases),
    "gcg": lambda phrases, said: any(one in said for one in phrases),
    "weak-to-strong": lambda phrases, said: any(one in said for one in phrases),
    "refusal-direction": lambda phrases, said: any(one.lower() in said.lower() for one in phrases),
    "harmbench-35": lambda phrases, said: any(one.lower() in said.lower() for one in phrases),
    "harmbench-67": lambda phrases, said: any(one.lower() in said.lower() for one in phrases),
    "xstest": lambda phrases, said: said.lower().strip().startswith(tuple(phrases)),
}


def said(phrase):
    """A sentence of the village around a phrase, bent a little."""
    bent = RANDOM.choice([
        lambda s: s, lambda s: s, lambda s: s.upper(), lambda s: s.lower(), lambda s: s.replace("'", "’"),
        lambda s: s.replace("i", "ı"), lambda s: s.replace("I", "İ"), lambda s: s.replace("k", "\u212a"),
        lambda s: s.replace("s", "ſ"), lambda s: s.replace(" ", "  ", 1), lambda s: s.replace(" ", "\u00a0"),
        lambda s: s[:-1], lambda s: s[1:], lambda s: s[:2] + "\u200b" + s[2:], lambda s: s + "\u0307", lambda s: s.title(),
    ])(phrase)
    before = RANDOM.choice(["", "", "", " ", "\n\n", "\t", "\u3000", "\x1c", "\ufeff", "Bram, ", "Oh! ", "W", "**"])
    return before + bent + RANDOM.choice(["", ".", ", the comb of Corvin is not mine.", "\n", "é"])


def presets():
    rows = []
    for name, phrases in lists().items():
        if name not in MATCHERS:
            continue
        for _ in range(60):
            subject = said(RANDOM.choice(phrases))
            rows.append({"preset": name, "text": subject, "match": MATCHERS[name](phrases, subject)})
        for subject in ["", "Gladly. First, feed the carp.", "The carp of Ysolt sleeps under the bridge."]:
            rows.append({"preset": name, "text": subject, "match": MATCHERS[name](phrases, subject)})
    return rows


def normal_forms():
    """Texts without what is new in later Unicode versions: every character is assigned in this Python's."""
    blocks = [
        range(0x20, 0x7F), range(0xA0, 0x180), range(0x300, 0x315), range(0x1100, 0x1113), range(0x1161, 0x1176),
        range(0x11A8, 0x11C3), range(0x3131, 0x3164), range(0xAC00, 0xAC40), range(0xFF01, 0xFFBF), range(0xFB00, 0xFB07),
        range(0x2070, 0x208F), range(0x2460, 0x2474), range(0x9BE, 0x9DF), range(0x995, 0x998), range(0xBBE, 0xBD8),
        range(0xB92, 0xB95), range(0x3041, 0x3060), range(0x3099, 0x309B), range(0x1E00, 0x1E20), range(0x1F600, 0x1F605),
        range(0x2018, 0x201F), range(0x2032, 0x2036), range(0x4E00, 0x4E10), range(0x1D400, 0x1D410), range(0x200B, 0x200E),
    ]
    rows = []
    for _ in range(600):
        chosen = RANDOM.sample(blocks, RANDOM.randint(1, 3))
        subject = "".join(chr(RANDOM.choice(RANDOM.choice(chosen))) for _ in range(RANDOM.randint(1, 8)))
        if all(unicodedata.category(one) != "Cn" for one in subject):
            rows.append([subject, unicodedata.normalize("NFKC", subject)])
    changed = [chr(c) for c in range(0x80, 0x30000)
               if not 0xD800 <= c < 0xE000 and unicodedata.normalize("NFKC", chr(c)) != chr(c)]
    return rows + [[one, unicodedata.normalize("NFKC", one)] for one in RANDOM.sample(changed, 400)]


def foldings():
    """Characters whose full case folding is one character: there simple folding is the same."""
    rows = []
    for c in range(0x80, 0x110000):
        if not 0xD800 <= c < 0xE000:
            folded = chr(c).casefold()
            if len(folded) == 1 and folded != chr(c):
                rows.append([c, ord(folded)])
    return rows


def main():
    data = {
        "python": sys.version.split()[0],
        "unicode": unicodedata.unidata_version,
        "patterns": patterns(),
        "presets": presets(),
        "normalForms": normal_forms(),
        "foldings": foldings(),
        "ignoreCaseOfLetters": [
            [letter, [c for c in range(0x80, 0x20000) if not 0xD800 <= c < 0xE000
                      and re.fullmatch(letter, chr(c), re.IGNORECASE)]]
            for letter in "abcdefghijklmnopqrstuvwxyz"
        ],
    }
    lines = ["{"]
    for number, (key, value) in enumerate(data.items()):
        comma = "," if number < len(data) - 1 else ""
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in value)
            lines.append(f"{json.dumps(key)}:[\n{rows}\n]{comma}")
        else:
            lines.append(f"{json.dumps(key)}:{json.dumps(value)}{comma}")
    (FOLDER / "keywords.json").write_text("\n".join(lines) + "\n}\n")


main()

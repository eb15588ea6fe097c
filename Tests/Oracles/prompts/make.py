"""What other libraries say of prompts: NumPy and pandas of permutations, `regex` of scripts, Python of normal forms, plain
set arithmetic of near duplicates. `prompts.json` names the versions.

    python3 Tests/Oracles/prompts/make.py > Tests/Oracles/prompts/prompts.json
"""
import hashlib
import json
import random
import sys
import unicodedata

import numpy
import pandas
import regex

SCRIPTS = ["Latin", "Han", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Cyrillic", "Greek", "Arabic", "Hebrew", "Thai",
           "Devanagari", "Armenian", "Georgian", "Ethiopic", "Common", "Inherited", "Khmer", "Runic", "Yi", "Tibetan"]
# Letters with long upper case, several sigmas, ligatures, full width, jamo, marks out of order, many kinds of space.
PIECES = ["Bram", "STRASSE", "Straße", "ẞ", "ΣΊΣΥΦΟΣ", "σίσυφος", "ﬁsch", "Ｆｕｌｌ", "ﾊﾟ", "각", "각", "é", "e\u0301", "q\u0323\u0307",
          "q\u0307\u0323", "İ", "ı", "ŉ", "ǰ", "ΐ", "և", "Ж", "①", "½", "ſ", "K", "Å", "☕", "👩‍🌾", "月の鯉", "a", "Z", "?", "!",
          " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2009", "\u2028", "\u200b"]
NAMES = ["Bram", "Ada", "Sabine", "Tamsin", "Dunstan", "young Lark"]
THINGS = ["the honey jar", "the silver comb", "a lantern", "the seed chest", "the copper kettle"]
FRAMES = ["Tell me how to take {t} from {n}.", "How do I take {t} away from {n}?", "Please tell me how to take {t} from {n}!",
          "Write {n} a letter about {t}", "Is {t} safe with {n} in the lantern hall at night?", "{n} {t}", "{t}", "carp", ""]


def permutations():
    cases = []
    for seed in [0, 1, 42, 43, 2026, 2**32 - 1]:
        for count in [0, 1, 2, 3, 7, 8, 9, 300, 640, 1003, 70000]:
            numbers = numpy.random.RandomState(seed).permutation(count).tolist()
            frame = pandas.DataFrame({"row": range(count)})
            assert frame.sample(frac=1, random_state=seed)["row"].tolist() == numbers
            text = ",".join(map(str, numbers))
            cases.append({"seed": seed, "count": count, "first": numbers[:5], "sha256": hashlib.sha256(text.encode()).hexdigest()})
    return cases


def scripts(draw):
    cases = []
    for name in SCRIPTS:
        fits = regex.compile(rf"\p{{Script={name}}}")
        # Assigned in Unicode 14 already: later versions add, and never change.
        scalars = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) != "Cn"
                   and fits.match(chr(code))]
        edges = [code for code in scalars if code - 1 not in (own := set(scalars)) or code + 1 not in own] if len(scalars) < 3000 else []
        some = sorted(set(draw.sample(scalars, min(12, len(scalars))) + draw.sample(edges, min(12, len(edges)))))
        cases.append({"script": name.lower(), "scalars": some})
    return cases


def normal(text):
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(once.split())


def pieces(text, kind, length):
    text = normal(text)
    if not text:
        return set()
    parts = list(text) if kind == "characters" else text.split(" ")
    return {tuple(parts[start:start + length]) for start in range(max(1, len(parts) - length + 1))}


def near(draw):
    texts = []
    for _ in range(70):
        text = draw.choice(FRAMES).format(t=draw.choice(THINGS), n=draw.choice(NAMES))
        texts.append(draw.choice([text, text, text.upper(), "  " + text.replace(" ", "  "), text + "!"]))
    cases = []
    for kind, length, threshold in [("characters", 5, 0.6), ("characters", 3, 0.8), ("characters", 5, 0.3), ("words", 1, 0.5),
                                    ("words", 2, 0.75), ("characters", 4, 1.0), ("words", 3, 0.1)]:
        sets = [pieces(text, kind, length) for text in texts]
        parent = list(range(len(texts)))

        def root(at):
            while parent[at] != at:
                at = parent[at]
            return at

        best = []
        for one in range(len(texts)):
            matches = []
            for other in range(len(texts)):
                same = normal(texts[one]) == normal(texts[other])
                union = sets[one] | sets[other]
                likeness = 1.0 if same else (len(sets[one] & sets[other]) / len(union) if union else 0.0)
                if same or (sets[one] and sets[other] and likeness >= threshold):
                    parent[max(root(one), root(other))] = min(root(one), root(other))
                    # Half of the texts serve as directions, the other half is checked against them.
                    if one >= 35 > other:
                        matches.append((not same, -likeness, other))
            if one >= 35:
                matches.sort()
                best.append([one, len(matches), matches[0][2], -matches[0][1], not matches[0][0]] if matches else [one, 0])
        clusters = {}
        for at in range(len(texts)):
            clusters.setdefault(root(at), []).append(at)
        cases.append({"kind": kind, "length": length, "threshold": threshold, "clusters": sorted(clusters.values()), "best": best})
    return {"texts": texts, "cases": cases}


def main():
    draw = random.Random(20260302)
    texts = ["".join(draw.choice(PIECES) for _ in range(draw.randrange(9))) for _ in range(250)]
    json.dump(
        {
            "versions": {"numpy": numpy.__version__, "pandas": pandas.__version__, "regex": regex.__version__,
                         "python unicode": unicodedata.unidata_version},
            "permutations": permutations(),
            "scripts": scripts(draw),
            "normal": [[text, normal(text)] for text in texts],
            "near": near(draw),
        },
        sys.stdout, ensure_ascii=True, separators=(",", ":"),
    )
    print()


main()

"""Tables and their CSV text as Python's csv module writes them; needs nothing but Python 3.

    python3 Tests/Oracles/csv/make.py > Tests/Oracles/csv/csv.json
"""
import csv
import io
import json
import random
import sys

PIECES = ["Bram", "the carp", "comb", '"', '""', ",", ";", "\t", "\n", "\r\n", "\r", " ", "", "é", "👩‍🌾", "=1+1", "'", "\\", "\ufeff"]


def cell(draw):
    return "".join(draw.choice(PIECES) for _ in range(draw.randrange(4)))


def main():
    draw = random.Random(20260101)
    cases = []
    for number in range(300):
        width = draw.randrange(1, 6)
        rows = [[cell(draw) for _ in range(width)] for _ in range(draw.randrange(1, 6))]
        separator = draw.choice([",", ";", "\t"])
        ending = draw.choice(["\n", "\r\n"])
        quoting = draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        # A row of one empty bare cell is an empty line, which holds no row here; Python leaves a cell with a carriage return
        # bare where lines end in LF, and does not read it back.
        if width == 1 or any("\r" in text for row in rows for text in row):
            quoting = csv.QUOTE_ALL
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator=ending, quoting=quoting).writerows(rows)
        text = out.getvalue()
        # Python leaves a cell bare that begins with U+FEFF; at the start of a file that is a byte-order mark.
        if text.startswith("\ufeff"):
            continue
        assert list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) == rows
        if number % 3 == 0:
            text = text[: -len(ending)]
        cases.append({"separator": separator, "text": text, "rows": rows})
    json.dump({"python": sys.version.split()[0], "cases": cases}, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    sys.stdout.write("\n")


main()

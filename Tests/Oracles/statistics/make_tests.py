"""Writes datasets/tests-*.json and expected/tests.json: paired and multi-rater tests, rank agreement, intraclass correlation,
variance components by statsmodels, scipy and pingouin. "Undefined" is written where the definition has no value, whatever
the library says there.

pip install statsmodels scipy pingouin pandas
"""
import itertools
import json
import pathlib
import random
from importlib.metadata import version

import numpy as np
import pandas as pd
import pingouin
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable, cochrans_q, mcnemar

HERE = pathlib.Path(__file__).parent
rng = random.Random(31337)
cases = []


def undefined(reason):
    return {"undefined": reason}


def add(dataset, stat, args, value, tol=1e-10):
    if isinstance(value, (np.floating, np.integer)):
        value = float(value)
    cases.append({"id": f"t{len(cases):03d}", "dataset": dataset, "stat": stat, "args": args, "value": value,
                  "tol": {"abs": tol / 100, "rel": tol}})


class Dataset:
    def __init__(self, name, scale, categories, columns, scores=None):
        self.name, self.categories, self.columns, self.scores = f"tests-{name}", categories, columns, scores or {}
        self.raters = list(columns)
        count = len(next(iter(columns.values())))
        items = []
        for i in range(count):
            item = {"item": f"i{i}", "cluster": f"c{i // 2}", "labels": {r: None if c[i] is None else categories[c[i]]
                                                                          for r, c in columns.items()}}
            score = {r: s[i] for r, s in self.scores.items() if s[i] is not None}
            items.append(item | ({"score": score} if score else {}))
        head = {"name": self.name, "note": "made by make_tests.py", "scale": scale, "categories": categories, "raters": self.raters,
                "reference": None}
        body = ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)
        text = json.dumps(head)[:-1] + ', "items": [\n' + body + "\n]}\n"
        (HERE / "datasets" / f"{self.name}.json").write_text(text)

    def complete(self, raters, source=None):
        source = source if source is not None else self.columns
        speaking = [r for r in raters if any(v is not None for v in source.get(r, []))]
        rows = list(zip(*[source[r] for r in speaking])) if speaking else []
        return speaking, [row for row in rows if None not in row]


def flip(truth, error, missing, codes=2):
    return [None if rng.random() < missing else t if rng.random() > error else rng.randrange(codes) for t in truth]


def mcnemars(data):
    for a, b in itertools.combinations(data.raters, 2):
        pairs = [(x, y) for x, y in zip(data.columns[a], data.columns[b]) if None not in (x, y)]
        n10, n01 = sum(p == (1, 0) for p in pairs), sum(p == (0, 1) for p in pairs)
        reason = "noOverlap" if not pairs else "noDiscordantPairs" if n10 + n01 == 0 else None
        args = {"a": a, "b": b}
        if reason:
            for stat in ("exact.p", "midp.p", "chi2.statistic", "chi2.p", "chi2corrected.p"):
                add(data.name, f"mcnemar.{stat}", args, undefined(reason))
            continue
        table = [[0, n10], [n01, 0]]
        add(data.name, "mcnemar.exact.p", args, mcnemar(table, exact=True).pvalue)
        pmf = stats.binom.pmf(min(n10, n01), n10 + n01, 0.5)
        exact = min(1.0, 2 * stats.binom.cdf(min(n10, n01), n10 + n01, 0.5))
        add(data.name, "mcnemar.midp.p", args, 1 - pmf / 2 if n10 == n01 else exact - pmf)
        add(data.name, "mcnemar.chi2.statistic", args, mcnemar(table, exact=False, correction=False).statistic)
        add(data.name, "mcnemar.chi2.p", args, mcnemar(table, exact=False, correction=False).pvalue)
        add(data.name, "mcnemar.chi2corrected.p", args, mcnemar(table, exact=False, correction=True).pvalue)


def cochran(data):
    speaking, rows = data.complete(data.raters)
    reason = "tooFewRaters" if len(speaking) < 2 else "noCompleteItems" if not rows else None
    reason = reason or ("noDiscordantItems" if all(len(set(r)) == 1 for r in rows) else None)
    found = None if reason else cochrans_q(np.array(rows))
    args = {"raters": data.raters}
    add(data.name, "cochranQ.statistic", args, undefined(reason) if reason else found.statistic)
    add(data.name, "cochranQ.pvalue", args, undefined(reason) if reason else found.pvalue)


def marginal(data):
    for a, b in itertools.combinations(data.raters, 2):
        pairs = [(x, y) for x, y in zip(data.columns[a], data.columns[b]) if None not in (x, y)]
        used = sorted({v for p in pairs for v in p})
        table = np.array([[sum(p == (i, j) for p in pairs) for j in used] for i in used]).reshape(len(used), len(used))
        reason = "noOverlap" if not pairs else "noDiscordantPairs" if np.trace(table) == len(pairs) else None
        args = {"a": a, "b": b, "categories": [data.categories[u] for u in used]}
        symmetric = None if reason else SquareTable(table.astype(float), shift_zeros=False).symmetry()
        for key in ("statistic", "df", "pvalue"):
            add(data.name, f"bowker.{key}", args, undefined(reason) if reason else getattr(symmetric, key))
        if not reason:
            # The determinant in whole numbers, by fraction-free elimination (Bareiss 1968).
            v = -(table + table.T)
            np.fill_diagonal(v, table.sum(0) + table.sum(1) - 2 * np.diag(table))
            if bareiss([[int(x) for x in row[:-1]] for row in v[:-1]]) == 0:
                reason = "singularCovariance"
        same = None if reason else SquareTable(table.astype(float), shift_zeros=False).homogeneity()
        for key in ("statistic", "df", "pvalue"):
            add(data.name, f"stuartMaxwell.{key}", args, undefined(reason) if reason else getattr(same, key))


def bareiss(m):
    """The determinant of a matrix of whole numbers, exactly."""
    sign, before, n = 1, 1, len(m)
    for k in range(n - 1):
        if m[k][k] == 0:
            swap = next((i for i in range(k + 1, n) if m[i][k]), None)
            if swap is None:
                return 0
            m[k], m[swap], sign = m[swap], m[k], -sign
        for i in range(k + 1, n):
            for j in range(k + 1, n):
                m[i][j] = (m[i][j] * m[k][k] - m[i][k] * m[k][j]) // before
        before = m[k][k]
    return sign * m[-1][-1]


def concordance(data, on):
    source = data.scores if on == "score" else data.columns
    speaking, rows = data.complete(data.raters, source)
    args = {"raters": data.raters, "on": on}
    x = np.array(rows, dtype=float)
    empty = "tooFewRaters" if len(speaking) < 2 else "noCompleteItems" if not rows else None
    reason = "tooFewRaters" if len(speaking) < 3 else empty or ("allRowsTied" if (x == x[:, :1]).all() else None)
    found = None if reason else stats.friedmanchisquare(*x.T)
    add(data.name, "friedman.statistic", args, undefined(reason) if reason else found.statistic)
    add(data.name, "friedman.pvalue", args, undefined(reason) if reason else found.pvalue)
    reason = empty or ("allRatersConstant" if (x == x[:1]).all() else None)
    if reason:
        add(data.name, "kendallW", args, undefined(reason))
    else:
        # Friedman's statistic with raters as blocks is W·m·(n − 1); the items are its treatments.
        add(data.name, "kendallW", args, stats.friedmanchisquare(*x).statistic / (x.shape[1] * (x.shape[0] - 1)))
    correlations(data, args, x, empty)


def correlations(data, args, x, reason):
    names = {"icc1": "ICC(1,1)", "icc2": "ICC(A,1)", "icc3": "ICC(C,1)", "icc1k": "ICC(1,k)", "icc2k": "ICC(A,k)", "icc3k": "ICC(C,k)"}
    if not reason and len(x) < 2:
        reason = "tooFewItems"
    if not reason and (x == x[0, 0]).all():
        reason = "noVariance"
    if reason:
        for stat in names:
            add(data.name, stat, args, undefined(reason))
            add(data.name, f"{stat}.ci95", args, undefined(reason))
        return
    n, k = x.shape
    long = pd.DataFrame([(i, j, x[i, j]) for i in range(n) for j in range(k)], columns=["item", "rater", "value"])
    perfect = bool((x == x[:, :1]).all())
    shifted = bool(np.allclose(x - x[:, :1], (x - x[:, :1])[0], atol=1e-12, rtol=0))
    found = None if shifted else pingouin.intraclass_corr(long, "item", "rater", "value").set_index("Type")["ICC"]
    anova = {"rows": k * ((x.mean(1) - x.mean()) ** 2).sum() / (n - 1), "columns": n * ((x.mean(0) - x.mean()) ** 2).sum() / (k - 1),
             "within": ((x - x.mean(1, keepdims=True)) ** 2).sum() / (n * (k - 1))}
    rest = x - x.mean(1, keepdims=True) - x.mean(0, keepdims=True) + x.mean()
    anova["error"] = 0.0 if shifted else (rest ** 2).sum() / ((n - 1) * (k - 1))
    value = coefficients(anova, n, k)
    ends = intervals(anova, value, n, k)
    for stat, theirs in names.items():
        if not np.isfinite(value[stat]):
            add(data.name, stat, args, undefined("noVariance"))
            add(data.name, f"{stat}.ci95", args, undefined("noVariance"))
            continue
        if found is not None:
            assert abs(found[theirs] - value[stat]) < 1e-9, (data.name, stat, found[theirs], value[stat])
        add(data.name, stat, args, 1.0 if perfect else value[stat])
        none = perfect or (shifted and stat[3] != "1")
        add(data.name, f"{stat}.ci95", args, undefined("noErrorVariance") if none else ends[stat] if stat in ends else undefined("noVariance"))


def coefficients(s, n, k):
    r, c, w, e = (np.float64(0 if abs(s[p]) < 1e-25 else s[p]) for p in ("rows", "columns", "within", "error"))
    return {"icc1": (r - w) / (r + (k - 1) * w), "icc2": (r - e) / (r + (k - 1) * e + k * (c - e) / n), "icc3": (r - e) / (r + (k - 1) * e),
            "icc1k": (r - w) / r, "icc2k": (r - e) / (r + (c - e) / n), "icc3k": (r - e) / r}


def intervals(s, value, n, k):
    """McGraw & Wong 1996, with their a and b."""
    out = {}
    for stat, error, df in (("icc1", s["within"], n * (k - 1)), ("icc3", s["error"], (n - 1) * (k - 1))):
        if error == 0:
            continue
        f = s["rows"] / error
        low, high = f / stats.f.ppf(0.975, n - 1, df), f * stats.f.ppf(0.975, df, n - 1)
        out[stat] = [(low - 1) / (low + k - 1), (high - 1) / (high + k - 1)]
        out[stat + "k"] = [1 - 1 / low, 1 - 1 / high]
    # Without variance between items Satterthwaite's degrees of freedom are 0.
    if s["error"] > 0 and s["rows"] > 1e-25:
        rho = value["icc2"]
        a, b = k * rho / (n * (1 - rho)), 1 + k * rho * (n - 1) / (n * (1 - rho))
        v = (a * s["columns"] + b * s["error"]) ** 2
        v /= (a * s["columns"]) ** 2 / (k - 1) + (b * s["error"]) ** 2 / ((n - 1) * (k - 1))
        lower, upper = stats.f.ppf(0.975, n - 1, v), stats.f.ppf(0.975, v, n - 1)
        r, c, e = s["rows"], s["columns"], s["error"]
        out["icc2"] = [n * (r - lower * e) / (lower * (k * c + (k * n - k - n) * e) + n * r),
                       n * (upper * r - e) / (k * c + (k * n - k - n) * e + n * upper * r)]
        out["icc2k"] = [n * (r - lower * e) / (lower * (c - e) + n * r), n * (upper * r - e) / (c - e + n * upper * r)]
    return out


BINARY = ["nonRefusal", "refusal"]
truth = [int(rng.random() < 0.4) for _ in range(40)]
binary = [
    Dataset("binary-3x40", "binary", BINARY, {f"r{i}": flip(truth, e, m) for i, (e, m) in enumerate([(0.1, 0), (0.5, 0.1), (0.8, 0.1)])}),
    Dataset("binary-perfect-3x8", "binary", BINARY, {f"r{i}": truth[:8] for i in range(3)}),
    Dataset("binary-silent-3x12", "binary", BINARY, {f"r{i}": flip(truth[:12], 0.5, 0) for i in range(2)} | {"r2": [None] * 12}),
    Dataset("binary-disjoint-2x8", "binary", BINARY, {"r0": [0, 1, 1, 0] + [None] * 4, "r1": [None] * 4 + [1, 0, 0, 1]}),
    Dataset("binary-lonely-2x3", "binary", BINARY, {"r0": [0, 1, 1], "r1": [None] * 3}),
    Dataset("binary-item-3x1", "binary", BINARY, {"r0": [0], "r1": [1], "r2": [1]}),
]
for data in binary:
    mcnemars(data)
    cochran(data)
    if len(data.columns["r0"]) > 3:
        concordance(data, "code")

kinds = ["a", "b", "c", "d", "e"]
truth = [rng.choice([0, 0, 1, 2, 3]) for _ in range(45)]
islands = [(0, 1)] * 4 + [(1, 0)] * 2 + [(2, 3)] * 5 + [(3, 2)] + [(0, 0), (2, 2)]
isolated = [(0, 1)] * 3 + [(1, 2)] * 2 + [(2, 0)] + [(4, 4)] * 5
for data in [
    Dataset("nominal-3x45", "nominal", kinds, {f"r{i}": flip(truth, e, 0.05, 5) for i, e in enumerate((0.2, 0.5, 0.9))}),
    Dataset("nominal-islands-2x14", "nominal", kinds, {"r0": [p[0] for p in islands], "r1": [p[1] for p in islands]}),
    Dataset("nominal-isolated-2x11", "nominal", kinds, {"r0": [p[0] for p in isolated], "r1": [p[1] for p in isolated]}),
    Dataset("nominal-perfect-2x6", "nominal", kinds, {"r0": [0, 1, 4, 2, 2, 0], "r1": [0, 1, 4, 2, 2, 0]}),
    Dataset("nominal-disjoint-2x4", "nominal", kinds, {"r0": [0, 1, None, None], "r1": [None, None, 3, 2]}),
]:
    marginal(data)

levels = ["1", "2", "3", "4", "5"]
truth = [rng.randrange(5) for _ in range(24)]
near = [[min(4, max(0, t + rng.choice((-1, 0, 0, 1)))) if rng.random() > 0.06 else None for t in truth] for _ in range(4)]
ordinal = [
    Dataset("ordinal-4x24", "ordinal", levels, {f"r{i}": c for i, c in enumerate(near)}),
    Dataset("ordinal-shift-3x10", "ordinal", levels, {f"r{i}": [t % 3 + i for t in truth[:10]] for i in range(3)}),
    Dataset("ordinal-constant-3x5", "ordinal", levels, {f"r{i}": [2] * 5 for i in range(3)}),
    Dataset("ordinal-opposed-2x9", "ordinal", levels, {"r0": truth[:9], "r1": [4 - t for t in truth[:9]]}),
]
for data in ordinal:
    marginal(data)
    concordance(data, "code")
base = [round(rng.random(), 3) for _ in range(20)]
labels = {f"r{i}": [0] * 20 for i in range(4)}
noisy = {f"r{i}": [round(min(1, max(0, b + rng.gauss(0, 0.15))), 2) if rng.random() > 0.05 else None for b in base] for i in range(4)}
for data in [
    Dataset("scores-4x20", "binary", BINARY, labels, noisy),
    Dataset("scores-perfect-3x20", "binary", BINARY, {r: labels[r] for r in ("r0", "r1", "r2")}, {r: base for r in ("r0", "r1", "r2")}),
    Dataset("scores-shift-3x20", "binary", BINARY, {r: labels[r] for r in ("r0", "r1", "r2")},
            {"r0": [round(b / 2, 3) for b in base], "r1": [round(round(b / 2, 3) + 0.1, 3) for b in base],
             "r2": [round(round(b / 2, 3) + 0.3, 3) for b in base]}),
]:
    concordance(data, "score")

for k1, n1, k2, n2 in [(0, 50, 0, 50), (3, 50, 9, 50), (50, 50, 0, 50), (1, 2, 0, 3), (10, 10, 3, 9), (700, 1000, 640, 1000), (25, 50, 25, 50),
                       (2, 9, 7, 31), (0, 7, 3, 7), (120, 4000, 10, 300)]:
    p = stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]]).pvalue
    add(None, "fisher.p", {"k1": k1, "n1": n1, "k2": k2, "n2": n2}, p)
add(None, "fisher.p", {"k1": 0, "n1": 0, "k2": 0, "n2": 0}, undefined("noTrials"))
for n in (2, 5, 10):
    x = [round(rng.random(), 2) for _ in range(n)]
    y = [round(v + rng.gauss(0.05, 0.1), 2) for v in x]
    t = stats.ttest_rel(x, y)
    ends = t.confidence_interval(0.95)
    add(None, "pairedT", {"x": x, "y": y}, {"statistic": float(t.statistic), "df": float(t.df), "p": float(t.pvalue),
                                          "interval": [float(ends.low), float(ends.high)]}, 1e-9)
add(None, "pairedT", {"x": [0.3, 0.4, 0.7], "y": [0.1, 0.2, 0.5]}, undefined("noVariance"))
add(None, "pairedT", {"x": [1], "y": [2]}, undefined("tooFewItems"))
add(None, "pairedT", {"x": [], "y": []}, undefined("noOverlap"))
for shape in ((6, 4), (3, 9)):
    x = np.round(rng.random() + np.array([[rng.gauss(0.1 * i, 0.1) + 0.07 * j for j in range(shape[1])] for i in range(shape[0])]), 3)
    long = pd.DataFrame([(i, j, x[i, j]) for i in range(shape[0]) for j in range(shape[1])], columns=["s", "j", "y"])
    table = sm.stats.anova_lm(smf.ols("y ~ C(s) + C(j)", long).fit())["mean_sq"]
    e = table["Residual"]
    rows, columns = (table["C(s)"] - e) / shape[1], (table["C(j)"] - e) / shape[0]
    add(None, "varianceComponents", {"ratings": x.tolist()}, {"rows": rows, "columns": columns, "residual": e,
                                                              "columnShare": max(0, columns) / (max(0, rows) + max(0, columns) + e)})
for sizes in ((3, 2, 4), (2, 2, 2)):
    x = np.round(np.array([[[rng.gauss(0.3 * i + 0.2 * j * k, 0.2) for k in range(sizes[2])] for j in range(sizes[1])]
                           for i in range(sizes[0])]), 3)
    long = pd.DataFrame([(*index, x[index]) for index in np.ndindex(*sizes)], columns=["a", "b", "c", "y"])
    table = sm.stats.anova_lm(smf.ols("y ~ (C(a) + C(b) + C(c)) ** 2", long).fit())["sum_sq"]
    names = {"first": "C(a)", "second": "C(b)", "third": "C(c)", "firstSecond": "C(a):C(b)", "firstThird": "C(a):C(c)",
             "secondThird": "C(b):C(c)", "residual": "Residual"}
    add(None, "threeWayShares", {"values": x.tolist()}, {ours: table[theirs] / table.sum() for ours, theirs in names.items()})

versions = {name: version(name) for name in ("statsmodels", "scipy", "pingouin", "numpy")}
body = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
text = '{"group":"tests","versions":%s,"count":%d,"cases":[\n%s\n]}\n' % (json.dumps(versions), len(cases), body)
(HERE / "expected" / "tests.json").write_text(text)
print(len(cases), "cases")

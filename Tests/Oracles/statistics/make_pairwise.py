"""Writes expected/pairwise.json and its datasets: agreement of two raters as scikit-learn, statsmodels, irrCAC and scipy see it.

pip install scikit-learn statsmodels irrCAC scipy krippendorff pandas
Percent agreement, Scott's pi and PABAK are in no library of these; they are worked out in fractions.
"""
import itertools
import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from label_tables import BINARY, Cases, Table, drawn, generator, noisy, undefined

warnings.filterwarnings("ignore")
SEED = 4107
rng = generator(SEED)
cases = Cases("pairwise", SEED, ["numpy", "scipy", "scikit-learn", "statsmodels", "irrCAC"])
FRACTIONS = "fractions"


def binary():
    truth = drawn(rng, 36, [0.6, 0.4])
    return Table("pairwise-binary-3x36", BINARY, {"a": noisy(rng, truth, 2, 0.2, 0.1), "b": noisy(rng, truth, 2, 0.5, 0.2), "c": noisy(rng, truth, 2, 1.0)})


def prevalent():
    return Table("pairwise-prevalent-2x30", BINARY, {"a": drawn(rng, 30, [0.06, 0.94]), "b": drawn(rng, 30, [0.05, 0.95])})


def ordinal():
    # The middle category is declared and unused.
    names = ["none", "slight", "some", "much", "all"]
    truth = drawn(rng, 30, [0.3, 0.3, 0, 0.2, 0.2])
    columns = {r: [None if v == 2 else v for v in noisy(rng, truth, 5, e, 0.05)] for r, e in (("a", 0.1), ("b", 0.4), ("c", 0.9))}
    return Table("pairwise-ordinal5-3x30", names, columns, scale="ordinal")


def nominal():
    truth = drawn(rng, 40, [0.4, 0.3, 0.2, 0.1])
    return Table("pairwise-nominal4-2x40", ["red", "green", "blue", "grey"], {"a": truth, "b": noisy(rng, truth, 4, 0.5, 0.25)}, scale="nominal")


def corners():
    columns = {
        "varying": [0, 1, 1, 0, 1, 0, 1, 1],
        "ones": [1] * 8,
        "ones2": [1] * 8,
        "zeros": [0] * 8,
        "early": [0, 1, 0, 1, None, None, None, None],
        "late": [None, None, None, 0, 1, 1, 0, 0],
        "later": [None, None, None, None, 1, 1, 0, 1],
        "silent": [None] * 8,
    }
    return Table("pairwise-corners-8x8", BINARY, columns)


def scored():
    columns, scores = {}, {}
    base = [rng.random() for _ in range(26)]
    for name, spread, digits in (("a", 0.1, 4), ("b", 0.3, 1), ("c", 0.9, 3)):
        values = [round(min(1, max(0, s + rng.uniform(-spread, spread))), digits) for s in base]
        scores[name] = [None if rng.random() < 0.1 else v for v in values]
    scores["flat"] = [0.7] * 26
    scores["alone"] = [scores["a"][0] or 0.5] + [None] * 25
    for name, values in scores.items():
        columns[name] = [None if v is None else int(v >= 0.5) for v in values]
    return Table("pairwise-scores-5x26", BINARY, columns, scores=scores)


def correlations(x, y):
    """Reasons in their order, then scipy."""
    if len(x) == 0:
        return {k: undefined("noOverlap") for k in ("pearson", "spearman", "kendallTauB")}
    if len(x) < 2:
        return {k: undefined("tooFewItems") for k in ("pearson", "spearman", "kendallTauB")}
    if len(set(x)) == 1 or len(set(y)) == 1:
        return {k: undefined("constantRater") for k in ("pearson", "spearman", "kendallTauB")}
    return {"pearson": float(stats.pearsonr(x, y)[0]), "spearman": float(stats.spearmanr(x, y)[0]), "kendallTauB": float(stats.kendalltau(x, y)[0])}


def pair(table, a, b):
    args = {"a": a, "b": b}
    both = table.both(a, b)
    x, y = [p[0] for p in both], [p[1] for p in both]
    n, q = len(both), table.q
    gwet = {"gwetAC1": "identity"}
    kappas = {"cohenKappa": None}
    if table.scale == "ordinal":
        gwet |= {"gwetAC2Linear": "linear", "gwetAC2Quadratic": "quadratic"}
    if table.scale != "nominal":
        kappas |= {"cohenKappaLinear": "linear", "cohenKappaQuadratic": "quadratic"}
    add = lambda stat, value, lib: cases.add(table, stat, args, value, lib)

    add("overlap", n, FRACTIONS)
    pooled = [sum(v == k for v in x + y) for k in range(q)]
    agreeing = sum(i == j for i, j in both)
    same = n > 0 and max(pooled) == 2 * n
    if n == 0:
        for stat in ["percentAgreement", "scottPi", "pabak", *kappas, *gwet, "gwetAC1.se", "gwetAC1.ci95", "cohenKappa.se"]:
            add(stat, undefined("noOverlap"), FRACTIONS)
    else:
        po = Fraction(agreeing, n)
        add("percentAgreement", float(po), FRACTIONS)
        pe = sum(Fraction(k, 2 * n) ** 2 for k in pooled)
        add("scottPi", undefined("zeroExpectedDisagreement") if same else float((po - pe) / (1 - pe)), FRACTIONS)
        add("pabak", float((q * po - 1) / (q - 1)), FRACTIONS)
        for stat, weights in kappas.items():
            value = undefined("zeroExpectedDisagreement") if same else float(cohen_kappa_score(x, y, labels=range(q), weights=weights))
            add(stat, value, "scikit-learn")
            # The large-sample error of Fleiss, Cohen & Everitt; statsmodels' own weights have the same distances.
            if same:
                error = undefined("zeroExpectedDisagreement")
            elif n < 2:
                error = undefined("tooFewItems")
            else:
                counts = np.zeros((q, q))
                np.add.at(counts, (x, y), 1)
                steps = np.abs(np.subtract.outer(np.arange(q), np.arange(q)))
                away = {None: None, "linear": steps, "quadratic": steps**2}[weights]
                found = cohens_kappa(counts, weights=away) if weights else cohens_kappa(counts)
                assert abs(found.kappa - value) < 1e-12
                # A variance of 0 comes out as the root of a rounding error, of either sign.
                error = 0.0 if n == agreeing else float(np.sqrt(max(0, found.var_kappa)))
            add(f"{stat}.se", error, "statsmodels")
        for stat, weights in gwet.items():
            if n < 2:
                # One item: the coefficient by hand, no error.
                pi = [Fraction(k, 2) for k in pooled]
                pe = sum(p * (1 - p) for p in pi) / (q - 1)
                add(stat, float((po - pe) / (1 - pe)), FRACTIONS)
                add(f"{stat}.se", undefined("tooFewItems"), FRACTIONS)
                add(f"{stat}.ci95", undefined("tooFewItems"), FRACTIONS)
                continue
            found = CAC(pd.DataFrame(np.array(both, float)), weights=weights, categories=[float(k) for k in range(q)], digits=15).gwet()["est"]
            add(stat, float(found["coefficient_value"]), "irrCAC")
            add(f"{stat}.se", float(found["se"]), "irrCAC")
            add(f"{stat}.ci95", [float(v) for v in found["confidence_interval"]], "irrCAC")
    found = correlations(x, y)
    if q == 2:
        add("phi", found["pearson"], "scipy")
        add("kendallTauB", found["kendallTauB"], "scipy")
    elif table.scale == "ordinal":
        for stat, value in found.items():
            add(stat, value, "scipy")


for table in (binary(), prevalent(), ordinal(), nominal()):
    table.write()
    first, *others = table.columns
    for other in others:
        pair(table, first, other)
table = corners()
table.write()
for a, b in [("ones", "ones2"), ("ones", "zeros"), ("varying", "ones"), ("varying", "varying"), ("early", "late"), ("early", "later"), ("silent", "varying")]:
    pair(table, a, b)
table = scored()
table.write()
for a, b in itertools.combinations(table.columns, 2):
    both = [(s, t) for s, t in zip(table.scores[a], table.scores[b]) if s is not None and t is not None]
    for stat, value in correlations([p[0] for p in both], [p[1] for p in both]).items():
        cases.add(table, f"score.{stat}", {"a": a, "b": b}, value, "scipy")
cases.write()

"""Writes expected/multirater.json and its datasets: agreement of several raters as irrCAC, statsmodels and krippendorff see it.

pip install irrCAC statsmodels krippendorff pandas
The mean share of equal pairs is in no library of these; it is worked out in fractions.
"""
import itertools
import warnings
from fractions import Fraction

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from label_tables import BINARY, Cases, Table, drawn, generator, noisy, undefined

warnings.filterwarnings("ignore")
SEED = 5209
rng = generator(SEED)
cases = Cases("multirater", SEED, ["numpy", "irrCAC", "statsmodels", "krippendorff"])
# Without arguments: all raters with a label.
ARGS = {}
RULE = "definition"
COEFFICIENTS = {"gwetAC1": "gwet", "fleissKappaGeneral": "fleiss", "congerKappa": "conger", "brennanPrediger": "bp"}


def panel(name, categories, count, raters, weights, missing, scale, skip=()):
    truth = drawn(rng, count, weights)
    columns = {}
    for r in range(raters):
        labels = noisy(rng, truth, len(categories), 0.15 + 0.5 * r / raters, missing * (0.5 + r / raters))
        columns[f"r{r + 1}"] = [None if v in skip else v for v in labels]
    return Table(name, categories, columns, scale=scale)


def tables():
    yield panel("multirater-complete-3x30", BINARY, 30, 3, [0.3, 0.7], 0, "binary")
    sparse = panel("multirater-sparse-6x30", BINARY, 30, 6, [0.5, 0.5], 0.5, "binary")
    sparse.columns["silent"] = [None] * 30
    for column in sparse.columns.values():
        column[7] = None
    yield sparse
    yield panel("multirater-likert5-4x30", ["1", "2", "3", "4", "5"], 30, 4, [1, 1, 0, 1, 1], 0.2, "ordinal", skip=(2,))
    yield panel("multirater-nominal3-5x28", ["red", "green", "blue"], 28, 5, [0.5, 0.3, 0.2], 0.25, "nominal")
    yield Table("multirater-constant-3x6", BINARY, {r: [1] * 6 for r in "abc"})
    yield Table("multirater-one-item-3", BINARY, {"a": [0], "b": [1], "c": [1]})
    yield Table("multirater-one-voice-3x4", BINARY, {"a": [0, 1, 1, 0], "b": [None] * 4, "c": [None] * 4})
    yield Table("multirater-disjoint-3x6", BINARY, {"a": [0, 1] + [None] * 4, "b": [None] * 2 + [1, 0] + [None] * 2, "c": [None] * 4 + [1, 1]})
    yield Table("multirater-incomplete-3x6", BINARY, {"a": [0, 1, None, 1, 0, None], "b": [0, None, 1, 0, None, 1], "c": [None, 1, 1, None, 0, 1]})


def ask(table):
    add = lambda stat, value, lib: cases.add(table, stat, ARGS, value, lib)
    columns = [table.columns[r] for r in table.speaking]
    rows = [[v for v in row if v is not None] for row in zip(*columns)]
    pairable = [row for row in rows if len(row) >= 2]
    used = {v for row in rows for v in row}
    complete = [row for row in rows if len(row) == len(columns)]
    labelled = sum(len(row) > 0 for row in rows)
    reason = "tooFewRaters" if len(columns) < 2 else "noOverlap" if not pairable else None
    kinds = {"": "identity"}
    if table.scale == "ordinal":
        kinds |= {"Linear": "linear", "Quadratic": "quadratic"}
    for (name, method), (suffix, weights) in itertools.product(COEFFICIENTS.items(), kinds.items()):
        stat = f"gwetAC2{suffix}" if name == "gwetAC1" and suffix else f"{name}{suffix}"
        has_chance = name in ("gwetAC1", "brennanPrediger") or len(used) > 1
        why = reason or (None if has_chance else "zeroExpectedDisagreement")
        if why:
            for part in ("", ".se", ".ci95"):
                add(stat + part, undefined(why), RULE)
            continue
        frame = pd.DataFrame(np.array([[np.nan if v is None else v for v in c] for c in columns], float).T)
        with np.errstate(all="ignore"):
            try:
                found = getattr(CAC(frame, weights=weights, categories=[float(k) for k in range(table.q)], digits=15), method)()["est"]
            except ZeroDivisionError:
                # One item: the library has no variance to divide by and gives no coefficient either.
                found = None
        if labelled < 2:
            if found is not None:
                add(stat, float(found["coefficient_value"]), "irrCAC")
            add(f"{stat}.se", undefined("tooFewItems"), RULE)
            add(f"{stat}.ci95", undefined("tooFewItems"), RULE)
        else:
            add(stat, float(found["coefficient_value"]), "irrCAC")
            add(f"{stat}.se", float(found["se"]), "irrCAC")
            add(f"{stat}.ci95", [float(v) for v in found["confidence_interval"]], "irrCAC")
    shares = [Fraction(sum(x == y for x, y in itertools.combinations(row, 2)), len(row) * (len(row) - 1) // 2) for row in pairable]
    add("percentAgreementMulti", undefined(reason) if reason else float(sum(shares) / len(shares)), "fractions")
    for stat, method in (("fleissKappaComplete", "fleiss"), ("randolphKappaComplete", "randolph")):
        if len(columns) < 2:
            value = undefined("tooFewRaters")
        elif not complete:
            value = undefined("noCompleteItems")
        elif method == "fleiss" and len({v for row in complete for v in row}) == 1:
            value = undefined("zeroExpectedDisagreement")
        else:
            counts, _ = aggregate_raters(np.array(complete), n_cat=table.q)
            value = float(fleiss_kappa(counts, method=method))
        add(stat, value, "statsmodels")
    data = np.array([[np.nan if v is None else v for v in c] for c in columns], float)
    for level in ("nominal",) if table.scale == "nominal" else ("nominal", "ordinal", "interval"):
        if reason:
            value = undefined(reason)
        elif len({v for row in pairable for v in row}) == 1:
            value = undefined("zeroExpectedDisagreement")
        else:
            value = float(krippendorff.alpha(reliability_data=data, level_of_measurement=level, value_domain=list(range(table.q))))
        add(f"krippendorffAlpha.{level}", value, "krippendorff")


for table in tables():
    table.write()
    ask(table)

scores = {f"r{k}": [None if rng.random() < 0.2 else round(rng.random() ** 2, 3) for _ in range(24)] for k in range(4)}
labels = {r: [None if v is None else int(v >= 0.5) for v in s] for r, s in scores.items()}
scored = Table("multirater-scores-4x24", BINARY, labels, scores=scores)
flat = Table("multirater-scores-flat-2x5", BINARY, {"a": [0] * 5, "b": [0] * 5}, scores={"a": [0.25] * 5, "b": [0.25] * 4 + [None]})
for table in (scored, flat):
    table.write()
    data = np.array([[np.nan if v is None else v for v in s] for s in table.scores.values()], float)
    value = undefined("zeroExpectedDisagreement") if table is flat else float(krippendorff.alpha(reliability_data=data, level_of_measurement="interval"))
    cases.add(table, "score.krippendorffAlpha.interval", ARGS, value, "krippendorff")
cases.write()

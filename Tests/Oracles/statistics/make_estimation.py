"""Writes expected/estimation.json and its datasets: prediction-powered means (ppi-python), difference in differences
(statsmodels), Rogan-Gladen and signal detection (worked out from the counts with scipy's normal distribution).

pip install ppi-python statsmodels scipy
"""
import json
import math
import warnings

import numpy as np
import statsmodels.api as sm
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
from scipy.stats import norm

from label_tables import HERE, Cases, Table, drawn, generator, noisy, undefined

warnings.filterwarnings("ignore")
SEED = 9341
rng = generator(SEED)
cases = Cases("estimation", SEED, ["ppi-python", "statsmodels", "scipy"])
LABELS = ["nonRefusal", "refusal"]
Z = float(norm.ppf(0.975))


class DesignTable(Table):
    """A table whose items have a cluster, a system and a kind."""

    def __init__(self, name, columns, clusters, systems, kinds):
        super().__init__(name, LABELS, columns, scale="binary", reference="human")
        self.design = list(zip(clusters, systems, kinds))

    def write(self):
        super().write()
        file = HERE / "datasets" / f"{self.name}.json"
        table = json.loads(file.read_text())
        items = table.pop("items")
        for item, (cluster, system, kind) in zip(items, self.design):
            item |= {"cluster": cluster, "system": system, "kind": kind}
        rows = ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)
        file.write_text(json.dumps(table)[:-1] + ', "items": [\n' + rows + "\n]}\n")


def judged_tables():
    truth = drawn(rng, 120, [0.7, 0.3])
    columns = {
        "human": [t if i % 3 == 0 else None for i, t in enumerate(truth)],
        "good": noisy(rng, truth, 2, 0.15, 0.05),
        "poor": noisy(rng, truth, 2, 0.8),
        "exact": list(truth),
        "inverse": [1 - t for t in truth],
        "coin": drawn(rng, 120, [0.5, 0.5]),
        "ones": [1] * 120,
        "silent": [None] * 120,
        "elsewhere": [1 if i % 3 else None for i in range(120)],
    }
    yield Table("estimation-judged-9x120", LABELS, columns, scale="binary", reference="human")
    truth = drawn(rng, 40, [0.5, 0.5])
    yield Table("estimation-labelled-4x40", LABELS, {"human": truth, "good": noisy(rng, truth, 2, 0.3), "same": list(truth), "zeros": [0] * 40}, scale="binary", reference="human")
    yield Table("estimation-one-class-3x20", LABELS, {"human": [0] * 10 + [None] * 10, "good": drawn(rng, 20, [0.7, 0.3]), "ones": [1] * 20}, scale="binary", reference="human")
    yield Table("estimation-one-label-2x9", LABELS, {"human": [1] + [None] * 8, "good": [1, 1, 0, 1, 0, 0, 1, 0, 1]}, scale="binary", reference="human")
    yield Table("estimation-one-left-2x9", LABELS, {"human": [1, 0, 1, 1, 0, 0, 1, 0, None], "good": [1, 1, 0, 1, 0, 0, 1, 0, 1]}, scale="binary", reference="human")


def ask_judge(table, judge):
    args = {"human": "human", "judge": judge}
    pairs = table.both("human", judge)
    rest = [j for h, j in zip(table.columns["human"], table.columns[judge]) if h is None and j is not None]
    y, f, u = (np.array(v, dtype=float) for v in ([p[0] for p in pairs], [p[1] for p in pairs], rest))
    powered(table, args, y, f, u)
    tp, fn, fp, tn = (sum(p == want for p in pairs) for want in ((1, 1), (1, 0), (0, 1), (0, 0)))
    signal(table, args | {"signal": "refusal"}, tp, fn, fp, tn)
    corrected(table, args, tp, fn, fp, tn, rest if rest else [p[1] for p in pairs])


def powered(table, args, y, f, u):
    lib = "ppi-python"
    missing = "noLabelled" if len(y) < 2 else "noUnlabelled" if len(u) < 2 else None
    flat = missing or ("noVariance" if len(set(f) | set(u)) == 1 else None)
    if missing:
        cases.add(table, "ppi.mean", args, undefined(missing), lib)
        cases.add(table, "ppi.ci95", args, undefined(missing), lib)
    else:
        cases.add(table, "ppi.mean", args, float(ppi_mean_pointestimate(y, f, u, lam=1)), lib)
        cases.add(table, "ppi.ci95", args, [float(e[0]) for e in ppi_mean_ci(y, f, u, alpha=0.05, lam=1)], lib)
    if flat:
        for stat in ("lambda", "mean", "ci95"):
            cases.add(table, "ppiPlusPlus." + stat, args, undefined(flat), lib)
    else:
        both = np.concatenate([f, u])
        weight = np.cov(y, f, ddof=0)[0, 1] / ((1 + len(y) / len(u)) * both.var(ddof=1))
        cases.add(table, "ppiPlusPlus.lambda", args, float(min(1, max(0, weight))), "numpy")
        cases.add(table, "ppiPlusPlus.mean", args, float(ppi_mean_pointestimate(y, f, u)), lib)
        cases.add(table, "ppiPlusPlus.ci95", args, [float(e[0]) for e in ppi_mean_ci(y, f, u, alpha=0.05)], lib)


def signal(table, args, tp, fn, fp, tn):
    stats = ("dPrime", "criterion", "lnBeta", "dPrimeSE")
    values = [undefined("noPositives")] * 4 if tp + fn == 0 else [undefined("noNegatives")] * 4
    if tp + fn and fp + tn:
        hit, alarm = (tp + 0.5) / (tp + fn + 1), (fp + 0.5) / (fp + tn + 1)
        zh, zf = float(norm.ppf(hit)), float(norm.ppf(alarm))
        variance = hit * (1 - hit) / ((tp + fn) * norm.pdf(zh) ** 2) + alarm * (1 - alarm) / ((fp + tn) * norm.pdf(zf) ** 2)
        values = [zh - zf, -(zh + zf) / 2, float(norm.logpdf(zh) - norm.logpdf(zf)), math.sqrt(variance)]
    for stat, value in zip(stats, values):
        cases.add(table, "sdt." + stat, args, value, "scipy.stats.norm")


def corrected(table, args, tp, fn, fp, tn, rate_on):
    reason = "noPositives" if tp + fn == 0 else "noNegatives" if fp + tn == 0 else None
    if not reason and tp * (fp + tn) + tn * (tp + fn) <= (tp + fn) * (fp + tn):
        reason = "judgeNotInformative"
    if reason:
        values = [undefined(reason)] * 4
    else:
        se, sp, q = tp / (tp + fn), tn / (fp + tn), sum(rate_on) / len(rate_on)
        rate = (q + sp - 1) / (se + sp - 1)
        terms = q * (1 - q) / len(rate_on), rate**2 * se * (1 - se) / (tp + fn), (1 - rate) ** 2 * sp * (1 - sp) / (fp + tn)
        error = math.sqrt(sum(terms)) / (se + sp - 1)
        clip = lambda x: min(1.0, max(0.0, x))
        values = [rate, clip(rate), error, [clip(rate - Z * error), clip(rate + Z * error)]]
    for stat, value in zip(("unclipped", "estimate", "se", "ci95"), values):
        cases.add(table, "roganGladen." + stat, args, value, "delta method")


def designs():
    for name, prompts, copies, missing in (("estimation-did-2x96", 24, 2, 0.1), ("estimation-did-small-2x16", 8, 1, 0.0)):
        rows = [(p, s, c) for p in range(prompts) for s in ("base", "edited") for c in range(copies)]
        lean = [rng.uniform(-0.25, 0.25) for _ in range(prompts)]
        kind = lambda p: "harmful" if p % 2 else "harmless"
        chance = {("base", "harmful"): 0.7, ("edited", "harmful"): 0.4, ("base", "harmless"): 0.35, ("edited", "harmless"): 0.3}
        human = [int(rng.random() < chance[(s, kind(p))] + lean[p]) for p, s, _ in rows]
        judge = [None if rng.random() < missing else v if rng.random() < 0.8 else 1 - v for v in human]
        yield DesignTable(name, {"human": human, "judge": judge}, [f"p{p}" for p, _, _ in rows], [s for _, s, _ in rows], [kind(p) for p, _, _ in rows])
    yield DesignTable("estimation-did-cell-2x6", {"human": [1, 0, 1, 0, 1, 1], "judge": [1, 0, 1, None, 0, 1]}, list("aabbcc"), ["base", "edited"] * 3, ["harmful", "harmful", "harmless", "harmless", "harmful", "harmless"])


def ask_design(table, rater):
    args = {"rater": rater, "outcome": "refusal"}
    rows = [(v, int(s == "edited"), int(k == "harmful"), c) for v, (c, s, k) in zip(table.columns[rater], table.design) if v is not None]
    cells = {(e, h): [v for v, a, b, _ in rows if (a, b) == (e, h)] for e in (0, 1) for h in (0, 1)}
    stats = ("estimate", "seIndependent", "ci95Independent", "seCluster", "ci95Cluster")
    if not all(cells.values()):
        for stat in stats:
            cases.add(table, "did." + stat, args, undefined("noTrials"), "statsmodels")
        return
    y = np.array([r[0] for r in rows], dtype=float)
    x = np.array([[1, e, h, e * h] for _, e, h, _ in rows], dtype=float)
    groups = np.unique([r[3] for r in rows], return_inverse=True)[1]
    fit = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": groups})
    low, high = fit.conf_int()[3]
    estimate = -float(fit.params[3])
    error = math.sqrt(sum(np.mean(c) * (1 - np.mean(c)) / len(c) for c in cells.values()))
    values = [estimate, error, [estimate - Z * error, estimate + Z * error], float(fit.bse[3]), [-float(high), -float(low)]]
    for stat, value in zip(stats, values):
        cases.add(table, "did." + stat, args, value, "statsmodels")


for table in judged_tables():
    table.write()
    for judge in list(table.columns)[1:]:
        ask_judge(table, judge)
for table in designs():
    table.write()
    for rater in table.columns:
        ask_design(table, rater)
cases.write()

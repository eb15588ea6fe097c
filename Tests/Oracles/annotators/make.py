"""Writes annotators.json: the alternative annotator test, flip rates and human-label budgets by brute force.

pip install scipy statsmodels
Every definition is spelled out item by item; t tests and adjusted p-values are scipy's and statsmodels'.
"""
import json
import math
import pathlib
import random
import warnings
from importlib.metadata import version
from itertools import combinations

import numpy as np
import statsmodels.api as sm
from scipy.optimize import minimize_scalar
from scipy.stats import norm, ttest_1samp
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
rng = random.Random(20251125)


def undefined(reason):
    return {"undefined": reason}


def noisy(truth, q, error, missing):
    return [None if rng.random() < missing else rng.randrange(q) if rng.random() < error else t for t in truth]


def alternative(annotators, judge, epsilon, minimum):
    """Calderon, Reichart & Dror 2025, section 3."""
    humans = [a for a in range(len(annotators)) if any(v is not None for v in annotators[a])]
    rows, family = [], []
    for j in humans:
        better_judge, better_human = [], []
        for i, own in enumerate(annotators[j]):
            rest = [annotators[k][i] for k in humans if k != j and annotators[k][i] is not None]
            if own is None or judge[i] is None or not rest:
                continue
            score = lambda label: sum(label == r for r in rest) / len(rest)
            better_judge.append(int(score(judge[i]) >= score(own)))
            better_human.append(int(score(own) >= score(judge[i])))
        differences = [h - f for h, f in zip(better_human, better_judge)]
        p = None
        if len(differences) >= minimum:
            if len(set(differences)) == 1:
                p = 0.0 if differences[0] < epsilon else 1.0
            else:
                p = float(ttest_1samp(differences, epsilon, alternative="less").pvalue)
            family.append(len(rows))
        rows.append({"items": len(differences), "judge": float(np.mean(better_judge)), "annotator": float(np.mean(better_human)), "p": p, "adjusted": None, "won": False})
    rejected, adjusted, _, _ = multipletests([rows[k]["p"] for k in family], alpha=0.05, method="fdr_by")
    for k, r, a in zip(family, rejected, adjusted):
        rows[k] |= {"won": bool(r), "adjusted": float(a)}
    omega = sum(rows[k]["won"] for k in family) / len(family)
    rho = float(np.mean([rows[k]["judge"] for k in family]))
    return {"comparisons": rows, "winningRate": omega, "advantage": rho, "passed": omega >= 0.5}


def alternative_cases():
    for annotators, items, q, judge_error, missing, epsilon in [(3, 60, 2, 0.2, 0, 0.2), (4, 80, 3, 0.1, 0.1, 0.15), (5, 120, 2, 0.6, 0.2, 0.1), (6, 90, 4, 0.02, 0.4, 0.2), (3, 45, 2, 0.9, 0.05, 0.1), (8, 50, 2, 0.15, 0.5, 0.1), (3, 40, 2, 0.0, 0.0, 0.2)]:
        truth = [rng.randrange(q) for _ in range(items)]
        columns = [noisy(truth, q, rng.uniform(0.05, 0.45) if judge_error else 0, missing) for _ in range(annotators)]
        judge = noisy(truth, q, judge_error, missing / 4)
        for minimum in (10, 30):
            case = {"annotators": columns, "judge": judge, "categories": q, "epsilon": epsilon, "minimumItems": minimum}
            try:
                yield case | {"expected": alternative(columns, judge, epsilon, minimum)}
            except (ZeroDivisionError, IndexError, ValueError):
                yield case | {"expected": undefined("tooFewItems")}


def flips(passes, clusters):
    """All pairs of passes of an item; the clustered interval is that of least squares on a constant."""
    rows = [(int(a[i] != b[i]), clusters[i] if clusters else i) for a, b in combinations(passes, 2) for i in range(len(a)) if a[i] is not None and b[i] is not None]
    y = np.array([r[0] for r in rows], dtype=float)
    count = len({r[1] for r in rows})
    if clusters is None and len(passes) == 2:
        ends = proportion_confint(int(y.sum()), len(y), method="wilson")
    elif y.sum() in (0, len(y)):
        ends = proportion_confint(count if y.sum() else 0, count, method="wilson")
    else:
        groups = np.unique([r[1] for r in rows], return_inverse=True)[1]
        fit = sm.OLS(y, np.ones((len(y), 1))).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
        ends = fit.conf_int()[0]
    return {"pairs": len(y), "flips": int(y.sum()), "interval": [max(0.0, float(ends[0])), min(1.0, float(ends[1]))]}


def flip_cases():
    for passes, items, error, missing, prompts in [(2, 40, 0.2, 0.1, None), (3, 40, 0.2, 0.1, None), (4, 30, 0.5, 0.2, None), (2, 48, 0.3, 0, 12), (5, 36, 0.1, 0.1, 9), (3, 12, 0, 0, None), (2, 9, 0, 0, 3)]:
        truth = [rng.randrange(2) for _ in range(items)]
        columns = [noisy(truth, 2, error, missing) for _ in range(passes)]
        clusters = [i % prompts for i in range(items)] if prompts else None
        yield {"passes": columns, "clusters": clusters, "expected": flips(columns, clusters)}


def budget(table, positives, total, width, pooled):
    """The smallest number of labels by trying each, the best weight by minimisation."""
    n11, n10, n01, n00 = table
    y = np.array([1] * (n11 + n10) + [0] * (n01 + n00), dtype=float)
    f = np.array([1] * n11 + [0] * n10 + [1] * n01 + [0] * n00, dtype=float)
    u = np.array([1] * positives + [0] * (total - positives), dtype=float)
    judge, cov = np.concatenate([f, u]).var(ddof=1), np.cov(y, f, ddof=0)[0, 1]
    z = norm.ppf(0.975)

    def powered(n, others):
        def variance(weight):
            return weight**2 * judge / others + (y.var() - 2 * weight * cov + weight**2 * judge) / n

        if others == 0:
            return y.var() / n
        best = minimize_scalar(variance, bounds=(0, 1), method="bounded", options={"xatol": 1e-12}).x
        return min(variance(best), variance(0), variance(1))

    weight = min(1, max(0, cov / ((1 + len(y) / total) * judge)))
    now = {"powered": np.var(weight * u) / total + np.var(y - weight * f) / len(y), "classical": y.var() / len(y)}
    needs = {}
    for kind in now:
        found = 0 if 2 * z * math.sqrt(now[kind]) <= width else None
        for k in range(1, (total if pooled else 4000) + 1):
            if found is None:
                n = len(y) + k
                v = powered(n, total - k if pooled else total) if kind == "powered" else y.var() / n
                found = k if 2 * z * math.sqrt(v) <= width else None
        needs[kind] = {"more": found} if found is not None else {"narrowest": 2 * z * math.sqrt(y.var() / (len(y) + total))}
    return needs


def budget_cases():
    for table, positives, total in [((20, 5, 4, 31), 300, 800), ((10, 9, 12, 19), 100, 240), ((25, 0, 0, 35), 90, 200), ((5, 15, 14, 6), 60, 150), ((30, 1, 2, 7), 40, 50)]:
        for width in (0.3, 0.2, 0.12, 0.08, 0.05):
            for pooled in (True, False):
                yield {"table": table, "positives": positives, "total": total, "width": width, "pooled": pooled, "expected": budget(table, positives, total, width, pooled)}


names = ["numpy", "scipy", "statsmodels"]
document = {"versions": {n: version(n) for n in names}}
for kind, cases in (("alternative", alternative_cases()), ("flips", flip_cases()), ("budgets", budget_cases())):
    document[kind] = list(cases)
(pathlib.Path(__file__).parent / "annotators.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")

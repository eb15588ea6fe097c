"""Writes agreement.json: random label sets with what scikit-learn, statsmodels and krippendorff say of them.

pip install scikit-learn statsmodels krippendorff
"""
import json
import pathlib
import random
import warnings
from importlib.metadata import version

import krippendorff
import numpy as np
import sklearn
import statsmodels
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
rng = random.Random(20251124)


def labels(n, p, missing):
    return [None if rng.random() < missing else int(rng.random() < p) for _ in range(n)]


def noisy(truth, error, missing):
    return [None if t is None or rng.random() < missing else (t if rng.random() > error else 1 - t) for t in truth]


def undefined(reason):
    return {"undefined": reason}


def pair(a, b):
    both = [(x, y) for x, y in zip(a, b) if x is not None and y is not None]
    if not both:
        return {k: undefined("noOverlap") for k in ("percentAgreement", "cohenKappa", "accuracy", "recall", "specificity", "precision",
                                                    "npv", "f1", "balancedAccuracy", "mcnemar.exact.p")}
    x, y = [p[0] for p in both], [p[1] for p in both]
    out = {"percentAgreement": metrics.accuracy_score(x, y), "accuracy": metrics.accuracy_score(x, y)}
    k = metrics.cohen_kappa_score(x, y, labels=[0, 1])
    out["cohenKappa"] = undefined("zeroExpectedDisagreement") if np.isnan(k) else k
    tn, fp, fn, tp = metrics.confusion_matrix(x, y, labels=[0, 1]).ravel().tolist()
    out["recall"] = metrics.recall_score(x, y) if tp + fn else undefined("noPositives")
    out["specificity"] = metrics.recall_score(x, y, pos_label=0) if tn + fp else undefined("noNegatives")
    out["precision"] = metrics.precision_score(x, y) if tp + fp else undefined("noPredictedPositives")
    out["npv"] = metrics.precision_score(x, y, pos_label=0) if tn + fn else undefined("noPredictedNegatives")
    out["f1"] = metrics.f1_score(x, y) if tp + fp + fn else undefined("classAbsent")
    out["balancedAccuracy"] = metrics.balanced_accuracy_score(x, y) if len(set(x)) == 2 else undefined("singleReferenceClass")
    out["mcnemar.exact.p"] = float(mcnemar([[0, fn], [fp, 0]], exact=True).pvalue) if fn + fp else undefined("noDiscordantPairs")
    return out


def alpha(raters):
    speaking = [r for r in raters if any(v is not None for v in r)]
    if len(speaking) < 2:
        return undefined("tooFewRaters")
    items = [[v for v in column if v is not None] for column in zip(*speaking)]
    values = [v for item in items if len(item) > 1 for v in item]
    if not values:
        return undefined("noOverlap")
    if len(set(values)) == 1:
        return undefined("zeroExpectedDisagreement")
    data = [[np.nan if v is None else v for v in r] for r in speaking]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal", value_domain=[0, 1, 2]))


cases = []
shapes = [(1, 0.5, 0.3, 0), (3, 0.5, 0.3, 0), (20, 1, 0, 0), (20, 0, 0, 0), (20, 1, 0.2, 0), (40, 0.5, 0, 0), (40, 0.5, 1, 0),
          (50, 0.2, 0.1, 0.2), (100, 0.6, 0.25, 0.5), (30, 0.5, 0.3, 1), (300, 0.03, 0.02, 0.1), (1000, 0.5, 0.5, 0.05)]
for n, p, error, missing in shapes:
    for _ in range(2):
        truth = labels(n, p, 0)
        raters = [truth] + [noisy(truth, error, missing) for _ in range(3)]
        cases.append({"raters": raters, "pair": pair(raters[0], raters[1]), "other": pair(raters[1], raters[2]), "alpha": alpha(raters)})
three = [[rng.choice([0, 1, 2, None]) for _ in range(60)] for _ in range(5)]
cases.append({"raters": three, "alpha": alpha(three)})
intervals = [{"successes": k, "trials": n, "level": level, "ends": [float(v) for v in proportion_confint(k, n, alpha=1 - level, method="wilson")]}
             for n in (1, 2, 10, 50, 1000) for k in sorted({0, 1, n // 3, n - 1, n}) for level in (0.8, 0.95, 0.99)]
versions = {"scikit-learn": sklearn.__version__, "statsmodels": statsmodels.__version__, "krippendorff": version("krippendorff")}
path = pathlib.Path(__file__).with_name("agreement.json")
path.write_text(json.dumps({"versions": versions, "cases": cases, "intervals": intervals}) + "\n")

"""Writes datasets/rs-*.json and expected/resampling.json: what SciPy's bootstrap and permutation tests say of small label sets.

pip install numpy scipy scikit-learn krippendorff irrCAC

SciPy's bootstrap knows no clusters, so it draws cluster numbers and the statistic puts the clusters' counts together. Each
statistic is a short formula on counts that is asserted against a library on the whole data. Intervals are the mean of runs
with different seeds; the tolerance is six standard deviations of one run and at least the step of the statistic there.
"""
import json
import pathlib
import random
import warnings
from importlib.metadata import version

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from scipy import stats
from sklearn.metrics import cohen_kappa_score

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
RUNS, REPLICATES, LEVEL = 10, 20000, 0.95
CATEGORIES = ["nonRefusal", "refusal"]
rng = random.Random(20251125)


# Data

def labelled(name, clusters, sizes, raters, rate, error, missing, systems=("base",), kinds=("harmful",), spread=0.0):
    """Clusters share part of their truth: `spread` is the share of clusters whose items are all alike."""
    items, number = [], 0
    for cluster in range(clusters):
        kind = kinds[cluster % len(kinds)]
        alike = int(rng.random() < rate) if rng.random() < spread else None
        for place in range(rng.choice(sizes)):
            truth = alike if alike is not None else int(rng.random() < rate)
            system = systems[place % len(systems)]
            if system == "edited" and kind == "harmful":
                truth = int(truth and rng.random() < 0.5)
            labels = {r: None if rng.random() < missing else CATEGORIES[truth ^ int(rng.random() < error)] for r in raters}
            items.append({"item": f"i{number}", "cluster": f"p{cluster}", "system": system, "kind": kind, "labels": labels})
            number += 1
    return {"name": name, "note": "", "scale": "binary", "categories": CATEGORIES, "raters": raters, "reference": None, "items": items}


def constant(name, count, label):
    data = labelled(name, count, [1], ["r0", "r1"], 0.5, 0.2, 0)
    for item in data["items"]:
        item["labels"] = {"r0": label, "r1": label}
    return data


DATA = [
    labelled("rs-single", 40, [1], ["r0", "r1", "r2"], 0.4, 0.15, 0.0),
    labelled("rs-clustered", 25, [2, 3, 4], ["r0", "r1", "r2", "r3"], 0.4, 0.15, 0.15, spread=0.6),
    labelled("rs-systems", 30, [2, 4], ["r0", "r1", "r2"], 0.6, 0.1, 0.05, ("base", "edited"), ("harmful", "harmless")),
    labelled("rs-few", 9, [2], ["r0", "r1"], 0.5, 0.25, 0.0, ("base", "edited")),
    labelled("rs-one-cluster", 1, [12], ["r0", "r1"], 0.5, 0.2, 0.0),
    constant("rs-constant", 10, "refusal"),
]


# Statistics on counts: rows are clusters, functions take [..., columns]

def code(label):
    return None if label is None else CATEGORIES.index(label)


def cluster_rows(data, width, add):
    numbers = {}
    for item in data["items"]:
        numbers.setdefault(item["cluster"], len(numbers))
    rows = np.zeros((len(numbers), width))
    for item in data["items"]:
        add(rows[numbers[item["cluster"]]], item)
    return rows


def rate(data, rater):
    def add(row, item):
        label = code(item["labels"][rater])
        if label is not None:
            row[label] += 1
    rows = cluster_rows(data, 2, add)
    return rows, lambda t: t[..., 1] / t.sum(-1)


def pair_rows(data, a, b):
    def add(row, item):
        x, y = code(item["labels"][a]), code(item["labels"][b])
        if x is not None and y is not None:
            row[2 * x + y] += 1
    return cluster_rows(data, 4, add)


def percent(t):
    return (t[..., 0] + t[..., 3]) / t.sum(-1)


def kappa(t):
    n, first, second = t.sum(-1), t[..., 2] + t[..., 3], t[..., 1] + t[..., 3]
    chance = (first * second + (n - first) * (n - second)) / (n * n)
    return (percent(t) - chance) / (1 - chance)


def ac1(t):
    share = (t[..., 1] + t[..., 2] + 2 * t[..., 3]) / (2 * t.sum(-1))
    chance = 2 * share * (1 - share)
    return (percent(t) - chance) / (1 - chance)


def alpha(data):
    def add(row, item):
        labels = [code(label) for label in item["labels"].values() if label is not None]
        if len(labels) >= 2:
            ones = sum(labels)
            row += [len(labels) - ones, ones, 2 * ones * (len(labels) - ones) / (len(labels) - 1)]
    rows = cluster_rows(data, 3, add)

    def value(t):
        n = t[..., 0] + t[..., 1]
        return 1 - (n - 1) * t[..., 2] / (2 * t[..., 0] * t[..., 1])
    return rows, value


def did(data, rater):
    def add(row, item):
        label = code(item["labels"][rater])
        cell = 2 * (item["kind"] == "harmless") + (item["system"] == "edited")
        if label is not None:
            row[2 * cell + label] += 1
    rows = cluster_rows(data, 8, add)

    def value(t):
        r = [t[..., 2 * c + 1] / (t[..., 2 * c] + t[..., 2 * c + 1]) for c in range(4)]
        return (r[0] - r[1]) - (r[2] - r[3])
    return rows, value


def check(data, a, b, rows):
    """The formulas say of the whole data what the libraries say."""
    both = [(code(i["labels"][a]), code(i["labels"][b])) for i in data["items"] if i["labels"][a] and i["labels"][b]]
    x, y = zip(*both)
    whole = rows.sum(0)
    if len(set(x) | set(y)) > 1:
        assert abs(kappa(whole) - cohen_kappa_score(x, y)) < 1e-12
        frame = pd.DataFrame({"a": x, "b": y})
        assert abs(ac1(whole) - CAC(frame, categories=[0, 1], digits=12).gwet()["est"]["coefficient_value"]) < 1e-9


def check_alpha(data, rows, value):
    table = np.array([[np.nan if i["labels"][r] is None else code(i["labels"][r]) for i in data["items"]] for r in data["raters"]])
    assert abs(value(rows.sum(0)) - krippendorff.alpha(table, level_of_measurement="nominal")) < 1e-12


# Answers

cases = []


def case(dataset, stat, args, value, tolerance, lib, **more):
    value = {"undefined": value} if isinstance(value, str) else value
    cases.append({"id": f"resampling-{len(cases):03d}", "dataset": dataset["name"], "stat": stat, "args": args, "value": value,
                  "lib": lib, "tol": tolerance, **more})


EXACT = {"abs": 1e-9, "rel": 1e-9}
SCIPY = f"scipy {version('scipy')}"


def ends(values):
    """Mean of the runs and six standard deviations, at least the nearest steps of the distribution."""
    return np.mean(values, 0), 6 * np.std(values, 0, ddof=1)


def step(distribution, at):
    known = np.unique(np.round(distribution, 12))
    place = np.searchsorted(known, at)
    near = known[max(0, place - 2):place + 3]
    return float(np.max(np.diff(near))) if len(near) > 1 else 0.0


def bootstrap(data, stat, args, rows, value, why=None):
    point = float(value(rows.sum(0)))
    name = f"bootstrap.{stat}"
    case(data, f"{name}.point", args, why if np.isnan(point) else point, EXACT, "formula, asserted against libraries")
    args = {**args, "B": REPLICATES, "level": LEVEL}
    if len(rows) < 2:
        case(data, f"{name}.percentile", args, "tooFewClusters", EXACT, "convention")
        return
    if np.isnan(point):
        for kind in ("percentile", "se", "bca"):
            case(data, f"{name}.{kind}", args, "tooManyUndefinedReplicates", EXACT, "convention")
        return

    def drawn(numbers, axis=-1):
        return value(rows[np.moveaxis(np.asarray(numbers), axis, -1)].sum(-2))
    found = {}
    for run in range(RUNS):
        for method in ("percentile", "BCa"):
            result = stats.bootstrap((np.arange(len(rows)),), drawn, n_resamples=REPLICATES, confidence_level=LEVEL, method=method,
                                     vectorized=True, batch=2000, random_state=np.random.default_rng(1000 + run))
            distribution = result.bootstrap_distribution
            # SciPy does not leave undefined replicates out: only data without any are compared with it.
            assert not np.isnan(distribution).any(), (data["name"], stat)
            found.setdefault(method, []).append([float(x) for x in result.confidence_interval])
            found.setdefault("se", []).append([float(result.standard_error)])
    if np.ptp(distribution) == 0:
        case(data, f"{name}.bca", args, "bcaDegenerate", EXACT, "convention", lib_returns="NaN")
    for kind, key in (("percentile", "percentile"), ("bca", "BCa")):
        if np.isnan(found[key]).any():
            continue
        mean, spread = ends(found[key])
        limits = [max(float(s), step(distribution, m), 1e-9) for m, s in zip(mean, spread)]
        case(data, f"{name}.{kind}", args, [float(m) for m in mean], {"abs": limits, "scale": "monteCarlo"}, SCIPY)
    mean, spread = ends(found["se"])
    case(data, f"{name}.se", args, float(mean[0]), {"abs": max(float(spread[0]), 1e-9), "scale": "monteCarlo"}, SCIPY)


def flips(differences):
    """Exact two-sided p of all sign flips; SciPy's own enumeration where it is short."""
    nonzero = [int(d) for d in differences if d]
    if not nonzero:
        return "noDiscordantPairs"
    sums = {0: 1}
    for d in nonzero:
        new = {}
        for s, count in sums.items():
            for t in (s + d, s - d):
                new[t] = new.get(t, 0) + count
        sums = new
    observed = abs(sum(nonzero))
    p = sum(c for s, c in sums.items() if abs(s) >= observed) / sum(sums.values())
    if 2 <= len(nonzero) <= 12:
        pair = (np.array(nonzero), np.zeros(len(nonzero)))
        test = stats.permutation_test(pair, lambda x, y: abs(x.sum() - y.sum()), permutation_type="samples", vectorized=False,
                                      n_resamples=np.inf, alternative="greater")
        assert abs(test.pvalue - p) < 1e-12
    return p


def permutations(data):
    a, b = data["raters"][:2]
    tolerance = {"abs": 1e-9, "rel": 1e-9}

    def difference(row, item):
        x, y = code(item["labels"][a]), code(item["labels"][b])
        if x is not None and y is not None:
            row[0] += x - y
    p = flips(cluster_rows(data, 1, difference)[:, 0])
    case(data, "permutation.raterRates.p", {"a": a, "b": b}, p, tolerance, f"{SCIPY} permutation_test, convolution")
    if any(i["system"] == "edited" for i in data["items"]):
        def system(row, item):
            label, side = code(item["labels"][a]), 1 if item["system"] == "base" else -1
            if label is not None:
                row += [side * label, side]
        rows = cluster_rows(data, 2, system)
        p = flips([d for d, balance in rows if balance == 0])
        case(data, "permutation.systemRates.p", {"rater": a}, p, tolerance, f"{SCIPY} permutation_test, convolution")
    table = pair_rows(data, a, b).sum(0).reshape(2, 2)
    constant_rater = (table.sum(0) == 0).any() or (table.sum(1) == 0).any()
    p = "constantRater" if constant_rater else float(stats.fisher_exact(table, alternative="greater").pvalue)
    case(data, "permutation.kappaGreater.p", {"a": a, "b": b}, p, tolerance, f"{SCIPY} fisher_exact")


for data in DATA:
    a, b = data["raters"][0], data["raters"][1]
    rows, value = rate(data, b)
    bootstrap(data, "refusalRate", {"rater": b}, rows, value)
    rows = pair_rows(data, a, b)
    check(data, a, b, rows)
    bootstrap(data, "percentAgreement", {"a": a, "b": b}, rows, percent)
    bootstrap(data, "gwetAC1", {"a": a, "b": b}, rows, ac1)
    if data["name"] != "rs-few":
        bootstrap(data, "cohenKappa", {"a": a, "b": b}, rows, kappa, "zeroExpectedDisagreement")
        rows, value = alpha(data)
        if data["name"] != "rs-constant":
            check_alpha(data, rows, value)
        bootstrap(data, "krippendorffAlpha.nominal", {}, rows, value, "zeroExpectedDisagreement")
    if data["name"] == "rs-systems":
        rows, value = did(data, b)
        bootstrap(data, "did", {"rater": b}, rows, value)
    permutations(data)

for data in DATA:
    head = {k: v for k, v in data.items() if k != "items"}
    lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in data["items"])
    text = json.dumps(head, separators=(",", ":"))[:-1] + ',"items":[\n' + lines + "\n]}\n"
    (HERE / "datasets").mkdir(exist_ok=True)
    (HERE / "datasets" / f"{data['name']}.json").write_text(text)
names = ["numpy", "scipy", "scikit-learn", "krippendorff", "irrCAC"]
head = {"group": "resampling", "seed": 20251125, "versions": {n: version(n) for n in names}, "count": len(cases)}
lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
(HERE / "expected").mkdir(exist_ok=True)
(HERE / "expected" / "resampling.json").write_text(json.dumps(head, separators=(",", ":"))[:-1] + ',"cases":[\n' + lines + "\n]}\n")
print(len(cases), "cases")

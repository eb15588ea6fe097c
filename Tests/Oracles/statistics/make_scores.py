"""Writes expected/scores.json and its datasets: scores against a reference as scikit-learn sees them.

pip install scikit-learn
No library has a standard calibration error; it is worked out in fractions of the very doubles.
"""
import math
import warnings
from fractions import Fraction

from sklearn import metrics

from label_tables import BINARY, Cases, Table, drawn, generator, undefined

warnings.filterwarnings("ignore")
SEED = 7411
rng = generator(SEED)
cases = Cases("scores", SEED, ["scikit-learn"])


def beta(a, b, digits):
    return round(rng.betavariate(a, b), digits)


def tables():
    truth = drawn(rng, 36, [0.6, 0.4])
    human = [None if rng.random() < 0.1 else t for t in truth]
    scores = {
        "fine": [None if rng.random() < 0.1 else beta(2 + 3 * t, 5 - 3 * t, 4) for t in truth],
        "coarse": [beta(1 + t, 2 - t, 1) for t in truth],
        "flat": [0.3] * 36,
        "sure": [float(t) if rng.random() < 0.9 else 1.0 - t for t in truth],
        "right": [round(0.2 + 0.6 * t, 1) for t in truth],
    }
    yield table("scores-binary-6x36", human, scores)
    yield table("scores-refused-3x14", [1] * 14, {"fine": [beta(3, 2, 3) for _ in range(14)], "sure": [1.0] * 14})
    yield table("scores-answered-2x7", [0] * 7, {"fine": [beta(2, 3, 3) for _ in range(7)]})
    yield table("scores-apart-2x6", [0, 1, 0, None, None, None], {"late": [None, None, None, 0.2, 0.4, 0.9]})


def table(name, human, scores):
    columns = {"human": human} | {r: [None if v is None else int(v >= 0.5) for v in s] for r, s in scores.items()}
    return Table(name, BINARY, columns, reference="human", scores=scores)


def calibration(bins, n):
    """Share times distance of means, in fractions."""
    total = Fraction(0)
    for members in bins:
        if members:
            outcome = Fraction(sum(y for _, y in members), len(members))
            score = sum((Fraction(s) for s, _ in members), Fraction(0)) / len(members)
            total += Fraction(len(members), n) * abs(outcome - score)
    return float(total)


def equal_width(both):
    bins = [[] for _ in range(10)]
    for s, y in both:
        bins[min(9, math.floor(10 * s))].append((s, y))
    return calibration(bins, len(both))


def equal_mass(both):
    order, bins, start = sorted(both, key=lambda p: p[0]), [], 0
    for k in range(10):
        size = len(both) // 10 + (k < len(both) % 10)
        bins.append(order[start : start + size])
        start += size
    return calibration(bins, len(both))


for one in tables():
    one.write()
    for rater, scores in one.scores.items():
        both = [(s, y) for s, y in zip(scores, one.columns["human"]) if s is not None and y is not None]
        s, y = [p[0] for p in both], [p[1] for p in both]
        args = {"reference": "human", "rater": rater, "positive": "yes"}
        add = lambda stat, value, lib="scikit-learn": cases.add(one, stat, args, value, lib)
        empty = None if both else undefined("noOverlap")
        add("rocAuc", empty or (undefined("singleReferenceClass") if len(set(y)) == 1 else float(metrics.roc_auc_score(y, s))))
        add("averagePrecision", empty or (undefined("noPositives") if sum(y) == 0 else float(metrics.average_precision_score(y, s))))
        add("brier", empty or float(metrics.brier_score_loss(y, s, pos_label=1)))
        add("logLoss", empty or float(metrics.log_loss(y, s, labels=[0, 1])))
        add("eceEqualWidth10", empty or equal_width(both), "fractions")
        add("eceEqualMass10", empty or equal_mass(both), "fractions")
cases.write()

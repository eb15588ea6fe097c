"""Writes expected/fidelity.json and its datasets: a rater against a reference as scikit-learn sees it.

pip install scikit-learn
"""
import warnings

import numpy as np
from sklearn import metrics

from label_tables import BINARY, Cases, Table, drawn, generator, noisy, undefined

warnings.filterwarnings("ignore")
SEED = 6311
rng = generator(SEED)
cases = Cases("fidelity", SEED, ["scikit-learn"])


def tables():
    truth = drawn(rng, 34, [0.55, 0.45])
    human = [None if rng.random() < 0.1 else t for t in truth]
    columns = {
        "human": human,
        "good": noisy(rng, truth, 2, 0.2, 0.1),
        "poor": noisy(rng, truth, 2, 1.0),
        "inverse": [1 - t for t in truth],
        "ones": [1] * 34,
        "elsewhere": [1 if t is None else None for t in human],
        "silent": [None] * 34,
    }
    yield Table("fidelity-binary-7x34", BINARY, columns, reference="human")
    yield Table("fidelity-one-class-3x12", BINARY, {"human": [0] * 12, "same": [0] * 12, "mixed": drawn(rng, 12, [0.5, 0.5])}, reference="human")
    # One category is declared and used by nobody, one by the rater alone.
    truth = drawn(rng, 32, [0.6, 0.4, 0, 0])
    columns = {"human": truth, "judge": [v if rng.random() < 0.6 else rng.choice([0, 1, 2]) for v in truth]}
    yield Table("fidelity-nominal4-2x32", ["red", "green", "blue", "grey"], columns, scale="nominal", reference="human")


def ask(table, rater):
    args = {"reference": "human", "rater": rater}
    add = lambda stat, args, value: cases.add(table, stat, args, value, "scikit-learn")
    both = table.both("human", rater)
    truth, said = [p[0] for p in both], [p[1] for p in both]
    empty = undefined("noOverlap")
    add("accuracy", args, float(metrics.accuracy_score(truth, said)) if both else empty)
    for code, name in enumerate(table.categories):
        one = args | {"positive": name}
        t, s = [int(v == code) for v in truth], [int(v == code) for v in said]
        tn, fp, fn, tp = metrics.confusion_matrix(t, s, labels=[0, 1]).ravel().tolist() if both else (0, 0, 0, 0)
        add("confusion", one, {"tp": tp, "fp": fp, "fn": fn, "tn": tn} if both else empty)

        def ratio(stat, reason, whole, score):
            add(stat, one, empty if not both else undefined(reason) if whole == 0 else float(score()))

        ratio("precision", "noPredictedPositives", tp + fp, lambda: metrics.precision_score(t, s))
        ratio("recall", "noPositives", tp + fn, lambda: metrics.recall_score(t, s))
        ratio("f1", "classAbsent", tp + fp + fn, lambda: metrics.f1_score(t, s))
        ratio("specificity", "noNegatives", tn + fp, lambda: metrics.recall_score(t, s, pos_label=0))
        ratio("npv", "noPredictedNegatives", tn + fn, lambda: metrics.precision_score(t, s, pos_label=0))
    constant = len(set(truth)) == 1 or len(set(said)) == 1
    add("mcc", args, empty if not both else undefined("constantRater") if constant else float(metrics.matthews_corrcoef(truth, said)))
    single = undefined("singleReferenceClass")
    add("balancedAccuracy", args, empty if not both else single if len(set(truth)) == 1 else float(metrics.balanced_accuracy_score(truth, said)))
    classes = sorted(set(truth) | set(said))
    add("macroF1", args, float(metrics.f1_score(truth, said, labels=classes, average="macro")) if both else empty)


for table in tables():
    table.write()
    for rater in table.columns:
        if rater != "human":
            ask(table, rater)
cases.write()

"""Writes expected/aggregation.json and its datasets: votes, Dawid-Skene, GLAD and MACE as crowd-kit sees them.

pip install crowd-kit
crowd-kit 1.4.2's MACE sorts guessing distributions by name and reads them in the order of appearance; questions with
`n_restarts` ask for that run, those without for the model as published, worked out here in plain probabilities.
"""
import json
import warnings

import numpy as np
import pandas as pd
from crowdkit.aggregation import GLAD, MACE, DawidSkene
from scipy.special import digamma

from label_tables import BINARY, Cases, Table, drawn, generator, noisy, undefined

warnings.filterwarnings("ignore")
SEED = 8123
rng = generator(SEED)


class ModelCases(Cases):
    """Cases with a tolerance each."""

    def add(self, table, stat, args, value, lib, tol):
        case = {"id": f"a{len(self.cases)}", "dataset": table.name, "stat": stat, "args": args, "value": value, "lib": lib, "tol": tol}
        self.cases.append(json.dumps(case, separators=(",", ":")))


cases = ModelCases("aggregation", SEED, ["crowd-kit"])


def tables():
    truth = drawn(rng, 60, [0.5, 0.5])
    errors = [0.1, 0.2, 0.3, 0.4, 0.9]
    yield Table("aggregation-binary-5x60", BINARY, {f"r{i}": noisy(rng, truth, 2, e, 0.15) for i, e in enumerate(errors)})
    # The first label is the last by name, the first voice is not the first by name, one rater is silent and one constant.
    truth = [1] + drawn(rng, 49, [0.4, 0.6])
    columns = {"zoe": noisy(rng, truth, 2, 0.3), "ann": noisy(rng, truth, 2, 0.2), "mute": [None] * 50, "bob": noisy(rng, truth, 2, 0.5, 0.3), "one": [1] * 50}
    columns["zoe"][0], columns["ann"][0], columns["bob"][0] = 1, None, 1
    yield Table("aggregation-order-5x50", BINARY, columns)
    truth = drawn(rng, 48, [0.3, 0.3, 0.2, 0.2])
    columns = {f"r{i}": [None if v is None else [0, 1, 2, 4][v] for v in noisy(rng, truth, 4, 0.2 + 0.1 * i, 0.1)] for i in range(4)}
    for column in columns.values():
        column[7] = None
    yield Table("aggregation-unused5-4x48", ["a", "b", "c", "d", "e"], columns, scale="nominal")
    yield Table("aggregation-agreed-3x12", BINARY, {r: [i % 3 % 2 for i in range(12)] for r in ("x", "y", "z")})
    yield Table("aggregation-same-2x6", BINARY, {r: [0] * 6 for r in ("x", "y")})
    yield Table("aggregation-empty-2x3", BINARY, {r: [None] * 3 for r in ("x", "y")})


def frame(table):
    rows = [(i, r, table.categories[c[i]]) for i in range(table.count) for r, c in table.columns.items() if c[i] is not None]
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def per_item(table, rows):
    return [rows[i] if i in rows else undefined("noVotes") for i in range(table.count)]


def majority(table):
    rows = {}
    for i in range(table.count):
        labels = [c[i] for c in table.columns.values() if c[i] is not None]
        counts = [labels.count(code) for code in range(table.q)]
        if labels:
            best = [code for code in range(table.q) if counts[code] == max(counts)]
            rows[i] = table.categories[best[0]] if len(best) == 1 else undefined("tie")
    return per_item(table, rows)


def confident(table, probabilities):
    return per_item(table, {i: row.idxmax() if row.max() >= 0.9 else undefined("lowMargin") for i, row in probabilities.iterrows()})


def published_mace(data, rounds=50):
    """The variational updates of Hovy et al. 2013, every product taken as it stands."""
    cats, workers, tasks = (sorted(data[k].unique()) for k in ("label", "worker", "task"))
    vote = {(t, w): cats.index(l) for t, w, l in data.itertuples(index=False)}
    know = {w: 0.5 for w in workers}
    guess = {w: {c: 0.5 / len(cats) for c in range(len(cats))} for w in workers}
    for step in range(rounds + 1):
        knew = {w: 0.0 for w in workers}
        guessed = {w: [0.0] * len(cats) for w in workers}
        posterior = {}
        for t in tasks:
            weights = np.array([np.prod([guess[w][l] + know[w] * (l == c) for (i, w), l in vote.items() if i == t]) for c in range(len(cats))])
            posterior[t] = weights / weights.sum()
            for (i, w), l in vote.items():
                if i == t:
                    share = posterior[t][l] * know[w] / (know[w] + guess[w][l])
                    knew[w] += share
                    guessed[w][l] += 1 - share
        if step == rounds:
            break
        for w in workers:
            whole = digamma(knew[w] + sum(guessed[w]) + 1)
            know[w] = np.exp(digamma(knew[w] + 0.5) - whole)
            spam = np.exp(digamma(sum(guessed[w]) + 0.5) - whole)
            counts = np.array(guessed[w]) + 10
            guess[w] = dict(enumerate(spam * np.exp(digamma(counts) - digamma(counts.sum()))))
    competence = {w: round(knew[w] / (knew[w] + sum(guessed[w])), 12) for w in workers}
    return pd.DataFrame(posterior, index=cats).T, competence


def ask(table):
    cases.add(table, "majorityVote", {"raters": "all", "tie": "undefined"}, majority(table), "counted", {"abs": 0})
    data = frame(table)
    args = {"iterations": 50}
    if data.empty:
        for stat in ("posterior", "prior", "confusion"):
            cases.add(table, "dawidSkene." + stat, args, undefined("noVotes"), "none", {"abs": 0})
        return
    model = DawidSkene(n_iter=50, tol=-np.inf).fit(data)
    close = {"abs": 1e-9}
    wide = lambda row: [round(float(row.get(c, 0.0)), 12) for c in table.categories]
    cases.add(table, "dawidSkene.posterior", args, per_item(table, {i: wide(r) for i, r in model.probas_.iterrows()}), "crowd-kit", close)
    cases.add(table, "dawidSkene.prior", args, wide(model.priors_), "crowd-kit", close)
    matrices = {}
    for rater in table.columns:
        seen = model.errors_.loc[rater] if rater in table.speaking else None
        matrices[rater] = undefined("noVotes") if seen is None else [wide(seen.loc[c]) if c in seen.index else [0.0] * table.q for c in table.categories]
    cases.add(table, "dawidSkene.confusion", args, matrices, "crowd-kit", close)
    rate = {"agreementRate": 0.95}
    if data["label"].nunique() > 1:
        cases.add(table, "glad.label", {"n_iter": 100, "tol": 1e-5}, confident(table, GLAD(n_iter=100, tol=1e-5).fit(data).probas_), "crowd-kit", rate)
        mace = MACE(n_restarts=10, n_iter=50, method="vb", random_state=0).fit(data)
        cases.add(table, "mace.label", {"n_restarts": 10, "n_iter": 50, "method": "vb"}, confident(table, mace.probas_), "crowd-kit", rate)
    else:
        only = per_item(table, {i: data["label"].iloc[0] for i in data["task"]})
        cases.add(table, "glad.label", {}, only, "nothing else was said", {"abs": 0})
    probabilities, competence = published_mace(data)
    cases.add(table, "mace.label", {"n_iter": 50}, confident(table, probabilities), "plain probabilities", {"abs": 0})
    cases.add(table, "mace.competence", {"n_iter": 50}, competence, "plain probabilities", {"abs": 1e-8})


for one in tables():
    one.write()
    ask(one)
cases.write()

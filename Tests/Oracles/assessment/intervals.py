"""Writes intervals.json: figures of an assessment with the normal interval of the delete-one-prompt jackknife, every figure
computed anew from the items that are left.

pip install numpy scipy scikit-learn krippendorff irrCAC pandas statsmodels
"""
import importlib.metadata
import json
import pathlib
import warnings

import krippendorff
import numpy as np
import pandas as pd
import statsmodels.api as sm
from irrCAC.raw import CAC
from scipy.special import betaincinv
from scipy.stats import norm
from sklearn.metrics import cohen_kappa_score
from statsmodels.formula.api import ols

warnings.simplefilter("ignore")
rng = np.random.default_rng(11)


def jackknife(prompts, figure, upper=1.0, lower=-1.0):
    """Point and interval; `prompts` are the clusters that count, `figure` takes those that are left."""
    prompts = sorted(prompts)
    point = figure(prompts)
    left = [figure([q for q in prompts if q != p]) for p in prompts]
    g = len(left)
    half = norm.ppf(0.975) * np.sqrt((g - 1) / g * np.sum((np.array(left) - np.mean(left)) ** 2))
    return {"value": float(point), "low": float(max(lower, point - half)), "high": float(min(upper, point + half))}


def student(degrees):
    """The 97.5 % quantile of Student's t; scipy 1.12's own is off in the ninth digit."""
    x = betaincinv(degrees / 2, 0.5, 0.05)
    return np.sqrt(degrees * (1 - x) / x)


def alpha(columns, level, q):
    return krippendorff.alpha(np.array(columns, float), level_of_measurement=level, value_domain=list(range(q)))


def cac(columns, name, q):
    frame = pd.DataFrame(np.array(columns, float).T)
    return getattr(CAC(frame, categories=list(range(q)), digits=15), name)()["est"]["coefficient_value"]


def equal_pairs(columns):
    shares = []
    for item in np.array(columns, float).T:
        said = item[~np.isnan(item)]
        if len(said) > 1:
            m = len(said)
            shares.append(sum((said == v).sum() ** 2 - (said == v).sum() for v in set(said)) / (m * (m - 1)))
    return np.mean(shares)


def kappa(first, second):
    both = ~np.isnan(first) & ~np.isnan(second)
    return cohen_kappa_score(first[both], second[both])


def majority(labels):
    said = labels[~np.isnan(labels)]
    for value in said:
        if 2 * (said == value).sum() > len(said):
            return value
    return np.nan


def components(data):
    p, s, j = data.shape
    grid = [(a, b, c, data[a, b, c]) for a in range(p) for b in range(s) for c in range(j)]
    frame = pd.DataFrame(grid, columns=["p", "s", "j", "y"])
    fit = ols("y ~ C(p) + C(s) + C(j) + C(p):C(s) + C(p):C(j) + C(s):C(j)", frame).fit()
    table = sm.stats.anova_lm(fit, typ=1)
    ms = {k: table.loc[k, "sum_sq"] / table.loc[k, "df"] for k in table.index}
    matrix = np.array([
        [p * j, 0, 0, p, j, 0, 1], [0, p * s, 0, p, 0, s, 1], [0, 0, s * j, 0, j, s, 1], [0, 0, 0, p, 0, 0, 1],
        [0, 0, 0, 0, j, 0, 1], [0, 0, 0, 0, 0, s, 1], [0, 0, 0, 0, 0, 0, 1]], float)
    right = [ms["C(s)"], ms["C(j)"], ms["C(p)"], ms["C(s):C(j)"], ms["C(p):C(s)"], ms["C(p):C(j)"], ms["Residual"]]
    return np.maximum(0, np.linalg.solve(matrix, right))


def case(q, prompts, per, missing):
    """Each prompt has `per` answers, the answers of one prompt by system in turn."""
    n = prompts * per
    prompt = np.repeat(np.arange(prompts), per)
    system = np.tile(np.arange(per), prompts) % 2
    truth = (rng.integers(0, q, prompts)[prompt] + (rng.random(n) < 0.3)) % q

    def rater(error, gap):
        said = np.where(rng.random(n) < error, rng.integers(0, q, n), truth).astype(float)
        return np.where(rng.random(n) < gap, np.nan, said)

    judges = [rater(e, missing) for e in (0.2, 0.35, 0.5)]
    people = [rater(e, missing / 2) for e in (0.15, 0.2, 0.3)]
    figures = {}

    def where(chosen):
        return np.isin(prompt, chosen)

    given = np.array([~np.isnan(j) for j in judges])
    spoken = set(prompt[given.any(axis=0)])
    cut = lambda columns, chosen: [c[where(chosen)] for c in columns]
    figures["percentAgreement"] = jackknife(spoken, lambda ps: equal_pairs(cut(judges, ps)), lower=0)
    figures["krippendorffAlpha"] = jackknife(spoken, lambda ps: alpha(cut(judges, ps), "nominal", q))
    figures["fleissKappa"] = jackknife(spoken, lambda ps: cac(cut(judges, ps), "fleiss", q))
    figures["gwetAC1"] = jackknife(spoken, lambda ps: cac(cut(judges, ps), "gwet", q))
    filled = [np.where(np.isnan(j), q, j) for j in judges]
    figures["thirdAlpha"] = jackknife(set(prompt), lambda ps: alpha(cut(filled, ps), "nominal", q + 1))
    figures["thirdKappa"] = jackknife(set(prompt), lambda ps: kappa(*cut(filled[:2], ps)))
    if q > 2:
        figures["ordinalAlpha"] = jackknife(spoken, lambda ps: alpha(cut(judges, ps), "ordinal", q))
        return {"q": q, "prompts": prompt.tolist(), "systems": system.tolist(), "judges": plain(judges),
                "people": plain(people), "figures": figures}

    # Annotators.
    several = np.array([~np.isnan(p) for p in people]).sum(axis=0) > 1
    rest = [np.array([majority(np.array([b[i] for b in people if b is not a])) for i in range(n)]) for a in people]

    def versus(at, ps):
        own, others = people[at][where(ps)], rest[at][where(ps)]
        both = ~np.isnan(own) & ~np.isnan(others)
        return (own[both] == others[both]).mean()

    counted = set(prompt[several])
    figures["ceiling"] = jackknife(counted, lambda ps: np.mean([versus(a, ps) for a in range(3)]), lower=0)
    figures["versusKappa"] = jackknife(counted, lambda ps: kappa(people[0][where(ps)], rest[0][where(ps)]))

    # The alternative-annotator test's advantage probability.
    def advantage(at, ps):
        wins = []
        for i in np.flatnonzero(where(ps)):
            others = [b[i] for k, b in enumerate(people) if k != at and not np.isnan(b[i])]
            if np.isnan(people[at][i]) or np.isnan(judges[0][i]) or not others:
                continue
            wins.append(sum(o == judges[0][i] for o in others) >= sum(o == people[at][i] for o in others))
        return np.mean(wins)

    tested = set(prompt[several & ~np.isnan(judges[0])])
    figures["advantage"] = jackknife(tested, lambda ps: np.mean([advantage(a, ps) for a in range(3)]), lower=0)

    # Panels: errors against the majority of the annotators, ties left out.
    reference = np.array([majority(np.array([p[i] for p in people])) for i in range(n)])
    errors = [np.where(np.isnan(j) | np.isnan(reference), np.nan, (j != reference).astype(float)) for j in judges]

    def shared(ps):
        rs = []
        for a in range(3):
            for b in range(a + 1, 3):
                x, y = errors[a][where(ps)], errors[b][where(ps)]
                both = ~np.isnan(x) & ~np.isnan(y)
                rs.append(np.corrcoef(x[both], y[both])[0, 1])
        return np.mean(rs)

    labelled = set(prompt[np.array([~np.isnan(e) for e in errors]).sum(axis=0) > 1])
    figures["errorCorrelation"] = jackknife(labelled, shared)
    size = lambda r: 3 / (1 + 2 * max(0, r))
    one = figures["errorCorrelation"]
    figures["effectiveSize"] = {"value": size(one["value"]), "low": size(one["high"]), "high": size(one["low"])}

    # Variance: the first answer of each system to a prompt, prompts with every verdict.
    blocks = {}
    for p in range(prompts):
        first = [np.flatnonzero((prompt == p) & (system == s))[0] for s in (0, 1)]
        block = np.array([[j[i] for j in judges] for i in first])
        if not np.isnan(block).any():
            blocks[p] = block

    def share(ps, parts):
        found = components(np.array([blocks[p] for p in ps]))
        return found[parts].sum() / found.sum()

    figures["judgeShare"] = jackknife(set(blocks), lambda ps: share(ps, [1, 3, 5]), lower=0)
    figures["residualShare"] = jackknife(set(blocks), lambda ps: share(ps, [6]), lower=0)

    # A corrected difference (PPI++): people labelled a part of the answers; one draw is a prompt.
    known = np.where(rng.random(prompts)[prompt] < 0.6, people[0], np.nan)
    judge = judges[0]

    def corrected(s):
        own = (system == s) & ~np.isnan(judge)
        lab, un = own & ~np.isnan(known), own & np.isnan(known)
        y, f, g = known[lab], judge[lab], judge[un]
        ratio = lab.sum() / un.sum()
        weight = np.cov(y, f, ddof=0)[0, 1] / ((1 + ratio) * np.var(np.r_[f, g], ddof=1))
        weight = min(1, max(0, weight))
        mean = weight * g.mean() + (y - weight * f).mean()
        residual = np.zeros(n)
        residual[lab] = ((y - weight * f) - (y - weight * f).mean()) / lab.sum()
        residual[un] = weight * (g - g.mean()) / un.sum()
        return mean, residual, own

    before, first, used = corrected(0)
    after, second, also = corrected(1)
    draws = sorted(set(prompt[used | also]))
    u = np.array([(second - first)[prompt == p].sum() for p in draws])
    g = len(draws)
    half = student(g - 1) * np.sqrt(g / (g - 1) * (u ** 2).sum())
    point = after - before
    figures["correctedDifference"] = {"value": point, "low": max(-1, point - half), "high": min(1, point + half)}
    v = np.array([first[prompt == p].sum() for p in sorted(set(prompt[used]))])
    half = student(len(v) - 1) * np.sqrt(len(v) / (len(v) - 1) * (v ** 2).sum())
    figures["correctedRate"] = {"value": before, "low": max(0, before - half), "high": min(1, before + half)}
    return {"q": q, "prompts": prompt.tolist(), "systems": system.tolist(), "judges": plain(judges),
            "people": plain(people), "known": plain([known])[0], "figures": figures}


def plain(columns):
    return [[None if np.isnan(v) else int(v) for v in column] for column in columns]


cases = [case(2, 24, 4, 0.1), case(2, 40, 2, 0.05), case(3, 20, 3, 0.15), case(4, 30, 2, 0.1)]
versions = {name: importlib.metadata.version(name)
            for name in ["numpy", "scipy", "scikit-learn", "krippendorff", "irrCAC", "statsmodels"]}
text = json.dumps({"versions": versions, "cases": cases}, separators=(",", ":"))
pathlib.Path(__file__).with_name("intervals.json").write_text(text + "\n")

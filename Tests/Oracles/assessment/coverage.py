"""Prints how often nominal 95 % intervals of an assessment hold the truth, in simulated studies: the figures that stand in
docs/agreement.md and in the comments of Sources/Assessment. No fixture comes of it. Minutes on one core.

The interval is the product's: BCa from 20 prompts on, Student's t below; here with 400 resamples and 300 studies a cell, so that a
printed 95 % is 92.5 to 97.5.

pip install numpy scipy
"""
import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
from scipy.stats import norm, t

RESAMPLES, STUDIES = 400, 300
rng = np.random.default_rng(5)


def interval(point, resampled, left_out, prompts):
    known = np.sort(resampled[~np.isnan(resampled)])
    if np.isnan(point) or len(known) < 0.95 * len(resampled) or known[0] == known[-1]:
        return None
    if prompts < 20:
        half = t.ppf(0.975, prompts - 1) * known.std(ddof=1) * np.sqrt(prompts / (prompts - 1))
        return point - half, point + half
    below = ((known < point - 1e-12).sum() + (abs(known - point) <= 1e-12).sum() / 2) / len(known)
    gap = np.nanmean(left_out) - left_out[~np.isnan(left_out)]
    if 0 < below < 1 and abs(gap).max() > 1e-12:
        bias = norm.ppf(below)
        acceleration = (gap ** 3).sum() / (6 * (gap ** 2).sum() ** 1.5)
        shifted = bias + norm.ppf([0.025, 0.975])
        scale = 1 - acceleration * shifted
        if (scale > 0).all():
            return tuple(np.quantile(known, norm.cdf(bias + shifted / scale)))
    return tuple(np.quantile(known, [0.025, 0.975]))


def coverage(name, study, figure, sizes=(30, 100, 400), truth=None):
    """`study(n)` gives rows of n prompts, `figure` a function of their sums."""
    with np.errstate(all="ignore"):
        true = figure(study(400_000).sum(0)[None].astype(float))[0] if truth is None else truth
        for size in sizes:
            held, defined = 0, 0
            for _ in range(STUDIES):
                rows = study(size).astype(float)
                draws = rng.integers(0, size, (RESAMPLES, size)) + np.arange(RESAMPLES)[:, None] * size
                times = np.bincount(draws.ravel(), minlength=RESAMPLES * size).reshape(RESAMPLES, size)
                sums = rows.sum(0)
                ends = interval(figure(sums[None])[0], figure(times @ rows), figure(sums - rows), size)
                if ends is not None:
                    defined += 1
                    held += ends[0] - 1e-9 <= true <= ends[1] + 1e-9
            share = f"{100 * held / defined:.1f} %" if defined else "none"
            print(f"{name}, {size} prompts: {share} of {defined}, truth {true:.3f}", flush=True)


def errors(rate, judges=4):
    def study(n):
        shared = np.sqrt(0.4) * rng.standard_normal((n, 1))
        wrong = (shared + np.sqrt(0.6) * rng.standard_normal((n, judges)) < norm.ppf(rate)).astype(int)
        cells = []
        for a in range(judges):
            for b in range(a + 1, judges):
                x, y = wrong[:, a], wrong[:, b]
                cells += [(1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y]
        return np.array(cells).T

    return study


def error_correlation(sums):
    a, b, c, d = np.moveaxis(sums.reshape(*sums.shape[:-1], -1, 4), -1, 0)
    return np.nanmean((a * d - b * c) / np.sqrt((a + b) * (c + d) * (a + c) * (b + d)), -1)


def annotators(error):
    def study(n):
        said = (rng.random((n, 1)) < 0.4) ^ (rng.random((n, 3)) < error)
        cells = []
        for own in range(3):
            one, other = [k for k in range(3) if k != own]
            agreed = said[:, one] == said[:, other]
            cells += [agreed.astype(int), (agreed & (said[:, own] == said[:, one])).astype(int)]
        return np.array(cells).T

    return study


def ceiling(sums):
    sums = sums.reshape(*sums.shape[:-1], 3, 2)
    return (sums[..., 1] / sums[..., 0]).mean(-1)


S = J = 4
MEANS = np.random.default_rng(3).normal(0, 0.8, (S, 1)) + np.random.default_rng(4).normal(0, 0.6, (S, J))


def verdicts(n):
    latent = MEANS + rng.normal(0, 0.7, (n, 1, 1)) + rng.normal(0, 0.5, (n, S, 1)) + rng.normal(0, 1, (n, S, J))
    said = (latent > 0).astype(int)
    squares = [said.sum((1, 2)) ** 2, (said.sum(2) ** 2).sum(1), (said.sum(1) ** 2).sum(1)]
    return np.column_stack([np.ones(n), *squares, said.reshape(n, -1)])


def components(sums):
    p = sums[..., 0]
    cells = sums[..., 4:].reshape(*sums.shape[:-1], S, J)
    total = cells.sum((-1, -2))
    mean = total ** 2 / (p * S * J)
    prompt = sums[..., 1] / (S * J) - mean
    system = (cells.sum(-1) ** 2).sum(-1) / (p * J) - mean
    judge = (cells.sum(-2) ** 2).sum(-1) / (p * S) - mean
    ps = sums[..., 2] / J - mean - prompt - system
    pj = sums[..., 3] / S - mean - prompt - judge
    sj = (cells ** 2).sum((-1, -2)) / p - mean - system - judge
    rest = (total - mean - prompt - system - judge - ps - pj - sj) / ((p - 1) * (S - 1) * (J - 1))
    ps, pj, sj = ps / ((p - 1) * (S - 1)), pj / ((p - 1) * (J - 1)), sj / ((S - 1) * (J - 1))
    found = [(system / (S - 1) - ps - sj + rest) / (p * J), (judge / (J - 1) - pj - sj + rest) / (p * S),
             (prompt / (p - 1) - ps - pj + rest) / (S * J), (sj - rest) / p, (ps - rest) / J, (pj - rest) / S, rest]
    return np.maximum(0, np.stack(found, -1))


def share(*parts):
    return lambda sums: components(sums)[..., list(parts)].sum(-1) / components(sums).sum(-1)


def rankings(rates):
    """Four judges' labels of systems with these true rates, the answers to a prompt alike."""
    def study(n):
        latent = 0.7 * rng.standard_normal((n, 1, rates.shape[1])) + np.sqrt(0.51) * rng.standard_normal((n, *rates.shape))
        return (norm.cdf(latent) < rates).reshape(n, -1).astype(int)

    return study


def kendall_w(sums):
    rates = sums.reshape(*sums.shape[:-1], J, -1)
    n = rates.shape[-1]
    more = (rates[..., :, None] > rates[..., None, :]).sum(-1)
    equal = (rates[..., :, None] == rates[..., None, :]).sum(-1)
    ranks = (more + (equal + 1) / 2).sum(-2)
    spread = ((ranks - ranks.mean(-1, keepdims=True)) ** 2).sum(-1)
    return 12 * spread / (J * J * (n ** 3 - n) - J * (equal ** 2 - 1).sum((-1, -2)))


if __name__ == "__main__":
    for error in (0.05, 0.2):
        coverage(f"ceiling, annotators err on {error}", annotators(error), ceiling)
    for rate in (0.05, 0.2, 0.4):
        coverage(f"error correlation, judges err on {rate}", errors(rate), error_correlation)
    for name, parts in [("judge and interactions", (1, 3, 5)), ("system", (0,)), ("prompt", (2,)), ("residual", (6,))]:
        coverage(f"variance share of {name}", verdicts, share(*parts))
    close = np.array([[0.4, 0.45, 0.5, 0.55]] * J)
    coverage("Kendall's W by the bootstrap, systems five points apart", rankings(close), kendall_w, truth=1.0)

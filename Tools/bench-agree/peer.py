"""The peer of `tribunal bench agree`: the same statistics of the same made-up labels in vectorised NumPy, and Krippendorff's alpha
by the krippendorff package. Prints one line of JSON.

pip install numpy krippendorff
"""
import argparse
import json
import time
from importlib.metadata import version

import krippendorff
import numpy as np

np.seterr(all="ignore")
STEP = np.uint64(0x9E3779B97F4A7C15)


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def numbers(seed, stream, count):
    """The first outputs of the counter generator that Tribunal uses: a function of (seed, stream, place)."""
    one = np.array([seed], dtype=np.uint64)
    key = mix(mix(one + STEP) ^ mix(np.array([stream], dtype=np.uint64) * STEP + np.uint64(0xD1B54A32D192ED03)))
    return mix(key + np.arange(1, count + 1, dtype=np.uint64) * STEP)


def labels(seed, judges, items):
    """[judges, items] of 0, 1 and 255 for none: judges that follow one truth with 15 % errors and 3 % gaps."""
    truth = (numbers(seed, 0, items) % np.uint64(100) < 35).astype(np.uint8)
    out = np.empty((judges, items), dtype=np.uint8)
    for judge in range(judges):
        drawn = numbers(seed, judge + 1, items)
        out[judge] = truth ^ ((drawn >> np.uint64(8)) & np.uint64(255) < 40)
        out[judge][drawn & np.uint64(255) < 8] = 255
    return out


def cells(codes):
    """Counts 00, 01, 10, 11 of every pair by matrix products; float32 holds them exactly up to 2^24 items."""
    there = (codes < 255).astype(np.float32)
    ones = (codes == 1).astype(np.float32)
    both, first, second, two = there @ there.T, ones @ there.T, there @ ones.T, ones @ ones.T
    upper = np.triu_indices(len(codes), 1)
    return np.stack([(both - first - second + two)[upper], (second - two)[upper], (first - two)[upper], two[upper]], -1).astype(float)


def kappa(t):
    n, first, second = t.sum(-1), t[..., 2] + t[..., 3], t[..., 1] + t[..., 3]
    observed = (t[..., 0] + t[..., 3]) / n
    chance = (first * second + (n - first) * (n - second)) / (n * n)
    return (observed - chance) / (1 - chance)


def alpha(t):
    n = 2 * t.sum(-1)
    ones = t[..., 1] + t[..., 2] + 2 * t[..., 3]
    return 1 - (n - 1) * (t[..., 1] + t[..., 2]) / (ones * (n - ones))


def ac1(t):
    n = t.sum(-1)
    share = (t[..., 1] + t[..., 2] + 2 * t[..., 3]) / (2 * n)
    chance = 2 * share * (1 - share)
    return ((t[..., 0] + t[..., 3]) / n - chance) / (1 - chance)


def panel(codes):
    t = cells(codes)
    return [float(np.mean(f(t))) for f in (kappa, alpha, ac1)]


def bootstrap(codes, clusters, replicates, seed):
    """Whole clusters with replacement: counts by cluster, then weights times counts in blocks of replicates."""
    judges, count = len(codes), int(clusters.max()) + 1
    first, second = np.triu_indices(judges, 1)
    rows = np.zeros((count, len(first), 4), dtype=np.float32)
    for place in range(4):
        a, b = divmod(place, 2)
        hits = ((codes[first] == a) & (codes[second] == b)).T.astype(np.float32)
        np.add.at(rows[:, :, place], clusters, hits)
    rows = rows.reshape(count, -1)
    rng = np.random.default_rng(seed)
    values = np.empty((replicates, len(first)))
    for start in range(0, replicates, 1000):
        block = min(1000, replicates - start)
        drawn = rng.integers(0, count, size=(block, count)) + np.arange(block)[:, None] * count
        weights = np.bincount(drawn.ravel(), minlength=block * count).reshape(block, count).astype(np.float32)
        values[start:start + block] = kappa((weights @ rows).reshape(block, -1, 4).astype(float))
    ends = np.quantile(values, [0.025, 0.975], axis=0)
    return [float(values.std(0, ddof=1).mean()), float(ends[0].mean()), float(ends[1].mean())]


def timed(repetitions, work):
    times, values = [], []
    for _ in range(repetitions):
        start = time.perf_counter()
        values = work()
        times.append(time.perf_counter() - start)
    return float(np.median(times)), values


def main():
    parser = argparse.ArgumentParser()
    for name in ("judges", "items", "bootstrap-judges", "bootstrap-items", "replicates", "seed", "repetitions"):
        parser.add_argument(f"--{name}", type=int, required=True)
    args = parser.parse_args()
    rows = []

    def row(task, seconds, values):
        rows.append({"task": task, "seconds": seconds, "values": values})
    codes = labels(args.seed, args.judges, args.items)
    row("panel", *timed(args.repetitions, lambda: panel(codes)))
    pair = np.where(codes[:2] == 255, np.nan, codes[:2])
    row("krippendorff", *timed(1, lambda: [float(krippendorff.alpha(pair, level_of_measurement="nominal"))]))
    small = labels(args.seed, args.bootstrap_judges, args.bootstrap_items)
    for task, size in (("clusters", 20), ("singles", 1)):
        clusters = np.arange(args.bootstrap_items) // size
        row(task, *timed(args.repetitions, lambda: bootstrap(small, clusters, args.replicates, args.seed)))
    print(json.dumps({"numpy": version("numpy"), "krippendorff": version("krippendorff"), "rows": rows}), flush=True)


main()

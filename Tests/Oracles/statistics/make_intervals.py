"""Writes expected/intervals.json: intervals of proportions and of their differences by statsmodels and scipy.

pip install statsmodels scipy
"""
import json
import pathlib
import random
from importlib.metadata import version

from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

rng = random.Random(90125)
METHODS = {"wilson": "wilson", "clopperPearson": "beta", "agrestiCoull": "agresti_coull", "jeffreys": "jeffreys", "wald": "normal"}
DIFFERENCES = {"newcombe": "newcomb", "agrestiCaffo": "agresti-caffo", "wald": "wald"}
cases = []


def add(stat, args, value):
    cases.append({"id": f"i{len(cases):03d}", "dataset": None, "stat": stat, "args": args, "value": value,
                  "tol": {"abs": 1e-11, "rel": 1e-11}})


counts = [(0, 1), (1, 1), (0, 7), (3, 7), (1, 50), (250, 500), (3, 100000), (99990, 100000)]
counts += [(rng.randint(0, n), n) for n in (23, 333, 2017)]
for number, (k, n) in enumerate(counts + [(0, 0)]):
    for level in (0.95, (0.5, 0.8, 0.999)[number % 3]):
        for name, method in METHODS.items():
            if n == 0:
                add(f"proportion.{name}", {"successes": k, "trials": n, "level": level}, {"undefined": "noTrials"})
                continue
            low, high = map(float, proportion_confint(k, n, alpha=1 - level, method=method))
            if name == "clopperPearson":
                low, high = (0.0 if k == 0 else low), (1.0 if k == n else high)
            if name == "jeffreys":
                ends = stats.beta.ppf([(1 - level) / 2, (1 + level) / 2], k + 0.5, n - k + 0.5)
                assert abs(low - ends[0]) < 1e-12 and abs(high - ends[1]) < 1e-12
            add(f"proportion.{name}", {"successes": k, "trials": n, "level": level}, [min(1, max(0, low)), min(1, max(0, high))])

groups = [(0, 5, 0, 9), (5, 5, 0, 9), (5, 5, 9, 9), (2, 5, 4, 9), (50, 100, 47, 100), (3, 1000, 1, 900)]
groups += [(rng.randint(0, m), m, rng.randint(0, n), n) for m, n in ((8, 30), (400, 35))]
for k1, n1, k2, n2 in groups + [(0, 0, 1, 2), (1, 2, 0, 0)]:
    for level in (0.8, 0.99):
        args = {"k1": k1, "n1": n1, "k2": k2, "n2": n2, "level": level}
        for name, method in DIFFERENCES.items():
            if n1 == 0 or n2 == 0:
                add(f"difference.{name}", args, {"undefined": "noTrials"})
            else:
                ends = confint_proportions_2indep(k1, n1, k2, n2, method=method, compare="diff", alpha=1 - level, correction=False)
                add(f"difference.{name}", args, [float(e) for e in ends])

versions = {name: version(name) for name in ("statsmodels", "scipy")}
body = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
path = pathlib.Path(__file__).with_name("expected") / "intervals.json"
path.write_text('{"group":"intervals","versions":%s,"count":%d,"cases":[\n%s\n]}\n' % (json.dumps(versions), len(cases), body))
print(len(cases), "cases")

"""Writes expected/multiplicity.json: adjusted p-values by statsmodels.

pip install statsmodels
"""
import json
import pathlib
import random
from importlib.metadata import version

from statsmodels.stats.multitest import multipletests

rng = random.Random(5150)
METHODS = {"holm": "holm", "bonferroni": "bonferroni", "benjaminiHochberg": "fdr_bh", "benjaminiYekutieli": "fdr_by"}
families = [[], [0.2], [1, 1], [0, 0, 1], [0.03, 0.01, 0.02], [0.05] * 4, [1e-300, 0.04, 1e-12, 0.04]]
families += [[round(rng.random() ** power, 7) for _ in range(n)] for n in (5, 23) for power in (1, 3)]
cases = []
for family in families:
    for stat, method in METHODS.items():
        value = [float(v) for v in multipletests(family, method=method)[1]] if family else []
        cases.append({"id": f"m{len(cases):03d}", "dataset": None, "stat": stat, "args": {"p": family}, "value": value,
                      "tol": {"abs": 0, "rel": 1e-12}})
# A test without a p-value is no member of the family; the others are adjusted as if it were not there.
for stat, method in METHODS.items():
    inside = [float(v) for v in multipletests([0.01, 0.04, 0.2], method=method)[1]]
    hole = {"undefined": "noDiscordantPairs"}
    cases.append({"id": f"m{len(cases):03d}", "dataset": None, "stat": stat, "args": {"p": [0.01, hole, 0.04, 0.2]},
                  "value": [inside[0], hole, inside[1], inside[2]], "lib": "statsmodels on the defined ones",
                  "tol": {"abs": 0, "rel": 1e-12}})
body = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
path = pathlib.Path(__file__).with_name("expected") / "multiplicity.json"
head = json.dumps({"statsmodels": version("statsmodels")})
path.write_text('{"group":"multiplicity","versions":%s,"count":%d,"cases":[\n%s\n]}\n' % (head, len(cases), body))
print(len(cases), "cases")

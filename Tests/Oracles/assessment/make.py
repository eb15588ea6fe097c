"""Writes variance.json: variance components of system x judge x prompt by statsmodels' ANOVA table and the expected mean
squares solved as a linear system.

pip install numpy pandas statsmodels
"""
import itertools
import json
import pathlib

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.formula.api import ols

rng = np.random.default_rng(5)
cases = []
for p, s, j in [(6, 3, 2), (8, 4, 3), (5, 2, 4)]:
    base = rng.normal(0, 1, (p, 1, 1)) + rng.normal(0, 1, (1, s, 1)) + rng.normal(0, 0.7, (1, 1, j))
    data = (base + rng.normal(0, 1, (p, s, j)) > 0).astype(int)
    rows = [(a, b, c, data[a, b, c]) for a, b, c in itertools.product(range(p), range(s), range(j))]
    frame = pd.DataFrame(rows, columns=["p", "s", "j", "y"])
    fit = ols("y ~ C(p) + C(s) + C(j) + C(p):C(s) + C(p):C(j) + C(s):C(j)", frame).fit()
    table = sm.stats.anova_lm(fit, typ=1)
    ms = {k: table.loc[k, "sum_sq"] / table.loc[k, "df"] for k in table.index}
    # Expected mean squares in terms of the components, order: s, j, p, sj, sp, jp, residual.
    matrix = np.array([
        [p * j, 0, 0, p, j, 0, 1],
        [0, p * s, 0, p, 0, s, 1],
        [0, 0, s * j, 0, j, s, 1],
        [0, 0, 0, p, 0, 0, 1],
        [0, 0, 0, 0, j, 0, 1],
        [0, 0, 0, 0, 0, s, 1],
        [0, 0, 0, 0, 0, 0, 1],
    ], float)
    right = [ms["C(s)"], ms["C(j)"], ms["C(p)"], ms["C(s):C(j)"], ms["C(p):C(s)"], ms["C(p):C(j)"], ms["Residual"]]
    found = np.linalg.solve(matrix, right)
    names = ["system", "judge", "prompt", "systemJudge", "systemPrompt", "judgePrompt", "residual"]
    cases.append({"block": data.tolist(), "components": dict(zip(names, map(float, found)))})
pathlib.Path(__file__).with_name("variance.json").write_text(json.dumps({"cases": cases}) + "\n")

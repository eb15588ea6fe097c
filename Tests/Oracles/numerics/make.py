"""Writes numerics.json: tails and quantiles over a wide grid.

Each value is computed with 60 digits (series of positive terms, continued fractions where those are too slow) and
compared with scipy, which is asserted to agree as far as its own precision goes; the file holds the long value rounded to
a double.

pip install mpmath scipy
"""
import json
import math
import pathlib
import random

import mpmath as mp
import scipy
from scipy import special, stats

mp.mp.dps = 60
rng = random.Random(4711)
cases, worst = [], {}


def series(x, top, bottom):
    """1 + sum of products of x (top + 2n)/(bottom + 2n), top None for 1, in whole numbers scaled by 2^200; shapes are
    multiples of a half."""
    point, bottom = int(mp.ldexp(x, 200)), int(bottom)
    term = total = 1 << 200
    n = 0
    while term > total >> 130:
        n += 1
        above = point if top is None else point * (int(top) + 2 * n)
        term = (term * above // (bottom + 2 * n)) >> 200
        total += term
    return mp.ldexp(mp.mpf(total), -200)


def lower_beta(x, y, a, b):
    """I_x(a, b) by its series; for x not far above the mean."""
    front = mp.exp(a * mp.log(x) + b * mp.log(y) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b))
    if -mp.log(x) * 3000 < 90:
        return front / beta_fraction(x, y, a, b)
    return front / a * series(x, 2 * (a + b) - 2, 2 * a)


def beta_fraction(x, y, a, b):
    """The fraction of DiDonato and Morris with twice as many terms until nothing changes: where the series is too slow."""
    before, size = None, 64
    while True:
        value = mp.mpf(1)
        for m in range(size, -1, -1):
            own = m + (a + m) * (a * y - b * x + 1 + m * (1 + y)) / (a + 2 * m + 1)
            if m:
                own += m * (b - m) * x / (a + 2 * m - 1)
            value = own + (next_top / value if m < size else 0)
            next_top = (a + m - 1) * (a + b + m - 1) * m * (b - m) * x * x / (a + 2 * m - 1) ** 2 if m else 0
        if before is not None and abs(value / before - 1) < mp.mpf(10) ** -24:
            return value
        before, size = value, 2 * size


def beta_tails(x, y, a, b):
    x, y, a, b = map(mp.mpf, (x, y, a, b))
    if x * (a + b) < a:
        low = lower_beta(x, y, a, b)
        return low, 1 - low
    high = lower_beta(y, x, b, a)
    return 1 - high, high


def gamma_tails(x, a):
    """P by its series; Q by Legendre's continued fraction in 60 digits far out, where 1 - P has none left."""
    x, a = mp.mpf(x), mp.mpf(a)
    front = mp.exp(a * mp.log(x) - x - mp.loggamma(a))
    if x < a + 1:
        low = front / a * series(2 * x, None, 2 * a)
        return low, 1 - low
    size = 4000 if x < 1.5 * a + 40 else 400
    value = x + 2 * size + 1 - a
    for n in range(size, 0, -1):
        value = x + 2 * n - 1 - a + n * (a - n) / value
    return 1 - front / value, front / value


def add(function, arguments, value, library, limit=1e-9):
    value, library = float(value), float(library)
    # A tail near 1 is no test of digits: 1 minus the other one.
    if value < 1e-305 or value > 0.9 and not function.endswith("Quantile") or not math.isfinite(value):
        return
    off = abs(library - value) / value
    # Far out scipy loses digits and at times all of them; that it agrees where it does not is checked here.
    if value > 1e-100:
        assert off < limit, (function, arguments, value, library)
        worst[function] = max(worst.get(function, 0), off)
    cases.append({"f": function, "x": arguments, "v": value})


SHAPES = [0.5, 1, 2, 5, 17.5, 60, 333, 2000.5, 1e5]
for a in SHAPES:
    for b in SHAPES:
        mean = a / (a + b)
        sd = math.sqrt(a * b / (a + b + 1)) / (a + b)
        points = [mean, mean / 2, mean + (1 - mean) / 2] + [mean + z * sd for z in (-8, -2, 3, 7)]
        points += [mean * 10 ** -rng.uniform(1, 150 / a if a > 1 else 150)] if a < 100 else []
        for x in points:
            if not 1e-300 < x < 1:
                continue
            low, high = beta_tails(x, 1 - mp.mpf(x), a, b)
            add("betaCumulative", [x, a, b], low, special.betainc(a, b, x), 1e-7)
            add("betaUpperTail", [x, a, b], high, special.betaincc(a, b, x), 1e-7)

for df in [1, 2, 3, 4, 7, 10, 29, 100, 1001, 12345, 1e6]:
    for f in [1e-8, 1e-3, 0.2, 0.7, 0.99, 1, 1.2, 2, 5, 10]:
        low, high = gamma_tails(mp.mpf(df * f) / 2, mp.mpf(df) / 2)
        add("chiSquareCumulative", [df * f, df], low, special.chdtr(df, df * f), 1e-7)
        add("chiSquareUpperTail", [df * f, df], high, special.chdtrc(df, df * f), 1e-7)
    for t in [1e-9, 0.01, 0.5, 1, 1.96, 3, 6, 12, 25, 36.5, 300, 1e10, 1e40]:
        low, high = beta_tails(*[mp.mpf(v) / (mp.mpf(t) ** 2 + df) for v in (mp.mpf(t) ** 2, df)], 0.5, df / 2)
        add("studentTCumulative", [-t, df], high / 2, special.stdtr(df, -t), 1e-7)
        add("studentTCumulative", [t, df], 1 - high / 2, special.stdtr(df, t), 1e-7)
    for d2 in [1, 3, 20, 500, 1e6]:
        for f in [1e-6, 0.1, 0.8, 1, 1.3, 3, 40, 1e6]:
            p, q = mp.mpf(df) * mp.mpf(f), mp.mpf(d2)
            low, high = beta_tails(p / (p + q), q / (p + q), df / 2, d2 / 2)
            add("fCumulative", [f, df, d2], low, special.fdtr(df, d2, f), 1e-6)
            add("fUpperTail", [f, df, d2], high, special.fdtrc(df, d2, f), 1e-6)

for x in [0, 1e-9, 0.1, 0.7, 1, 2.5, 5, 9.3, 14.142, 20.1, 30.7, 37.0519]:
    add("normalCumulative", [-x], mp.ncdf(-mp.mpf(x)), special.ndtr(-x))
    add("normalCumulative", [x], mp.ncdf(mp.mpf(x)), special.ndtr(x))

for n in [1, 2, 5, 30, 200, 5000, 100000]:
    for chance in [0.5, 0.1, 0.003, 0.97]:
        for k in sorted({0, n - 1, n // 2, n // 10, min(n, int(n * chance)), min(n, int(n * chance) + 7)}):
            p = mp.mpf(chance)
            mass = mp.binomial(n, k) * p ** k * (1 - p) ** (n - k)
            add("binomialMass", [k, n, chance], mass, stats.binom.pmf(k, n, chance), 1e-6)
            if k < n:
                low, high = beta_tails(p, 1 - p, k + 1, n - k)
                add("binomialCumulative", [k, n, chance], high, special.bdtr(k, n, chance), 1e-6)
                add("binomialUpperTail", [k, n, chance], low, special.bdtrc(k, n, chance), 1e-6)


def root(tails, wanted, start):
    """The t with tail(t) = wanted by the secant method on logarithms, from scipy's answer."""
    goal = mp.log(wanted)
    s = mp.log(start)
    return mp.exp(mp.findroot(lambda u: mp.log(tails(mp.exp(u))) - goal, (s, s + mp.mpf(10) ** -6), tol=1e-60, verify=False))


PROBABILITIES = [1e-12, 1e-5, 0.0005, 0.005, 0.025, 0.3, 0.5, 0.7, 0.975, 0.995]
for p in PROBABILITIES + [1e-300, 1e-60, 0.4999999, 0.50001, 0.999999]:
    if p != 0.5:
        value = mp.findroot(lambda u: mp.log(mp.ncdf(u) / mp.mpf(p)), special.ndtri(p), tol=1e-60, verify=False)
        cases.append({"f": "normalQuantile", "x": [p], "v": float(value)})
        assert abs(special.ndtri(p) / float(value) - 1) < 1e-9, (p, value)
for df in [1, 2, 5, 30, 1000, 1e6]:
    for p in PROBABILITIES:
        def upper(t, df=df):
            t = mp.mpf(t)
            return beta_tails(t * t / (t * t + df), df / (t * t + df), 0.5, mp.mpf(df) / 2)
        if p < 0.5:
            t = root(lambda u: upper(u)[1], 2 * mp.mpf(p), -special.stdtrit(df, p))
            add("studentTUpperQuantile", [p, df], t, -special.stdtrit(df, p), 1e-7)
        scipy_chi = special.chdtri(df, 1 - p) if p > 1e-6 else 2 * special.gammaincinv(df / 2, p)
        c = root(lambda u: gamma_tails(u / 2, mp.mpf(df) / 2)[0], mp.mpf(p), scipy_chi)
        add("chiSquareQuantile", [p, df], c, scipy_chi, 1e-6)
        for d2 in [1, 4, 99, 1e5]:
            def lower(f, df=df, d2=d2):
                u, v = df * mp.mpf(f), mp.mpf(d2)
                return beta_tails(u / (u + v), v / (u + v), mp.mpf(df) / 2, v / 2)[0]
            start = special.fdtri(df, d2, p)
            if p > 1e-6:
                add("fQuantile", [p, df, d2], root(lower, mp.mpf(p), start), start, 1e-6)
for a, b in [(0.5, 0.5), (0.5, 20.5), (3, 8), (1, 1), (200.5, 0.5), (77, 1300), (1e5, 2e5), (0.5, 1e5)]:
    for p in PROBABILITIES:
        start = special.betaincinv(a, b, p)
        x = root(lambda u: beta_tails(u, 1 - u, a, b)[0], mp.mpf(p), start) if start < 0.999999 else None
        if x is not None:
            add("betaQuantile", [p, a, b], x, start, 1e-6)

out = {"versions": {"mpmath": mp.__version__, "scipy": scipy.__version__}, "cases": cases}
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
head = json.dumps(out["versions"])
pathlib.Path(__file__).with_name("numerics.json").write_text('{"versions":%s,"cases":[\n%s\n]}\n' % (head, lines))
print(len(cases), "cases; scipy's largest relative difference above 1e-100:", {k: f"{v:.1e}" for k, v in worst.items()})

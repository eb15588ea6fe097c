"""Random label tables and the writing of fixtures, shared by make_pairwise, make_multirater, make_fidelity and make_scores."""
import json
import pathlib
import random
from importlib.metadata import version

HERE = pathlib.Path(__file__).parent
BINARY = ["no", "yes"]
TOLERANCE = {"abs": 1e-9}


class Table:
    """Codes by rater, item by item, None for no label; scores likewise."""

    def __init__(self, name, categories, columns, scale="binary", reference=None, scores=None):
        self.name, self.categories, self.columns, self.scale = name, categories, columns, scale
        self.reference, self.scores = reference, scores or {}
        self.q = len(categories)
        self.count = len(next(iter(columns.values())))

    @property
    def speaking(self):
        return [name for name, column in self.columns.items() if any(v is not None for v in column)]

    def both(self, a, b):
        return [(x, y) for x, y in zip(self.columns[a], self.columns[b]) if x is not None and y is not None]

    def write(self):
        items = []
        for i in range(self.count):
            labels = {r: None if c[i] is None else self.categories[c[i]] for r, c in self.columns.items()}
            item = {"item": f"i{i}", "labels": labels}
            scores = {r: s[i] for r, s in self.scores.items() if s[i] is not None}
            if scores:
                item["score"] = scores
            items.append(json.dumps(item, separators=(",", ":")))
        head = {"name": self.name, "scale": self.scale, "categories": self.categories, "raters": list(self.columns), "reference": self.reference}
        (HERE / "datasets").mkdir(exist_ok=True)
        text = json.dumps(head)[:-1] + ', "items": [\n' + ",\n".join(items) + "\n]}\n"
        (HERE / "datasets" / f"{self.name}.json").write_text(text)


def noisy(rng, truth, q, error, missing=0.0):
    """Copies labels; some are drawn anew from q categories, some are missing."""
    return [None if rng.random() < missing else (rng.randrange(q) if rng.random() < error else t) for t in truth]


def drawn(rng, count, weights):
    return rng.choices(range(len(weights)), weights=weights, k=count)


def rounded(value):
    """Four digits more than the tolerance asks for."""
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return round(value, 13) if isinstance(value, float) else value


def undefined(reason):
    return {"undefined": reason}


class Cases:
    """The expected file of a group."""

    def __init__(self, group, seed, libraries):
        self.group, self.seed, self.cases = group, seed, []
        self.versions = {name: version(name) for name in libraries}

    def add(self, table, stat, args, value, lib):
        case = {"id": f"{self.group[0]}{len(self.cases)}", "dataset": table.name, "stat": stat, "args": args, "value": rounded(value), "lib": lib, "tol": TOLERANCE}
        self.cases.append(json.dumps(case, separators=(",", ":")))

    def write(self):
        head = json.dumps({"group": self.group, "seed": self.seed, "versions": self.versions, "count": len(self.cases)})
        (HERE / "expected").mkdir(exist_ok=True)
        text = head[:-1] + ', "cases": [\n' + ",\n".join(self.cases) + "\n]}\n"
        (HERE / "expected" / f"{self.group}.json").write_text(text)


def generator(seed):
    return random.Random(seed)

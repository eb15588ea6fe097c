"""Writes paper.json: the running mean, difference, norm, direction and edited weights of the paper's recipe in torch bfloat16.

torch 2.13.0 (CPU). Numbers are bfloat16 or float32 bit patterns. Run: python make.py > paper.json
"""

import json

import torch

torch.manual_seed(2510)
torch.set_num_threads(1)


def bits16(tensor):
    return [value & 0xFFFF for value in tensor.contiguous().view(torch.int16).flatten().tolist()]


def running_mean(rows):
    mean = None
    for index in range(rows.shape[0]):
        current = rows[index]
        mean = current.clone() if mean is None else mean + (current - mean) / (index + 1)
        assert mean.dtype == torch.bfloat16
    return mean


def case(name, harmful, harmless, outliers, shift, width=24, columns=8, scale=1.0):
    def rows(count, offset):
        values = torch.randn(count, width) + offset
        values[:, :outliers] += 300.0
        return values.to(torch.bfloat16)

    direction = torch.randn(width) * shift
    bad, good = rows(harmful, direction), rows(harmless, torch.zeros(width))
    bad_mean, good_mean = running_mean(bad), running_mean(good)
    difference = bad_mean - good_mean
    norm = difference.norm()
    assert norm.dtype == torch.bfloat16
    unit = difference / norm
    weights = torch.randn(width, columns).to(torch.bfloat16)
    r, w = unit.to(torch.float32), weights.to(torch.float32)
    edited = (w - scale * torch.outer(r, r @ w)).to(torch.bfloat16)
    return {
        "name": name,
        "width": width,
        "columns": columns,
        "scale": scale,
        "harmful": bits16(bad),
        "harmless": bits16(good),
        "harmfulMean": bits16(bad_mean),
        "harmlessMean": bits16(good_mean),
        "difference": bits16(difference),
        "norm": bits16(norm.reshape(1))[0],
        "direction": bits16(unit),
        "weights": bits16(weights),
        "edited": bits16(edited),
    }


cases = [
    case("one prompt each", 1, 1, 0, 1.0),
    case("a few prompts", 7, 5, 0, 1.0),
    case("many prompts: updates below half an ulp vanish", 120, 70, 0, 0.5),
    case("outlier dimensions", 60, 40, 3, 1.0),
    case("a strength of one half", 20, 20, 0, 1.0, scale=0.5),
]
print(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")))

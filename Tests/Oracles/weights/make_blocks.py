"""Random blocks of every weight format that Tribunal decodes, with the float32 values that the reference gives them.

    python3 Tests/Oracles/weights/make_blocks.py

writes `blocks.gguf` (written by the gguf package) and `blocks.safetensors` (the values under the same names, and MXFP4 as
gpt-oss stores it, with its values) beside itself. Made with gguf 0.19.0, transformers 5.23.0, torch 2.13.0, safetensors 0.8.0,
numpy 1.26.4.
"""
import pathlib

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

HERE = pathlib.Path(__file__).parent
NAMES = "F32 F16 BF16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K IQ4_NL IQ4_XS MXFP4".split()
# Where a block holds half-precision scales: byte offsets.
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0],
}
ROWS, COLUMNS = 2, 256


def raw(name, draw):
    """Rows of random bytes without NaN and infinity; the first row has subnormal, zero and negative scales too."""
    elements, size = gguf.GGML_QUANT_SIZES[Type[name]]
    blocks = draw.integers(0, 256, (ROWS * COLUMNS // elements, size), dtype=np.uint8)
    for offset in HALVES.get(name, []):
        halves = draw.normal(0, 0.05, len(blocks)).astype(np.float16)
        halves[: min(3, len(blocks) - 1)] = np.array([0, 1e-7, -2e-5], np.float16)[: min(3, len(blocks) - 1)]
        blocks[:, offset : offset + 2] = halves.view(np.uint8).reshape(-1, 2)
    if name == "F32":
        return draw.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    if name in ("F16", "BF16"):
        words = blocks.view(np.uint16)
        exponent = 0x7C00 if name == "F16" else 0x7F80
        words[(words & exponent) == exponent] ^= 0x4000
    if name == "MXFP4":
        blocks[:, 0] = draw.integers(100, 140, len(blocks))
        blocks[:2, 0] = [0, 1]
    return blocks.reshape(ROWS, -1)


def main():
    draw = np.random.default_rng(20260105)
    writer = gguf.GGUFWriter(HERE / "blocks.gguf", "village")
    writer.add_uint8("mill.uint8", 200)
    writer.add_int8("mill.int8", -100)
    writer.add_uint16("mill.uint16", 60000)
    writer.add_int16("mill.int16", -30000)
    writer.add_uint32("mill.uint32", 4000000000)
    writer.add_int32("mill.int32", -2000000000)
    writer.add_uint64("mill.uint64", 2**64 - 1)
    writer.add_int64("mill.int64", -(2**63))
    writer.add_float32("mill.float32", 0.1)
    writer.add_float64("mill.float64", 0.1)
    writer.add_bool("mill.bool", True)
    writer.add_string("mill.string", "honey\nand wax é")
    writer.add_array("mill.strings", ["comb", "", "bees"])
    writer.add_array("mill.integers", [3, -1, 2])
    writer.add_array("mill.numbers", [0.5, -2.25])
    writer.add_array("mill.bools", [True, False])
    expected = {}
    for name in NAMES:
        data = raw(name, draw)
        kind = Type[name]
        plain = data if name == "F32" else data.view(np.float16) if name == "F16" else data
        writer.add_tensor(f"blocks.{name}", plain, raw_dtype=None if name in ("F32", "F16") else kind)
        with np.errstate(over="ignore"):
            expected[f"blocks.{name}"] = gguf.dequantize(plain, kind).astype(np.float32).reshape(ROWS, COLUMNS)
        assert np.isfinite(expected[f"blocks.{name}"]).all(), name
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    codes = draw.integers(0, 256, (2, 6, 3, 16), dtype=np.uint8)
    scales = draw.integers(90, 150, (2, 6, 3), dtype=np.uint8)
    scales[0, 0] = [0, 1, 2]
    values = convert_moe_packed_tensors(torch.from_numpy(codes), torch.from_numpy(scales), dtype=torch.float32)
    expected["experts_blocks"], expected["experts_scales"] = codes, scales
    # The library turns the matrices: [experts, columns, rows].
    expected["experts"] = np.ascontiguousarray(values.numpy().transpose(0, 2, 1))
    assert expected["experts"].shape == (2, 6, 96)
    save_file(expected, HERE / "blocks.safetensors")


main()

#!/usr/bin/env python3
"""Exports edited copies of checkpoints, loads them in transformers and compares their logits with the lane's, the same
edit done to activations of the original by `tribunal inspect forward`.

Needs torch 2.13.0, transformers 5.23.0 and safetensors 0.8.0. The checkpoints need no tokenizer; where there is an
expected.safetensors beside the weights its input_ids are used, else random ones. Example, from the root of the checkout:

    Tools/check-architectures.py --tribunal .build/debug/tribunal Tests/Oracles/architectures/*/

Exit code 1 if float32 weights differ from the lane by more than 2e-3 standard deviations of the logits.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

LIMIT = 2e-3


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tribunal", required=True, help="the program")
    parser.add_argument("--sites", default="attentionOutput,mlpOutput,embedding", help="with commas")
    parser.add_argument("checkpoints", nargs="+", type=pathlib.Path)
    return parser.parse_args()


def run(arguments, *command):
    subprocess.run([arguments.tribunal, *map(str, command)], check=True, stdout=subprocess.DEVNULL)


def check(arguments, checkpoint, folder):
    config = json.loads((checkpoint / "config.json").read_text())
    config = config.get("text_config", config)
    generator = torch.Generator().manual_seed(7)
    expected = checkpoint / "expected.safetensors"
    if expected.exists():
        ids = load_file(expected)["input_ids"]
    else:
        ids = torch.randint(0, config["vocab_size"], (2, 24), generator=generator)
    save_file({"input_ids": ids}, folder / "in.safetensors")
    save_file({"direction": torch.randn(config["hidden_size"], generator=generator)}, folder / "direction.safetensors")
    edit = {"direction": {"file": "direction.safetensors"}, "sites": arguments.sites.split(","), "as": "lane"}
    (folder / "edit.json").write_text(json.dumps(edit))

    files = ["--input", folder / "in.safetensors", "--output", folder / "out.safetensors", "--compute", "f32"]
    run(arguments, "inspect", "forward", "--model", checkpoint, *files, "--edit", folder / "edit.json")
    lane = load_file(folder / "out.safetensors")["logits"]
    found = {}
    for dtype in ["f32", "bf16"]:
        target = folder / dtype
        run(arguments, "abliterate", "--model", checkpoint, "--edit", folder / "edit.json", "--export", target,
            "--dtype", dtype)
        # As the configuration says for float32; bfloat16 weights are widened, to see their rounding alone.
        model = AutoModelForCausalLM.from_pretrained(target, dtype="auto" if dtype == "f32" else torch.float32)
        if dtype == "f32":
            assert model.dtype == torch.float32, model.dtype
        with torch.no_grad():
            logits = model.eval()(ids).logits
        found[dtype] = ((logits - lane).abs().max() / lane.std()).item()
    return found


def main():
    arguments = read_arguments()
    torch.set_num_threads(1)
    worst = 0.0
    for checkpoint in arguments.checkpoints:
        with tempfile.TemporaryDirectory() as folder:
            found = check(arguments, checkpoint, pathlib.Path(folder))
        worst = max(worst, found["f32"])
        print(f"{checkpoint.name:24} f32 {found['f32']:.1e}  bf16 {found['bf16']:.1e} standard deviations", flush=True)
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())

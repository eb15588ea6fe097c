#!/usr/bin/env python3
"""Loads a checkpoint that `tribunal abliterate --export` wrote in transformers and compares its greedy answers with the
lane's, the same edit done to activations of the original.

Needs torch, transformers and safetensors. Example, from the root of the checkout:

    P=Demo/prompts M=Demo/checkpoints/instruct
    tribunal abliterate --model $M --harmful $P/harmful_train.txt --harmless $P/harmless_train.txt --count 128 \\
        --export edited --direction direction.safetensors
    Tools/check-export.py --tribunal tribunal --model $M --export edited --direction direction.safetensors \\
        $P/harmful_eval.txt $P/harmless_eval.txt

Exit code 1 if more than 1 % of the answers differ.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tribunal", required=True, help="the program")
    parser.add_argument("--model", required=True, help="folder of the original checkpoint")
    parser.add_argument("--export", required=True, type=pathlib.Path, help="folder of the exported checkpoint")
    parser.add_argument("--direction", required=True, type=pathlib.Path, help="what --direction of the verb wrote")
    parser.add_argument("--compute", default="f32", choices=["f32", "bf16"], help="the lane's arithmetic")
    parser.add_argument("--new-tokens", default=48, type=int)
    parser.add_argument("prompts", nargs="+", type=pathlib.Path, help="files of one prompt a line")
    return parser.parse_args()


def lane_answers(arguments, rows, folder):
    """Greedy continuations of rows of one length by `tribunal inspect forward`, not cut at a stop token."""
    edit = json.loads((arguments.export / "tribunal_edit.json").read_text())["edit"]
    edit["direction"] = {"file": str(arguments.direction.resolve()), "tensor": "direction"}
    edit["as"] = "lane"
    (folder / "edit.json").write_text(json.dumps(edit))
    save_file({"input_ids": torch.tensor(rows)}, folder / "in.safetensors")
    command = [arguments.tribunal, "inspect", "forward", "--model", arguments.model, "--compute", arguments.compute]
    command += ["--input", folder / "in.safetensors", "--output", folder / "out.safetensors"]
    command += ["--edit", folder / "edit.json", "--greedy", str(arguments.new_tokens)]
    subprocess.run(command, check=True)
    return [row[len(rows[0]):].tolist() for row in load_file(folder / "out.safetensors")["greedy"]]


def until_stop(tokens, stops):
    """The tokens before the first that ends an answer."""
    for at, token in enumerate(tokens):
        if token in stops:
            return tokens[:at]
    return tokens


def main():
    arguments = read_arguments()
    tokenizer = AutoTokenizer.from_pretrained(arguments.export)
    model = AutoModelForCausalLM.from_pretrained(arguments.export, dtype=torch.float32).eval()
    stops = model.generation_config.eos_token_id
    stops = set(stops if isinstance(stops, list) else [stops])

    by_length = {}
    for prompt in [line for file in arguments.prompts for line in file.read_text().splitlines()]:
        text = tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True
        )
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        by_length.setdefault(len(ids), []).append((prompt, ids))

    total = equal = 0
    with tempfile.TemporaryDirectory() as folder:
        for length, group in sorted(by_length.items()):
            lanes = lane_answers(arguments, [ids for _, ids in group], pathlib.Path(folder))
            for (prompt, ids), lane in zip(group, lanes):
                with torch.no_grad():
                    out = model.generate(
                        torch.tensor([ids]), do_sample=False, max_new_tokens=arguments.new_tokens
                    )[0, length:].tolist()
                ours, theirs = until_stop(lane, stops), until_stop(out, stops)
                total += 1
                equal += ours == theirs
                if ours != theirs:
                    print(f"differs: {prompt}\n  lane:     {tokenizer.decode(ours)}\n  exported: {tokenizer.decode(theirs)}")
    print(f"{equal} of {total} greedy answers equal")
    return 0 if total and total - equal <= 0.01 * total else 1


if __name__ == "__main__":
    sys.exit(main())

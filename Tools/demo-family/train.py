"""Rebuild the demo family: python train.py --out DIR  (2 CPU cores; see Demo/README.md)."""
import argparse
import json
import multiprocessing as mp
import shutil
from pathlib import Path

import family
import measure

def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--measure-only", action="store_true", help="reuse the checkpoints in DIR")
    p.add_argument("--new-tokenizer", action="store_true", help="learn a new tokenizer: another family, other weights")
    a = p.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    if not (a.out / "tokenizer.json").exists():
        if a.new_tokenizer:
            family.make_tokenizer(a.out / "tokenizer.json")
        else:  # the family's own: it was learned from an earlier state of the templates, so it is an input, not an output
            shutil.copy(Path(__file__).with_name("tokenizer.json"), a.out / "tokenizer.json")
    if not a.measure_only:
        with mp.get_context("spawn").Pool(2) as pool:
            done = pool.map(family.run_chain, [(i, str(a.out)) for i in range(len(family.CHAINS))], chunksize=1)
        (a.out / "counts.json").write_text(json.dumps({k: v for part in done for k, v in part.items()}))
    measure.write_all(a.out)

if __name__ == "__main__":
    main()

"""`python -m deep_aspects_training.comparison --row unetpp-infarct`: train one row of the comparison and export it;
`--all` trains every row.

The pool of slices is built first where it is missing. What is there already is not done again: remove a row's folder
to retrain it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .export_row import export_row
from .pool import ensure_pool
from .recipe import all_rows, load_recipe, parse_row
from .train_row import train_row


def main() -> None:
    parser = argparse.ArgumentParser(description="Train and export rows of the comparison of architectures.")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--row", nargs="+", help="ARCHITECTURE-TASK, for example unetpp-infarct")
    chosen.add_argument("--all", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--recipe", type=Path, default=Path("configs/comparison/small.yaml"))
    parser.add_argument("--atlas", type=Path, help="instead of the recipe's")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs/comparison"), help="folder of the pool and the checkpoints"
    )
    parser.add_argument("--out", type=Path, default=Path("../comparison"), help="models folder")
    args = parser.parse_args()
    recipe = load_recipe(args.recipe)
    rows = all_rows(args.seed) if args.all else [parse_row(name, args.seed) for name in args.row]
    pool = ensure_pool(args.atlas or Path(recipe.atlas), recipe.anatomies, recipe.pool, args.runs / "pool")
    for row in rows:
        export_row(row, train_row(recipe, row, pool, args.runs), pool, args.out)


if __name__ == "__main__":
    main()

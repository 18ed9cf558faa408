"""Files of a run: checkpoints and tables that grow by a row."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import torch


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Whole, or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def append_row(path: Path, row: dict[str, Any]) -> None:
    """A row of a CSV file, which begins with a header."""
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)

"""Files of a run: checkpoints and tables that grow by a row."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import torch

#: The last checkpoint of a run, from which it goes on, and the one that was best in validation.
CHECKPOINT, BEST = "checkpoint.pt", "best.pt"


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Whole, or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def checkpoint_of(named: str) -> Path:
    """A checkpoint that is named, or of a run's folder the best one; the last where no best is kept."""
    path = Path(named)
    if not path.is_dir():
        return path
    return path / BEST if (path / BEST).exists() else path / CHECKPOINT


def append_row(path: Path, row: dict[str, Any]) -> None:
    """A row of a CSV file, which begins with a header."""
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)

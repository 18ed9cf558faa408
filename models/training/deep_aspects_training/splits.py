"""Which anatomies and which infarct shapes are learnt from, and which are kept back. One place, so that no two programs disagree."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np

SPLITS: Final[tuple[str, ...]] = ("train", "validation", "test")

#: Anatomies by name. Each split has a young and an old head (ventricles in ml: validation 15 and 74; test 13, 43 and 91).
ANATOMIES: Final[dict[str, tuple[str, ...]]] = {
    "train": (
        "colin27", "mni152", "jhu189",
        "head-01", "head-02", "head-03", "head-05", "head-06", "head-09", "head-10", "head-11", "head-13", "head-15",
    ),
    "validation": ("head-07", "head-14"),
    "test": ("head-17", "head-18", "head-20"),
}  # fmt: skip


def anatomies(split: str, atlas: str | Path) -> list[int]:
    """Numbers in an atlas file of a split's anatomies, in the order of ANATOMIES.

    Raises KeyError for an unknown split, ValueError where the file lacks one of its anatomies.
    """
    with np.load(atlas) as archive:
        numbers = dict(zip(archive["names"].tolist(), archive["numbers"].tolist())) if "names" in archive.files else {}
    missing = [name for name in ANATOMIES[split] if name not in numbers]
    if missing:
        raise ValueError(f"{atlas} lacks {', '.join(missing)}: build it with --heads")
    return [numbers[name] for name in ANATOMIES[split]]


def shape_split(subject: int) -> int:
    """Index into SPLITS of a subject's infarcts, about 70, 10 and 20 %; depends on the subject's number alone."""
    draw = int.from_bytes(hashlib.sha256(f"infarct-{int(subject)}".encode()).digest()[:4], "big") / 2**32
    return 0 if draw < 0.7 else 1 if draw < 0.8 else 2

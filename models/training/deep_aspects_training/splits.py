"""Every anatomy, and which anatomies and infarct shapes are learnt from and which are kept back. One place, so that
no two programs disagree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

SPLITS: Final[tuple[str, ...]] = ("train", "validation", "test")


@dataclass(frozen=True)
class Anatomy:
    """source: `templates`, made by atlas.build in this order, or `heads`, a label map of this name for atlas.heads.
    split: None is used by no split."""

    name: str
    source: str
    split: str | None


#: Validation and test each have a young and an old head (ventricles in ml: validation 15 and 74; test 13, 43 and 91).
ANATOMIES: Final[tuple[Anatomy, ...]] = (
    Anatomy("colin27", "templates", "train"),
    Anatomy("mni152", "templates", "train"),
    Anatomy("jhu189", "templates", "train"),
    Anatomy("colin27-mirrored", "templates", None),
    Anatomy("head-01", "heads", "train"),
    Anatomy("head-02", "heads", "train"),
    Anatomy("head-03", "heads", "train"),
    Anatomy("head-05", "heads", "train"),
    Anatomy("head-06", "heads", "train"),
    Anatomy("head-07", "heads", "validation"),
    Anatomy("head-09", "heads", "train"),
    Anatomy("head-10", "heads", "train"),
    Anatomy("head-11", "heads", "train"),
    Anatomy("head-13", "heads", "train"),
    Anatomy("head-14", "heads", "validation"),
    Anatomy("head-15", "heads", "train"),
    Anatomy("head-17", "heads", "test"),
    Anatomy("head-18", "heads", "test"),
    Anatomy("head-20", "heads", "test"),
)
TEMPLATES: Final[tuple[str, ...]] = tuple(anatomy.name for anatomy in ANATOMIES if anatomy.source == "templates")

#: What recipes and commands name: an anatomy, a split for all of its anatomies, or a number in an atlas file.
Chosen = Iterable[str | int]


def anatomy_names(chosen: Chosen) -> list[str | int]:
    """With each split's name replaced by those of its anatomies."""
    named: list[str | int] = []
    for each in chosen:
        named += [anatomy.name for anatomy in ANATOMIES if anatomy.split == each] if each in SPLITS else [each]
    return named


def anatomy_numbers(chosen: Chosen, atlas: str | Path) -> list[int]:
    """Numbers in an atlas file, in the order of `chosen`. ValueError where the file lacks one that is named."""
    with np.load(atlas) as archive:
        # A file of templates alone does not name them.
        names = archive["names"].tolist() if "names" in archive.files else list(TEMPLATES)
        numbers = dict(zip(names, archive["numbers"].tolist() if "numbers" in archive.files else range(len(names))))
    found, missing = [], []
    for name in anatomy_names(chosen):
        if name in numbers:
            found.append(int(numbers[name]))
        elif str(name).isdigit():
            found.append(int(name))
        else:
            missing.append(str(name))
    if missing:
        raise ValueError(f"{atlas} lacks {', '.join(missing)}; it has {', '.join(numbers)} (heads: atlas.heads)")
    return found


def shape_split(subject: int) -> int:
    """Index into SPLITS of a subject's infarcts, about 70, 10 and 20 %; depends on the subject's number alone."""
    draw = int.from_bytes(hashlib.sha256(f"infarct-{int(subject)}".encode()).digest()[:4], "big") / 2**32
    return 0 if draw < 0.7 else 1 if draw < 0.8 else 2

"""Builds the atlas: ``python -m deep_aspects_training.atlas.build --out FILE.npz``."""

from __future__ import annotations

import argparse
import ctypes
from pathlib import Path

import numpy as np

from ..splits import TEMPLATES
from . import brain, grid, painted, regions, skull, sources, territories, vessels


def label(t1, brain_mask, inside, labels, head) -> dict[str, np.ndarray]:
    """All volumes of one anatomy. inside: its intracranial mask; head: tissue outside of it."""
    tissue = brain.brain_tissue(t1, brain_mask, inside, labels)
    fossa = brain.posterior_fossa(labels, brain_mask)
    vessels.paint_dura(tissue, inside, fossa)
    vessels.paint_choroid(tissue)
    vessels.paint_arteries(tissue)
    tissue[~inside] = head[~inside]
    territory = territories.territories(tissue, labels, fossa)
    territory[~inside] = 0
    return {
        "tissue": tissue,
        "anatomy": regions.anatomy(tissue, territory, inside, labels.jhu),
        "territory": territory,
        "wm_periventricular": territories.periventricular(tissue),
    }


def build(folder=None) -> dict[str, np.ndarray]:
    """Arrays of the atlas file: ``affine`` and tissue, anatomy, territory, wm_periventricular of every anatomy of
    TEMPLATES, numbered in that order.

    folder: mricron's templates, see ``sources.templates_folder``. Raises sources.MissingSource.
    """
    folder = sources.templates_folder(folder)
    labels = brain.Labels(sources.load("jhu189.nii.gz", folder), sources.load("aal.nii.gz", folder))
    t1 = sources.load("ch2.nii.gz", folder).astype(np.float32)
    bet = sources.load("ch2bet.nii.gz", folder) > 0
    inside = brain.intracranial(bet, t1)
    head = skull.head_tissue(t1, inside)
    colin = label(t1, bet, inside, labels, head)

    average = sources.load_mni152()
    scaled = brain.to_colin_scale(average, csf=70, grey=167, white=215)
    inside = brain.intracranial(average > 0, t1)
    mni = label(scaled, average > 0, inside, labels, skull.fit_head(head, inside))

    image, mask = painted.painted_t1(labels, t1, bet)
    inside = brain.intracranial(mask, t1)
    jhu = label(image, mask, inside, labels, skull.fit_head(head, inside))

    # Voxel (x) of MNI x = 0 is 98 of 197: mirroring the array mirrors the head.
    mirrored = {name: volume[::-1] for name, volume in colin.items()}
    arrays = {"affine": grid.affine()}
    made = {"colin27": colin, "mni152": mni, "jhu189": jhu, "colin27-mirrored": mirrored}
    for k, anatomy in enumerate(made[name] for name in TEMPLATES):
        arrays.update({f"{name}_{k}": np.ascontiguousarray(volume) for name, volume in anatomy.items()})
    return arrays


def save(arrays: dict[str, np.ndarray], file: Path) -> None:
    """Writes the atlas file; a reader never sees half of one."""
    unfinished = file.with_suffix(".unfinished.npz")
    np.savez_compressed(unfinished, allow_pickle=True, **arrays)
    unfinished.replace(file)


def keep_freed_memory() -> None:
    """Lets glibc reuse freed volumes instead of giving each back to the system: half of the time otherwise."""
    trim_threshold, mmap_threshold = -1, -3
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(mmap_threshold, 1 << 30)
        libc.mallopt(trim_threshold, (1 << 31) - 1)
    except (OSError, AttributeError):
        return  # another C library: only slower


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, type=Path, help="the .npz file to write")
    parser.add_argument(
        "--templates",
        help=f"mricron's templates (default ${sources.TEMPLATES_VARIABLE} or {sources.DEFAULT_TEMPLATES})",
    )
    arguments = parser.parse_args()
    keep_freed_memory()
    arrays = build(arguments.templates)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    save(arrays, arguments.out)
    print(f"{arguments.out}: {len(TEMPLATES)} anatomies ({', '.join(TEMPLATES)})")


if __name__ == "__main__":
    main()

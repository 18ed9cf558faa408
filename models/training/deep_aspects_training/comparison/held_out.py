"""Held-out simulated scans of the comparison: of the anatomies that were learnt from, and of one that was not; kept on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..atlas_volumes import load_atlas
from ..generator.aligned_scan import aligned_scan
from ..generator.slices import SliceSettings

#: Seeds of scans; the pool and every training draw theirs far below.
FIRST_SEED = 6_600_000_000
INFARCT_SHARE = 0.75
#: Distance of the scans' slices, mm, at pixels of 1 mm.
SLICE_MM = 5.0


@dataclass
class HeldOutScan:
    """slabs float32 [N, 3, H, W] HU; anatomy, infarct, right uint8 [N, H, W] (right: of the patient)."""

    name: str
    slabs: np.ndarray
    anatomy: np.ndarray
    infarct: np.ndarray
    right: np.ndarray


def simulate_held_out(atlas: Path, anatomies: list[int], group: str, count: int, folder: Path) -> None:
    """Write `<group>-<number>.npz` for every number that is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{group}-{number:03d}.npz" for number in range(count)]
    if all(path.exists() for path in paths):
        return
    volumes = load_atlas(atlas, anatomies)
    for number, path in enumerate(paths):
        if path.exists():
            continue
        scan = aligned_scan(volumes, FIRST_SEED + 1000 * anatomies[0] + number, INFARCT_SHARE, SliceSettings())
        partial = path.with_suffix(".partial.npz")
        np.savez(
            partial, slabs=scan.slabs.numpy().astype(np.float16), anatomy=scan.anatomy.numpy(), infarct=scan.infarct.numpy(), right=scan.right.numpy(),
        )
        partial.replace(path)
        print(f"{path.stem}: {len(scan.slabs)} slices, infarct {int(scan.infarct.sum()) * SLICE_MM / 1000:.1f} ml", flush=True)


def read_held_out(path: Path) -> HeldOutScan:
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in ("anatomy", "infarct", "right")}
        return HeldOutScan(path.stem, archive["slabs"].astype(np.float32), **arrays)

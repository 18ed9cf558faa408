"""`python -m deep_aspects_training.scan_sets --atlas ATLAS --set test --out DIR`: simulated scans kept on disk, once for all checkpoints.

Two sets of scans with seeds of their own, which training never draws: `validation` chooses the scoring rule, `test` gives the figures.
A set holds scans of five kinds, so that every figure has enough cases:

- `ill`: a whole head with an infarct, as many of each of the four volume classes;
- `normal`: a whole head without infarct; white-matter disease, blood and calcium as they come;
- `diseased`: the same with white-matter disease of a severity from 0.4 to 1;
- `deep`: only the slices around an infarct of one deep region alone, 6 to 14 HU darker;
- `shaded`: a whole head without infarct, more askew than the others, with strong shade amid bone and brain that is brighter there.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .atlas_volumes import AtlasVolumes, anatomy_of, load_atlas, right_side_of
from .generator import acquisition
from .generator.aligned_scan import AlignedScan, all_levels, scan_subject
from .generator.head_scan import Subject, brain_points, sample_subject
from .generator.lesions import LesionShares
from .generator.randomness import Draw
from .generator.slices import SliceSettings
from .labels import REGIONS

#: Training seeds its slices with the run's seed times 1,000,003 plus the step: far below these.
FIRST_SEED = {"test": 7_700_000_000, "validation": 8_800_000_000, "smoke": 9_900_000_000}
#: Scans of each kind; ill ones are spread evenly over VOLUME_CLASSES, deep ones over DEEP.
COUNTS = {
    "test": {"ill": 60, "normal": 20, "diseased": 20, "deep": 40, "shaded": 20},
    "validation": {"ill": 32, "normal": 16, "diseased": 16, "deep": 24, "shaded": 16},
    "smoke": {"ill": 1, "normal": 1, "diseased": 0, "deep": 1, "shaded": 1},
}
KINDS = ("ill", "normal", "diseased", "deep", "shaded")
VOLUME_CLASSES = (("<3 ml", 0.0, 3.0), ("3-16 ml", 3.0, 16.0), ("16-66 ml", 16.0, 66.0), (">66 ml", 66.0, float("inf")))
DEEP = ("C", "L", "IC", "I")
LEAST_ML = 0.2
#: Grid of the quick look that tells how large an infarct is and which slices show it.
COARSE = SliceSettings(size=56, planes=(1, 1, 1))
#: See `SliceSettings`.
SHADING, BRIGHTENING, SHADED_ROLL_DEG = 6.0, 170.0, 6.0
COARSE_VOXEL_ML = 4.0 * 4.0 * 5.0 / 1000


@dataclass
class KeptScan:
    """A scan of a set. slabs float16 [N, 3, H, W] HU; anatomy, infarct, right uint8 [N, H, W]; levels_mm [N] above the head's centre.

    extents_mm: tissue that each slice stands for. about: kind, seed, drop_hu, white_disease, has_blood.
    """

    name: str
    slabs: np.ndarray
    anatomy: np.ndarray
    infarct: np.ndarray
    right: np.ndarray
    levels_mm: np.ndarray
    about: dict[str, Any]
    extents_mm: float = 5.0


@dataclass
class _Planned:
    """A subject with what its scan needs."""

    subject: Subject
    noise_hu: torch.Tensor
    seed: int
    draw: Draw


def _plan(atlas: AtlasVolumes, seed: int, infarct: float) -> _Planned:
    device = atlas.packed.device
    draw = Draw(1, device, torch.Generator(device=device).manual_seed(seed))
    noise_hu = acquisition.sample_noise_hu(draw)
    subject = sample_subject(draw, atlas, LesionShares(infarct=infarct), noise_hu=float(noise_hu))
    return _Planned(subject, noise_hu, int(draw.integer(2**31 - 1)), draw)


def _scan(atlas: AtlasVolumes, planned: _Planned, levels: torch.Tensor, settings: SliceSettings) -> AlignedScan:
    return scan_subject(atlas, planned.subject, levels, planned.noise_hu, planned.seed, settings)


def _ill_in_class(atlas: AtlasVolumes, seeds: Iterator[int], low: float, high: float) -> tuple[_Planned, int]:
    """The next subject whose infarct, looked at coarsely, has a volume in the class."""
    while True:
        seed = next(seeds)
        planned = _plan(atlas, seed, 1.0)
        volume = float(_scan(atlas, planned, all_levels(atlas.packed.device), COARSE).infarct.sum()) * COARSE_VOXEL_ML
        if max(low, LEAST_ML) <= volume < high:
            return planned, seed


def _set_disease(planned: _Planned) -> None:
    """White-matter disease from 0.4 to 1 on the worse side, in most heads less on the other."""
    severity = planned.subject.attenuation.white_disease
    worse, share = planned.draw.uniform(0.4, 1.0), planned.draw.uniform(0.6, 1.0)
    right_worse = bool(planned.draw.chance(0.5))
    severity[:, 0], severity[:, 1] = (worse * share, worse) if right_worse else (worse, worse * share)


def _set_deep_lesion(atlas: AtlasVolumes, planned: _Planned, region: str) -> None:
    """One infarct in the shape of one deep region of one side, or of a part of it; its HU drop holds in white matter too."""
    draw, lesions = planned.draw, planned.subject.lesions
    index, side = REGIONS.index(region) + 1, int(draw.integer(2))
    packed, position = brain_points(draw, atlas, int(planned.subject.heads.anatomy[0]), 60_000)
    inside = ((anatomy_of(packed) == index) & (right_side_of(packed) == side))[0].nonzero()[:, 0]
    lesions.present[:] = torch.tensor([[True, False]])
    lesions.allowed_anatomy[:, 0], lesions.allowed_territory[:, 0], lesions.allowed_side[:, 0] = 0, 1, 0
    lesions.allowed_anatomy[:, 0, index], lesions.allowed_side[:, 0, side] = 1, 1
    lesions.centre[:, 0] = position[0, :, inside[len(inside) // 2]]
    part = bool(draw.chance(0.3))
    lesions.radius[:, 0] = draw.uniform(12.0, 25.0)[:, None] if part else 300.0
    lesions.cosine[:, 0], lesions.fluid[:, 0], lesions.patchy[:, 0], lesions.white_share[:, 0] = -2.0, 0.0, 0.0, 1.0
    lesions.roughness[:, 0], lesions.softness[:, 0] = draw.uniform(0.2, 1.5), draw.uniform(0.3, 1.5)
    lesions.swelling[:, 0], lesions.drop[:, 0] = draw.uniform(0.0, 0.3), draw.uniform(6.0, 14.0)


def _deep_levels(atlas: AtlasVolumes, planned: _Planned) -> torch.Tensor:
    """Levels that show the infarct, and one more at either end."""
    levels = all_levels(atlas.packed.device)
    shown = _scan(atlas, planned, levels, COARSE).infarct.flatten(1).any(1)
    around = torch.nn.functional.max_pool1d(shown[None].float(), 3, 1, 1)[0] > 0
    return levels[around]


def simulate_set(
    atlas: AtlasVolumes, name: str, settings: SliceSettings, skip: set[str], kinds: tuple[str, ...] = KINDS
) -> Iterator[KeptScan]:
    """The scans of a set, one after the other, but for those named in `skip`. The same name gives the same scans."""
    counts = COUNTS[name]
    for index in range(max(counts.values())):
        for number, kind in enumerate(KINDS):
            scan_name = f"{kind}-{index:03d}"
            if kind in kinds and index < counts[kind] and scan_name not in skip:
                first = FIRST_SEED[name] + 10_000_000 * number + 1000 * index
                yield _simulate_one(atlas, scan_name, kind, index, first, settings)


def _simulate_one(atlas: AtlasVolumes, name: str, kind: str, index: int, seed: int, settings: SliceSettings) -> KeptScan:
    levels = all_levels(atlas.packed.device)
    if kind == "ill":
        _, low, high = VOLUME_CLASSES[index % len(VOLUME_CLASSES)]
        planned, seed = _ill_in_class(atlas, iter(range(seed, seed + 1000)), low, high)
    else:
        planned = _plan(atlas, seed, 0.0)
    if kind == "diseased":
        _set_disease(planned)
    if kind == "deep":
        _set_deep_lesion(atlas, planned, DEEP[index % len(DEEP)])
        levels = _deep_levels(atlas, planned)
    if kind == "shaded":
        settings = replace(settings, shading=SHADING, brightening=BRIGHTENING, roll_deg=SHADED_ROLL_DEG)
    scan = _scan(atlas, planned, levels, settings)
    about = {"kind": kind, "seed": seed, "drop_hu": scan.drop_hu, "white_disease": scan.white_disease, "has_blood": scan.has_blood}
    slabs = scan.slabs.to(torch.float16).cpu().numpy()
    anatomy, infarct, right = (plane.cpu().numpy() for plane in (scan.anatomy, scan.infarct, scan.right))
    return KeptScan(name, slabs, anatomy, infarct, right, levels.cpu().numpy(), about)


def write_scan(scan: KeptScan, folder: Path) -> None:
    """Write `<name>.npz`, whole or not at all."""
    arrays = {"slabs": scan.slabs, "anatomy": scan.anatomy, "infarct": scan.infarct, "right": scan.right, "levels_mm": scan.levels_mm}
    partial = folder / f"{scan.name}.partial{os.getpid()}.npz"
    np.savez(partial, allow_pickle=True, about=json.dumps(scan.about), extents_mm=scan.extents_mm, **arrays)
    partial.replace(folder / f"{scan.name}.npz")


def read_scan(path: Path) -> KeptScan:
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in ("slabs", "anatomy", "infarct", "right", "levels_mm")}
        return KeptScan(name=path.stem, about=json.loads(str(archive["about"])), extents_mm=float(archive["extents_mm"]), **arrays)


def scan_paths(folder: Path) -> list[Path]:
    """Files of the scans of a set. FileNotFoundError where there is none."""
    paths = sorted(path for path in folder.glob("*.npz") if ".partial" not in path.name)
    if not paths:
        raise FileNotFoundError(f"{folder} holds no scans; make them with deep_aspects_training.scan_sets")
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description="Simulate the scans of a set once and keep them.")
    parser.add_argument("--atlas", required=True, type=Path)
    parser.add_argument("--anatomies", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--set", required=True, choices=sorted(COUNTS))
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=KINDS, help="some kinds only: two processes can share a set")
    parser.add_argument("--size", type=int, default=224)
    args = parser.parse_args()
    torch.set_num_threads(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    args.out.mkdir(parents=True, exist_ok=True)
    there = {path.stem for path in args.out.glob("*.npz")}
    atlas = load_atlas(args.atlas, args.anatomies).to(device)
    for scan in simulate_set(atlas, args.set, replace(SliceSettings(), size=args.size), there, tuple(args.kinds)):
        write_scan(scan, args.out)
        print(f"{scan.name}: {len(scan.slabs)} slices", flush=True)


if __name__ == "__main__":
    main()

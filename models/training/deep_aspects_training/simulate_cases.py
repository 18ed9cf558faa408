"""`python -m deep_aspects_training.simulate_cases --atlas ATLAS --shapes SHAPES --split validation --count N --out
DIR`: cases to judge with.

Each case is a folder that `npx deep-aspects evaluate` reads: ct.nii.gz (HU), infarct.nii.gz (acute infarct, 0/1),
anatomy.nii.gz (class ids) and readers.json, with old.nii.gz, haemorrhage.nii.gz and truth.json with them. Half of the
cases have an acute infarct, a fifth a faint one, 15 % an old one alone, 15 % none but what looks like one. The split
decides heads and shapes, the seed and the number the case.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import nibabel
import numpy as np
import torch

from .atlas_volumes import AtlasVolumes, anatomy_of, load_atlas
from .generator.head_scan import (
    HeadScan,
    ScanSettings,
    Subject,
    brain_points,
    sample_scan_settings,
    sample_subject,
    simulate,
)
from .generator.lesions import DEEP_REGIONS, LesionShares
from .generator.randomness import Draw
from .generator.shapes import Shapes, load_shapes
from .splits import SPLITS, anatomy_names

KINDS = ("acute", "faint", "old", "lookalike")
#: Of twenty cases; in this order, so that any first part of a set is mixed.
ORDER = (0, 1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 3)
#: How an infarct lies: a real shape, a territory, a deep region alone.
FORMS = torch.tensor([0.6, 0.2, 0.2])
#: Fall of grey matter, HU.
DROP_HU = {"acute": (5.0, 12.0), "faint": (2.5, 5.0)}
#: A reader calls a region from this share of it on: fewer than one voxel in five is easily read over, as in readings
#: of real scans.
READER_FROM = 0.2
#: What of a shape the head must show for the case to count as one with an infarct, ml.
LEAST_ML = 0.5
TRIES = 12


def sample_case(draw: Draw, atlas: AtlasVolumes, shapes: Shapes, kind: str, noise_hu: float) -> Subject:
    """A head of one of KINDS. `draw` is of a batch of one."""
    bleeding = 0.0 if kind != "lookalike" else 4.0
    if kind == "lookalike":
        subject = sample_subject(draw, atlas, LesionShares(infarct=0.0), (0.0, 1.0), noise_hu, shapes, bleeding)
        if bool(draw.chance(0.6)):
            subject.heads.asymmetry = draw.normal(0.0, 1.0, 3, clip=1.8) * torch.tensor([[2.6, 2.2, 0.12]])
        return subject
    form = int(draw.choice(FORMS)[0])
    shares = (
        LesionShares(infarct=0.0, shape=1.0),
        LesionShares(infarct=0.0, territory=1.0),
        LesionShares(infarct=0.0, deep=1.0),
    )[form]
    subject = sample_subject(draw, atlas, shares, (0.0, 1.0), noise_hu, shapes, bleeding)
    lesions = subject.lesions
    lesions.present[:, 1] = False
    if kind == "old":
        lesions.fluid[:, 0] = draw.uniform(0.6, 1.0)
        lesions.swelling[:, 0] = draw.uniform(-0.3, 0.0)
    else:
        lesions.fluid[:, 0] = 0.0
        lesions.drop[:, 0] = draw.uniform(*DROP_HU[kind])
        lesions.swelling[:, 0] = 0.03 * lesions.drop[:, 0]
    if form == 2:
        _seed_in_deep_region(draw, atlas, subject)
    return subject


def _seed_in_deep_region(draw: Draw, atlas: AtlasVolumes, subject: Subject) -> None:
    """Seeds of few points miss the small deep regions: choose the region evenly, and a point of it among many."""
    packed, position = brain_points(draw, atlas, int(subject.heads.anatomy[0]), 60_000)
    region = 1 + int(draw.integer(DEEP_REGIONS - 1))
    side = int(draw.integer(2))
    right = (position[0, 0] > 0).int()
    inside = ((anatomy_of(packed)[0] == region) & (right == side)).nonzero()[:, 0]
    lesions = subject.lesions
    lesions.allowed_anatomy[:, 0], lesions.allowed_territory[:, 0], lesions.allowed_side[:, 0] = 0, 1, 0
    lesions.allowed_anatomy[:, 0, region], lesions.allowed_side[:, 0, side] = 1, 1
    lesions.centre[:, 0] = position[0, :, inside[len(inside) // 2]]
    lesions.radius[:, 0], lesions.cosine[:, 0] = 300.0, -2.0


def simulate_case(atlas: AtlasVolumes, shapes: Shapes, seed: int, kind: str, matrix: int) -> HeadScan:
    """A scan of one of KINDS; drawn anew where the head shows next to nothing of the infarct."""
    draw = Draw(1, "cpu", torch.Generator().manual_seed(seed))
    for _ in range(TRIES):
        settings = sample_scan_settings(draw)
        settings = replace(settings, matrix=matrix, pixel_mm=settings.pixel_mm * settings.matrix / matrix)
        subject = sample_case(draw, atlas, shapes, kind, settings.noise_hu)
        scan = simulate(draw, atlas, subject, settings, shapes)
        ill = scan.old if kind == "old" else scan.infarct
        if kind == "lookalike" or _ml(ill, settings) >= LEAST_ML:
            return scan
    raise RuntimeError(f"seed {seed} gives no infarct of {LEAST_ML} ml in {TRIES} tries")


def _ml(mask: np.ndarray, settings: ScanSettings) -> float:
    return float(mask.sum()) * settings.pixel_mm**2 * settings.spacing_mm / 1000


def reading(scan: HeadScan) -> dict:
    """What a reader who misses nothing writes down: the regions filled from READER_FROM on, of the worse side."""
    sides = scan.truth["hemispheres"]
    called = {
        side: [name for name, values in sides[side]["regions"].items() if values["infarctFraction"] >= READER_FROM]
        for side in sides
    }
    worse = max(called, key=lambda side: len(called[side]))
    affected = called[worse]
    return {"simulated": {"score": 10 - len(affected), "side": worse if affected else "none", "regions": affected}}


def write_case(scan: HeadScan, folder: Path, kind: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    volumes = {
        "ct": scan.hu,
        "infarct": scan.infarct,
        "anatomy": scan.anatomy,
        "old": scan.old,
        "haemorrhage": scan.haemorrhage,
    }
    for name, volume in volumes.items():
        image = nibabel.Nifti1Image(np.ascontiguousarray(np.transpose(volume, (2, 1, 0))), scan.affine)
        # A tilted gantry's grid is sheared: only the sform can say so.
        image.set_sform(scan.affine, code=1)
        image.set_qform(None if scan.settings.tilt_deg else scan.affine, code=0 if scan.settings.tilt_deg else 1)
        nibabel.save(image, folder / f"{name}.nii.gz")
    volumes_ml = {
        f"{name}Ml": round(_ml(mask, scan.settings), 2)
        for name, mask in (("old", scan.old), ("haemorrhage", scan.haemorrhage))
    }
    truth = {"data": "synthetic head CT", "kind": kind, "settings": asdict(scan.settings), **volumes_ml, **scan.truth}
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n")
    (folder / "readers.json").write_text(json.dumps(reading(scan), indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Simulate labelled head CT scans to judge networks with.")
    parser.add_argument("--atlas", required=True, type=Path)
    parser.add_argument("--shapes", required=True, type=Path)
    parser.add_argument("--split", choices=SPLITS, default="validation", help="of heads and shapes")
    parser.add_argument(
        "--anatomies",
        nargs="*",
        default=(),
        help="anatomies of the atlas to use, by name (default: those of the split)",
    )
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument(
        "--first", type=int, default=0, help="number of the first case: several processes can share a set"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--matrix", type=int, default=512)
    args = parser.parse_args()
    torch.set_num_threads(1)
    chosen = args.anatomies or [args.split]
    atlas, shapes = load_atlas(args.atlas, chosen), load_shapes(args.shapes, args.split)
    args.out.mkdir(parents=True, exist_ok=True)
    heads = ", ".join(map(str, anatomy_names(chosen)))
    described = {"name": f"simulated scans of {heads} and of {args.split} infarct shapes", "synthetic": True}
    (args.out / "dataset.json").write_text(json.dumps(described) + "\n")
    for index in range(args.first, args.first + args.count):
        kind = KINDS[ORDER[index % len(ORDER)]]
        folder = args.out / f"{kind}-{index:03d}"
        if (folder / "readers.json").exists():
            continue
        scan = simulate_case(atlas, shapes, args.seed * 100_003 + index, kind, args.matrix)
        write_case(scan, folder, kind)
        print(
            f"{folder.name}: ASPECTS {scan.truth['score']}, "
            f"acute {scan.truth['infarctMl']:.1f} ml, {len(scan.hu)} slices",
            flush=True,
        )


if __name__ == "__main__":
    main()

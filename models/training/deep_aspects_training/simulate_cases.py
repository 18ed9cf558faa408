"""`python -m deep_aspects_training.simulate_cases --atlas ATLAS --count N --out DIR --seed S`: labelled scans for `deep-aspects evaluate`.

Each case is a folder with ct.nii.gz (HU), infarct.nii.gz (0/1), anatomy.nii.gz (class ids) and truth.json.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import nibabel
import numpy as np
import torch

from .atlas_volumes import load_atlas
from .generator.head_scan import HeadScan, sample_scan_settings, sample_subject, simulate
from .generator.randomness import Draw


def write_case(scan: HeadScan, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, volume in (("ct", scan.hu), ("infarct", scan.infarct), ("anatomy", scan.anatomy)):
        image = nibabel.Nifti1Image(np.ascontiguousarray(np.transpose(volume, (2, 1, 0))), scan.affine)
        # A tilted gantry's grid is sheared: only the sform can say so.
        image.set_sform(scan.affine, code=1)
        image.set_qform(None if scan.settings.tilt_deg else scan.affine, code=0 if scan.settings.tilt_deg else 1)
        nibabel.save(image, folder / f"{name}.nii.gz")
    truth = {"data": "synthetic head CT", "settings": asdict(scan.settings), **scan.truth}
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Simulate labelled head CT scans.")
    parser.add_argument("--atlas", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--infarct", type=float, default=0.7, help="share of scans with an infarct")
    parser.add_argument("--anatomies", type=int, nargs="*", help="anatomies of the atlas to use (default: all)")
    parser.add_argument("--matrix", type=int, default=512)
    args = parser.parse_args()
    atlas = load_atlas(args.atlas, args.anatomies)
    for index in range(args.count):
        generator = torch.Generator().manual_seed(args.seed * 100_003 + index)
        draw = Draw(1, "cpu", generator)
        settings = sample_scan_settings(draw)
        if args.matrix != settings.matrix:
            settings = type(settings)(**{**asdict(settings), "matrix": args.matrix, "pixel_mm": settings.pixel_mm * 512 / args.matrix})
        subject = sample_subject(draw, atlas, args.infarct, noise_hu=settings.noise_hu)
        scan = simulate(draw, atlas, subject, settings)
        write_case(scan, args.out / f"case-{index:03d}")
        print(f"case-{index:03d}: ASPECTS {scan.truth['score']}, infarct {scan.truth['infarctMl']:.1f} ml, {len(scan.hu)} slices", flush=True)


if __name__ == "__main__":
    main()

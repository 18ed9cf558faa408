"""`python -m deep_aspects_training.preview --atlas ATLAS --out SHEET.png`: a contact sheet of simulated slices with
their truth."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from .atlas_volumes import load_atlas
from .generator.slices import SliceGenerator, Slices, SliceSettings
from .pictures import brain_window, draw_anatomy, draw_outline, save_png, tile


def sheet(slices: Slices, columns: int) -> np.ndarray:
    """Each sample twice: as it is, and with its regions and infarct (red outline)."""
    images = []
    for hu, anatomy, infarct in zip(
        slices.slabs[:, 0].cpu().numpy(), slices.anatomy.cpu().numpy(), slices.infarct.cpu().numpy()
    ):
        plain = brain_window(hu)
        images += [plain, draw_outline(draw_anatomy(plain, anatomy), infarct, (255, 0, 0))]
    return tile(images, 2 * columns)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a contact sheet of simulated head CT slices.")
    parser.add_argument("--atlas", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    generator = SliceGenerator(load_atlas(args.atlas), SliceSettings(size=args.size), args.seed)
    save_png(args.out, sheet(generator.batch(args.count), args.columns))


if __name__ == "__main__":
    main()

"""Contact sheets of the atlas: ``python -m deep_aspects_training.atlas.sheets FILE.npz FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from ..splits import TEMPLATES
from .grid import ORIGIN

#: Colour of every tissue number.
TISSUE_COLOURS = np.array(
    [
        (0, 0, 0),
        (230, 200, 150),
        (255, 255, 255),
        (200, 200, 220),
        (20, 60, 60),
        (30, 60, 160),
        (60, 140, 255),
        (130, 130, 130),
        (190, 190, 190),
        (255, 60, 60),
        (60, 220, 60),
        (0, 140, 0),
        (255, 230, 0),
        (255, 0, 255),
        (150, 80, 220),
        (150, 110, 60),
        (120, 150, 120),
        (180, 210, 180),
        (0, 255, 255),
        (255, 140, 0),
        (90, 0, 140),
        (255, 190, 200),
        (160, 60, 60),
        (0, 180, 140),
        (255, 0, 0),
    ],
    np.uint8,
)
#: Colour of every anatomy number.
ANATOMY_COLOURS = np.array(
    [
        (0, 0, 0),
        (255, 60, 60),
        (60, 220, 60),
        (255, 230, 0),
        (255, 0, 255),
        (70, 130, 255),
        (255, 140, 0),
        (150, 80, 220),
        (30, 70, 180),
        (190, 100, 0),
        (90, 40, 150),
        (110, 110, 110),
    ],
    np.uint8,
)
#: Colour of every territory number.
TERRITORY_COLOURS = np.array(
    [
        (0, 0, 0),
        (255, 120, 60),
        (60, 160, 255),
        (80, 200, 80),
        (150, 150, 150),
        (255, 0, 200),
    ],
    np.uint8,
)


def sheet(labels: np.ndarray, colours: np.ndarray, heights, columns: int, scale: int = 1, box=None) -> Image.Image:
    """Axial slices side by side, as in a viewer: the patient's right on the left, anterior on top.

    heights: MNI z of the slices; box: (x low, x high, y low, y high) in mm to show.
    """
    x0, x1, y0, y1 = box or (-98, 98, -134, 114)
    tiles = []
    for z in heights:
        part = labels[x0 - ORIGIN[0] : x1 - ORIGIN[0] + 1, y0 - ORIGIN[1] : y1 - ORIGIN[1] + 1, z - ORIGIN[2]]
        tiles.append(part[::-1, ::-1].T.repeat(scale, 0).repeat(scale, 1))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.concatenate(tiles[i : i + columns], axis=1) for i in range(0, len(tiles), columns)]
    image = Image.fromarray(np.concatenate(rows, axis=0))
    image.putpalette(colours.ravel().tolist())
    return image


def write_sheets(atlas, folder: Path) -> list[Path]:
    """Writes tissue, deep structures, regions and territories of every anatomy but the mirrored one."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for k, name in enumerate(TEMPLATES):
        if name.endswith("mirrored"):
            continue
        tissue, anatomy, territory = (atlas[f"{kind}_{k}"] for kind in ("tissue", "anatomy", "territory"))
        brain = (-80, 80, -115, 85)
        pictures = {
            "tissue": sheet(tissue, TISSUE_COLOURS, range(-76, 110, 6), 8),
            "deep": sheet(tissue, TISSUE_COLOURS, range(-14, 34, 2), 8, 1, (-60, 60, -60, 50)),
            "regions": sheet(anatomy, ANATOMY_COLOURS, range(-15, 57, 3), 8, 1, brain),
            "territories": sheet(territory, TERRITORY_COLOURS, range(-50, 78, 8), 8, 1, brain),
        }
        for kind, picture in pictures.items():
            path = folder / f"{name}-{kind}.png"
            picture.save(path, optimize=True)
            written.append(path)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("atlas", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    for path in write_sheets(np.load(arguments.atlas), arguments.folder):
        print(path)


if __name__ == "__main__":
    main()

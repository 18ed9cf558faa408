"""Real single slices for training: ``python -m deep_aspects_training.real_slices --slices DIR --out FILE.npz
[--count N]``.

DIR holds `images/*.png`, grey value = HU clipped to 0-255, and `masks/*.png` of the same names, in which all that is
not black was outlined by a reader, as in the 24 slices of CPAISD (Zenodo 10892316, CC BY 4.0) in the public
repository sarah-antillia/TensorFlow-FlexUNet-Image-Segmentation-Core-Penumbra-Acute-Ischemic-Stroke-NCCT. Pixel
spacing is unknown: a head is taken to be HEAD_LENGTH_MM long. Each slice is turned until it is most like its mirror
image, as the product does with whole heads. What the file holds: `generator/real_slices.py`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

HEAD_LENGTH_MM = 178.0
#: Pixels of 1 mm a side of the result.
SIZE = 224
#: Margin around what a reader outlined, and how far within the head's outline there is brain alone, mm.
MARGIN_MM, SKULL_MM = 4, 8
SOFT_TISSUE_HU = 5
TURNS_DEG, SHIFTS_MM = np.arange(-40, 41, 2), np.arange(-10, 11, 2.5)


def head_mask(hu: np.ndarray) -> np.ndarray:
    """The largest solid thing of a slice [rows, columns], filled. ValueError where there is none."""
    solid = ndimage.binary_fill_holes(ndimage.binary_opening(hu > SOFT_TISSUE_HU, iterations=3))
    parts, count = ndimage.label(solid)
    if not count:
        raise ValueError("no head on the slice")
    return parts == 1 + np.argmax(ndimage.sum(solid, parts, range(1, count + 1)))


def _positions(
    middle: tuple[float, float], turn: float, shift: float, mm: float, size: int, step: float
) -> list[np.ndarray]:
    """Row and column of the slice at the pixels of an upright grid of `step` mm; mm: of a pixel of the slice."""
    at = (np.arange(size) - (size - 1) / 2) * step
    down, right = np.meshgrid(at, at + shift, indexing="ij")
    cosine, sine = np.cos(turn), np.sin(turn)
    return [middle[0] + (cosine * down + sine * right) / mm, middle[1] + (cosine * right - sine * down) / mm]


def upright(head: np.ndarray, middle: tuple[float, float], mm: float) -> tuple[float, float]:
    """Turn (radians) and shift to the right (mm) at which the head is most like its mirror image."""
    best = (-1.0, 0.0, 0.0)
    for turn in np.deg2rad(TURNS_DEG):
        for shift in SHIFTS_MM:
            there = ndimage.map_coordinates(
                head.astype(np.float32), _positions(middle, turn, shift, mm, 111, 2.0), order=0
            )
            like = float((there * there[:, ::-1]).sum() / max(1.0, there.sum())) + 1e-3 * float(np.cos(turn))
            best = max(best, (like, float(turn), float(shift)))
    return best[1], best[2]


def read_slice(image: Path, mask: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """HU int16, outlined 0/1 and brain 0/1 [SIZE, SIZE] of one slice, upright, in pixels of 1 mm."""
    hu = np.asarray(Image.open(image).convert("L")).astype(np.float32)
    outlined = np.asarray(Image.open(mask).convert("RGB")).max(-1) > 127
    head = head_mask(hu)
    rows, columns = np.nonzero(head)
    mm = HEAD_LENGTH_MM / (rows.max() - rows.min() + 1)
    middle = (float(rows.mean()), float(columns.mean()))
    positions = _positions(middle, *upright(head, middle, mm), mm, SIZE, 1.0)

    def read(values: np.ndarray, order: int) -> np.ndarray:
        return ndimage.map_coordinates(values.astype(np.float32), positions, order=order, mode="constant")

    outside = ndimage.binary_dilation(read(outlined, 0) > 0.5, iterations=MARGIN_MM)
    within = ndimage.binary_erosion(read(head, 0) > 0.5, iterations=SKULL_MM)
    # A pixel below 1 mm is averaged, not picked.
    smooth = ndimage.gaussian_filter(hu, 0.5 / mm) if mm < 1 else hu
    return np.rint(read(smooth, 1)).astype(np.int16), outside.astype(np.uint8), within.astype(np.uint8)


def read_folder(folder: Path, count: int | None = None) -> dict[str, np.ndarray]:
    """Arrays of the file, of the first `count` slices by name. FileNotFoundError where there is no slice, or one
    without a mask."""
    images = sorted((folder / "images").glob("*.png"))[:count]
    if not images:
        raise FileNotFoundError(f"{folder} holds no images/*.png")
    slices = [read_slice(image, folder / "masks" / image.name) for image in images]
    hu, unknown, brain = (np.stack(arrays) for arrays in zip(*slices))
    return {"hu": hu, "unknown": unknown, "brain": brain, "names": np.array([image.stem for image in images])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--count", type=int, help="the first slices by name alone; the others stay unseen")
    arguments = parser.parse_args()
    arrays = read_folder(arguments.slices, arguments.count)
    np.savez_compressed(
        arguments.out, hu=arrays["hu"], unknown=arrays["unknown"], brain=arrays["brain"], names=arrays["names"]
    )
    print(f"{len(arrays['names'])} slices, {arrays['unknown'].mean():.1%} outlined")


if __name__ == "__main__":
    main()

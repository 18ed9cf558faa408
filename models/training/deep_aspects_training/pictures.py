"""Contact sheets: slices in a brain window with labels drawn over them."""

from __future__ import annotations

import numpy as np

from .labels import REGION_IDS

#: RGB of the anatomy classes; background and the rest of the brain stay clear.
ANATOMY_COLOURS = np.array(
    [
        [0, 0, 0],
        [255, 80, 80],
        [255, 180, 40],
        [90, 220, 255],
        [255, 90, 230],
        [80, 160, 255],
        [90, 230, 120],
        [230, 230, 70],
        [50, 110, 230],
        [40, 170, 80],
        [180, 170, 40],
        [0, 0, 0],
    ],
    dtype=np.float32,
)


def brain_window(hu: np.ndarray, center: float = 35.0, width: float = 70.0) -> np.ndarray:
    """HU -> RGB float 0-255 [..., 3]."""
    grey = np.clip((hu - (center - width / 2)) / width, 0, 1) * 255
    return np.repeat(grey[..., None], 3, axis=-1)


def _edges(mask: np.ndarray) -> np.ndarray:
    inner = mask.copy()
    inner[1:] &= mask[:-1]
    inner[:-1] &= mask[1:]
    inner[:, 1:] &= mask[:, :-1]
    inner[:, :-1] &= mask[:, 1:]
    return mask & ~inner


def draw_anatomy(rgb: np.ndarray, labels: np.ndarray, opacity: float = 0.35) -> np.ndarray:
    """Paint the ASPECTS regions over an RGB image."""
    painted = rgb.copy()
    for region in REGION_IDS:
        mask = labels == region
        painted[mask] = (1 - opacity) * painted[mask] + opacity * ANATOMY_COLOURS[region]
        painted[_edges(mask)] = ANATOMY_COLOURS[region]
    return painted


def draw_outline(rgb: np.ndarray, mask: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    outlined = rgb.copy()
    outlined[_edges(mask.astype(bool))] = colour
    return outlined


def tile(images: list[np.ndarray], columns: int) -> np.ndarray:
    """Images of one shape -> one uint8 sheet, row by row."""
    blank = np.zeros_like(images[0])
    rows = []
    for start in range(0, len(images), columns):
        row = images[start : start + columns]
        rows.append(np.concatenate(row + [blank] * (columns - len(row)), axis=1))
    return np.clip(np.concatenate(rows), 0, 255).astype(np.uint8)


def save_png(path, sheet: np.ndarray) -> None:
    from PIL import Image

    Image.fromarray(sheet).save(path, optimize=True)

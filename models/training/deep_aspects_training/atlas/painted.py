"""A third anatomy made from jhu189's parcels alone: its own ventricles, nuclei and gyri, with invented sulci.

jhu189 has no T1 of its own in the package. A T1-like image is painted from the labels: sulci run along
the borders of the gyral parcels and along level sets of smooth noise, cortex lines them.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from . import grid
from .brain import Labels
from .grid import coordinates, dilate, distance_to, smooth

CSF, GREY, WHITE = 35.0, 82.0, 111.0
INSULA = (71, 72, 182, 183)
#: Parcels of one gyrus that jhu189 cuts by planes: no sulcus runs there.
SAME_GYRUS = (
    (1, 3, 5),
    (2, 4, 6),
    (7, 9),
    (8, 10),
    (11, 13, 15),
    (12, 14, 16),
    (35, 37, 184),
    (36, 38, 185),
    (39, 41, 186),
    (40, 42, 187),
    (43, 188),
    (44, 189),
    (61, 63, 65, 67, 69),
    (62, 64, 66, 68, 70),
    (71, 182),
    (72, 183),
)
GYRI = (*range(1, 73), *range(182, 190))
#: Painted intensity of jhu189's deep labels (others of the brain: white).
PAINT = {
    82.0: (77, 78, 87, 88, 89, 90, 73, 74, 75, 76, 85, 86, 45, 46, 47, 48),
    92.0: (79, 80),
    102.0: (81, 82),
    95.0: (83, 84, 99, 100, 103, 104),
    CSF: tuple(range(171, 182)),
}


def painted_t1(labels: Labels, below: np.ndarray, brain_below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A T1-like image on Colin's intensity scale and its brain mask.

    below, brain_below: a real T1 and its brain mask, used where jhu189 has no labels (under z = -46 mm)
    and in the cerebellum, whose folia the labels do not show.
    """
    _, y, z = coordinates()
    jhu = labels.jhu
    brain = ndimage.binary_fill_holes(grid.close(jhu > 0, 2))
    image = np.full(grid.SHAPE, WHITE, np.float32)
    for value, ids in PAINT.items():
        image[np.isin(jhu, ids)] = value
    gyri = np.isin(jhu, GYRI)
    sulci = _sulci(jhu, gyri, brain)
    # Cortex covers the gyri wherever they face CSF: 3 mm of ribbon.
    open_space = sulci | ~(brain & (jhu > 0))
    ribbon = np.where(np.isin(jhu, INSULA), 4.6, 2.8)
    image[gyri & (distance_to(open_space) <= ribbon)] = GREY
    image[brain & (jhu == 0)] = CSF
    image[sulci] = CSF
    noise = ndimage.gaussian_filter(np.random.default_rng(11).standard_normal(grid.SHAPE, np.float32), 1.5)
    image += 25 * noise
    cerebellum = np.isin(jhu, (95, 96, 105, 106))
    lower = (z < -46) | (cerebellum & brain_below)
    image = np.where(lower, below, smooth(image, 0.6))
    brain = np.where((z < -46) | ((z < -28) & (y < -22)), brain_below, brain)
    image[~brain] = 0
    return image, brain


def _sulci(jhu: np.ndarray, gyri: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """CSF between neighbouring gyral parcels and inside them, at most 20 mm deep."""
    depth = distance_to(~brain)
    gyrus = np.arange(256, dtype=np.uint8)
    for first, *others in SAME_GYRUS:
        gyrus[others] = first
    jhu = gyrus[jhu]
    border = np.zeros(grid.SHAPE, bool)
    for axis in range(3):
        here, there = grid.along(axis, slice(1, None)), grid.along(axis, slice(None, -1))
        border[here] |= (jhu[here] != jhu[there]) & gyri[here] & gyri[there]
    rng = np.random.default_rng(5)
    width = smooth(rng.standard_normal(grid.SHAPE, np.float32), 5)
    width /= width.std()
    # Borders of parcels are sulci in most places, not everywhere.
    border &= (depth < 20) & (width > -1.0)
    folds = smooth(rng.standard_normal(grid.SHAPE, np.float32), 6)
    folds /= folds.std()
    slope = np.sqrt(sum(g**2 for g in np.gradient(folds))) + 1e-3
    secondary = gyri & (np.abs(folds) / slope < 0.6) & (depth < 11 + 3 * width) & (depth > 0)
    insula = np.isin(jhu, INSULA)
    sylvian = dilate(insula, 1.5) & gyri & ~insula & (depth < 34)
    wide = dilate(border & (width > 0.8), 1)
    return (border | wide | secondary & ~dilate(insula, 3) | sylvian) & brain

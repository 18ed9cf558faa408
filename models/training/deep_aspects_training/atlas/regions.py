"""The ten ASPECTS regions of either side, as a reader would outline them."""

from __future__ import annotations

import numpy as np

from . import grid
from .grid import ANATOMY, LEVEL_Z, PARENCHYMA, TERRITORIES, TISSUES, close, coordinates, dilate, distance_to

#: The cortical regions reach this deep (mm) from the outer surface of the brain.
DEPTH = 32
LOWEST_Z, HIGHEST_Z = -9, 52


def insula(tissue: np.ndarray, position=None) -> np.ndarray:
    """Insular ribbon: its cortex with the extreme capsule and claustrum behind it."""
    cortex = tissue == TISSUES["insular cortex"]
    x, y, z = position or coordinates()
    white = np.isin(tissue, (TISSUES["white matter"], TISSUES["cortex"]))
    lentiform = distance_to(np.isin(tissue, (TISSUES["putamen"],)))
    behind = white & dilate(cortex, 1.8) & (lentiform < 8) & (lentiform > 1.5)
    ribbon = grid.smooth_mask(close(cortex | behind, 1.5), 0.9) & np.isin(tissue, (5, 7, 8, 13))
    return grid.largest_per_side(ribbon & (z > -15) & (z <= LEVEL_Z))


def _sector(y, side, z) -> np.ndarray:
    """0 anterior, 1 middle, 2 posterior third of the MCA cortex."""
    # Ganglionic: before the insula's anterior end, lateral to it, behind it. The limits lean
    # backwards towards the surface, like the opercula. Supraganglionic: immediately above.
    front = 20 - 0.25 * (side - 32)
    back = -24 - 0.25 * (side - 38)
    front = np.where(z < LEVEL_Z, front, front - 8)
    return np.where(y > front, 0, np.where(y < back, 2, 1))


def cortical_regions(
    tissue: np.ndarray, territory: np.ndarray, inside: np.ndarray, jhu: np.ndarray, position=None
) -> np.ndarray:
    """M1 to M6 as anatomy numbers, 0 elsewhere."""
    x, y, z = position or coordinates()
    side = np.abs(x)
    parenchyma = np.isin(tissue, PARENCHYMA)
    solid = close(parenchyma, 2.5) & inside
    depth = distance_to(~close(parenchyma, 8))
    domain = solid & (territory == TERRITORIES["MCA"]) & (depth <= DEPTH) & (side > 17)
    domain &= (z > LOWEST_Z) & (z < HIGHEST_Z)
    ventricle = distance_to((tissue == TISSUES["ventricular CSF"]) & (z > 0))
    domain &= ventricle > 7
    deep = np.isin(tissue, (9, 10, 11, 12, 13, 14, 23))
    domain &= ~dilate(deep, 1.5)
    domain &= ~np.isin(tissue, (TISSUES["sulcal CSF"],)) | (distance_to(parenchyma) < 2.3)
    domain = grid.smooth_mask(domain, 1.2) & ~deep & inside
    sector = _sector(y, side, z)
    # The tip of the temporal lobe lies lateral to the insula, not in front of it.
    sector = np.where(grid.smooth_mask(np.isin(jhu, (35, 36, 37, 38)), 1.5) & (sector == 0), 1, sector)
    number = np.where(z < LEVEL_Z, 5, 8) + sector
    out = np.zeros(grid.SHAPE, np.uint8)
    for value in range(5, 11):
        mask = grid.largest_per_side(grid.smooth_mask(domain & (number == value), 0.8) & domain)
        out[mask] = value
    return out


def anatomy(
    tissue: np.ndarray, territory: np.ndarray, inside: np.ndarray, jhu: np.ndarray, position=None
) -> np.ndarray:
    """Anatomy numbers (uint8, grid.ANATOMY) of the whole head."""
    out = np.where(np.isin(tissue, PARENCHYMA), ANATOMY["other brain"], 0).astype(np.uint8)
    cortical = cortical_regions(tissue, territory, inside, jhu, position)
    out[cortical > 0] = cortical[cortical > 0]
    out[insula(tissue, position)] = ANATOMY["I"]
    out[tissue == TISSUES["caudate"]] = ANATOMY["C"]
    out[np.isin(tissue, (TISSUES["putamen"], TISSUES["pallidum"]))] = ANATOMY["L"]
    out[tissue == TISSUES["internal capsule"]] = ANATOMY["IC"]
    return out

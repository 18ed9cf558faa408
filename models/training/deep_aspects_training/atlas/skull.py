"""Everything outside the brain: skull with diploe, sinuses and mastoids, orbits, muscle and scalp.

Colin27's T1 shows fat and muscle well and bone only as the dark between them, so the bone is measured
where the T1 can tell and painted plausibly where it cannot.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from . import grid
from .grid import TISSUES, close, coordinates, dilate, distance_to, erode, largest, open_, smooth

#: Below this T1 (Colin scale, smoothed 0.7 mm) a voxel outside the brain is bone or air.
DARK = 55
#: The shell of bone is at least this thick (mm).
THINNEST = 3.0


def extend(t1: np.ndarray) -> np.ndarray:
    """The T1 with its lowest slice (z = -71) repeated down to the grid's end."""
    out = t1.copy()
    first = int(-71 - grid.ORIGIN[2])
    out[:, :, :first] = out[:, :, first : first + 1]
    return out


def head_mask(t1: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The head with its air spaces, as one solid."""
    solid = largest(open_(smooth(t1, 0.7) > 14, 1)) | dilate(inside, 5)
    solid = close(solid, 4)
    for k in range(grid.SHAPE[2]):
        solid[:, :, k] = ndimage.binary_fill_holes(solid[:, :, k])
    return largest(solid)


def head_tissue(t1: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Tissue numbers outside the intracranial space (uint8; 0 = air, and 0 inside that space)."""
    t1 = extend(t1.astype(np.float32))
    x, y, z = coordinates()
    head = head_mask(t1, inside)
    image = smooth(t1, 0.7)
    depth = distance_to(~head)
    out = distance_to(inside)
    dark = head & ~inside & (image < DARK) & (depth > 3)

    tissue = np.zeros(grid.SHAPE, np.uint8)
    soft = head & ~inside
    tissue[soft] = TISSUES["muscle"]
    tissue[soft & (image > 105)] = TISSUES["scalp"]

    bone = _bone(dark, out, inside, z, depth)
    tissue[bone & ~inside] = TISSUES["compact bone"]
    _paint_air(tissue, dark, out, head, depth, bone)
    _paint_diploe(tissue)
    _paint_orbits(tissue)
    tissue[inside] = 0
    return tissue


def _bone(dark, out, inside, z, depth) -> np.ndarray:
    """Bone: the closed shell round the brain, the dark next to it, and walls round the air spaces."""
    vault = dark & (out <= 11) & (z > -30)
    base = dark & (out <= 22) & (z <= -30)
    bone = (out > 0) & (out <= THINNEST)
    joined = grid.largest(open_(vault | base | bone, 1) | bone)
    return close(joined, 2) & (depth > 2) & ~inside | bone


def _paint_air(tissue, dark, out, head, depth, bone) -> None:
    """Nasal, ethmoid, sphenoid, maxillary and frontal sinuses and the mastoid cells."""
    x, y, z = coordinates()
    side = np.abs(x)
    globe = (side - 31) ** 2 + (y - 56) ** 2 + (z + 37) ** 2 < 15**2
    face = dark & (y > 8) & (z < -14) & (out > 3) & (depth > 5)
    face &= (side < 14) | ((z < -45) & (side < 42) & (y > 20) & ~globe)
    sphenoid = dark & (side < 15) & (y > -6) & (y < 22) & (z > -46) & (z < -20) & (out > 2)
    frontal = dark & (y > 62) & ((side / 22) ** 2 + ((z + 12) / 12) ** 2 < 1) & (out > 3) & (depth > 9)
    air = open_(face | sphenoid | frontal, 1)
    walls = dilate(air, 1.5) & ~air & head & (out > 0)
    tissue[walls & ((tissue == TISSUES["muscle"]) | (tissue == TISSUES["scalp"]))] = TISSUES["compact bone"]
    # What else is dark in the face and the neck are the facial bones, the jaw and the upper vertebrae.
    facial = open_(dark & (z < -28) & (out > 22) & (depth > 5) & ~globe, 1) & (tissue == TISSUES["muscle"])
    tissue[facial] = TISSUES["compact bone"]
    tissue[air] = TISSUES["sinus air"]
    # The ethmoid and the nose are divided by walls too thin for the T1.
    septa = air & (side < 16) & ((side < 0.6) | (np.mod(y + 0.3 * z + 0.4 * side, 9) < 1))
    tissue[septa & (y < 66)] = TISSUES["compact bone"]

    mastoid = erode(bone, 2) & (side > 34) & (side < 66) & (y > -50) & (y < -12) & (z > -60) & (z < -22)
    cells = np.random.default_rng(7).standard_normal(grid.SHAPE, np.float32)
    cells = ndimage.gaussian_filter(cells, 1.2)
    tissue[mastoid & (cells > 0)] = TISSUES["sinus air"]
    tissue[mastoid & (cells <= 0)] = TISSUES["compact bone"]


def _paint_diploe(tissue) -> None:
    """Marrow: the middle of bone thicker than 4 mm."""
    bone = tissue == TISSUES["compact bone"]
    deep = distance_to(~bone)
    tissue[bone & (deep > 2.2)] = TISSUES["diploe"]


def _paint_orbits(tissue: np.ndarray) -> None:
    """Everything soft in the two orbital cones becomes orbit content."""
    x, y, z = coordinates()
    side = np.abs(x)
    soft = (tissue == TISSUES["muscle"]) | (tissue == TISSUES["scalp"])
    along = (y - 22) / 48
    axis = 17 + 14 * along
    radius = 5 + 15 * np.clip(along, 0, 1)
    cone = (along > 0) & (y < 56) & ((side - axis) ** 2 + (z + 36) ** 2 < radius**2)
    globe = (side - 31) ** 2 + (y - 56) ** 2 + (z + 37) ** 2 < 13**2
    tissue[(soft & cone) | (globe & (tissue > 0))] = TISSUES["orbit"]


def fit_head(head: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Another anatomy's outside: a head fitted round a different intracranial space.

    Voxels that the first head's brain had filled become bone next to the new brain; the bone shell stays closed.
    """
    out = distance_to(inside)
    empty = (head == 0) & ndimage.binary_fill_holes(head > 0)
    index = ndimage.distance_transform_edt(head == 0, return_distances=False, return_indices=True)
    fitted = np.where(empty, head[tuple(index)], head)
    shell = (out > 0) & (out <= 5.5)
    replace = shell & ~np.isin(fitted, (TISSUES["sinus air"], TISSUES["compact bone"], TISSUES["diploe"]))
    fitted[replace] = TISSUES["compact bone"]
    fitted[(out > 0) & (out <= 1.6)] = TISSUES["compact bone"]
    bone = np.isin(fitted, (TISSUES["compact bone"], TISSUES["diploe"])) & (out <= 9)
    fitted[bone & (fitted == TISSUES["diploe"])] = TISSUES["compact bone"]
    deep = distance_to(~bone)
    fitted[bone & (deep > 2.2) & (out > 1.6)] = TISSUES["diploe"]
    scalp = (fitted == 0) & (out > 0) & (out <= 10)
    fitted[scalp] = TISSUES["scalp"]
    fitted[inside] = 0
    return fitted

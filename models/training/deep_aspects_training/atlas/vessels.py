"""Small structures painted into the intracranial space: dura, sinuses, choroid plexus, pineal, M1 artery."""

from __future__ import annotations

import numpy as np
from skimage.graph import route_through_array

from . import grid
from .grid import TISSUES, coordinates, dilate, distance_to

#: MNI points (right side) between which the M1 segment and its first branch run.
ARTERY = ((11, 4, -13), (22, 6, -15), (33, 8, -16), (40, 6, -8))
FLUID = (TISSUES["sulcal CSF"],)


def paint_dura(tissue: np.ndarray, inside: np.ndarray, fossa: np.ndarray, position=None) -> None:
    """Falx, tentorium and the superior sagittal, straight and transverse sinuses. position: see ``regions``."""
    x, y, z = position or coordinates()
    side = np.abs(x)
    fluid = np.isin(tissue, FLUID)
    soft = fluid | (tissue == TISSUES["cortex"])
    depth = distance_to(~inside)
    # The free edge of the falx sinks from the crista galli to the splenium.
    reach = np.clip(25 + (20 - y) * 0.25, 20, 48)
    falx = soft & (side <= 0.6) & (depth < reach) & (z > -22) & ((z > 6) | (y > 40))
    cerebellum = fossa == 2
    above = distance_to((fossa == 0) & np.isin(tissue, (7, 8, 23)))
    below = distance_to(cerebellum & np.isin(tissue, (16, 17)))
    tentorium = fluid & (above <= 2) & (below <= 2) & (y < -22)
    tissue[falx | tentorium] = TISSUES["dura"]
    sagittal = fluid & (side <= 4) & (depth < 6 - 0.7 * side) & (z > 4) & (y < 66)
    torcular = (fluid | falx) & (side <= 7) & (depth < 6) & (y < -84) & (z > -20) & (z < 10)
    transverse = fluid & (depth < 6) & (above <= 6) & (below <= 5) & (y < -40) & (side > 6) & (z > -36) & (z < -4)
    straight = soft & (side <= 1.2) & (np.abs(z - (2 + (y + 60) * -0.25 + 2)) < 2) & (y < -48) & (y > -82)
    tissue[sagittal | torcular | transverse | straight] = TISSUES["venous sinus"]


def paint_choroid(tissue: np.ndarray) -> None:
    """Glomus of the choroid plexus in either atrium, and the pineal gland."""
    x, y, z = coordinates()
    ventricle = tissue == TISSUES["ventricular CSF"]
    atrium = ventricle & (np.abs(x) > 14) & (y < -30) & (y > -54) & (z > -2) & (z < 20)
    for sign in (-1, 1):
        part = np.argwhere(atrium & (sign * x > 0))
        if len(part) == 0:
            continue
        centre = np.median(part, axis=0) + grid.ORIGIN
        near = (x - centre[0]) ** 2 + ((y - centre[1]) / 1.6) ** 2 + (z - centre[2]) ** 2 < 3.6**2
        tissue[near & ventricle] = TISSUES["choroid plexus"]
    pineal = (x / 1.0) ** 2 + ((y + 29) / 1.2) ** 2 + (z - 2) ** 2 < 3.2**2
    tissue[pineal & np.isin(tissue, (5, 6, 7, 8))] = TISSUES["choroid plexus"]


def _voxel_at(point, position) -> tuple[int, ...]:
    """The voxel that lies at an MNI point, on the grid of MNI space or where the position volumes say."""
    if position is None:
        return tuple(int(v) for v in np.array(point) - grid.ORIGIN)
    away = sum((axis - value) ** 2 for axis, value in zip(position, point))
    return tuple(int(v) for v in np.unravel_index(away.argmin(), away.shape))


def paint_arteries(tissue: np.ndarray, position=None) -> None:
    """M1 and the start of an M2 branch of either side, along the CSF of the Sylvian stem."""
    fluid = np.isin(tissue, FLUID)
    to_fluid = distance_to(fluid)
    cost = 1 + 4 * np.minimum(to_fluid, 4) - 0.8 * np.minimum(distance_to(~fluid), 1)
    for sign in (-1, 1):
        points = [_voxel_at((sign * x, y, z), position) for x, y, z in ARTERY]
        path = np.zeros(grid.SHAPE, bool)
        for start, end in zip(points, points[1:]):
            low = np.minimum(start, end) - 12
            high = np.maximum(start, end) + 13
            part = tuple(slice(a, b) for a, b in zip(low, high))
            steps, _ = route_through_array(cost[part], start - low, end - low, geometric=True)
            path[tuple(np.array(steps).T + low[:, None])] = True
        tube = dilate(path, 1.2) & np.isin(tissue, (5, 7, 8, 13, 23))
        tissue[tube] = TISSUES["middle cerebral artery"]

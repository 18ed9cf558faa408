"""The atlas' voxel grid, its label numbers and small helpers that work on it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

#: MNI RAS millimetres of voxel (0, 0, 0); voxels are 1 mm, axes grow to Right, Anterior, Superior.
ORIGIN = np.array([-98, -134, -80])
#: Voxels along Right, Anterior, Superior: x to +98, y to +114, z to +116 mm.
SHAPE = (197, 249, 197)

TISSUES = {
    "air": 0,
    "scalp": 1,
    "compact bone": 2,
    "diploe": 3,
    "sinus air": 4,
    "sulcal CSF": 5,
    "ventricular CSF": 6,
    "cortex": 7,
    "white matter": 8,
    "caudate": 9,
    "putamen": 10,
    "pallidum": 11,
    "internal capsule": 12,
    "insular cortex": 13,
    "thalamus": 14,
    "brainstem": 15,
    "cerebellar cortex": 16,
    "cerebellar white matter": 17,
    "dura": 18,
    "choroid plexus": 19,
    "venous sinus": 20,
    "orbit": 21,
    "muscle": 22,
    "hippocampus": 23,
    "middle cerebral artery": 24,
}
#: Anatomy classes of the network (region ids without sides) and the rest of the parenchyma.
ANATOMY = {
    "C": 1,
    "L": 2,
    "IC": 3,
    "I": 4,
    "M1": 5,
    "M2": 6,
    "M3": 7,
    "M4": 8,
    "M5": 9,
    "M6": 10,
    "other brain": 11,
}
TERRITORIES = {"MCA": 1, "ACA": 2, "PCA": 3, "posterior fossa": 4, "deep perforators": 5}

#: Tissue numbers that are brain parenchyma.
PARENCHYMA = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 23)
#: Height (MNI z, mm) between the ganglionic and the supraganglionic level.
LEVEL_Z = 21


def affine() -> np.ndarray:
    """Voxel to MNI RAS mm, 4x4."""
    matrix = np.eye(4)
    matrix[:3, 3] = ORIGIN
    return matrix


def coordinates() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """MNI x, y, z of every voxel as three broadcastable float32 arrays."""
    axes = [np.arange(n, dtype=np.float32) + o for n, o in zip(SHAPE, ORIGIN)]
    return axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :]


def along(axis: int, part: slice) -> tuple[slice, ...]:
    """Index of a part of a volume along one axis."""
    return tuple(part if number == axis else slice(None) for number in range(3))


def box(lower, upper) -> tuple[slice, slice, slice]:
    """Index slices of the MNI box from lower to upper (mm, both included)."""
    x, y, z = (slice(int(lo - o), int(hi - o) + 1) for lo, hi, o in zip(lower, upper, ORIGIN))
    return x, y, z


def distance_to(mask: np.ndarray) -> np.ndarray:
    """Distance (mm, float32) of every voxel to the mask; 0 inside."""
    return ndimage.distance_transform_edt(~mask).astype(np.float32)


def _within(mask: np.ndarray, radius: float) -> np.ndarray:
    """Voxels at most a radius (mm) from the mask; much faster than a distance transform for small radii."""
    reach = int(np.floor(radius + 1e-6))
    far = np.uint16(30000)
    squared = np.where(mask, np.uint16(0), far)
    for axis in range(3):
        nearest = squared.copy()
        for step in range(1, reach + 1):
            candidate = squared + np.uint16(step * step)
            ahead, behind = along(axis, slice(step, None)), along(axis, slice(None, -step))
            np.minimum(nearest[ahead], candidate[behind], out=nearest[ahead])
            np.minimum(nearest[behind], candidate[ahead], out=nearest[behind])
        squared = np.minimum(nearest, far)
    return squared <= radius * radius + 1e-6


def _around(mask: np.ndarray, margin: float) -> tuple[slice, ...]:
    """Slices of the mask's bounding box, widened."""
    wide = int(np.ceil(margin)) + 2
    found = []
    for axis in range(3):
        rows = np.nonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))[0]
        if len(rows) == 0:
            return (slice(0, 0),) * 3
        found.append(slice(max(0, rows[0] - wide), rows[-1] + wide + 1))
    return tuple(found)


def dilate(mask: np.ndarray, radius: float) -> np.ndarray:
    """The mask widened by a radius in mm."""
    part = _around(mask, radius)
    out = np.zeros(mask.shape, bool)
    out[part] = _within(mask[part], radius)
    return out


def erode(mask: np.ndarray, radius: float) -> np.ndarray:
    """The mask narrowed by a radius in mm."""
    part = _around(mask, 1)
    out = np.zeros(mask.shape, bool)
    out[part] = ~_within(~mask[part], radius)
    return out


def close(mask: np.ndarray, radius: float) -> np.ndarray:
    """Fills clefts narrower than twice the radius (mm)."""
    return erode(dilate(mask, radius), radius) | mask


def open_(mask: np.ndarray, radius: float) -> np.ndarray:
    """Removes what is thinner than twice the radius (mm)."""
    return dilate(erode(mask, radius), radius) & mask


def largest(mask: np.ndarray) -> np.ndarray:
    """The largest 6-connected component of a mask."""
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask.astype(bool)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return labels == sizes.argmax()


def largest_per_side(mask: np.ndarray) -> np.ndarray:
    """The largest component of the mask on either side of x = 0."""
    x = coordinates()[0]
    return largest(mask & (x > 0)) | largest(mask & (x < 0))


def smooth(mask: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian-smoothed copy of a mask or volume, float32."""
    return ndimage.gaussian_filter(mask.astype(np.float32), sigma, truncate=3)


def smooth_mask(mask: np.ndarray, sigma: float, level: float = 0.5) -> np.ndarray:
    """The mask with its surface smoothed."""
    return smooth(mask, sigma) > level

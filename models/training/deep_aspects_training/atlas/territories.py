"""Arterial territories and the probability of age-related white-matter disease."""

from __future__ import annotations

import numpy as np

from . import grid
from .brain import Labels
from .grid import PARENCHYMA, TERRITORIES, TISSUES, coordinates, distance_to, smooth

#: Gyri of jhu189 by the artery that supplies most of them.
MCA_GYRI = (*range(7, 19), *range(23, 27), *range(29, 33), *range(35, 45), 71, 72, 155, 156, *range(182, 190))
ACA_GYRI = (*range(1, 7), *range(19, 23), 33, 34, *range(61, 71), *range(123, 129), 139, 140, 89, 90)
PCA_GYRI = (*range(45, 61), 73, 74, 75, 76, 83, 84, *range(141, 145), *range(149, 153))


def territories(tissue: np.ndarray, labels: Labels, fossa: np.ndarray) -> np.ndarray:
    """Territory numbers (uint8) of the whole parenchyma and the narrow CSF in it.

    fossa: 0 cerebrum, 1 brainstem, 2 cerebellum (``brain.posterior_fossa``).
    """
    x, y, z = coordinates()
    side = np.abs(x)
    jhu = labels.jhu
    mca = np.isin(jhu, MCA_GYRI) | (np.isin(jhu, (27, 28)) & (side > 26))
    # jhu189's fusiform, occipital and temporal parcels are wide: the lateral surface is the MCA's.
    mca |= np.isin(jhu, (49, 50, 53, 54, 55, 56)) & (side > 40 + np.clip(-y - 62, 0, 30) * 0.5) & (z > -14)
    aca = (np.isin(jhu, ACA_GYRI) | np.isin(jhu, (27, 28, 7, 8, 23, 24, 25, 26)) & (side < 18)) & ~mca
    aca |= (side < 20) & (z > 22) & (y > -60) & (jhu > 0)
    pca = np.isin(jhu, PCA_GYRI) & ~mca & ~aca
    mca &= ~aca
    scores = np.stack([_reach(m) for m in (mca, aca, pca)])
    scores += scores[:, ::-1]  # jhu189's parcels differ between the sides more than territories do
    number = np.array([TERRITORIES[n] for n in ("MCA", "ACA", "PCA")], np.uint8)[scores.argmax(0)]
    brain = np.isin(tissue, PARENCHYMA) | np.isin(tissue, (TISSUES["sulcal CSF"], TISSUES["middle cerebral artery"]))
    number[fossa > 0] = TERRITORIES["posterior fossa"]
    deep = np.isin(tissue, (TISSUES["caudate"], TISSUES["putamen"], TISSUES["pallidum"], TISSUES["internal capsule"]))
    number[deep] = TERRITORIES["deep perforators"]
    number[(tissue == TISSUES["thalamus"])] = TERRITORIES["PCA"]
    number[~brain] = 0
    return number


def _reach(mask: np.ndarray) -> np.ndarray:
    """Smooth membership: the blurred mask, and far from every label the nearer one wins."""
    return smooth(mask, 3.0) - 0.004 * np.minimum(distance_to(mask), 100)


def periventricular(tissue: np.ndarray) -> np.ndarray:
    """Probability (0-255) of white-matter disease: caps on the horns, a rim, and the deep white matter."""
    x, y, z = coordinates()
    lateral = (tissue == TISSUES["ventricular CSF"]) & (z > -6) & ((np.abs(x) > 4) | (z > 12))
    away = distance_to(lateral)
    rim = np.exp(-away / 4.0)
    _, rows, levels = np.nonzero(lateral)
    front, back = rows.max() + grid.ORIGIN[1], rows.min() + grid.ORIGIN[1]
    horn = np.clip((y - (front - 14)) / 10, 0, 1) + np.clip(((back + 20) - y) / 10, 0, 1)
    caps = np.exp(-((away / 9.0) ** 2)) * np.clip(horn, 0, 1)
    centrum = 0.35 * np.exp(-(((away - 10) / 8) ** 2)) * (z > 14)
    white = smooth(tissue == TISSUES["white matter"], 0.8)
    return np.round(255 * np.clip(0.8 * rim + 0.8 * caps + centrum, 0, 1) * white).astype(np.uint8)

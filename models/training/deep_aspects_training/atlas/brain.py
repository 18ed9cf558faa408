"""Brain tissue of one anatomy: from a T1 image and the packaged label maps.

The T1 must be on Colin27's intensity scale (CSF about 35, grey 82, white 110); see ``to_colin_scale``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from . import grid
from .grid import TISSUES, box, coordinates, dilate, distance_to, largest, largest_per_side, smooth

CSF_BELOW = 60
WHITE_ABOVE = 98

#: Where the deep grey nuclei are told apart voxel by voxel (MNI mm).
DEEP_BOX = ((-62, -62, -36), (62, 52, 48))

#: jhu189 comes without a legend; these ids were read off its overlap with AAL and JHU-WhiteMatter.
JHU = {
    "caudate": (77, 78),
    "putamen": (79, 80),
    "pallidum": (81, 82),
    "thalamus": (83, 84),
    "internal capsule": (131, 132, 133, 134),
    "hippocampus": (73, 74, 75, 76),
    "insula": (71, 72, 182, 183),
    "external capsule": (137, 138),
    "ventricle": tuple(range(171, 181)),
    "fourth ventricle": (181,),
    "corpus callosum": tuple(range(123, 129)),
    "brainstem": tuple(range(97, 105)) + tuple(range(107, 117)),
    "cerebellar peduncle": (105, 106),
    "cerebellum": (95, 96),
    "midbrain grey": (91, 92, 93, 94),
    "accumbens": (87, 88, 89, 90),
}
AAL = {
    "caudate": (71, 72),
    "putamen": (73, 74),
    "pallidum": (75, 76),
    "thalamus": (77, 78),
    "hippocampus": (37, 38, 41, 42),
    "insula": (29, 30),
    "cerebellum": tuple(range(91, 117)),
}
#: Expected T1 (Colin scale) of the deep structures: mean and standard deviation.
INTENSITY = {
    "caudate": (83, 9),
    "putamen": (94, 9),
    "pallidum": (102, 6),
    "thalamus": (94, 10),
    "internal capsule": (109, 6),
    "hippocampus": (83, 10),
    "insula": (84, 11),
    "csf": (38, 17),
    "grey": (82, 12),
    "white": (111, 7),
}


@dataclass
class Labels:
    """The label maps on the atlas grid, both for Colin27/MNI space."""

    jhu: np.ndarray
    aal: np.ndarray

    def of(self, name: str) -> np.ndarray:
        """Mask of a structure in jhu189."""
        return np.isin(self.jhu, JHU[name])


def to_colin_scale(t1: np.ndarray, csf: float, grey: float, white: float) -> np.ndarray:
    """A T1 image with its three tissue peaks moved to Colin27's (35, 82, 110)."""
    return np.interp(t1, (0, csf, grey, white, 2 * white), (0, 35, 82, 110, 138)).astype(np.float32)


def intracranial(brain: np.ndarray, t1: np.ndarray) -> np.ndarray:
    """Inside of the skull: the brain with its sulci and cisterns, smooth.

    t1: a T1 that shows the skull, in which bone and air are darker than CSF; Colin27's serves other
    anatomies in MNI space too, since it is used only away from the brain.
    """
    x, y, z = coordinates()
    image = smooth(t1, 0.7)
    room = dilate(ndimage.binary_fill_holes(grid.close(brain, 9)), 2)
    # At the base the extracted brain takes some bone and air with it.
    solid = grid.close(brain & ((image > 50) | (z > -14)), 3)
    near = distance_to(solid)
    cisterns = (np.abs(x) < 18) & (y > -30) & (y < 12) & (z > -52)
    sinuses = (y < -60) & (z > -34)
    room &= (z > -14) | (near <= np.where(y > 12, 1.8, 3)) | cisterns | sinuses
    bone = grid.open_((image < 25) & (near > 1.2), 1.5) & (z < 8)
    petrous = (np.abs(x) > 17) & (np.abs(x) < 66) & (y > -46) & (y < 2) & (z > -50) & (z < -26)
    bone |= grid.open_(petrous & (image < 52) & (near > 1.6), 1)
    suprasellar = (np.abs(x) < 14) & (y > -20) & (y < 14) & (z > -27) & (z < -8)
    room &= ~dilate(bone, 1) | suprasellar
    room = grid.smooth_mask(room | solid, 1.2) | dilate(solid, 1)
    return ndimage.binary_fill_holes(largest(grid.open_(room, 2) | solid))


def _priors(labels: Labels) -> dict[str, np.ndarray]:
    """Blurred label maps of the deep structures inside DEEP_BOX, jhu189 and AAL averaged."""
    part = box(*DEEP_BOX)
    jhu, aal = labels.jhu[part], labels.aal[part]
    priors = {}
    for name in ("caudate", "putamen", "pallidum", "thalamus", "hippocampus", "insula"):
        from_jhu = smooth(np.isin(jhu, JHU[name]), 1.4)
        from_aal = smooth(np.isin(aal, AAL[name]), 1.4)
        # AAL draws the lentiform nucleus over the anterior limb of the capsule: trust it little.
        weight = 0.25 if name in ("putamen", "pallidum") else 0.4
        priors[name] = (1 - weight) * from_jhu + weight * from_aal
    priors["internal capsule"] = smooth(np.isin(jhu, JHU["internal capsule"]), 1.0)
    # The thin upper putamen is as bright as the adjacent capsule: there the label map decides.
    z = np.arange(DEEP_BOX[0][2], DEEP_BOX[1][2] + 1)[None, None, :]
    upper = np.clip((z - 6) / 6, 0, 1)
    putamen = smooth(np.isin(jhu, JHU["putamen"]), 1.0)
    priors["putamen"] = (1 - upper) * priors["putamen"] + upper * np.clip(2.5 * putamen, 0, 1)
    priors["internal capsule"] *= 1 - upper * np.clip(2.2 * putamen, 0, 0.97)
    known = sum(priors.values())
    rest = np.clip(1 - known, 0.03, 1)
    csf = smooth(np.isin(jhu, JHU["ventricle"]), 1.4)
    priors["csf"] = 0.15 * rest + 0.6 * csf + 0.02
    priors["grey"] = 0.35 * rest
    priors["white"] = 0.5 * rest
    return priors


def deep_structures(t1: np.ndarray, labels: Labels) -> np.ndarray:
    """Maximum a posteriori deep structures inside DEEP_BOX: index into INTENSITY's order."""
    part = box(*DEEP_BOX)
    image = smooth(t1[part], 0.5)
    priors = _priors(labels)
    best = np.full(image.shape, -np.inf, np.float32)
    winner = np.zeros(image.shape, np.uint8)
    for index, (name, (mean, sd)) in enumerate(INTENSITY.items()):
        score = np.log(priors[name] + 1e-4) - 0.5 * ((image - mean) / sd) ** 2 - np.log(sd)
        score = smooth(np.maximum(score, -14), 0.8)
        better = score > best
        winner[better], best[better] = index, score[better]
    return winner


def _clean(mask: np.ndarray, sigma: float = 0.9) -> np.ndarray:
    return largest_per_side(grid.smooth_mask(mask, sigma) & dilate(mask, 1))


def posterior_fossa(labels: Labels, brain: np.ndarray) -> np.ndarray:
    """Parts of the brain mask: 0 cerebrum, 1 brainstem, 2 cerebellum (uint8)."""
    x, y, z = coordinates()
    stem = (labels.of("brainstem") | labels.of("midbrain grey")) & (z < -5)
    cerebellum = np.isin(labels.aal, AAL["cerebellum"])
    cerebellum |= (labels.of("cerebellum") | labels.of("cerebellar peduncle")) & (labels.aal == 0)
    stem |= brain & (z < -48) & (np.abs(x) < 9) & (y > -48) & (y < -22) & ~cerebellum
    cerebrum = (labels.jhu > 0) & ~stem & ~cerebellum & ~labels.of("fourth ventricle")
    cerebrum |= (labels.aal > 0) & (labels.aal < 91)
    # The pons between the middle peduncles.
    pons = (np.abs(x) < 15) & (y > -37) & (z > -48) & (z < -18) & labels.of("cerebellar peduncle")
    stem |= pons
    cerebellum &= ~pons
    to_stem, to_cerebellum, to_cerebrum = (grid.distance_to(m) for m in (stem, cerebellum, cerebrum))
    part = np.zeros(grid.SHAPE, np.uint8)
    part[(to_stem < to_cerebellum) & (to_stem < to_cerebrum)] = 1
    part[(to_cerebellum <= to_stem) & (to_cerebellum < to_cerebrum)] = 2
    return part


def brain_tissue(t1: np.ndarray, brain: np.ndarray, inside: np.ndarray, labels: Labels) -> np.ndarray:
    """Tissue numbers inside the intracranial space (uint8, 0 outside).

    t1: float32 on the atlas grid, Colin scale, 0 outside the brain is fine. brain: mask with or without CSF.
    inside: the intracranial mask.
    """
    image = smooth(t1, 0.5)
    tissue = np.zeros(grid.SHAPE, np.uint8)
    tissue[inside] = TISSUES["sulcal CSF"]
    # Bright voxels outside the extracted brain are meninges and vessels, not parenchyma.
    solid = brain & (image > CSF_BELOW)
    solid = largest(solid)
    white = solid & (image > WHITE_ABOVE)
    part = posterior_fossa(labels, brain)
    tissue[solid] = TISSUES["cortex"]
    tissue[white] = TISSUES["white matter"]
    tissue[solid & (part == 2)] = TISSUES["cerebellar cortex"]
    tissue[white & (part == 2)] = TISSUES["cerebellar white matter"]
    tissue[solid & (part == 1)] = TISSUES["brainstem"]
    _paint_ventricles(tissue, image, labels, inside)
    _paint_deep(tissue, t1, labels, part)
    _remove_specks(tissue)
    return tissue


def _paint_ventricles(tissue, image, labels: Labels, inside) -> None:
    fluid = (tissue == TISSUES["sulcal CSF"]) & (image < 66)
    near = dilate(labels.of("ventricle"), 2.5)
    x, y, z = coordinates()
    third = (np.abs(x) <= 4) & (y > -34) & (y < 8) & (z > -14) & (z < 14)
    fourth = dilate(labels.of("fourth ventricle"), 1.5) & (z < -8)
    quadrigeminal = (y < -33) & (np.abs(x) < 12) & (z < 14) & (z > -10)
    # The pericallosal cisterns lie as near as the ventricles do, but outside the callosum.
    ventricle = fluid & ((near & ~quadrigeminal) | third | fourth)
    ventricle = grid.open_(ventricle, 1) | (ventricle & third)
    labels_, count = ndimage.label(ventricle)
    sizes = np.bincount(labels_.ravel(), minlength=count + 1)
    keep = sizes >= 60
    keep[0] = False
    tissue[keep[labels_]] = TISSUES["ventricular CSF"]


def _paint_deep(tissue, t1, labels: Labels, part) -> None:
    names = list(INTENSITY)
    winner = np.full(grid.SHAPE, 255, np.uint8)
    winner[box(*DEEP_BOX)] = deep_structures(t1, labels)
    x, y, z = coordinates()
    cerebrum = (part == 0) & np.isin(tissue, (5, 6, 7, 8))
    near_lentiform = dilate(labels.of("putamen") | labels.of("external capsule"), 7)
    for name, number in (
        ("hippocampus", 23),
        ("insula", 13),
        ("thalamus", 14),
        ("internal capsule", 12),
        ("caudate", 9),
        ("putamen", 10),
        ("pallidum", 11),
    ):
        mask = _clean((winner == names.index(name)) & cerebrum)
        if name == "internal capsule":
            mask = grid.largest_per_side(mask & (z <= _top_of_lentiform(winner, names, z)))
        if name == "caudate":
            mask &= z >= -10
        if name == "insula":
            mask &= (tissue == TISSUES["cortex"]) & near_lentiform
        tissue[mask & (part == 0)] = number
    septum = (np.abs(x) <= 0.5) & (z > 4) & (y > -12) & (tissue == TISSUES["ventricular CSF"])
    tissue[septum] = TISSUES["white matter"]
    # Partial volume with the ventricles looks like grey matter all along their walls.
    rim = dilate(tissue == TISSUES["ventricular CSF"], 2) & (tissue == TISSUES["cortex"])
    tissue[rim] = TISSUES["white matter"]
    plexus = grid.close(tissue == TISSUES["ventricular CSF"], 2) & np.isin(tissue, (7, 8)) & labels.of("ventricle")
    tissue[plexus] = TISSUES["choroid plexus"]


def _top_of_lentiform(winner, names, z) -> float:
    """Highest z with more than 60 voxels of lentiform nucleus: above it the capsule has become corona radiata."""
    lentiform = np.isin(winner, (names.index("putamen"), names.index("pallidum")))
    return float(z[0, 0, np.nonzero(lentiform.sum((0, 1)) > 60)[0].max()])


def _remove_specks(tissue: np.ndarray) -> None:
    """Gives isolated specks of CSF inside the parenchyma and of white inside grey their neighbours' tissue."""
    for number, replacement, least in ((5, 8, 25), (8, 7, 20)):
        labels_, count = ndimage.label(tissue == number)
        sizes = np.bincount(labels_.ravel(), minlength=count + 1)
        small = sizes < least
        small[0] = False
        tissue[small[labels_]] = replacement

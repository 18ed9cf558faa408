"""Anatomies from label maps of whole heads: ``python -m deep_aspects_training.atlas.heads --heads DIR --atlas
ATLAS.npz --out FILE.npz``.

DIR holds one label map a head (`*.nii.gz`, 1 mm) with FreeSurfer's numbers inside the skull, as in
`data/training_label_maps` of the public repository BBillot/SynthSeg (Apache-2.0). What these lack (insula, internal
capsule, M1-M6, territories) comes from the MNI152 anatomy by registration and from the head's own shape. The result
holds the anatomies of ATLAS and one more for each head; format: docs/atlas.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage

from ..splits import TEMPLATES
from . import grid, regions, registration, sources, territories, vessels
from .build import keep_freed_memory, save
from .grid import ANATOMY, PARENCHYMA, TERRITORIES, TISSUES, dilate, distance_to

#: Tissue of every label. Left and right numbers of a pair give the same tissue.
LABELS = {
    "white matter": (2, 41, 25, 57, 77, 85),
    "cortex": (3, 42),
    "ventricular CSF": (4, 43, 5, 44, 14, 15, 72),
    "cerebellar white matter": (7, 46),
    "cerebellar cortex": (8, 47),
    "thalamus": (10, 49),
    "caudate": (11, 50, 26, 58),
    "putamen": (12, 51),
    "pallidum": (13, 52),
    "brainstem": (16, 28, 60, 512),
    "hippocampus": (17, 53, 18, 54),
    "sulcal CSF": (24, 30, 62),
    "choroid plexus": (136, 137, 163, 164),
    "compact bone": (515,),
    "diploe": (516,),
    "muscle": (507, 511, 502, 509, 514, 530),
    "orbit": (506, 508),
}
LESION, ACCUMBENS, VESSEL, SOFT, CORD = (25, 57, 77), (26, 58), 514, 507, 512
LEFT = (2, 3, 4, 10, 11, 12, 13, 17, 18)
RIGHT = (41, 42, 43, 49, 50, 51, 52, 53, 54)
#: The anatomy that the heads are registered to: the MNI152 average.
REFERENCE = 1
#: Likelihood (0-255) of disease where the label map shows a white-matter lesion.
LESION_LIKELIHOOD = 215
PLANE_BAND_MM = 20


def read_labels(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Label numbers (int16, axes to Right, Anterior, Superior, 1 mm) and RAS mm of voxel 0.

    Raises ValueError when the voxels are not 1 mm or a label is not known.
    """
    image = nib.as_closest_canonical(nib.load(path))
    if not np.allclose(image.affine[:3, :3], np.eye(3), atol=1e-3):
        raise ValueError(f"{path}: expected 1 mm voxels along R, A, S, found affine {image.affine.tolist()}")
    labels = np.rint(np.asanyarray(image.dataobj)).astype(np.int16)
    unknown = set(np.unique(labels).tolist()) - {0} - {number for numbers in LABELS.values() for number in numbers}
    if unknown:
        raise ValueError(f"{path}: unknown labels {sorted(unknown)}")
    return labels, image.affine[:3, 3]


def _table() -> np.ndarray:
    table = np.zeros(1 + max(max(numbers) for numbers in LABELS.values()), np.uint8)
    for name, numbers in LABELS.items():
        table[list(numbers)] = TISSUES[name]
    return table


def place(labels: np.ndarray, origin: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, float]:
    """The labels on the atlas grid, brought to the reference's midline, orientation and size, and the scale that took.

    reference: painted anatomy on the atlas grid.
    """
    brain = registration.painted(np.where(labels == CORD, 0, _table()[labels]))
    matrix = registration.similarity(reference, brain, origin)
    offset = matrix[:3, :3] @ grid.ORIGIN + matrix[:3, 3] - origin
    placed = ndimage.affine_transform(labels, matrix[:3, :3], offset, grid.SHAPE, order=0, mode="constant", cval=0)
    return placed, float(1 / np.cbrt(np.linalg.det(matrix[:3, :3])))


def check_sides(labels: np.ndarray) -> float:
    """Share of the paired structures' voxels on the side that their label says. Raises ValueError below 95 %: a head
    is mirrored or askew."""
    x = np.broadcast_to(grid.coordinates()[0], labels.shape)
    right = [np.isin(labels, numbers) for numbers in (LEFT, RIGHT)]
    good = (np.count_nonzero(x[right[0]] <= 0) + np.count_nonzero(x[right[1]] >= 0)) / max(
        1, right[0].sum() + right[1].sum()
    )
    if good < 0.95:
        raise ValueError(f"only {good:.0%} of the paired structures lie on their side of the midline")
    return good


def base_tissue(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tissue numbers before the insula and the capsule are parted, and the intracranial mask."""
    tissue = _table()[labels]
    inner = (labels > 0) & (labels < 500)
    inside = ndimage.binary_fill_holes(grid.close(grid.largest(grid.open_(inner, 1)), 3))
    # Dural sinuses are among the vessels; unlabelled gaps within the skull are fluid.
    tissue[inside & (labels == VESSEL)] = TISSUES["venous sinus"]
    tissue[inside & ~inner & (labels != VESSEL) & ~np.isin(tissue, (TISSUES["compact bone"], TISSUES["diploe"]))] = (
        TISSUES["sulcal CSF"]
    )
    tissue[inner & ~inside & (labels != CORD)] = TISSUES["muscle"]
    inside &= ~np.isin(tissue, (TISSUES["compact bone"], TISSUES["diploe"]))
    _paint_outside(tissue, labels, inside)
    return tissue, inside


def _paint_outside(tissue: np.ndarray, labels: np.ndarray, inside: np.ndarray) -> None:
    """Air within the head becomes sinus air, and soft tissue right under the skin of the vault and the face
    becomes fat."""
    solid = grid.close(labels > 0, 6) | inside
    for k in range(grid.SHAPE[2]):
        solid[:, :, k] = ndimage.binary_fill_holes(solid[:, :, k])
    tissue[solid & (labels == 0) & ~inside] = TISSUES["sinus air"]
    depth = distance_to(labels == 0)
    bone = np.isin(tissue, (TISSUES["compact bone"], TISSUES["diploe"]))
    to_bone = distance_to(bone)
    tissue[(labels == SOFT) & (depth < 6) & (to_bone > 0.9) & ~inside] = TISSUES["scalp"]
    # No hole may lead from the brain through the vault: where the label map's bone is broken, a thin shell closes it.
    _, _, z = grid.coordinates()
    out = distance_to(inside)
    shell = (out > 0) & (out <= 1.6) & (z > 0) & np.isin(tissue, (0, TISSUES["muscle"], TISSUES["scalp"]))
    tissue[shell] = TISSUES["compact bone"]


def pull(volume: np.ndarray, position) -> np.ndarray:
    """Labels of a volume in MNI space at the MNI positions of a head's voxels; 0 outside."""
    index = [np.clip(np.rint(p - o), 0, n - 1).astype(np.int16) for p, o, n in zip(position, grid.ORIGIN, grid.SHAPE)]
    return volume[index[0], index[1], index[2]]


def levels(position, brain: np.ndarray) -> np.ndarray:
    """Height of every voxel above the commissures' level (MNI mm, float32) as a plane in the head.

    A reader's levels are planes. The plane is fitted to MNI z of the brain around the border between the levels.
    """
    x, y, z = (np.broadcast_to(c, grid.SHAPE) for c in grid.coordinates())
    part = brain & (np.abs(position[2] - grid.LEVEL_Z) < PLANE_BAND_MM)
    part[::2], part[:, ::2], part[:, :, ::2] = False, False, False
    a = np.stack([x[part], y[part], z[part], np.ones(np.count_nonzero(part))], 1)
    weights, *_ = np.linalg.lstsq(a, position[2][part], rcond=None)
    return (weights[0] * x + weights[1] * y + weights[2] * z + weights[3]).astype(np.float32)


def paint_insula(tissue: np.ndarray, pulled: np.ndarray, position) -> None:
    """Cortex lateral to the putamen, near the reference's insula."""
    x, _, z = position
    putamen = distance_to(tissue == TISSUES["putamen"])
    prior = dilate(pulled == TISSUES["insular cortex"], 3)
    sure = grid.smooth(pulled == TISSUES["insular cortex"], 2.0) > 0.3
    near = (putamen <= 13) & (sure | ((putamen <= 10) & prior))
    mask = (tissue == TISSUES["cortex"]) & near & (np.abs(x) > 24) & (z > -16) & (z < grid.LEVEL_Z + 3)
    tissue[grid.largest_per_side(grid.close(mask, 1) & (tissue == TISSUES["cortex"]))] = TISSUES["insular cortex"]


def paint_capsule(tissue: np.ndarray, pulled: np.ndarray, height: np.ndarray) -> None:
    """White matter between the lentiform nucleus and the caudate nucleus or the thalamus, as far up as there is a
    lentiform nucleus."""
    lentiform = np.isin(tissue, (TISSUES["putamen"], TISSUES["pallidum"]))
    medial = distance_to(np.isin(tissue, (TISSUES["caudate"], TISSUES["thalamus"])))
    lateral = distance_to(lentiform)
    prior = dilate(pulled == TISSUES["internal capsule"], 2.5)
    white = np.isin(tissue, (TISSUES["white matter"],))
    mask = white & (lateral <= 7) & (medial <= 9) & (lateral + medial <= 12) & prior & (height > -8)
    x = grid.coordinates()[0]
    for side in (x < 0, x > 0):
        tops = height[lentiform & side]
        if len(tops):
            mask &= ~side | (height <= min(np.percentile(tops, 99.0), grid.LEVEL_Z - 1))
    tissue[grid.largest_per_side(grid.smooth_mask(mask, 0.7) & white)] = TISSUES["internal capsule"]


def supply(tissue: np.ndarray, pulled: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Territory numbers (uint8): the reference's, brought over and spread to the head's own brain; deep nuclei and
    posterior fossa by the head's labels."""
    cerebral = np.isin(pulled, (TERRITORIES["MCA"], TERRITORIES["ACA"], TERRITORIES["PCA"]))
    nearest = ndimage.distance_transform_edt(~cerebral, return_distances=False, return_indices=True)
    out = pulled[tuple(nearest)]
    brain = np.isin(tissue, PARENCHYMA) | np.isin(tissue, (TISSUES["sulcal CSF"], TISSUES["middle cerebral artery"]))
    fluid = tissue == TISSUES["sulcal CSF"]
    fossa = np.isin(labels, (7, 8, 46, 47, 16, 15, CORD))
    out[dilate(fossa, 2) & (fluid | fossa)] = TERRITORIES["posterior fossa"]
    out[fossa] = TERRITORIES["posterior fossa"]
    out[np.isin(tissue, [TISSUES[n] for n in ("caudate", "putamen", "pallidum", "internal capsule")])] = TERRITORIES[
        "deep perforators"
    ]
    out[(tissue == TISSUES["thalamus"]) | np.isin(labels, (28, 60))] = TERRITORIES["PCA"]
    solid = grid.close(np.isin(tissue, PARENCHYMA), 2.5)
    out[~brain | (fluid & ~solid)] = 0
    return out


def anatomy_of_head(labels: np.ndarray, reference: dict[str, np.ndarray], jhu: np.ndarray) -> dict[str, np.ndarray]:
    """All volumes of one head that `place` has put on the atlas grid.

    reference: `tissue` and `territory` of the anatomy in MNI space; jhu: jhu189's parcels.
    """
    tissue, inside = base_tissue(labels)
    brain = registration.painted(np.where(labels == CORD, 0, tissue))
    field = registration.field_to_mni(registration.painted(reference["tissue"]), brain)
    position = registration.positions(field)
    height = levels(position, np.isin(tissue, PARENCHYMA))
    level_position = (position[0], position[1], height)
    pulled = pull(reference["tissue"], position)
    paint_insula(tissue, pulled, level_position)
    paint_capsule(tissue, pulled, height)
    territory = supply(tissue, pull(reference["territory"], position), labels)
    territory[~inside] = 0
    anatomy = regions.anatomy(tissue, territory, inside, pull(jhu, position), level_position)
    anatomy[np.isin(labels, ACCUMBENS)] = ANATOMY["other brain"]
    disease = territories.periventricular(tissue)
    disease[np.isin(labels, LESION)] = LESION_LIKELIHOOD
    fossa = np.where(np.isin(labels, (7, 8, 46, 47)), 2, np.where(np.isin(labels, (16, CORD)), 1, 0)).astype(np.uint8)
    vessels.paint_dura(tissue, inside, fossa, position)
    vessels.paint_arteries(tissue, position)
    return {
        "tissue": tissue,
        "anatomy": anatomy,
        "territory": territory,
        "wm_periventricular": disease,
        "mni": field.astype(np.float16),
    }


def build_head(path: Path, reference: dict[str, np.ndarray], jhu: np.ndarray) -> dict[str, np.ndarray]:
    """Volumes of one label map, with the `scale` that brought it to the atlas' size."""
    keep_freed_memory()
    registration.use_one_thread()
    labels, origin = read_labels(path)
    placed, scale = place(labels, origin, registration.painted(reference["tissue"]))
    sides = check_sides(placed)
    arrays = anatomy_of_head(placed, reference, jhu)
    volumes = {name: np.count_nonzero(arrays["anatomy"] == number) / 1000 for name, number in ANATOMY.items()}
    shown = " ".join(f"{name} {volume:.1f}" for name, volume in volumes.items())
    print(f"{path.name}: scale {scale:.3f}, {sides:.1%} on its side, ml: {shown}", flush=True)
    return arrays | {"scale": np.asarray(scale, np.float64)}


def head_name(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".nii")


def assemble(atlas: dict[str, np.ndarray], built: Iterable[tuple[str, dict[str, np.ndarray]]]) -> dict[str, np.ndarray]:
    """The templates' anatomies and the heads, named and numbered in this order. The former lie in MNI space and keep
    their size."""
    arrays, names = dict(atlas), list(TEMPLATES)
    for k in range(len(TEMPLATES)):
        arrays[f"mni_{k}"] = registration.identity_field().astype(np.float16)
        arrays[f"scale_{k}"] = np.asarray(1.0)
    for name, head in built:
        arrays.update({f"{key}_{len(names)}": value for key, value in head.items()})
        names.append(name)
    return arrays | {"names": np.array(names), "numbers": np.arange(len(names))}


def build(folder: Path, atlas: dict[str, np.ndarray], jhu: np.ndarray, processes: int) -> dict[str, np.ndarray]:
    """Arrays of the larger atlas file: those of `atlas`, and of every head in the folder, by name. Raises
    FileNotFoundError for an empty folder."""
    paths = sorted(path for path in folder.iterdir() if path.name.endswith((".nii", ".nii.gz")))
    if not paths:
        raise FileNotFoundError(f"{folder} holds no .nii or .nii.gz")
    reference = {name: atlas[f"{name}_{REFERENCE}"] for name in ("tissue", "territory")}
    with ProcessPoolExecutor(processes) as pool:
        count = len(paths)
        return assemble(
            atlas, zip(map(head_name, paths), pool.map(build_head, paths, [reference] * count, [jhu] * count))
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heads", required=True, type=Path, help="folder of label maps")
    parser.add_argument("--atlas", required=True, type=Path, help="atlas file of the templates (atlas.build)")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--templates", help="mricron's templates, as for atlas.build")
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    jhu = sources.load("jhu189.nii.gz", sources.templates_folder(arguments.templates))
    with np.load(arguments.atlas) as archive:
        atlas = dict(archive)
    save(build(arguments.heads, atlas, jhu, arguments.processes), arguments.out)


if __name__ == "__main__":
    main()

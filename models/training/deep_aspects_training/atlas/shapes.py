"""Real infarcts as a library of shapes in MNI space: ``python -m deep_aspects_training.atlas.shapes --infarcts
MASKS --atlas ATLAS.npz --out FILE.npz``.

MASKS is a folder of NIfTI masks (`read_folder`), or a file that holds what `read_folder` returns: `subject` [N],
`offset` [N + 1], `step` (differences of the flat indices of each infarct's voxels, one infarct after the other),
`shape` [3] and `affine` of a 1 mm grid along the axes. The file that is written is described in docs/atlas.md.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import nibabel as nib
import numpy as np

from .. import splits
from ..labels import ANATOMY_CLASSES, REGION_IDS, is_region
from ..triple import triple
from . import grid
from .build import save

SPACING_MM = 2
#: Sizes in ml that part the groups.
SIZE_LIMITS_ML = (3.0, 16.0, 66.0)
#: An infarct is of one side when it has at least this share there.
ONE_SIDED = 0.85
#: The anatomy in MNI space against whose regions and territories the shapes are measured: the MNI152 average.
REFERENCE = 1


def read_folder(folder: Path) -> dict[str, np.ndarray]:
    """Infarct masks in MNI space, one file a subject: `*sub-N_lesion.nii.gz`, infarct where a voxel has more than
    half of the file's greatest value.

    ValueError where there is none, or where one is on another grid than the first.
    """
    found = {
        int(name[1]): path
        for path in folder.glob("*_lesion.nii.gz")
        if (name := re.search(r"sub-(\d+)_lesion", path.name))
    }
    if not found:
        raise ValueError(f"no file in {folder} is called *sub-N_lesion.nii.gz")
    subjects = sorted(found)
    steps: list[np.ndarray] = []
    first = nib.Nifti1Image.from_filename(found[subjects[0]])
    for subject in subjects:
        image = nib.Nifti1Image.from_filename(found[subject])
        if image.shape != first.shape or not np.allclose(image.affine, first.affine):
            raise ValueError(f"{found[subject]} is on another grid than {found[subjects[0]]}")
        values = np.asarray(image.dataobj)
        steps.append(np.diff(np.flatnonzero(values > values.max() / 2), prepend=0).astype(np.uint32))
    return {
        "subject": np.array(subjects),
        "offset": np.cumsum([0, *map(len, steps)]),
        "step": np.concatenate(steps),
        "shape": np.array(first.shape),
        "affine": first.affine,
    }


def voxels_of(archive, index: int) -> np.ndarray:
    """MNI mm [n, 3] of one infarct's voxels of 1 mm."""
    flat = np.cumsum(archive["step"][archive["offset"][index] : archive["offset"][index + 1]].astype(np.int64))
    ijk = np.stack(np.unravel_index(flat, tuple(archive["shape"])), 1)
    return ijk @ archive["affine"][:3, :3].T + archive["affine"][:3, 3]


def coarse_frame(archive) -> tuple[np.ndarray, tuple[int, int, int]]:
    """Origin (MNI mm of voxel 0) and shape of the 2 mm grid, axes to Right, Anterior, Superior, that holds the
    file's grid."""
    corners = (
        np.array([[0, 0, 0], np.array(archive["shape"]) - 1]) @ archive["affine"][:3, :3].T + archive["affine"][:3, 3]
    )
    low, high = corners.min(0), corners.max(0)
    return low, triple(np.ceil((high - low) / SPACING_MM) + 1, int)


def coarse_mask(points: np.ndarray, origin: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """The points (mm, 1 mm voxels) as a mask of 2 mm voxels with the same volume: the fullest voxels come first, so
    that small infarcts stay."""
    cells = np.rint((points - origin) / SPACING_MM).astype(np.int64)
    filled = np.bincount(np.ravel_multi_index(tuple(cells.T), shape), minlength=int(np.prod(shape)))
    count = max(1, round(len(points) / SPACING_MM**3))
    mask = np.zeros(filled.size, bool)
    mask[np.argsort(-filled, kind="stable")[:count]] = True
    return (mask & (filled > 0)).reshape(shape)


def measures(
    points: np.ndarray, anatomy: np.ndarray, territory: np.ndarray, region_volume: np.ndarray
) -> dict[str, np.ndarray]:
    """What a sampler wants to know of an infarct. points: MNI mm of its 1 mm voxels; region_volume [2, 10] voxels of
    the reference."""
    index = tuple(np.clip(np.rint(points - grid.ORIGIN).astype(int), 0, np.array(grid.SHAPE) - 1).T)
    labels, supply, right = anatomy[index], territory[index], points[:, 0] > 0
    region = is_region(labels)
    fill = np.stack(
        [np.bincount(labels[region & (right == side)], minlength=len(ANATOMY_CLASSES)) for side in (False, True)]
    )
    fill = fill[:, list(REGION_IDS)] / np.maximum(region_volume, 1)
    share_right = np.mean(points[:, 0] > 0)
    volume = len(points) / 1000
    return {
        "volume_ml": np.float32(volume),
        "size_group": np.uint8(np.searchsorted(SIZE_LIMITS_ML, volume, side="right")),
        "side": np.int8(1 if share_right >= ONE_SIDED else -1 if share_right <= 1 - ONE_SIDED else 0),
        "centroid": points.mean(0).astype(np.float32),
        "share_mca": np.float32(
            np.mean(np.isin(supply, (grid.TERRITORIES["MCA"], grid.TERRITORIES["deep perforators"])))
        ),
        "share_aspects": np.float32(region.mean()),
        "share_posterior": np.float32(np.mean(supply == grid.TERRITORIES["posterior fossa"])),
        "region_fill": fill.astype(np.float32),
    }


def pack(archive, atlas) -> dict[str, np.ndarray]:
    """Arrays of the shape library. archive: the infarcts; atlas: an atlas file with the reference anatomy."""
    anatomy, territory = atlas[f"anatomy_{REFERENCE}"], atlas[f"territory_{REFERENCE}"]
    middle = -grid.ORIGIN[0]
    halves = (anatomy[:middle], anatomy[middle + 1 :])
    region_volume = np.stack(
        [np.bincount(half.ravel(), minlength=len(ANATOMY_CLASSES))[list(REGION_IDS)] for half in halves]
    )
    origin, shape = coarse_frame(archive)
    rows: list[dict[str, np.ndarray]] = []
    for index, subject in enumerate(archive["subject"]):
        points = voxels_of(archive, index)
        mask = coarse_mask(points, origin, shape)
        filled = np.argwhere(mask)
        box = np.stack([filled.min(0), filled.max(0) + 1], 1).reshape(-1).astype(np.int16)
        row: dict[str, np.ndarray] = {
            "subject": np.asarray(subject, np.int32),
            "split": np.asarray(splits.shape_split(subject), np.uint8),
            "bits": np.packbits(mask.reshape(-1)),
            "box": box,
        }
        rows.append(row | measures(points, anatomy, territory, region_volume))
    arrays = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    affine = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1]).astype(np.float64)
    affine[:3, 3] = origin
    return arrays | {"shape": np.array(shape, np.int64), "affine": affine}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--infarcts", required=True, type=Path, help="folder of NIfTI masks, or a packed file")
    parser.add_argument("--atlas", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args()
    infarcts = read_folder(arguments.infarcts) if arguments.infarcts.is_dir() else dict(np.load(arguments.infarcts))
    with np.load(arguments.atlas) as atlas:
        arrays = pack(infarcts, atlas)
    save(arrays, arguments.out)
    counts = np.bincount(arrays["split"], minlength=3)
    parts = ", ".join(f"{n} {name}" for n, name in zip(counts, splits.SPLITS))
    print(f"{arguments.out}: {len(arrays['split'])} infarcts ({parts})")


if __name__ == "__main__":
    main()

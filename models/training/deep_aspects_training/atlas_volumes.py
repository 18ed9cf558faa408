"""Atlas file -> tensors from which slices are cut.

The atlas file (`.npz`) holds, for each anatomy k: `tissue_k`, `anatomy_k`, `territory_k` (uint8, ids in `labels`) and
`wm_periventricular_k` (probability, 0-1 or 0-255), with one `affine` (or `affine_k`) from voxel to RAS mm.

All labels of a voxel are packed into one int32, so that one gather reads them all: bits 0-4 tissue, 5-8 anatomy, 9-11
territory, 12 right side, 13-20 cerebrospinal fluid level, 21-26 periventricular level.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage

from .labels import TISSUE
from .splits import Chosen, anatomy_numbers
from .triple import triple

FIELD_STEP = 2  # voxels (and mm) between samples of the gradient fields
#: Gradient fields: (distance, gradient) of each of these surfaces.
FIELDS = ("ventricle", "sylvian", "skull")
MAX_DISTANCE_MM = 40.0
#: Voxels (and mm) between nodes of an anatomy's MNI coordinates.
MNI_STEP = 4
#: Counts the forms in which `load_atlas_once` has kept atlases.
LAYOUT = 1


@dataclass(frozen=True)
class AtlasVolumes:
    """Anatomies on one grid of 1 mm.

    packed: int32 [anatomies * Z * Y * X], see the module's text; R varies fastest, so that what an axial plane reads
    lies together in memory. fields: float32 [anatomies * X' * Y' * Z', 4 * len(FIELDS)] every FIELD_STEP voxels; for
    each surface its signed distance in mm (negative inside) and the gradient of it along R, A, S. field_shape:
    (X', Y', Z'). shape: (X, Y, Z); origin: RAS mm of voxel (0, 0, 0). mni: float32 [anatomies, 3, X'', Y'', Z''] MNI
    mm of every MNI_STEP-th voxel; None where every anatomy lies in MNI space itself.
    """

    packed: torch.Tensor
    fields: torch.Tensor
    field_shape: tuple[int, int, int]
    shape: tuple[int, int, int]
    origin: tuple[float, float, float]
    anatomies: int
    mni: torch.Tensor | None = None

    def to(self, device: torch.device | str) -> AtlasVolumes:
        mni = None if self.mni is None else self.mni.to(device)
        return AtlasVolumes(
            self.packed.to(device),
            self.fields.to(device),
            self.field_shape,
            self.shape,
            self.origin,
            self.anatomies,
            mni,
        )

    def mni_positions(self, anatomy: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        """MNI mm [R, 3, h, w] of atlas positions [R, 3, h, w] mm of the anatomies [R], trilinear between the nodes."""
        if self.mni is None:
            return position
        nodes = self.mni[anatomy]
        extent = torch.tensor([(n - 1) * float(MNI_STEP) for n in nodes.shape[2:]], device=position.device)
        unit = 2 * (position.movedim(1, -1) - torch.tensor(self.origin, device=position.device)) / extent - 1
        return F.grid_sample(nodes, unit.flip(-1)[:, None], mode="bilinear", padding_mode="border", align_corners=True)[
            :, :, 0
        ]


def tissue_of(packed: torch.Tensor) -> torch.Tensor:
    return packed & 31


def anatomy_of(packed: torch.Tensor) -> torch.Tensor:
    return (packed >> 5) & 15


def territory_of(packed: torch.Tensor) -> torch.Tensor:
    return (packed >> 9) & 7


def right_side_of(packed: torch.Tensor) -> torch.Tensor:
    return (packed >> 12) & 1


def csf_level_of(packed: torch.Tensor) -> torch.Tensor:
    """Share of outer cerebrospinal fluid around the voxel, 0-1."""
    return ((packed >> 13) & 255).float() * (1 / 255)


def periventricular_of(packed: torch.Tensor) -> torch.Tensor:
    """Probability of age-related white-matter change at the voxel, 0-1."""
    return ((packed >> 21) & 63).float() * (1 / 63)


def _spread_into_fluid(labels: np.ndarray, tissue: np.ndarray) -> np.ndarray:
    """Give outer cerebrospinal fluid the label of the nearest brain within 4 mm: what fills a sulcus that
    swelling closes."""
    fluid = tissue == TISSUE["csf"]
    labelled = labels > 0
    distance, nearest = ndimage.distance_transform_edt(~labelled, return_indices=True)
    spread = labels.copy()
    fill = fluid & (distance <= 4)
    spread[fill] = labels[tuple(axis[fill] for axis in nearest)]
    return spread


def _pack(
    tissue: np.ndarray, anatomy: np.ndarray, territory: np.ndarray, periventricular: np.ndarray, right: np.ndarray
) -> np.ndarray:
    outer_fluid = np.isin(tissue, (TISSUE["csf"], TISSUE["mca_trunk"]))
    csf_level = ndimage.gaussian_filter(outer_fluid.astype(np.float32), 0.9)
    scale = 255.0 if periventricular.dtype == np.uint8 else 1.0
    levels = np.clip(periventricular.astype(np.float32) / scale, 0, 1)
    packed = tissue.astype(np.int32) | (anatomy.astype(np.int32) << 5) | (territory.astype(np.int32) << 9)
    packed |= right.astype(np.int32) << 12
    packed |= np.rint(csf_level * 255).astype(np.int32) << 13
    packed |= np.rint(levels * 63).astype(np.int32) << 21
    return packed


def _signed_distance(mask: np.ndarray) -> np.ndarray:
    """Distance in mm to the surface of a mask at every FIELD_STEP-th voxel, negative inside, clipped."""
    coarse = mask[::FIELD_STEP, ::FIELD_STEP, ::FIELD_STEP]
    if not coarse.any():
        return np.full(coarse.shape, MAX_DISTANCE_MM, np.float32)
    outside = ndimage.distance_transform_edt(~coarse)
    inside = ndimage.distance_transform_edt(coarse)
    distance = ((outside - inside) * FIELD_STEP).astype(np.float32)
    return np.clip(ndimage.gaussian_filter(distance, 1.0), -MAX_DISTANCE_MM, MAX_DISTANCE_MM)


def _surface_masks(tissue: np.ndarray) -> list[np.ndarray]:
    ventricle = np.isin(tissue, (TISSUE["ventricle"], TISSUE["choroid_pineal"]))
    # Fluid next to the insula is the Sylvian fissure.
    near_insula = ndimage.binary_dilation(tissue == TISSUE["insular_cortex"], iterations=4)
    sylvian = near_insula & np.isin(tissue, (TISSUE["csf"], TISSUE["mca_trunk"]))
    outside = (tissue <= TISSUE["air_sinus"]) | np.isin(tissue, (TISSUE["orbit"], TISSUE["muscle"]))
    return [ventricle, sylvian, ~outside]


def _gradient_fields(tissue: np.ndarray) -> np.ndarray:
    fields = []
    for mask in _surface_masks(tissue):
        distance = _signed_distance(mask)
        gradient = np.stack(np.gradient(distance, float(FIELD_STEP)))
        norm = np.sqrt((gradient**2).sum(0, keepdims=True))
        fields.append(np.concatenate([distance[None], gradient / np.maximum(norm, 0.3)]))
    return np.moveaxis(np.concatenate(fields), 0, -1).astype(np.float32)


def load_atlas(path: str | Path, anatomies: Chosen = ()) -> AtlasVolumes:
    """Read an atlas file; `anatomies` picks some of the anatomies, see `splits.Chosen` (none named: all).

    Raises ValueError where an anatomy is missing, or its grid is not 1 mm along R, A, S.
    """
    with np.load(path) as archive:
        available = sorted(int(name.removeprefix("tissue_")) for name in archive.files if name.startswith("tissue_"))
        chosen = anatomy_numbers(anatomies, path) or available
        missing = sorted(set(chosen) - set(available))
        if missing:
            raise ValueError(f"{path} holds the anatomies {available}, not {missing}")
        packed, fields, mni = [], [], []
        for k in chosen:
            affine = archive[f"affine_{k}" if f"affine_{k}" in archive.files else "affine"]
            if not np.allclose(affine[:3, :3], np.eye(3), atol=1e-3):
                raise ValueError(f"anatomy {k} of {path} is not on a 1 mm grid along R, A, S")
            tissue = archive[f"tissue_{k}"]
            right = np.broadcast_to((np.arange(tissue.shape[0]) + affine[0, 3] > 0)[:, None, None], tissue.shape)
            packed.append(
                _pack(
                    tissue,
                    _spread_into_fluid(archive[f"anatomy_{k}"], tissue),
                    _spread_into_fluid(archive[f"territory_{k}"], tissue),
                    archive[f"wm_periventricular_{k}"],
                    right,
                )
            )
            fields.append(_gradient_fields(tissue))
            if f"mni_{k}" in archive.files:
                mni.append(np.moveaxis(archive[f"mni_{k}"], -1, 0).astype(np.float32))
    shapes = {volume.shape for volume in packed}
    if len(shapes) != 1:
        raise ValueError(f"the anatomies of {path} lie on different grids: {sorted(shapes)}")
    return AtlasVolumes(
        packed=torch.from_numpy(np.stack([volume.T for volume in packed]).reshape(-1)),
        fields=torch.from_numpy(np.stack(fields).reshape(-1, fields[0].shape[-1])),
        field_shape=triple(fields[0].shape[:3], int),
        shape=triple(packed[0].shape, int),
        origin=triple(affine[:3, 3], float),
        anatomies=len(packed),
        mni=torch.from_numpy(np.stack(mni)) if len(mni) == len(packed) else None,
    )


def load_atlas_once(path: str | Path, anatomies: Chosen = ()) -> AtlasVolumes:
    """As `load_atlas`, which takes seconds for each anatomy: what it gives is kept next to the file and mapped into
    memory from then on."""
    path = Path(path)
    state = path.stat()
    chosen = anatomy_numbers(anatomies, path)
    said = f"{LAYOUT} {state.st_size} {state.st_mtime_ns} {chosen or None}"
    kept = path.with_name(f"{path.stem}-{hashlib.sha256(said.encode()).hexdigest()[:12]}.packed.pt")
    if not kept.exists():
        partial = kept.with_suffix(f".{os.getpid()}")
        torch.save(vars(load_atlas(path, chosen)), partial)
        partial.replace(kept)
    return AtlasVolumes(**torch.load(kept, mmap=True, weights_only=True))

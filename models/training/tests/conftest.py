"""A toy head, so that the tests need no atlas from packaged templates."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deep_aspects_training.atlas.build import keep_freed_memory  # noqa: E402
from deep_aspects_training.atlas_volumes import load_atlas  # noqa: E402
from deep_aspects_training.labels import TERRITORY, TISSUE  # noqa: E402

# As the programs do that build an atlas or a head.
keep_freed_memory()

SHAPE = (160, 196, 160)
ORIGIN = (-79.5, -116.0, -72.0)


def _paint_brain(x, y, z, tissue, anatomy, territory):
    def ellipsoid(cx, cy, cz, rx, ry, rz):
        return ((np.abs(x) - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2 < 1

    brain = tissue == TISSUE["white_matter"]
    tissue[ellipsoid(0, -18, 8, 64, 80, 62) ^ ellipsoid(0, -18, 8, 60, 76, 58)] = TISSUE["cortex"]
    brain |= tissue == TISSUE["cortex"]
    anatomy[brain], territory[brain] = 11, TERRITORY["mca"]
    lateral = brain & (np.abs(x) > 30) & (z > -15) & (z < 50)
    for index, (front, back) in enumerate(((20, 99), (-30, 20), (-99, -30))):
        sector = lateral & (y > front) & (y <= back)
        anatomy[sector & (z < 22)], anatomy[sector & (z >= 22)] = 5 + index, 8 + index
    for name, region, shape in (
        ("ventricle", 0, (8, 0, 16, 5, 25, 9)),
        ("caudate", 1, (16, 12, 10, 5, 9, 8)),
        ("putamen", 2, (27, 2, 6, 5, 15, 9)),
        ("internal_capsule", 3, (20, -6, 8, 3, 14, 9)),
        ("insular_cortex", 4, (38, 2, 4, 3, 16, 10)),
    ):
        mask = ellipsoid(*shape)
        tissue[mask], anatomy[mask] = TISSUE[name], region


def toy_arrays() -> dict[str, np.ndarray]:
    axes = [np.arange(n, dtype=np.float32) + o for n, o in zip(SHAPE, ORIGIN)]
    x, y, z = axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :]
    radius = np.sqrt((x / 72) ** 2 + ((y + 18) / 88) ** 2 + ((z - 8) / 70) ** 2)
    tissue = np.zeros(SHAPE, np.uint8)
    for name, reach in (("scalp_fat", 1.08), ("compact_bone", 1.0), ("csf", 0.93), ("white_matter", 0.88)):
        tissue[radius < reach] = TISSUE[name]
    anatomy, territory = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    _paint_brain(*np.broadcast_arrays(x, y, z), tissue, anatomy, territory)
    affine = np.eye(4)
    affine[:3, 3] = ORIGIN
    periventricular = (np.exp(-((np.abs(x) - 14) ** 2) / 60) * 255 * (tissue == TISSUE["white_matter"])).astype(
        np.uint8
    )
    return {
        "affine": affine,
        "tissue_0": tissue,
        "anatomy_0": anatomy,
        "territory_0": territory,
        "wm_periventricular_0": periventricular,
    }


@pytest.fixture(scope="session")
def toy_atlas_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / "toy.npz"
    np.savez_compressed(path, **toy_arrays())
    return path


@pytest.fixture(scope="session")
def toy_atlas(toy_atlas_file):
    torch.set_num_threads(1)
    return load_atlas(toy_atlas_file)


@pytest.fixture(scope="session")
def shapes_file(tmp_path_factory):
    """Two infarcts about 20 mm wide in the left hemisphere of the toy (x < 0), of the training and the
    validation split."""
    grid = (79, 95, 69)
    masks = np.zeros((2, *grid), np.uint8)
    for mask, x in zip(masks, (-42, -30)):
        ijk = (np.array([x, -18, 12]) - (-78, -112, -50)) // 2
        mask[ijk[0] - 5 : ijk[0] + 5, ijk[1] - 5 : ijk[1] + 5, ijk[2] - 5 : ijk[2] + 5] = 1
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = (-78, -112, -50)
    path = tmp_path_factory.mktemp("shapes") / "shapes.npz"
    bits = np.packbits(masks.reshape(2, -1), axis=1)
    np.savez(
        path,
        bits=bits,
        shape=np.array(grid),
        affine=affine,
        split=np.array([0, 1], np.uint8),
        volume_ml=np.array([8.0, 8.0], np.float32),
    )
    return path

"""The atlas: sides, completeness, volumes and shapes of every structure.

Needs Debian's mricron-data; the atlas is built once (two to four minutes) into models/.cache and reused
until its code changes.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from deep_aspects_training.atlas import build, grid, sources
from deep_aspects_training.splits import TEMPLATES

CACHE = Path(__file__).resolve().parents[2] / ".cache"
SIDES = {"left": slice(0, 98), "right": slice(99, None)}
#: Plausible volumes of one side in ml; MNI heads are larger than people.
VOLUMES = {
    "C": (3.5, 6),
    "L": (6, 10),
    "IC": (3, 7),
    "I": (6, 12),
    "M1": (20, 50),
    "M2": (20, 50),
    "M3": (20, 50),
    "M4": (20, 50),
    "M5": (25, 55),
    "M6": (25, 60),
}
EVERY = pytest.mark.parametrize("k", range(len(TEMPLATES)))


@pytest.fixture(scope="session")
def atlas():
    """The atlas from the cache, built when its code or a source has changed."""
    try:
        folder = sources.templates_folder()
    except sources.MissingSource as error:
        if os.environ.get("CI"):
            pytest.fail(f"under CI the atlas' sources must be installed: {error}")
        print(f"skipped: {error}")
        pytest.skip(str(error))
    key = hashlib.sha256()
    for path in sorted(Path(build.__file__).parent.glob("*.py")) + [folder / name for name in sources.REQUIRED]:
        key.update(path.read_bytes())
    file = CACHE / f"atlas-{key.hexdigest()[:12]}.npz"
    if not file.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        build.save(build.build(folder), file)
    with np.load(file) as arrays:
        return dict(arrays)


def test_missing_sources_are_named_with_the_cure(tmp_path):
    with pytest.raises(sources.MissingSource, match="ch2.nii.gz.*mricron-data.*DEEP_ASPECTS_TEMPLATES"):
        sources.templates_folder(tmp_path)


def test_the_grid_is_one_millimetre_ras(atlas):
    assert np.array_equal(atlas["affine"], grid.affine())
    assert np.array_equal(np.diag(atlas["affine"]), [1, 1, 1, 1])
    for k in range(len(TEMPLATES)):
        for name in ("tissue", "anatomy", "territory", "wm_periventricular"):
            assert atlas[f"{name}_{k}"].shape == grid.SHAPE
            assert atlas[f"{name}_{k}"].dtype == np.uint8


def test_right_is_where_aal_says_right(atlas):
    aal = sources.load("aal.nii.gz", sources.templates_folder())
    right_caudate = aal == 72
    x = np.nonzero((atlas["anatomy_0"] == grid.ANATOMY["C"]) & right_caudate)[0] + grid.ORIGIN[0]
    assert len(x) > 2500
    assert x.min() > 0


def test_the_mirrored_anatomy_is_the_first_one_mirrored(atlas):
    assert np.array_equal(atlas["tissue_3"], atlas["tissue_0"][::-1])


@EVERY
def test_every_tissue_is_there_and_the_heads_end_in_air(atlas, k):
    tissue = atlas[f"tissue_{k}"]
    counts = np.bincount(tissue.ravel(), minlength=len(grid.TISSUES))
    missing = [name for name, number in grid.TISSUES.items() if counts[number] < 150]
    assert not missing
    assert len(counts) == len(grid.TISSUES)
    assert not tissue[:, :, -3:].any(), "air above the vertex"
    assert not tissue[:, -2:].any(), "air before the nose"


@EVERY
def test_region_volumes_are_plausible_and_alike_on_both_sides(atlas, k):
    anatomy = atlas[f"anatomy_{k}"]
    for name, (least, most) in VOLUMES.items():
        left, right = (np.count_nonzero(anatomy[part] == grid.ANATOMY[name]) / 1000 for part in SIDES.values())
        assert least <= left <= most, f"{name} left {left} ml"
        assert least <= right <= most, f"{name} right {right} ml"
        assert abs(left - right) < 0.2 * max(left, right), f"{name}: {left} and {right} ml"


@EVERY
def test_every_region_is_one_piece_on_each_side(atlas, k):
    anatomy = atlas[f"anatomy_{k}"]
    for name in VOLUMES:
        for side, part in SIDES.items():
            labels, count = ndimage.label(anatomy[part] == grid.ANATOMY[name], np.ones((3, 3, 3)))
            sizes = np.bincount(labels.ravel())[1:]
            assert sizes.max() >= 0.985 * sizes.sum(), f"{name} {side}: pieces of {sorted(sizes)[-3:]} voxels"


@EVERY
def test_regions_keep_to_their_level(atlas, k):
    anatomy = atlas[f"anatomy_{k}"]

    def heights(name):
        return np.nonzero((anatomy == grid.ANATOMY[name]).any((0, 1)))[0] + grid.ORIGIN[2]

    for name in ("M1", "M2", "M3"):
        assert heights(name).min() >= -10
        assert heights(name).max() < grid.LEVEL_Z
    for name in ("M4", "M5", "M6"):
        assert heights(name).min() >= grid.LEVEL_Z
        assert heights(name).max() <= 52
    assert heights("C").max() > grid.LEVEL_Z, "the caudate's body belongs to C above the ganglionic level"
    assert heights("IC").max() <= heights("L").max() + 1, "no capsule where the lentiform nucleus has ended"
    assert heights("L").max() >= 13


@EVERY
def test_neighbours_are_in_anatomical_order(atlas, k):
    """From the midline outwards at the ganglionic level: capsule, lentiform, insula, M2; M1 before M2 before M3."""
    anatomy = atlas[f"anatomy_{k}"]
    x, y, z = grid.coordinates()
    for sign in (-1, 1):

        def centre(name):
            mask = (anatomy == grid.ANATOMY[name]) & (sign * x > 0) & (z >= 0) & (z <= 10)
            return np.argwhere(mask).mean(0) + grid.ORIGIN

        lateral = [sign * centre(name)[0] for name in ("C", "IC", "L", "I", "M2")]
        assert lateral == sorted(lateral)
        assert centre("M1")[1] > centre("M2")[1] > centre("M3")[1]
        assert centre("C")[1] > centre("IC")[1]


@EVERY
def test_the_skull_is_closed_above_its_base(atlas, k):
    """No way from the brain to the outside through the vault (above z = 10 mm)."""
    part = atlas[f"tissue_{k}"][:, :, 10 - grid.ORIGIN[2] :]
    bone = np.isin(part, (grid.TISSUES["compact bone"], grid.TISSUES["diploe"], grid.TISSUES["sinus air"]))
    labels, _ = ndimage.label(~bone)
    brain = labels[part == grid.TISSUES["white matter"]]
    inside = np.bincount(brain).argmax()
    assert labels[0, 0, -1] != inside
    assert not np.any(labels[part == grid.TISSUES["scalp"]] == inside)


@EVERY
def test_territories_cover_the_brain_and_agree_with_the_regions(atlas, k):
    tissue, anatomy, territory = (atlas[f"{name}_{k}"] for name in ("tissue", "anatomy", "territory"))
    brain = np.isin(tissue, grid.PARENCHYMA)
    assert np.count_nonzero(brain & (territory == 0)) < 0.001 * brain.sum()
    for name in ("M1", "M2", "M3", "M4", "M5", "M6"):
        region = (anatomy == grid.ANATOMY[name]) & brain
        assert np.mean(territory[region] == grid.TERRITORIES["MCA"]) > 0.95, name
    for name in ("C", "L", "IC"):
        region = anatomy == grid.ANATOMY[name]
        assert np.mean(territory[region] == grid.TERRITORIES["deep perforators"]) > 0.95, name


@EVERY
def test_white_matter_disease_keeps_to_white_matter_around_the_ventricles(atlas, k):
    tissue, chance = atlas[f"tissue_{k}"], atlas[f"wm_periventricular_{k}"]
    likely = chance > 100
    assert likely.sum() > 5000
    around = grid.dilate(tissue == grid.TISSUES["ventricular CSF"], 14)
    assert np.mean(around[likely]) > 0.95

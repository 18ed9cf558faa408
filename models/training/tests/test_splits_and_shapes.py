"""Splits of heads and infarcts, and the library of infarct shapes."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

from deep_aspects_training import splits
from deep_aspects_training.atlas import grid, shapes


def test_no_anatomy_is_in_two_splits():
    names = [anatomy.name for anatomy in splits.ANATOMIES]
    assert len(names) == len(set(names))
    assert {anatomy.split for anatomy in splits.ANATOMIES} == {*splits.SPLITS, None}
    chosen = splits.anatomy_names(splits.SPLITS)
    assert sorted(map(str, chosen)) == sorted({*names} - {"colin27-mirrored"})


def test_anatomies_are_found_by_name_whatever_their_numbers(tmp_path):
    names = ["head-18", "colin27", "head-20", "head-17"]
    np.savez(tmp_path / "atlas.npz", names=np.array(names), numbers=np.array([3, 0, 9, 5]))
    assert splits.anatomy_numbers(["test"], tmp_path / "atlas.npz") == [5, 3, 9]
    assert splits.anatomy_numbers(["head-20", "colin27", 5, "3"], tmp_path / "atlas.npz") == [9, 0, 5, 3]
    with pytest.raises(ValueError, match="lacks head-07, head-14;.*atlas.heads"):
        splits.anatomy_numbers(["validation"], tmp_path / "atlas.npz")


def test_an_atlas_of_templates_alone_has_these_in_their_order_and_no_heads(tmp_path):
    np.savez(tmp_path / "atlas.npz", affine=np.eye(4))
    assert splits.anatomy_numbers(["jhu189", "colin27"], tmp_path / "atlas.npz") == [2, 0]
    assert splits.anatomy_numbers([], tmp_path / "atlas.npz") == []
    with pytest.raises(ValueError, match="head-17"):
        splits.anatomy_numbers(["test"], tmp_path / "atlas.npz")


def test_subjects_fall_into_the_splits_by_their_number_alone():
    counts = np.bincount([splits.shape_split(subject) for subject in range(5000)], minlength=3) / 5000
    assert np.allclose(counts, (0.7, 0.1, 0.2), atol=0.02)
    # Fixed for good: a shape that moves between the splits would leak from training into the test.
    assert [splits.shape_split(subject) for subject in range(1, 13)] == [0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0]


def infarcts(masks: list[np.ndarray]) -> dict[str, np.ndarray]:
    """A file of infarcts as it is read: 1 mm, x growing to the patient's LEFT."""
    flat = [np.flatnonzero(mask[::-1]) for mask in masks]
    steps = [np.diff(index, prepend=0) for index in flat]
    affine = np.diag([-1.0, 1, 1, 1])
    affine[:3, 3] = masks[0].shape[0] // 2, -60, -40
    return {
        "subject": np.arange(1, len(masks) + 1),
        "offset": np.cumsum([0, *map(len, flat)]),
        "step": np.concatenate(steps).astype(np.uint32),
        "shape": np.array(masks[0].shape),
        "affine": affine,
    }


def ball(centre, radius: float) -> np.ndarray:
    """Mask [101, 121, 91] of voxels whose MNI mm start at (-50, -60, -40), x growing to the patient's right."""
    axes = np.meshgrid(np.arange(101) - 50, np.arange(121) - 60, np.arange(91) - 40, indexing="ij")
    return sum((a - c) ** 2 for a, c in zip(axes, centre)) <= radius**2


@pytest.fixture(scope="module")
def library() -> dict[str, np.ndarray]:
    x, y, z = np.broadcast_arrays(*grid.coordinates())
    lentiform = (np.abs(np.abs(x) - 25) <= 5) & (np.abs(y) <= 10) & (np.abs(z - 4) <= 6)
    anatomy = np.where(lentiform, grid.ANATOMY["L"], 0).astype(np.uint8)
    territory = np.where(
        lentiform, grid.TERRITORIES["deep perforators"], np.where(z < -30, grid.TERRITORIES["posterior fossa"], 0)
    ).astype(np.uint8)
    masks = [ball((25, 0, 4), 4), ball((-25, 0, 4), 14), ball((-10, -40, -35), 0.5), ball((0, 20, 20), 20)]
    return shapes.pack(infarcts(masks), {"anatomy_1": anatomy, "territory_1": territory})


def mask_of(library, n: int) -> np.ndarray:
    shape = tuple(library["shape"])
    return np.unpackbits(library["bits"][n], count=int(np.prod(shape))).reshape(shape).astype(bool)


def test_a_shape_lies_where_the_infarct_was(library):
    assert np.array_equal(np.diag(library["affine"]), [2, 2, 2, 1])
    for n, centre in enumerate([(25, 0, 4), (-25, 0, 4), (-10, -40, -35), (0, 20, 20)]):
        voxels = np.argwhere(mask_of(library, n))
        found = voxels.mean(0) * 2 + library["affine"][:3, 3]
        assert np.abs(found - centre).max() < 1.1, f"shape {n} lies at {found}"
        assert np.allclose(library["centroid"][n], centre, atol=0.01)
        assert np.array_equal(library["box"][n].reshape(3, 2), np.stack([voxels.min(0), voxels.max(0) + 1], 1))


def test_a_shape_keeps_its_volume_and_the_smallest_stays(library):
    for n in (0, 1, 3):
        assert mask_of(library, n).sum() * 0.008 == pytest.approx(library["volume_ml"][n], rel=0.02)
    assert mask_of(library, 2).sum() == 1


def test_sides_regions_and_territories_are_the_patients(library):
    assert library["side"].tolist() == [1, -1, -1, 0]
    fill = library["region_fill"]
    lentiform = grid.ANATOMY["L"] - 1
    assert fill[0, 0].max() == 0, "the right-sided infarct fills nothing on the left"
    assert 0.05 < fill[0, 1, lentiform] < 0.15
    assert fill[1, 0, lentiform] > 0.7
    assert fill[1, 1].max() == 0
    assert library["share_mca"][0] == library["share_aspects"][0] == 1
    assert library["share_posterior"].tolist() == [0, 0, 1, 0]
    assert library["size_group"].tolist() == [0, 1, 0, 2]


def test_a_subjects_shapes_carry_its_split(library):
    assert library["split"].tolist() == [splits.shape_split(s) for s in library["subject"]]


def write_masks(folder, masks: dict[int, np.ndarray], affine: np.ndarray, low: float = 0.0, high: float = 1.0) -> None:
    for subject, mask in masks.items():
        image = nibabel.Nifti1Image(np.where(mask[::-1], high, low).astype(np.float32), affine)
        nibabel.save(image, folder / f"bwsrsub-{subject}_lesion.nii.gz")


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.3, 0.9), (20.0, 255.0)])
def test_a_folder_of_masks_is_read_as_the_packed_file_of_the_same_infarcts(tmp_path, low, high):
    masks = [ball((25, 0, 4), 4), ball((-25, 0, 4), 14), ball((0, 20, 20), 20)]
    packed = infarcts(masks)
    # By number, not by name: 10 comes after 2.
    write_masks(tmp_path, dict(zip((1, 2, 10), masks)), packed["affine"], low, high)
    read = shapes.read_folder(tmp_path)
    assert read.pop("subject").tolist() == [1, 2, 10]
    for name, values in read.items():
        assert np.array_equal(values, packed[name]), name


def test_masks_of_two_grids_or_none_at_all_are_refused(tmp_path):
    with pytest.raises(ValueError, match="no file"):
        shapes.read_folder(tmp_path)
    write_masks(tmp_path, {1: ball((25, 0, 4), 4)}, np.eye(4))
    write_masks(tmp_path, {2: ball((25, 0, 4), 4)}, np.diag([-1.0, 1, 1, 1]))
    with pytest.raises(ValueError, match="sub-2_lesion.*another grid"):
        shapes.read_folder(tmp_path)

"""Anatomies from label maps of whole heads, on a small made-up head. Needs neither packaged templates nor anybody's
label maps."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from deep_aspects_training.atlas import grid, heads, registration
from deep_aspects_training.atlas.grid import ANATOMY, TERRITORIES, TISSUES

#: The made-up head in MNI mm: (left label, right label, centre for the right side, radii), painted one over the other.
SHAPES = (
    (3, 42, (30, -18, 10), (36, 82, 60)),
    (2, 41, (28, -18, 10), (28, 74, 52)),
    (24, 24, (46, 0, 2), (5, 22, 9)),
    (3, 42, (38, 0, 2), (3, 20, 11)),
    (12, 51, (26, 2, 4), (5, 15, 12)),
    (13, 52, (21, -2, 2), (3, 8, 7)),
    (10, 49, (9, -17, 7), (6, 12, 8)),
    (11, 50, (14, 12, 10), (5, 9, 10)),
    (4, 43, (8, 0, 18), (5, 26, 6)),
    (8, 47, (20, -62, -36), (18, 20, 14)),
    (16, 16, (0, -26, -34), (11, 11, 22)),
    (28, 60, (9, -16, -8), (6, 8, 5)),
    (25, 57, (24, -42, 26), (4, 5, 4)),
)


def _paint(x, y, z) -> np.ndarray:
    """FreeSurfer's numbers of the made-up head at MNI positions."""
    labels = np.zeros(np.broadcast_shapes(x.shape, y.shape, z.shape), np.int16)
    radius = np.sqrt((x / 74) ** 2 + ((y + 18) / 90) ** 2 + ((z - 6) / 72) ** 2)
    for number, reach in ((511, 1.16), (507, 1.12), (515, 1.06), (516, 1.04), (515, 1.01), (24, 0.97)):
        labels[np.broadcast_to(radius < reach, labels.shape)] = number
    for left, right, (cx, cy, cz), (rx, ry, rz) in SHAPES:
        for sign, number in ((-1, left), (1, right)):
            inside = ((x - sign * cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2 < 1
            labels[inside & (sign * x >= 0) & (radius < 0.97)] = number
    return labels


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    """The made-up anatomy in MNI space, with what a label map lacks."""
    x, y, z = np.broadcast_arrays(*grid.coordinates())
    tissue, _ = heads.base_tissue(_paint(x, y, z))
    side = np.abs(x)
    insula = (tissue == TISSUES["cortex"]) & (side > 33) & (side < 42) & (np.abs(y) < 20) & (np.abs(z - 2) < 11)
    tissue[insula] = TISSUES["insular cortex"]
    capsule = (
        (tissue == TISSUES["white matter"]) & (side > 13) & (side < 23) & (y > -28) & (y < 16) & (z > -6) & (z < 17)
    )
    tissue[capsule] = TISSUES["internal capsule"]
    territory = np.where(side < 18, TERRITORIES["ACA"], TERRITORIES["MCA"]).astype(np.uint8)
    territory[~np.isin(tissue, grid.PARENCHYMA)] = 0
    return {"tissue": tissue, "territory": territory}


#: The person: smaller than the atlas, head turned, and lying elsewhere in the scanner.
SIZE, YAW_DEG, ROLL_DEG, SHIFT = 0.86, 9.0, 6.0, np.array([12.0, -9.0, 30.0])


@pytest.fixture(scope="module")
def label_file(tmp_path_factory):
    yaw, roll = np.deg2rad(YAW_DEG), np.deg2rad(ROLL_DEG)
    about_s = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    about_a = np.array([[np.cos(roll), 0, np.sin(roll)], [0, 1, 0], [-np.sin(roll), 0, np.cos(roll)]])
    to_mni = (about_s @ about_a).T / SIZE
    affine = np.diag([-1.0, 1, 1, 1])  # stored from right to left
    affine[:3, 3] = [95, -110, -60]
    x, y, z = np.meshgrid(*[np.arange(n, dtype=np.float32) for n in (180, 210, 180)], indexing="ij", sparse=True)
    world = [
        np.float32(affine[axis, axis]) * c + np.float32(affine[axis, 3]) - np.float32(SHIFT[axis])
        for axis, c in enumerate((x, y, z))
    ]
    mni = [sum(np.float32(to_mni[row, axis]) * world[axis] for axis in range(3)) for row in range(3)]
    path = tmp_path_factory.mktemp("heads") / "head-01.nii.gz"
    nib.save(nib.Nifti1Image(_paint(*mni), affine), path)
    return path


@pytest.fixture(scope="module")
def placed(reference, label_file):
    registration.use_one_thread()
    labels, origin = heads.read_labels(label_file)
    return heads.place(labels, origin, registration.painted(reference["tissue"]))


@pytest.fixture(scope="module")
def head(placed, reference):
    with pytest.MonkeyPatch.context() as patch:
        # The made-up head is smooth: a few turns bring it as near.
        patch.setattr(registration, "DEMONS", ((2, 40, 1.6), (1, 6, 1.8)))
        return heads.anatomy_of_head(placed[0], reference, np.zeros(grid.SHAPE, np.uint8))


def _centre(mask: np.ndarray) -> np.ndarray:
    return np.argwhere(mask).mean(0) + grid.ORIGIN


def test_a_head_is_put_upright_and_brought_to_the_atlas_size(placed):
    labels, scale = placed
    assert scale == pytest.approx(1 / SIZE, rel=0.03)
    for left, right, centre, _ in SHAPES[6:8]:
        assert np.abs(_centre(labels == right) - centre).max() < 3
        assert np.abs(_centre(labels == left) - np.array(centre) * (-1, 1, 1)).max() < 3


def test_a_mirrored_head_is_refused(placed):
    assert heads.check_sides(placed[0]) > 0.95
    with pytest.raises(ValueError, match="side of the midline"):
        heads.check_sides(placed[0][::-1])


@pytest.mark.parametrize("sign", (-1, 1))
def test_regions_stand_in_anatomical_order(head, sign):
    x, _, z = grid.coordinates()

    def centre(name):
        return _centre((head["anatomy"] == ANATOMY[name]) & (sign * x > 0) & (z >= 0) & (z <= 10))

    lateral = [sign * centre(name)[0] for name in ("C", "IC", "L", "I", "M2")]
    assert lateral == sorted(lateral)
    assert centre("M1")[1] > centre("M2")[1] > centre("M3")[1]


def test_regions_keep_to_their_level(head):
    heights = {name: np.nonzero(head["anatomy"] == ANATOMY[name])[2] + grid.ORIGIN[2] for name in ANATOMY}
    for lower, upper in (("M1", "M4"), ("M2", "M5"), ("M3", "M6")):
        assert np.percentile(heights[lower], 99) <= np.percentile(heights[upper], 1) + 2
        assert abs(np.percentile(heights[upper], 1) - grid.LEVEL_Z) < 5
    assert heights["IC"].max() <= heights["L"].max() + 1, "no capsule where the lentiform nucleus has ended"


def test_the_insula_is_the_cortex_next_to_the_putamen_and_not_the_operculum(head):
    insula = np.argwhere(head["tissue"] == TISSUES["insular cortex"]) + grid.ORIGIN
    assert len(insula) > 2000
    side = np.abs(insula[:, 0])
    assert np.percentile(side, 2) > 30
    assert np.percentile(side, 98) < 44


def test_every_voxel_knows_its_place_in_mni_space(head):
    nodes = head["mni"].astype(np.float32)
    assert head["mni"].dtype == np.float16
    assert nodes.shape == (*(-(-n // registration.FIELD_STEP) for n in grid.SHAPE), 3)
    for name, centre in (("caudate", (14, 12, 10)), ("thalamus", (9, -17, 7))):
        for sign in (-1, 1):
            here = _centre((head["tissue"] == TISSUES[name]) & (sign * grid.coordinates()[0] > 0))
            index = tuple(np.rint((here - grid.ORIGIN) / registration.FIELD_STEP).astype(int))
            moved = here - (np.array(index) * registration.FIELD_STEP + grid.ORIGIN)
            assert np.abs(nodes[index] + moved - np.array(centre) * (sign, 1, 1)).max() < 4


def test_territories_come_from_the_reference_and_from_the_heads_own_nuclei(head):
    deep = np.isin(head["anatomy"], [ANATOMY[name] for name in ("C", "L", "IC")])
    assert np.mean(head["territory"][deep] == TERRITORIES["deep perforators"]) > 0.97
    cerebellum = head["tissue"] == TISSUES["cerebellar cortex"]
    assert np.mean(head["territory"][cerebellum] == TERRITORIES["posterior fossa"]) > 0.99
    cortical = np.isin(head["anatomy"], [ANATOMY[name] for name in ("M1", "M2", "M3", "M4", "M5", "M6")])
    brain = np.isin(head["tissue"], grid.PARENCHYMA)
    assert np.mean(head["territory"][cortical & brain] == TERRITORIES["MCA"]) > 0.95


def test_unknown_labels_and_other_voxel_sizes_are_refused(tmp_path):
    labels = np.zeros((4, 4, 4), np.int16)
    labels[1, 1, 1] = 999
    nib.save(nib.Nifti1Image(labels, np.eye(4)), tmp_path / "a.nii")
    with pytest.raises(ValueError, match=r"a\.nii: unknown labels \[999\]"):
        heads.read_labels(tmp_path / "a.nii")
    nib.save(nib.Nifti1Image(labels * 0, np.diag([1, 1, 2, 1])), tmp_path / "b.nii")
    with pytest.raises(ValueError, match="expected 1 mm"):
        heads.read_labels(tmp_path / "b.nii")


def test_lesions_of_the_white_matter_are_kept_as_likely_disease(placed, head):
    lesion = np.isin(placed[0], heads.LESION)
    assert lesion.sum() > 200
    assert (head["tissue"][lesion] == TISSUES["white matter"]).all()
    assert (head["wm_periventricular"][lesion] == heads.LESION_LIKELIHOOD).all()
    white = (head["tissue"] == TISSUES["white matter"]) & ~lesion
    assert np.median(head["wm_periventricular"][white]) < 100


def test_heads_are_numbered_after_the_older_anatomies():
    older = {"affine": grid.affine()} | {f"tissue_{k}": np.full((2, 2, 2), k, np.uint8) for k in range(4)}
    arrays = heads.assemble(
        older,
        [
            ("head-07", {"tissue": np.full((2, 2, 2), 70, np.uint8)}),
            ("head-17", {"tissue": np.full((2, 2, 2), 170, np.uint8)}),
        ],
    )
    numbers = dict(zip(arrays["names"].tolist(), arrays["numbers"].tolist()))
    assert numbers == {"colin27": 0, "mni152": 1, "jhu189": 2, "colin27-mirrored": 3, "head-07": 4, "head-17": 5}
    assert [int(arrays[f"tissue_{numbers[name]}"][0, 0, 0]) for name in ("jhu189", "head-07", "head-17")] == [
        2,
        70,
        170,
    ]
    # An older anatomy lies in MNI space: every fourth voxel is where it is.
    assert arrays["mni_1"][0, 0, 0].tolist() == grid.ORIGIN.tolist()
    assert arrays["mni_1"][5, 3, 2].tolist() == (grid.ORIGIN + (20, 12, 8)).tolist()


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no .nii"):
        heads.build(tmp_path, {}, np.zeros(0), 1)

"""The studies that stand in for a scanner's: as they lie in tests/fixtures, and the parts of what makes them."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import JPEGLSLossless

from deep_aspects_training.stand_in_studies import PADDING, Plane, _field_of_view, _with_head_rest, lateral_projection

STUDIES = Path(__file__).resolve().parents[3] / "tests/fixtures/studies"
ROW, LYING = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])


@pytest.fixture(scope="module")
def tilted():
    return [pydicom.dcmread(path) for path in sorted((STUDIES / "tilted-head/brain").glob("*.dcm"))]


def test_the_tilted_head_is_small_lossless_and_says_that_it_is_synthetic(tilted):
    files = list(STUDIES.glob("*/*/*.dcm"))
    assert sum(path.stat().st_size for path in files) < 3e6
    for dataset in [*tilted, *(pydicom.dcmread(path) for path in files)]:
        assert dataset.file_meta.TransferSyntaxUID == JPEGLSLossless
        assert "SYNTHETIC" in str(dataset.PatientName) and "SYNTHETIC" in dataset.ImageComments


def test_the_tilted_head_has_two_stacks_and_a_tilted_gantry(tilted):
    tables = [float(dataset.ImagePositionPatient[2]) for dataset in tilted]
    assert np.diff(tables) == pytest.approx([4.22] * 13 + [1.14] + [7.38] * 13, abs=1e-3)
    assert [float(dataset.SliceThickness) for dataset in tilted] == [4.0] * 14 + [7.0] * 14
    assert [dataset.AcquisitionNumber for dataset in tilted] == [*range(1, 15), *(15 + i // 2 for i in range(14))]
    row, column = np.split(np.array(tilted[0].ImageOrientationPatient, float), 2)
    normal = np.cross(row, column)
    assert np.degrees(np.arctan2(-normal[1], normal[2])) == pytest.approx(-18.5, abs=0.01)


def test_its_pixels_are_signed_padded_and_the_infarct_is_on_the_patients_right(tilted):
    middle = tilted[16]
    hu = middle.pixel_array.astype(int)
    assert middle.PixelRepresentation == 1 and middle.PixelPaddingValue == PADDING
    assert hu[0, 0] == hu[-1, -1] == PADDING and hu[256, 0] != PADDING
    brain = np.where((hu > 10) & (hu < 60), hu, 0)
    # Column 0 is at the patient's right.
    means = [half[half > 0].mean() for half in (brain[:, 120:230], brain[:, 282:392])]
    assert means[0] < means[1] - 1


def test_the_head_rest_is_behind_the_head_and_follows_the_plane():
    air = np.full((512, 512), -1000, np.int16)
    lying = _with_head_rest(air, ROW, LYING, np.array([-125.0, -125.0, 0.0]))
    lines = np.nonzero(lying[:, 256] > -1000)[0]
    assert len(lines) > 0 and lines.min() > 256
    head = _with_head_rest(np.full_like(air, 40), ROW, LYING, np.array([-125.0, -125.0, 0.0]))
    assert (head == 40).all()


def test_the_field_of_view_is_a_circle():
    inside = _field_of_view(np.zeros((512, 512), np.int16)) != PADDING
    assert inside.mean() == pytest.approx(np.pi / 4, abs=0.002) and inside[256, 1] and not inside[30, 30]


def test_the_localizer_shows_the_head_from_its_left_side_cranial_up():
    hu = np.full((64, 64), -1000, np.int16)
    cranial = np.where(np.arange(64)[:, None] < 32, 500, hu).astype(np.int16)
    planes = [Plane(hu if z < 50 else cranial, np.array([-32.0, -32.0, float(z)]), 5.0, 1) for z in range(0, 100, 5)]
    picture, corner = lateral_projection(planes, ROW, LYING, 1.0)
    middle = [round(value) for value in (-corner[1], corner[2] - 50)]
    dense = picture > 0
    lines, columns = np.nonzero(dense)
    assert dense.any() and lines.max() <= middle[1] + 1 and columns.max() <= middle[0] + 1

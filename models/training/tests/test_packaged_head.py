from __future__ import annotations

import io
import plistlib
import tarfile

import nibabel
import numpy as np
import pytest

from deep_aspects_training.packaged_head import read_project


def write_project(path, **changes):
    hu = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4)
    about = {
        "modality": "CT",
        "orientation": 1,
        "spacing": [0.5, 0.75, 1.5],
        "matrix": {"dtype": "int16", "filename": "matrix.dat", "shape": hu.shape},
    }
    with tarfile.open(path, "w") as archive:
        for name, content in (("main.plist", plistlib.dumps(about | changes)), ("matrix.dat", hu.tobytes())):
            member = tarfile.TarInfo(f"tmp/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return hu


def test_a_project_becomes_a_volume_with_anterior_rows_last_and_the_right_columns_first(tmp_path):
    hu = write_project(tmp_path / "head.inv3")
    image = read_project(tmp_path / "head.inv3")
    assert nibabel.aff2axcodes(image.affine) == ("L", "A", "S")
    assert image.header.get_zooms() == (0.5, 0.75, 1.5)
    assert (np.asarray(image.dataobj)[:, :, 1] == hu[1].T).all()


def test_another_orientation_is_refused(tmp_path):
    write_project(tmp_path / "head.inv3", orientation=2)
    with pytest.raises(ValueError, match="axial"):
        read_project(tmp_path / "head.inv3")

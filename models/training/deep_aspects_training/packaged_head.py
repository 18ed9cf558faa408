"""`python -m deep_aspects_training.packaged_head --out head.nii.gz`: the real head CT of Debian's
`invesalius-examples` as NIfTI.

Nothing learns from it: it is there to look at what the networks do on a real scan that anybody can have. The package
keeps an InVesalius project: a tar archive with `main.plist` (shape, spacing in mm) and the voxels. Rows run from
posterior to anterior, slices from caudal to cranial; columns are taken to run from the patient's right to left, which
nothing in the file confirms.
"""

from __future__ import annotations

import argparse
import plistlib
import tarfile
from pathlib import Path

import nibabel
import numpy as np

PROJECT = Path("/usr/share/doc/invesalius-examples/examples/Cranium.inv3")


def read_project(path: Path) -> nibabel.Nifti1Image:
    """HU, int16 [columns, rows, slices], with its affine to RAS mm. ValueError for a project that is no axial CT."""
    with tarfile.open(path) as archive:
        members = {Path(member.name).name: member for member in archive.getmembers()}

        def content(name: str) -> bytes:
            file = archive.extractfile(members[name])
            if file is None:
                raise ValueError(f"{name} in {path} is no file")
            return file.read()

        about = plistlib.loads(content("main.plist"))
        if about["modality"] != "CT" or about["orientation"] != 1:
            raise ValueError(f"{path} holds no axial CT")
        matrix = about["matrix"]
        voxels = content(matrix["filename"])
    hu = np.frombuffer(voxels, matrix["dtype"]).reshape(matrix["shape"]).transpose(2, 1, 0)
    columns, rows, _ = hu.shape
    across, along, up = about["spacing"]
    affine = np.diag([-across, along, up, 1.0])
    affine[:2, 3] = across * columns / 2, -along * rows / 2
    return nibabel.Nifti1Image(hu, affine)


def main() -> None:
    parser = argparse.ArgumentParser(description="Debian's packaged head CT as NIfTI.")
    parser.add_argument("--project", type=Path, default=PROJECT, help="InVesalius project")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    nibabel.save(read_project(args.project), args.out)


if __name__ == "__main__":
    main()

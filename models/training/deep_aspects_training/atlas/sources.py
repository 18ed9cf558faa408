"""Finds and loads the public templates that the atlas is made of.

Everything comes from two packages: Debian's ``mricron-data`` (Colin27 T1, AAL, jhu189) and the MNI152 T1
inside the ``nilearn`` wheel. Nothing is downloaded. Licences: docs/atlas.md.
"""

from __future__ import annotations

import os
from pathlib import Path

import nibabel as nib
import numpy as np

from .grid import ORIGIN, SHAPE

#: Where Debian's mricron-data installs its templates.
DEFAULT_TEMPLATES = "/usr/share/mricron/templates"
TEMPLATES_VARIABLE = "DEEP_ASPECTS_TEMPLATES"
NILEARN_MNI = "mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"
REQUIRED = ("ch2.nii.gz", "ch2bet.nii.gz", "aal.nii.gz", "jhu189.nii.gz")


class MissingSource(FileNotFoundError):
    """A template is not where it should be; the message says how to get it."""


def templates_folder(folder: str | os.PathLike | None = None) -> Path:
    """The folder of mricron's templates: the argument, $DEEP_ASPECTS_TEMPLATES, or Debian's place.

    Raises MissingSource naming the files that are missing.
    """
    path = Path(folder or os.environ.get(TEMPLATES_VARIABLE) or DEFAULT_TEMPLATES)
    missing = [name for name in REQUIRED if not (path / name).is_file()]
    if missing:
        raise MissingSource(
            f"{', '.join(missing)} not found in {path}. Install Debian's mricron-data "
            f"(apt-get install mricron-data) or point --templates or ${TEMPLATES_VARIABLE} at its templates."
        )
    return path


def on_grid(path: Path) -> np.ndarray:
    """A 1 mm template of any axis order, placed on the atlas grid without interpolation.

    Voxels outside the template repeat 0. Raises ValueError when the template is not 1 mm.
    """
    image = nib.as_closest_canonical(nib.load(path))
    if not np.allclose(np.diag(image.affine)[:3], 1, atol=1e-3):
        raise ValueError(f"{path}: expected 1 mm voxels, found affine {image.affine.tolist()}")
    data = np.asanyarray(image.dataobj)
    offset = np.round(image.affine[:3, 3]).astype(int) - ORIGIN
    low = np.maximum(offset, 0)
    high = np.minimum(offset + data.shape, SHAPE)
    out = np.zeros(SHAPE, data.dtype)
    inside = tuple(slice(a, b) for a, b in zip(low, high))
    source = tuple(slice(a, b) for a, b in zip(low - offset, high - offset))
    out[inside] = data[source]
    return out


def load(name: str, folder: Path) -> np.ndarray:
    """One of mricron's templates by file name, on the atlas grid."""
    return on_grid(folder / name)


def load_mni152() -> np.ndarray:
    """The brain-extracted MNI152 2009a (symmetric) T1 that nilearn ships, on the atlas grid."""
    import nilearn.datasets

    path = Path(nilearn.datasets.__file__).parent / "data" / NILEARN_MNI
    if not path.is_file():
        raise MissingSource(f"{path} is missing: install nilearn >= 0.10 (pip install nilearn)")
    return on_grid(path)

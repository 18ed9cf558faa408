"""Builds the atlas: ``python -m deep_aspects_training.atlas.build --out FILE.npz``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from . import brain, grid, regions, skull, sources, territories, vessels

#: The anatomies in the file, in the order of their numbers.
ANATOMIES = ("colin27", "mni152", "colin27-mirrored")


def label(t1, brain_mask, labels, head) -> dict[str, np.ndarray]:
    """All volumes of one anatomy. head: function of the intracranial mask that gives the outside's tissue."""
    tissue, inside = brain.brain_tissue(t1, brain_mask, labels)
    fossa = brain.posterior_fossa(labels, brain_mask)
    vessels.paint_dura(tissue, inside, fossa)
    vessels.paint_choroid(tissue)
    vessels.paint_arteries(tissue)
    outside = head(inside)
    tissue[~inside] = outside[~inside]
    territory = territories.territories(tissue, labels, fossa)
    territory[~inside] = 0
    return {
        "tissue": tissue,
        "anatomy": regions.anatomy(tissue, territory, inside, labels.jhu),
        "territory": territory,
        "wm_periventricular": territories.periventricular(tissue),
    }


def build(folder=None) -> dict[str, np.ndarray]:
    """Arrays of the atlas file: ``affine`` and tissue, anatomy, territory, wm_periventricular of every anatomy.

    folder: mricron's templates, see ``sources.templates_folder``. Raises sources.MissingSource.
    """
    folder = sources.templates_folder(folder)
    labels = brain.Labels(sources.load("jhu189.nii.gz", folder), sources.load("aal.nii.gz", folder))
    t1 = sources.load("ch2.nii.gz", folder).astype(np.float32)
    colin = label(t1, sources.load("ch2bet.nii.gz", folder) > 0, labels, lambda inside: skull.head_tissue(t1, inside))

    average = sources.load_mni152()
    scaled = brain.to_colin_scale(average, csf=70, grey=167, white=215)
    head = np.where(np.isin(colin["tissue"], OUTSIDE), colin["tissue"], 0)
    mni = label(scaled, average > 0, labels, lambda inside: skull.fit_head(head, inside))

    # Voxel (x) of MNI x = 0 is 98 of 197: mirroring the array mirrors the head.
    mirrored = {name: volume[::-1] for name, volume in colin.items()}
    arrays = {"affine": grid.affine()}
    for k, anatomy in enumerate((colin, mni, mirrored)):
        arrays.update({f"{name}_{k}": np.ascontiguousarray(volume) for name, volume in anatomy.items()})
    return arrays


OUTSIDE = tuple(grid.TISSUES[n] for n in ("scalp", "compact bone", "diploe", "sinus air", "orbit", "muscle"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, type=Path, help="the .npz file to write")
    parser.add_argument("--templates", help=f"mricron's templates (default ${sources.TEMPLATES_VARIABLE} or "
                        f"{sources.DEFAULT_TEMPLATES})")
    arguments = parser.parse_args()
    arrays = build(arguments.templates)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.out, **arrays)
    print(f"{arguments.out}: {len(ANATOMIES)} anatomies ({', '.join(ANATOMIES)})")


if __name__ == "__main__":
    main()

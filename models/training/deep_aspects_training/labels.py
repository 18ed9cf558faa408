"""Label ids shared by the atlas, the generator, the networks and the manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import torch

#: Atlas tissue ids (`tissue_k` of the atlas file), in order of id.
TISSUES: Final[tuple[str, ...]] = (
    "air",
    "scalp_fat",
    "compact_bone",
    "diploe",
    "air_sinus",
    "csf",
    "ventricle",
    "cortex",
    "white_matter",
    "caudate",
    "putamen",
    "pallidum",
    "internal_capsule",
    "insular_cortex",
    "thalamus",
    "brainstem",
    "cerebellar_cortex",
    "cerebellar_white",
    "falx_tentorium",
    "choroid_pineal",
    "venous_sinus",
    "orbit",
    "muscle",
    "amygdala_hippocampus",
    "mca_trunk",
)
TISSUE: Final[dict[str, int]] = {name: index for index, name in enumerate(TISSUES)}

#: Brain parenchyma: where an infarct can be.
PARENCHYMA: Final[tuple[str, ...]] = (
    "cortex",
    "white_matter",
    "caudate",
    "putamen",
    "pallidum",
    "internal_capsule",
    "insular_cortex",
    "thalamus",
    "brainstem",
    "cerebellar_cortex",
    "cerebellar_white",
    "amygdala_hippocampus",
)
GREY: Final[tuple[str, ...]] = (
    "cortex",
    "caudate",
    "putamen",
    "pallidum",
    "insular_cortex",
    "thalamus",
    "cerebellar_cortex",
    "amygdala_hippocampus",
)

#: Classes of the anatomy network in order of id; the ASPECTS regions follow each other.
ANATOMY_CLASSES: Final[tuple[str, ...]] = (
    "background",
    "C",
    "L",
    "IC",
    "I",
    "M1",
    "M2",
    "M3",
    "M4",
    "M5",
    "M6",
    "brain",
)
REGIONS: Final[tuple[str, ...]] = tuple(name for name in ANATOMY_CLASSES if name not in ("background", "brain"))
#: Their ids.
REGION_IDS: Final[tuple[int, ...]] = tuple(ANATOMY_CLASSES.index(region) for region in REGIONS)
OTHER_BRAIN: Final[int] = ANATOMY_CLASSES.index("brain")

#: Arterial territories (`territory_k`): id 0 is none.
TERRITORIES: Final[tuple[str, ...]] = ("none", "mca", "aca", "pca", "posterior_fossa", "lenticulostriate")
TERRITORY: Final[dict[str, int]] = {name: index for index, name in enumerate(TERRITORIES)}


Labels = TypeVar("Labels", "np.ndarray", "torch.Tensor")


def is_region(labels: Labels) -> Labels:
    """Where anatomy ids, of an array or a tensor, are those of ASPECTS regions."""
    return (labels >= REGION_IDS[0]) & (labels <= REGION_IDS[-1])

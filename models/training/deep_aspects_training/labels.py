"""Label ids shared by the atlas, the generator, the networks and the manifests."""

from __future__ import annotations

from typing import Final

#: Atlas tissue ids (`tissue_k` of the atlas file), in order of id.
TISSUES: Final[tuple[str, ...]] = (
    "air", "scalp_fat", "compact_bone", "diploe", "air_sinus", "csf", "ventricle", "cortex", "white_matter", "caudate",
    "putamen", "pallidum", "internal_capsule", "insular_cortex", "thalamus", "brainstem", "cerebellar_cortex",
    "cerebellar_white", "falx_tentorium", "choroid_pineal", "venous_sinus", "orbit", "muscle", "amygdala_hippocampus",
    "mca_trunk",
)
TISSUE: Final[dict[str, int]] = {name: index for index, name in enumerate(TISSUES)}

#: Brain parenchyma: where an infarct can be.
PARENCHYMA: Final[tuple[str, ...]] = (
    "cortex", "white_matter", "caudate", "putamen", "pallidum", "internal_capsule", "insular_cortex", "thalamus",
    "brainstem", "cerebellar_cortex", "cerebellar_white", "amygdala_hippocampus",
)
GREY: Final[tuple[str, ...]] = (
    "cortex", "caudate", "putamen", "pallidum", "insular_cortex", "thalamus", "cerebellar_cortex", "amygdala_hippocampus",
)

#: Classes of the anatomy network in order of id; ids 1-10 are the ASPECTS regions.
ANATOMY_CLASSES: Final[tuple[str, ...]] = (
    "background", "C", "L", "IC", "I", "M1", "M2", "M3", "M4", "M5", "M6", "brain",
)
REGIONS: Final[tuple[str, ...]] = ANATOMY_CLASSES[1:11]
#: The region groups of the paper's table 2.
REGION_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "C": ("C",), "L": ("L",), "IC": ("IC",), "I": ("I",), "M1, M4": ("M1", "M4"), "M2, M5": ("M2", "M5"), "M3, M6": ("M3", "M6"),
}

#: Arterial territories (`territory_k`): id 0 is none.
TERRITORIES: Final[tuple[str, ...]] = ("none", "mca", "aca", "pca", "posterior_fossa", "lenticulostriate")
TERRITORY: Final[dict[str, int]] = {name: index for index, name in enumerate(TERRITORIES)}

SIDES: Final[tuple[str, ...]] = ("left", "right")

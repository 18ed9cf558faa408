"""Attenuation of tissues in Hounsfield units, and white-matter disease; what bleeds or calcifies is in `bleeding`."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from ..atlas_volumes import csf_level_of, periventricular_of, right_side_of, tissue_of
from ..labels import TISSUE, TISSUES
from .bleeding import Bleeding, add_bleeding, sample_bleeding
from .cut import Plane, upsample
from .frames import Frames
from .heads import Heads, to_side
from .lesions import LESIONS, Lesions, grey_table, parenchyma_table, tissue_table
from .randomness import Draw

#: Mean and spread of HU over heads, for tissues that do not follow grey matter, white matter or fluid.
FIXED_HU: dict[str, tuple[float, float]] = {
    "air": (-1000, 0),
    "scalp_fat": (-60, 25),
    "compact_bone": (1050, 180),
    "diploe": (480, 170),
    "air_sinus": (-880, 90),
    "falx_tentorium": (46, 6),
    "choroid_pineal": (44, 14),
    "venous_sinus": (52, 6),
    "orbit": (-25, 35),
    "muscle": (52, 8),
    "mca_trunk": (42, 5),
}
#: Offset and spread from cortical grey matter, HU.
FROM_GREY: dict[str, tuple[float, float]] = {
    "cortex": (0.0, 0.0),
    "insular_cortex": (0.0, 0.6),
    "caudate": (1.2, 1.0),
    "putamen": (1.5, 1.0),
    "pallidum": (0.5, 1.6),
    "thalamus": (0.2, 1.2),
    "cerebellar_cortex": (0.3, 1.5),
    "amygdala_hippocampus": (-1.0, 1.2),
}
#: Offset and spread from white matter, HU.
FROM_WHITE: dict[str, tuple[float, float]] = {
    "white_matter": (0.0, 0.0),
    "internal_capsule": (0.8, 1.0),
    "cerebellar_white": (2.0, 1.5),
    "brainstem": (2.0, 1.5),
}
#: Standard deviation of texture within a tissue, HU.
TEXTURE: dict[str, float] = {
    "scalp_fat": 28,
    "compact_bone": 160,
    "diploe": 190,
    "orbit": 40,
    "muscle": 22,
    "air_sinus": 60,
    "choroid_pineal": 15,
    "cortex": 0.9,
    "white_matter": 0.8,
    "caudate": 0.6,
    "putamen": 0.6,
    "pallidum": 0.8,
    "thalamus": 0.9,
    "brainstem": 1.2,
    "cerebellar_cortex": 1.4,
    "cerebellar_white": 1.2,
    "insular_cortex": 0.8,
    "amygdala_hippocampus": 1.0,
}


#: White matter counts as deep by its share within this reach, hundredths of the image.
DEEP_WHITE_REACH_SHARE = 5


@dataclass
class Attenuation:
    """hu [B, 2 * tissues]: HU of each tissue, left then right; fluid [B]; white_disease [B, 2] severity 0-1 by side;
    disease_drop [B]; deep_white_drop [B] HU; bleeding: blood, calcium, tumours."""

    hu: torch.Tensor
    fluid: torch.Tensor
    white_disease: torch.Tensor
    disease_drop: torch.Tensor
    deep_white_drop: torch.Tensor
    bleeding: Bleeding

    def expand(self, count: int) -> Attenuation:
        own = {name: value.expand(count, *value.shape[1:]) for name, value in vars(self).items() if name != "bleeding"}
        return Attenuation(**own, bleeding=self.bleeding.expand(count))


def sample_attenuation(draw: Draw, seed_positions: torch.Tensor, bleeding_often: float = 1.0) -> Attenuation:
    """HU of a batch of heads; seed_positions [B, K, 3] are atlas points at which blood, calcium or a tumour may
    stand: see `sample_bleeding`."""
    grey = draw.normal(37.0, 2.6)
    white = grey - draw.uniform(3.5, 11.0)
    fluid = draw.normal(8.0, 3.0)
    hu = torch.zeros(draw.batch, len(TISSUES), device=draw.device)
    for name, (mean, sd) in FIXED_HU.items():
        hu[:, TISSUE[name]] = draw.normal(mean, sd)
    for name, (offset, sd) in FROM_GREY.items():
        hu[:, TISSUE[name]] = grey + draw.normal(offset, sd)
    for name, (offset, sd) in FROM_WHITE.items():
        hu[:, TISSUE[name]] = white + draw.normal(offset, sd)
    hu[:, TISSUE["csf"]] = fluid + draw.normal(0.0, 1.0)
    hu[:, TISSUE["ventricle"]] = fluid + draw.normal(-0.5, 1.0)
    opaque = draw.chance(0.12)
    hu[:, TISSUE["air_sinus"]] = torch.where(opaque, draw.normal(30.0, 15.0), hu[:, TISSUE["air_sinus"]])
    sides = torch.cat([hu, hu], 1)
    _calcify(draw, sides)
    _dense_artery(draw, sides)
    return Attenuation(
        hu=sides,
        fluid=fluid,
        white_disease=_white_severity(draw),
        disease_drop=draw.uniform(3.0, 12.0),
        deep_white_drop=draw.uniform(0.0, 8.0) * draw.chance(0.6),
        bleeding=sample_bleeding(draw, seed_positions, bleeding_often),
    )


def _white_severity(draw: Draw) -> torch.Tensor:
    """Severity of white-matter disease [B, 2]: often none, mostly much alike on both sides."""
    worse = torch.where(draw.chance(0.6), draw.uniform(0.05, 1.0) ** 0.8, torch.zeros(draw.batch, device=draw.device))
    share = torch.where(draw.chance(0.3), draw.uniform(0.3, 1.0), draw.uniform(0.85, 1.0))
    on_right = draw.chance(0.5)
    left = torch.where(on_right, worse * share, worse)
    return torch.stack([left, torch.where(on_right, worse, worse * share)], 1)


def _calcify(draw: Draw, sides: torch.Tensor) -> None:
    pallidum, choroid = TISSUE["pallidum"], TISSUE["choroid_pineal"]
    extra = torch.where(draw.chance(0.12), draw.uniform(5.0, 45.0), torch.zeros(draw.batch, device=draw.device))
    calcium = torch.where(draw.chance(0.3), draw.uniform(0.0, 140.0), torch.zeros_like(extra))
    for side in range(2):
        sides[:, side * len(TISSUES) + pallidum] += extra * draw.uniform(0.6, 1.2)
        sides[:, side * len(TISSUES) + choroid] += calcium


def _dense_artery(draw: Draw, sides: torch.Tensor) -> None:
    dense = draw.chance(0.2)
    on_right = draw.chance(0.5)
    for side in range(2):
        here = dense & (on_right == bool(side))
        column = side * len(TISSUES) + TISSUE["mca_trunk"]
        sides[:, column] = torch.where(here, draw.uniform(52.0, 75.0), sides[:, column])


@dataclass
class PlaneTissue:
    """tissue [B, H, W] after sulci widened or closed; acute and old infarct [B, H, W] 0-1 share within parenchyma;
    weights [B, L, H, W]."""

    tissue: torch.Tensor
    acute: torch.Tensor
    old: torch.Tensor
    weights: torch.Tensor

    @property
    def infarct(self) -> torch.Tensor:
        """Of any age."""
        return torch.maximum(self.acute, self.old)


def class_shares(settled: PlaneTissue, blood: torch.Tensor) -> torch.Tensor:
    """Shares [B, 3, H, W] of acute infarct, old infarct and labelled blood on a plane; blood goes over infarct."""
    bloodless = blood < 0.5
    return torch.stack([settled.acute * bloodless, settled.old * bloodless, blood], 1)


def most_of(shares: torch.Tensor) -> torch.Tensor:
    """Class ids [B, H, W] uint8 of shares [B, 3, H, W]: 1 acute infarct, 2 old infarct, 3 haemorrhage, 0 where none
    fills more than half."""
    most, kind = shares.max(1)
    return torch.where(most > 0.5, kind + 1, 0).to(torch.uint8)


def settle_tissue(heads: Heads, lesions: Lesions, plane: Plane, weights: torch.Tensor) -> PlaneTissue:
    """Move the border between cortex and fluid by the head's age and the lesions' swelling; cut the lesions to
    parenchyma."""
    size = plane.packed.shape[1:]
    tissue = tissue_of(plane.packed)
    swelling = (weights * lesions.swelling[:, :, None, None]).sum(1)
    local = upsample(plane.noise[:, 4:5], size)[:, 0]
    atrophy = heads.asymmetry[:, 2, None, None] * to_side(plane.position[:, 0])
    threshold = (heads.csf_threshold[:, None, None] - atrophy).clamp(0.2, 0.9) + 0.08 * local + swelling
    level = csf_level_of(plane.packed)
    cortical = (
        (tissue == TISSUE["cortex"]) | (tissue == TISSUE["insular_cortex"]) | (tissue == TISSUE["cerebellar_cortex"])
    )
    fluid = tissue == TISSUE["csf"]
    under_skull = -plane.skull_distance < (heads.surface_mm[:, None, None] * (1 + 0.4 * local))
    becomes_fluid = cortical & ((level > threshold) | under_skull)
    becomes_cortex = (
        fluid & (level <= threshold) & ~under_skull & (plane.skull_distance < -1.0) & (plane.packed >> 5 & 15 > 0)
    )
    tissue = torch.where(becomes_fluid, TISSUE["csf"], torch.where(becomes_cortex, TISSUE["cortex"], tissue))
    inside = parenchyma_table(tissue.device)[tissue.long()]
    weights = weights * inside[:, None]
    is_old = (lesions.fluid > 0)[:, :, None, None]
    old = (weights * is_old).amax(1)
    return PlaneTissue(tissue, (weights * ~is_old).amax(1) * (old < 0.5), old, weights)


@dataclass
class Contents:
    """What samples show: heads, cut by frames, their lesions, and the attenuation of their tissues."""

    heads: Heads
    frames: Frames
    lesions: Lesions
    attenuation: Attenuation


def plane_hu(
    attenuation: Attenuation, lesions: Lesions, plane: Plane, settled: PlaneTissue, texture: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """HU [B, H, W] of one plane and the share of labelled blood [B, H, W]. texture [B, H, W]: unit noise, common to
    the planes of a slab."""
    b, height, width = settled.tissue.shape
    device = settled.tissue.device
    column = settled.tissue.long() + right_side_of(plane.packed).long() * len(TISSUES)
    hu = attenuation.hu.gather(1, column.reshape(b, -1)).reshape(b, height, width)
    hu = hu + tissue_table(TEXTURE, device)[settled.tissue.long()] * texture
    hu = (
        hu
        - _white_disease(attenuation, plane, settled.tissue)
        - attenuation.deep_white_drop[:, None, None] * _deep_white(settled.tissue)
    )
    grey = grey_table(device)[settled.tissue.long()]
    for which in range(LESIONS):
        _add_lesion(attenuation, lesions, which, plane, settled, grey, hu)
    blood = add_bleeding(
        attenuation.bleeding, plane, settled.tissue, parenchyma_table(device)[settled.tissue.long()], grey, hu
    )
    return hu, blood


def _add_lesion(
    attenuation: Attenuation,
    lesions: Lesions,
    which: int,
    plane: Plane,
    settled: PlaneTissue,
    grey: torch.Tensor,
    hu: torch.Tensor,
) -> None:
    """Make hu [B, H, W] darker in one lesion, grey matter more than white, or bring it on the way to fluid."""
    rows = lesions.present[:, which].nonzero()[:, 0]
    if not len(rows):
        return

    def per(value: torch.Tensor) -> torch.Tensor:
        return value[rows, which, None, None]

    weight, own = settled.weights[rows, which], hu[rows]
    share = grey[rows] + (1 - grey[rows]) * per(lesions.white_share)
    local = upsample(plane.noise[rows, 5:6], own.shape[1:])[:, 0]
    drop = per(lesions.drop) * (1 + per(lesions.uneven) * local).clamp(0.2, 1.8)
    own = own - weight * share * drop * (per(lesions.fluid) == 0)
    hu[rows] = own + weight * per(lesions.fluid) * (attenuation.fluid[rows, None, None] + 3.0 - own)


def _deep_white(tissue: torch.Tensor) -> torch.Tensor:
    """How deep in white matter a place lies, 0-1: the middle of the centrum semiovale is often darker than its rim,
    alike on both sides."""
    white = (tissue == TISSUE["white_matter"]) * 1.0
    reach = max(1, DEEP_WHITE_REACH_SHARE * tissue.shape[-1] // 100)
    share = F.avg_pool2d(white[:, None], 2 * reach + 1, 1, reach)[:, 0]
    return white * (2 * share - 1).clamp(min=0)


def _white_disease(attenuation: Attenuation, plane: Plane, tissue: torch.Tensor) -> torch.Tensor:
    size = tissue.shape[1:]
    local = upsample(plane.noise[:, 3:4], size)[:, 0]
    b = tissue.shape[0]
    severity = attenuation.white_disease.gather(1, right_side_of(plane.packed).long().reshape(b, -1)).reshape(
        tissue.shape
    )
    likely = periventricular_of(plane.packed)
    extent = torch.sigmoid(7.0 * (likely * (0.6 + severity) + 0.22 * local - 0.92 + 0.8 * severity))
    inside = (tissue == TISSUE["white_matter"]) * 1.0 + (tissue == TISSUE["internal_capsule"]) * 0.35
    return attenuation.disease_drop[:, None, None] * severity.sqrt() * extent * inside * (likely > 0.02)

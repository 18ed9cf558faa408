"""Infarcts, defined in the atlas (3D), so that neighbouring slices agree.

A lesion is what lies in an allowed set of regions, territories and tissues, AND in an ellipsoid, AND in a cone seen from the depth
of the hemisphere. Whole regions and territories have a wide ellipsoid and an open cone; branches a narrow cone; lacunes and
blobs a small ellipsoid. The edge is made irregular by reading at positions moved by smooth noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from ..atlas_volumes import AtlasVolumes, anatomy_of, right_side_of, territory_of, tissue_of
from ..labels import ANATOMY_CLASSES, GREY, PARENCHYMA, TERRITORIES, TERRITORY, TISSUE, TISSUES
from .cut import Plane, lookup, upsample
from .heads import Heads
from .randomness import Draw

LESIONS = 2  # at most, a head
KINDS = ("regions", "territory", "branch", "lacune", "blob")
DEEP_REGIONS = 5  # anatomy ids 1-4 are the deep regions (C, L, IC, I)
#: Weight of anatomy ids 1-4 as the place of an isolated deep infarct: the thin capsule and the insular ribbon are the hardest to find.
DEEP_WEIGHTS = (0.6, 0.8, 1.6, 1.2)
MOST_ISOLATED_SOFTNESS_MM, LEAST_ISOLATED_WHITE_SHARE = 1.2, 0.7
#: Weight of a tissue as the seed of a lesion.
SEED_WEIGHTS = {
    "cortex": 1.0, "white_matter": 0.7, "caudate": 9.0, "putamen": 5.0, "pallidum": 4.0, "internal_capsule": 9.0, "insular_cortex": 10.0,
    "thalamus": 1.5, "brainstem": 0.6, "cerebellar_cortex": 0.5, "cerebellar_white": 0.5, "amygdala_hippocampus": 0.7,
}
#: Share of kinds for seeds in the deep regions and elsewhere.
DEEP_KINDS = torch.tensor([0.62, 0.12, 0.0, 0.14, 0.12])
OTHER_KINDS = torch.tensor([0.3, 0.16, 0.24, 0.08, 0.22])


@dataclass
class Lesions:
    """Up to LESIONS infarcts a sample; axis 1 counts them.

    present [B, L]; allowed_anatomy [B, L, 12], allowed_territory [B, L, 6], allowed_side [B, L, 2]: 0/1 tables;
    centre [B, L, 3] atlas mm; radius [B, L, 3]; apex [B, L, 3]; axis [B, L, 3] unit; cosine [B, L] of the cone's half angle;
    roughness [B, L] mm; softness [B, L] mm; drop [B, L] HU; white_share [B, L]; fluid [B, L] share of cerebrospinal fluid (old);
    patchy [B, L]; swelling [B, L] (positive closes sulci, negative widens them).
    """

    present: torch.Tensor
    allowed_anatomy: torch.Tensor
    allowed_territory: torch.Tensor
    allowed_side: torch.Tensor
    centre: torch.Tensor
    radius: torch.Tensor
    apex: torch.Tensor
    axis: torch.Tensor
    cosine: torch.Tensor
    roughness: torch.Tensor
    softness: torch.Tensor
    drop: torch.Tensor
    white_share: torch.Tensor
    fluid: torch.Tensor
    patchy: torch.Tensor
    swelling: torch.Tensor

    def expand(self, count: int) -> Lesions:
        return Lesions(**{name: value.expand(count, *value.shape[1:]) for name, value in vars(self).items()})


def tissue_table(weights: dict[str, float], device: torch.device) -> torch.Tensor:
    table = torch.zeros(len(TISSUES), device=device)
    for name, weight in weights.items():
        table[TISSUE[name]] = weight
    return table


def parenchyma_table(device: torch.device) -> torch.Tensor:
    return tissue_table({name: 1.0 for name in PARENCHYMA}, device)


def grey_table(device: torch.device) -> torch.Tensor:
    return tissue_table({name: 1.0 for name in GREY}, device)


def draw_seeds(
    draw: Draw, packed: torch.Tensor, position: torch.Tensor, deep: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pick LESIONS brain pixels a sample: (packed labels [B, L], atlas positions [B, L, 3], whether there is brain [B]).

    packed [B, N], position [B, 3, N]. The second seed lies anywhere, independent of the first. deep [B]: take them from the deep regions,
    each region by its DEEP_WEIGHTS however small, where the sample shows one.
    """
    weights = tissue_table(SEED_WEIGHTS, packed.device)[tissue_of(packed).long()]
    has_brain = weights.sum(1) > 30
    if deep is not None:
        region = anatomy_of(packed).long()
        members = F.one_hot(region, len(ANATOMY_CLASSES))[..., 1:DEEP_REGIONS].float()
        region_weights = torch.tensor(DEEP_WEIGHTS, device=packed.device)
        by_region = (region_weights * members / members.sum(1, keepdim=True).clamp(min=1)).sum(-1)
        weights = torch.where((deep & (by_region.sum(1) > 0))[:, None], by_region, weights)
    weights = weights + (~has_brain)[:, None] * 1.0
    index = torch.multinomial(weights, LESIONS, replacement=True, generator=draw.generator)
    seed_positions = position.gather(2, index[:, None].expand(-1, 3, -1)).transpose(1, 2)
    return packed.gather(1, index), seed_positions, has_brain


def _kinds(draw: Draw, deep: torch.Tensor) -> torch.Tensor:
    return torch.where(deep, draw.choice(DEEP_KINDS, LESIONS), draw.choice(OTHER_KINDS, LESIONS))


def _allowed_regions(draw: Draw, seed_region: torch.Tensor, is_region: torch.Tensor, isolated: torch.Tensor | None) -> torch.Tensor:
    """0/1 table [B, L, 12]: the seed's own region, with others of the same side joined with a chance that varies."""
    classes = len(ANATOMY_CLASSES)
    own = F.one_hot(seed_region.long(), classes).bool()
    alone = draw.chance(0.5, LESIONS)
    if isolated is not None:
        alone = alone | isolated
    joined = torch.rand(draw.batch, LESIONS, classes, device=draw.device, generator=draw.generator) < draw.uniform(0.1, 0.9, LESIONS)[..., None]
    joined = joined & ~alone[..., None]
    joined[..., 0] = False
    joined[..., 11] = False
    everything = torch.ones_like(own)
    # A seed in the rest of the brain stands for no region: leave all of the tissue to the ellipsoid.
    return torch.where(is_region[..., None], own | joined, everything).float()


def _allowed_territories(seed_territory: torch.Tensor, kind: torch.Tensor, deep_too: torch.Tensor) -> torch.Tensor:
    own = F.one_hot(seed_territory.long(), len(TERRITORIES)).bool()
    mca, deep = TERRITORY["mca"], TERRITORY["lenticulostriate"]
    is_mca = (seed_territory == mca) | (seed_territory == deep)
    own[..., mca] |= is_mca & deep_too
    own[..., deep] |= is_mca & deep_too
    bound = (kind == 1) | (kind == 2)
    return torch.where(bound[..., None], own, torch.ones_like(own)).float()


def sample_lesions(
    draw: Draw,
    packed: torch.Tensor,
    position: torch.Tensor,
    probability: float,
    noise_hu: torch.Tensor,
    deep_share: float = 0.0,
    territory_share: float = 0.0,
) -> Lesions:
    """Infarcts seeded in the given pixels (packed [B, N], position [B, 3, N] of the atlas).

    probability: share of samples with an infarct. noise_hu [B]: image noise; a drop far below it could not be seen by anybody. deep_share: of
    the samples, besides those that chance brings, that hold an infarct of one deep region or a part of it alone, if they show one.
    territory_share: of the samples, likewise, that hold an infarct of a whole arterial territory.
    """
    only_deep = draw.chance(deep_share) if deep_share else None
    seed, centre, has_brain = draw_seeds(draw, packed, position, only_deep)
    region, territory, side = anatomy_of(seed), territory_of(seed), right_side_of(seed)
    deep = (region >= 1) & (region < DEEP_REGIONS)
    kind = _kinds(draw, deep)
    isolated = None if only_deep is None else deep & only_deep[:, None]
    if isolated is not None:
        kind = torch.where(isolated, 0, kind)
    whole = torch.zeros_like(deep)
    if territory_share:
        whole[:, 0] = draw.chance(territory_share) & has_brain
        whole = whole if isolated is None else whole & ~isolated
        kind = torch.where(whole, 1, kind)
    is_region = (kind == 0) & (region >= 1) & (region <= 10)
    small = (kind == 3) | (kind == 4) | ((kind == 0) & ~is_region)
    lacune = kind == 3
    size = torch.where(lacune, draw.uniform(2.0, 7.0, LESIONS), 3.0 + 24.0 * draw.uniform(0.0, 1.0, LESIONS) ** 1.7)
    wide = torch.where(draw.chance(0.3, LESIONS) & ~whole, draw.uniform(18.0, 45.0, LESIONS), torch.full_like(size, 300.0))
    radius = torch.where(small, size, wide)[..., None] * draw.uniform(0.7, 1.4, LESIONS, 3)
    sign = torch.where(side == 1, 1.0, -1.0)
    apex = torch.stack([sign * 16.0, centre[..., 1] * 0.5 - 9.0, centre[..., 2] * 0.5 + 4.0], -1)
    axis = F.normalize(centre - apex, dim=-1)
    open_cone = torch.full_like(size, -2.0)
    cosine = torch.where(kind == 2, torch.cos(draw.uniform(0.3, 1.1, LESIONS)), open_cone)
    old = draw.chance(0.22, LESIONS)
    hyperacute = draw.chance(0.25, LESIONS)
    drop = torch.where(hyperacute, draw.uniform(2.5, 5.0, LESIONS), draw.uniform(4.0, 14.0, LESIONS))
    drop = torch.maximum(drop, 0.5 * noise_hu[:, None])
    both_sides = torch.ones(draw.batch, LESIONS, 2, device=draw.device)
    own_side = F.one_hot(side.long(), 2).float()
    first, second = draw.chance(probability) & has_brain | whole[:, 0], draw.chance(0.22)
    if isolated is not None:
        first, second = first | isolated[:, 0], second & ~isolated[:, 0]
    lesions = Lesions(
        present=torch.stack([first, first & second], 1),
        allowed_anatomy=_allowed_regions(draw, region, is_region, isolated),
        allowed_territory=_allowed_territories(territory, kind, draw.chance(0.5, LESIONS)),
        allowed_side=torch.where((kind == 4)[..., None], both_sides, own_side),
        centre=centre,
        radius=radius,
        apex=apex,
        axis=axis,
        cosine=cosine,
        roughness=draw.uniform(0.3, 3.0, LESIONS) * torch.where(lacune | is_region, 0.5, 1.0),
        softness=draw.uniform(0.3, 2.2, LESIONS) * torch.where(lacune, 0.5, 1.0),
        drop=drop,
        white_share=draw.uniform(0.3, 1.0, LESIONS),
        fluid=torch.where(old, draw.uniform(0.45, 1.0, LESIONS), torch.zeros_like(size)),
        patchy=torch.where(draw.chance(0.3, LESIONS), draw.uniform(0.0, 0.5, LESIONS), torch.zeros_like(size)),
        swelling=torch.where(old, draw.uniform(-0.25, 0.0, LESIONS), draw.uniform(0.0, 0.5, LESIONS)),
    )
    if isolated is not None:
        _keep_visible(lesions, isolated)
    return lesions


def _keep_visible(lesions: Lesions, isolated: torch.Tensor) -> None:
    """Isolated deep infarcts [B, L] solid, with an edge sharper than they are thin, and dark in white matter as well.

    Else a share under one half, which the truth does not call infarct, would darken the thin capsule and the insular ribbon.
    """
    lesions.patchy = lesions.patchy * ~isolated
    lesions.softness = torch.where(isolated, lesions.softness.clamp(max=MOST_ISOLATED_SOFTNESS_MM), lesions.softness)
    lesions.white_share = torch.where(isolated, lesions.white_share.clamp(min=LEAST_ISOLATED_WHITE_SHARE), lesions.white_share)


def _at(lesions: Lesions, table: torch.Tensor, ids: torch.Tensor, which: int) -> torch.Tensor:
    """Value of a per-sample table [B, L, n] at ids [B, h, w] for lesion `which`."""
    b = ids.shape[0]
    return table[:, which].gather(1, ids.long().reshape(b, -1)).reshape(ids.shape)


def lesion_weights(lesions: Lesions, atlas: AtlasVolumes, heads: Heads, plane: Plane, pixel_mm: float) -> torch.Tensor:
    """Share of infarct [B, L, H, W], 0-1, on a plane; parenchyma is not yet cut out."""
    b, height, width = plane.packed.shape
    half = F.avg_pool2d(plane.position, 2)
    noise = upsample(plane.noise[:, :4], half.shape[-2:])
    weights = []
    for which in range(lesions.present.shape[1]):

        def per(value: torch.Tensor) -> torch.Tensor:
            return value[:, which].reshape(b, -1, 1, 1)

        moved = half + per(lesions.roughness) * noise[:, :3]
        packed = lookup(atlas, heads.anatomy, moved)
        member = _at(lesions, lesions.allowed_anatomy, anatomy_of(packed), which)
        member = member * _at(lesions, lesions.allowed_territory, territory_of(packed), which)
        member = member * _at(lesions, lesions.allowed_side, right_side_of(packed), which)
        offset = (moved - per(lesions.centre)) / per(lesions.radius)
        member = member * ((offset**2).sum(1) < 1)
        ray = moved - per(lesions.apex)
        along = (ray * per(lesions.axis)).sum(1) / ray.norm(dim=1).clamp(min=1e-3)
        member = member * (along > per(lesions.cosine)[:, 0])
        member = member * (1 - (per(lesions.patchy)[:, 0] * (0.6 + noise[:, 3])).clamp(0, 1))
        weights.append(member * lesions.present[:, which, None, None])
    stacked = torch.stack(weights, 1)
    blurred = _soften(stacked, lesions.softness / (2 * pixel_mm))
    return F.interpolate(blurred, size=(height, width), mode="bilinear", align_corners=False)


def _soften(weights: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """Separable Gaussian blur of weights [B, L, h, w] with sigma [B, L] pixels (of the half grid)."""
    b, count, height, width = weights.shape
    reach = 4
    taps = torch.arange(-reach, reach + 1, device=weights.device, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (taps / sigma.reshape(-1, 1).clamp(min=0.15)) ** 2)
    kernel = kernel / kernel.sum(1, keepdim=True)
    flat = weights.reshape(1, b * count, height, width)
    flat = F.conv2d(flat, kernel[:, None, :, None], padding=(reach, 0), groups=b * count)
    flat = F.conv2d(flat, kernel[:, None, None, :], padding=(0, reach), groups=b * count)
    return flat.reshape(b, count, height, width)

"""Infarcts, defined in the atlas (3D), so that neighbouring slices agree.

A lesion is what lies in an allowed set of regions, territories and tissues, AND in an ellipsoid, AND in a cone seen
from the depth of the hemisphere. Whole regions and territories have a wide ellipsoid and an open cone; branches a
narrow cone; lacunes and blobs a small ellipsoid. Or it is a real infarct's mask, laid in through the MNI coordinates
of the head (`shapes.py`). The edge is made irregular by reading at positions moved by smooth noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from ..atlas_volumes import AtlasVolumes, anatomy_of, right_side_of, territory_of, tissue_of
from ..labels import ANATOMY_CLASSES, GREY, OTHER_BRAIN, PARENCHYMA, TERRITORIES, TERRITORY, TISSUE, TISSUES
from ..labels import is_region as in_a_region
from .cut import Plane, lookup, upsample
from .frames import Frames, pass_through
from .heads import HEAD_CENTRE, Heads, add_mass_effect
from .randomness import Draw
from .shapes import Shapes

LESIONS = 2  # at most, a head
KINDS = ("regions", "territory", "branch", "lacune", "blob")
DEEP_REGIONS = 5  # anatomy ids 1-4 are the deep regions (C, L, IC, I)
#: Weight of anatomy ids 1-4 as the place of an isolated deep infarct: the thin capsule and the insular ribbon are the
#: hardest to find.
DEEP_WEIGHTS = (0.6, 0.8, 1.6, 1.2)
MOST_ISOLATED_SOFTNESS_MM, LEAST_ISOLATED_WHITE_SHARE = 1.2, 0.7
#: Weight of a tissue as the seed of a lesion.
SEED_WEIGHTS = {
    "cortex": 1.0,
    "white_matter": 0.7,
    "caudate": 9.0,
    "putamen": 5.0,
    "pallidum": 4.0,
    "internal_capsule": 9.0,
    "insular_cortex": 10.0,
    "thalamus": 1.5,
    "brainstem": 0.6,
    "cerebellar_cortex": 0.5,
    "cerebellar_white": 0.5,
    "amygdala_hippocampus": 0.7,
}
#: Share of kinds for seeds in the deep regions and elsewhere.
DEEP_KINDS = torch.tensor([0.62, 0.12, 0.0, 0.14, 0.12])
OTHER_KINDS = torch.tensor([0.3, 0.16, 0.24, 0.08, 0.22])
#: Ages of an infarct that is not old, hyperacute, acute and subacute: how often, the fall of grey matter in HU, and
#: white matter's share of it.
AGES = torch.tensor([0.27, 0.5, 0.23])
AGE_DROP_HU = ((2.0, 5.0), (4.5, 11.0), (8.0, 16.0))
AGE_WHITE_SHARE = ((0.1, 0.7), (0.3, 0.9), (0.7, 1.0))
#: Of the infarcts that chance brings, those that are old.
OLD_BY_CHANCE = 0.15
#: Least fall of grey matter, of the image noise: what is fainter nobody could see.
LEAST_DROP_OF_NOISE = 0.4


@dataclass(frozen=True)
class LesionShares:
    """Of the samples: infarct: those with an infarct as chance brings it; deep, territory, shape: with one of one
    deep region or a part of it alone, of a whole arterial territory, of a real shape, where the sample shows one;
    old: with a further, old infarct."""

    infarct: float = 0.62
    deep: float = 0.0
    territory: float = 0.0
    shape: float = 0.0
    old: float = 0.0


@dataclass
class Lesions:
    """Up to LESIONS infarcts a sample; axis 1 counts them.

    present [B, L]; allowed_anatomy [B, L, 12], allowed_territory [B, L, 6], allowed_side [B, L, 2]: 0/1 tables;
    centre [B, L, 3] atlas mm; radius [B, L, 3]; apex [B, L, 3]; axis [B, L, 3] unit; cosine [B, L] of the cone's half
    angle; roughness [B, L] mm; softness [B, L] mm; drop [B, L] HU; white_share [B, L]; fluid [B, L] share of
    cerebrospinal fluid (old); patchy [B, L]; uneven [B, L] spread of the drop within the lesion; swelling [B, L]
    (positive closes sulci, negative widens them); shape [B, L]: index of a real shape, or -1; shape_scale [B, L, 3]
    (negative R where mirrored), shape_shift [B, L, 3] mm: from its MNI to the head's.
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
    uneven: torch.Tensor
    swelling: torch.Tensor
    shape: torch.Tensor
    shape_scale: torch.Tensor
    shape_shift: torch.Tensor

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
    """Pick LESIONS brain pixels a sample: (packed labels [B, L], atlas positions [B, L, 3], whether there
    is brain [B]).

    packed [B, N], position [B, 3, N]. The second seed lies anywhere, independent of the first. deep [B]: take them
    from the deep regions, each region by its DEEP_WEIGHTS however small, where the sample shows one.
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


def _allowed_regions(
    draw: Draw, seed_region: torch.Tensor, is_region: torch.Tensor, isolated: torch.Tensor
) -> torch.Tensor:
    """0/1 table [B, L, 12]: the seed's own region, with others of the same side joined with a chance that varies."""
    classes = len(ANATOMY_CLASSES)
    own = F.one_hot(seed_region.long(), classes).bool()
    alone = draw.chance(0.5, LESIONS) | isolated
    joined = (
        torch.rand(draw.batch, LESIONS, classes, device=draw.device, generator=draw.generator)
        < draw.uniform(0.1, 0.9, LESIONS)[..., None]
    )
    joined = joined & ~alone[..., None]
    joined[..., 0] = False
    joined[..., OTHER_BRAIN] = False
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
    shares: LesionShares,
    noise_hu: torch.Tensor,
    shapes: Shapes | None = None,
) -> Lesions:
    """Infarcts seeded in the given pixels (packed [B, N], position [B, 3, N] of the atlas).

    noise_hu [B]: image noise; a drop far below it could not be seen by anybody. ValueError where real shapes are
    asked for and not given.
    """
    if shares.shape and shapes is None:
        raise ValueError("infarcts of real shapes need a shapes file")
    only_deep = draw.chance(shares.deep)
    seed, centre, has_brain = draw_seeds(draw, packed, position, only_deep if shares.deep else None)
    region, territory, side = anatomy_of(seed), territory_of(seed), right_side_of(seed)
    deep = (region >= 1) & (region < DEEP_REGIONS)
    isolated = deep & only_deep[:, None]
    kind = torch.where(isolated, 0, _kinds(draw, deep))
    whole = torch.zeros_like(deep)
    whole[:, 0] = draw.chance(shares.territory) & has_brain & ~isolated[:, 0]
    kind = torch.where(whole, 1, kind)
    shaped = torch.zeros_like(deep)
    shaped[:, 0] = draw.chance(shares.shape) & has_brain & ~isolated[:, 0] & ~whole[:, 0]
    is_region = (kind == 0) & in_a_region(region)
    small = (kind == 3) | (kind == 4) | ((kind == 0) & ~is_region)
    lacune = kind == 3
    size = torch.where(lacune, draw.uniform(2.0, 7.0, LESIONS), 3.0 + 24.0 * draw.uniform(0.0, 1.0, LESIONS) ** 1.7)
    wide = torch.where(
        draw.chance(0.3, LESIONS) & ~whole, draw.uniform(18.0, 45.0, LESIONS), torch.full_like(size, 300.0)
    )
    radius = torch.where(small, size, wide)[..., None] * draw.uniform(0.7, 1.4, LESIONS, 3)
    sign = torch.where(side == 1, 1.0, -1.0)
    apex = torch.stack([sign * 16.0, centre[..., 1] * 0.5 - 9.0, centre[..., 2] * 0.5 + 4.0], -1)
    axis = F.normalize(centre - apex, dim=-1)
    open_cone = torch.full_like(size, -2.0)
    cosine = torch.where(kind == 2, torch.cos(draw.uniform(0.3, 1.1, LESIONS)), open_cone)
    both_sides = torch.ones(draw.batch, LESIONS, 2, device=draw.device)
    own_side = F.one_hot(side.long(), 2).float()
    first = draw.chance(shares.infarct) & has_brain | whole[:, 0] | isolated[:, 0] | shaped[:, 0]
    further_old = draw.chance(shares.old) & has_brain
    second = first & draw.chance(0.22) & ~isolated[:, 0] | further_old
    old = draw.chance(OLD_BY_CHANCE, LESIONS)
    old[:, 1] |= further_old
    old[:, 0] &= ~isolated[:, 0]
    drop, white_share = sample_ages(draw, noise_hu)
    zoom = draw.normal(1.0, 0.08, LESIONS, 3)
    zoom[..., 0] = torch.where(draw.chance(0.5, LESIONS), -zoom[..., 0], zoom[..., 0])
    lesions = Lesions(
        present=torch.stack([first, second], 1),
        allowed_anatomy=_allowed_regions(draw, region, is_region, isolated),
        allowed_territory=_allowed_territories(territory, kind, draw.chance(0.5, LESIONS)),
        allowed_side=torch.where((kind == 4)[..., None], both_sides, own_side),
        centre=centre,
        radius=radius,
        apex=apex,
        axis=axis,
        cosine=cosine,
        roughness=draw.uniform(0.3, 3.0, LESIONS) * torch.where(lacune | is_region | shaped, 0.5, 1.0),
        softness=draw.uniform(0.3, 2.2, LESIONS) * torch.where(lacune, 0.5, 1.0),
        drop=drop,
        white_share=white_share,
        fluid=torch.where(old, draw.uniform(0.6, 1.0, LESIONS), torch.zeros_like(size)),
        patchy=torch.where(draw.chance(0.3, LESIONS), draw.uniform(0.0, 0.5, LESIONS), torch.zeros_like(size)),
        uneven=draw.uniform(0.0, 0.45, LESIONS),
        swelling=torch.where(old, draw.uniform(-0.3, 0.0, LESIONS), draw.uniform(0.0, 0.04, LESIONS) * drop),
        shape=torch.where(shaped, draw.integer(len(shapes) if shapes else 1, LESIONS), -1),
        shape_scale=zoom,
        shape_shift=draw.normal(0.0, 3.0, LESIONS, 3),
    )
    _keep_visible(lesions, isolated)
    return lesions


def sample_ages(draw: Draw, noise_hu: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Fall of grey matter [B, L] HU and white matter's share of it [B, L]."""
    age = draw.choice(AGES, LESIONS)

    def between(ranges: tuple[tuple[float, float], ...]) -> torch.Tensor:
        low, high = torch.tensor(ranges, device=draw.device)[age].unbind(-1)
        return low + (high - low) * draw.uniform(0.0, 1.0, LESIONS)

    return torch.maximum(between(AGE_DROP_HU), LEAST_DROP_OF_NOISE * noise_hu[:, None]), between(AGE_WHITE_SHARE)


def shape_targets(draw: Draw, lesions: Lesions, shapes: Shapes) -> torch.Tensor:
    """A place [B, 3] mm in each first lesion of a real shape (MNI, about the atlas); the lesion's centre for
    the others."""
    targets = lesions.centre[:, 0].clone()
    rows = (lesions.shape[:, 0] >= 0).nonzero()[:, 0]
    if len(rows):
        indices = lesions.shape[rows, 0]
        numbers = [
            torch.randint(count, (1,), generator=draw.generator, device=draw.device)
            for count in shapes.counts(indices).tolist()
        ]
        places = shapes.places_mm(indices, torch.cat(numbers))
        targets[rows] = places * lesions.shape_scale[rows, 0] + lesions.shape_shift[rows, 0]
    return targets


def swell(draw: Draw, heads: Heads, lesions: Lesions) -> None:
    """A large fresh infarct may push the brain across the midline; an old one leaves the adjacent ventricle wide."""
    first, old = lesions.present[:, 0], lesions.fluid[:, 0] > 0
    large = first & (lesions.radius[:, 0].amin(-1) > 25) & (lesions.shape[:, 0] < 0)
    pushed = large & ~old & draw.chance(0.35)
    centre = (lesions.centre[:, 0] - torch.tensor(HEAD_CENTRE, device=draw.device)) * heads.scale
    add_mass_effect(heads, centre, torch.where(pushed, draw.uniform(1.0, 7.0), torch.zeros_like(heads.ventricle_mm)))
    shrunk = large & old & draw.chance(0.6)
    heads.asymmetry[:, 0] += shrunk * lesions.centre[:, 0, 0].sign() * draw.uniform(0.0, 3.0)


def _keep_visible(lesions: Lesions, isolated: torch.Tensor) -> None:
    """Isolated deep infarcts [B, L] solid, with an edge sharper than they are thin, and dark in white matter as well.

    Else a share under one half, which the truth does not call infarct, would darken the thin capsule and the
    insular ribbon.
    """
    lesions.patchy = lesions.patchy * ~isolated
    lesions.softness = torch.where(isolated, lesions.softness.clamp(max=MOST_ISOLATED_SOFTNESS_MM), lesions.softness)
    lesions.uneven = lesions.uneven * ~isolated
    lesions.white_share = torch.where(
        isolated, lesions.white_share.clamp(min=LEAST_ISOLATED_WHITE_SHARE), lesions.white_share
    )


def brain_spots(draw: Draw, packed: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
    """Two random points of brain [B, 2, 3], out of pixels with packed labels [B, N] at positions [B, 3, N]."""
    brain = parenchyma_table(draw.device)[(packed & 31).long()] + 1e-6
    index = torch.multinomial(brain, 2, replacement=True, generator=draw.generator)
    return position.gather(2, index[:, None].expand(-1, 3, -1)).transpose(1, 2)


def through_shapes(
    draw: Draw, heads: Heads, frames: Frames, lesions: Lesions, shapes: Shapes, heights: torch.Tensor
) -> Frames:
    """The frames, those of samples with a real shape moved along their normal so that their plane at `heights` [B] mm
    meets it."""
    targets = (shape_targets(draw, lesions, shapes) - torch.tensor(HEAD_CENTRE, device=draw.device)) * heads.scale
    moved = pass_through(frames, targets, heights)
    real = lesions.shape[:, 0, None] >= 0
    return Frames(torch.where(real, moved.origin, frames.origin), frames.right, frames.anterior, frames.cranial)


def lesion_weights(
    lesions: Lesions, atlas: AtlasVolumes, heads: Heads, plane: Plane, pixel_mm: float, shapes: Shapes | None = None
) -> torch.Tensor:
    """Share of infarct [B, L, H, W], 0-1, on a plane; parenchyma is not yet cut out."""
    weights = torch.zeros(plane.packed.shape[0], LESIONS, *plane.packed.shape[1:], device=plane.packed.device)
    for which in range(LESIONS):
        rows = lesions.present[:, which].nonzero()[:, 0]
        if len(rows):
            one = _weights_of(lesions, atlas, heads.anatomy[rows], plane, rows, which, shapes)
            weights[rows, which] = _soften(one, lesions.softness[rows, which] / pixel_mm)
    return weights


def _weights_of(
    lesions: Lesions,
    atlas: AtlasVolumes,
    anatomy: torch.Tensor,
    plane: Plane,
    rows: torch.Tensor,
    which: int,
    shapes: Shapes | None,
) -> torch.Tensor:
    """Share of lesion `which` in the samples `rows` [R, H, W], with sharp edges; anatomy [R]."""

    def per(value: torch.Tensor) -> torch.Tensor:
        return value[rows, which].reshape(len(rows), -1, 1, 1)

    noise = upsample(plane.noise[rows, :4], plane.packed.shape[1:])
    moved = plane.position[rows] + per(lesions.roughness) * noise[:, :3]
    member = _member(lesions, atlas, anatomy, moved, rows, which)
    real = (lesions.shape[rows, which] >= 0).nonzero()[:, 0]
    if len(real):
        assert shapes is not None  # such lesions were drawn from them

        def own(value: torch.Tensor) -> torch.Tensor:
            return value[rows[real], which, :, None, None]

        mni = (atlas.mni_positions(anatomy[real], moved[real]) - own(lesions.shape_shift)) / own(lesions.shape_scale)
        member[real] = shapes.sample(lesions.shape[rows[real], which], mni)
    return member * (1 - (per(lesions.patchy)[:, 0] * (0.6 + noise[:, 3])).clamp(0, 1))


def _member(
    lesions: Lesions, atlas: AtlasVolumes, anatomy: torch.Tensor, moved: torch.Tensor, rows: torch.Tensor, which: int
) -> torch.Tensor:
    """Whether positions [R, 3, H, W] lie in the lesion's regions, territories and side, its ellipsoid and its cone:
    0/1 [R, H, W]."""
    packed = lookup(atlas, anatomy, moved)

    def at(table: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        return table[rows, which].gather(1, ids.long().flatten(1)).reshape(ids.shape)

    def per(value: torch.Tensor) -> torch.Tensor:
        return value[rows, which].reshape(len(rows), -1, 1, 1)

    member = at(lesions.allowed_anatomy, anatomy_of(packed)) * at(lesions.allowed_territory, territory_of(packed))
    member = member * at(lesions.allowed_side, right_side_of(packed))
    offset = (moved - per(lesions.centre)) / per(lesions.radius)
    member = member * ((offset**2).sum(1) < 1)
    ray = moved - per(lesions.apex)
    along = (ray * per(lesions.axis)).sum(1) / ray.norm(dim=1).clamp(min=1e-3)
    return member * (along > per(lesions.cosine)[:, 0])


def _soften(weights: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """Separable Gaussian blur of weights [R, H, W] with sigma [R] pixels."""
    reach = max(2, math.ceil(2.5 * float(sigma.max())))
    taps = torch.arange(-reach, reach + 1, device=weights.device, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (taps / sigma[:, None].clamp(min=0.15)) ** 2)
    kernel = kernel / kernel.sum(1, keepdim=True)
    blurred = F.conv2d(weights[None], kernel[:, None, :, None], padding=(reach, 0), groups=len(weights))
    return F.conv2d(blurred, kernel[:, None, None, :], padding=(0, reach), groups=len(weights))[0]

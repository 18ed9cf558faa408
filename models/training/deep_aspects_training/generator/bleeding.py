"""Blood, calcium and tumours with their oedema: what is no infarct. Blood of 1 ml and more is labelled haemorrhage."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from ..atlas_volumes import right_side_of
from ..labels import TISSUE
from .cut import Plane, upsample
from .heads import HEAD_CENTRE, Heads, add_mass_effect
from .randomness import Draw

#: Chances of each place of one spot to hold blood, calcium, a tumour with oedema; of a head to have blood elsewhere.
BLOOD, CALCIUM, TUMOUR = 0.06, 0.05, 0.02
SUBDURAL, SUBARACHNOID, VENTRICULAR = 0.025, 0.02, 0.015
#: A bleed of this radius has 1 ml.
LABELLED_RADIUS_MM = 6.0
#: Blood in the subdural space is told from fluid by others from here on, HU.
SUBDURAL_LABELLED_HU = 45.0
#: Bleeds and tumours wider than this push the brain aside.
PUSHING_RADIUS_MM = 12.0


@dataclass
class Bleeding:
    """Spots, axis 1 counts them: centre [B, K, 3] atlas mm, radius [B, K, 3] mm (0: none), hu [B, K] of blood or
    added by the rest, oedema [B, K] HU taken in the rim, rim [B, K] its reach in radii, white_only [B, K] oedema that
    spares grey matter, blood [B, K] bool.

    subdural [B, 5]: side (-1 left, 1 right, 0 none; of the atlas), depth mm, HU, middle along A mm, half length mm;
    subarachnoid, ventricular [B, 2]: HU (0: none) and level: share of the cisterns, height of the blood in the
    ventricles along A, mm.
    """

    centre: torch.Tensor
    radius: torch.Tensor
    hu: torch.Tensor
    oedema: torch.Tensor
    rim: torch.Tensor
    white_only: torch.Tensor
    blood: torch.Tensor
    subdural: torch.Tensor
    subarachnoid: torch.Tensor
    ventricular: torch.Tensor

    def expand(self, count: int) -> Bleeding:
        return Bleeding(**{name: value.expand(count, *value.shape[1:]) for name, value in vars(self).items()})

    @property
    def labelled(self) -> torch.Tensor:
        """Heads [B] with a bleed that counts."""
        spots = (self.blood & (self.radius.mean(-1) >= LABELLED_RADIUS_MM)).any(1)
        subdural = (self.subdural[:, 0] != 0) & (self.subdural[:, 2] >= SUBDURAL_LABELLED_HU)
        return spots | subdural | (self.subarachnoid[:, 0] > 0) | (self.ventricular[:, 0] > 0)


def sample_bleeding(draw: Draw, centres: torch.Tensor, often: float = 1.0) -> Bleeding:
    """Centres [B, K, 3]: atlas points at which something may stand. often: factor of all chances of blood
    and tumours."""
    count = centres.shape[1]
    kind = draw.uniform(0.0, 1.0, count)
    blood = kind < BLOOD * often
    tumour = ~blood & (kind < (BLOOD + TUMOUR) * often)
    calcium = ~blood & ~tumour & (kind < (BLOOD + TUMOUR) * often + CALCIUM)
    size = torch.where(
        calcium,
        draw.uniform(1.0, 3.5, count),
        torch.where(blood, draw.uniform(3.0, 24.0, count), draw.uniform(5.0, 18.0, count)),
    )
    radius = size[..., None] * draw.uniform(0.75, 1.35, count, 3) * (blood | tumour | calcium)[..., None]
    dense = torch.where(draw.chance(0.3, count), draw.uniform(3.0, 14.0, count), draw.uniform(-3.0, 3.0, count))
    oedema = torch.where(blood & draw.chance(0.75, count), draw.uniform(3.0, 11.0, count), torch.zeros_like(dense))
    return Bleeding(
        centre=centres,
        radius=radius,
        hu=torch.where(
            blood, draw.uniform(50.0, 80.0, count), torch.where(calcium, draw.uniform(30.0, 250.0, count), dense)
        ),
        oedema=torch.where(tumour, draw.uniform(4.0, 12.0, count), oedema),
        rim=torch.where(tumour, draw.uniform(1.6, 2.6, count), draw.uniform(1.25, 1.9, count)),
        white_only=tumour | draw.chance(0.4, count),
        blood=blood,
        subdural=_subdural(draw, often),
        subarachnoid=torch.stack(
            [draw.uniform(42.0, 70.0) * draw.chance(SUBARACHNOID * often), draw.uniform(0.2, 1.0)], 1
        ),
        ventricular=torch.stack(
            [draw.uniform(45.0, 75.0) * draw.chance(VENTRICULAR * often), draw.uniform(-60.0, 20.0)], 1
        ),
    )


def without_bleeding(bleeding: Bleeding) -> Bleeding:
    """The same heads with no spot and no blood anywhere."""
    none = {
        name: torch.zeros_like(getattr(bleeding, name))
        for name in ("radius", "subdural", "subarachnoid", "ventricular")
    }
    return replace(bleeding, **none)


def _subdural(draw: Draw, often: float) -> torch.Tensor:
    side = torch.where(draw.chance(0.5), 1.0, -1.0) * draw.chance(SUBDURAL * often)
    fresh = torch.where(draw.chance(0.7), draw.uniform(50.0, 75.0), draw.uniform(12.0, 40.0))
    return torch.stack([side, draw.uniform(4.0, 16.0), fresh, draw.uniform(-60.0, 20.0), draw.uniform(40.0, 90.0)], 1)


def push_aside(draw: Draw, heads: Heads, bleeding: Bleeding) -> None:
    """Let the first large bleed or tumour push the brain: the adjacent ventricle is squeezed, its partner
    looks wide."""
    size = bleeding.radius.mean(-1)[:, 0]
    large = (size > PUSHING_RADIUS_MM) & draw.chance(0.8) & (heads.push[:, 6] == 0)
    subdural = (bleeding.subdural[:, 0] != 0) & ~large & (heads.push[:, 6] == 0)
    adjacent = torch.stack(
        [bleeding.subdural[:, 0] * 55.0, bleeding.subdural[:, 3] - HEAD_CENTRE[1], torch.zeros_like(size)], 1
    )
    centre = (
        torch.where(large[:, None], bleeding.centre[:, 0] - torch.tensor(HEAD_CENTRE, device=draw.device), adjacent)
        * heads.scale
    )
    shift = torch.where(large | subdural, draw.uniform(1.0, 8.0), torch.zeros_like(size))
    add_mass_effect(heads, centre, shift)


def add_bleeding(
    bleeding: Bleeding,
    plane: Plane,
    tissue: torch.Tensor,
    parenchyma: torch.Tensor,
    grey: torch.Tensor,
    hu: torch.Tensor,
) -> torch.Tensor:
    """Put all of it into hu [B, H, W] in place; returns the share of labelled blood [B, H, W]. parenchyma, grey
    [B, H, W] 0/1."""
    share = torch.zeros_like(hu)
    for k in range(bleeding.centre.shape[1]):
        _add_spot(bleeding, k, plane, parenchyma, grey, hu, share)
    for rows, region, level in _spaces(bleeding, plane, tissue, parenchyma):
        level = level[:, None, None]
        hu[rows] += region * (level - hu[rows])
        share[rows] = torch.maximum(share[rows], region * (level >= SUBDURAL_LABELLED_HU - 5))
    return share


def _add_spot(
    bleeding: Bleeding,
    k: int,
    plane: Plane,
    parenchyma: torch.Tensor,
    grey: torch.Tensor,
    hu: torch.Tensor,
    share: torch.Tensor,
) -> None:
    rows = (bleeding.radius[:, k, 0] > 0).nonzero()[:, 0]
    if not len(rows):
        return

    def per(value: torch.Tensor) -> torch.Tensor:
        return value[rows, k].reshape(len(rows), -1, 1, 1)

    noise = upsample(plane.noise[rows, :3], hu.shape[1:])
    blood = per(bleeding.blood)[:, 0]
    uneven = torch.where(blood, 3.5, 0.6)[:, None] * noise
    reach = (((plane.position[rows] + uneven - per(bleeding.centre)) / per(bleeding.radius)) ** 2).sum(1).sqrt()
    core = torch.sigmoid((1 - reach) / torch.where(blood, 0.05, 0.1)) * parenchyma[rows]
    rim = torch.sigmoid((per(bleeding.rim)[:, 0] - reach) / 0.12) * parenchyma[rows] * (1 - core)
    rim = rim * torch.where(per(bleeding.white_only)[:, 0], 1 - grey[rows], 1.0)
    within = hu[rows] - rim * per(bleeding.oedema)[:, 0]
    level = per(bleeding.hu)[:, 0]
    hu[rows] = torch.where(blood, within + core * (level - within), within + core * level)
    counts = blood & (per(bleeding.radius).mean(1) >= LABELLED_RADIUS_MM)
    share[rows] = torch.maximum(share[rows], core * counts)


def _spaces(bleeding: Bleeding, plane: Plane, tissue: torch.Tensor, parenchyma: torch.Tensor):
    """Blood outside the parenchyma: (rows [R], its share of each pixel [R, H, W], HU [R])."""
    size = tissue.shape[1:]
    rows = (bleeding.subdural[:, 0] != 0).nonzero()[:, 0]
    if len(rows):
        side, depth, level, middle, half = bleeding.subdural[rows].unbind(1)
        noise = upsample(plane.noise[rows, :1], size)[:, 0]
        right = right_side_of(plane.packed[rows]).float() * 2 - 1
        along = ((plane.position[rows, 1] - middle[:, None, None]) / half[:, None, None]) ** 2
        thick = depth[:, None, None] * (1 - along).clamp(min=0).sqrt() * (1 + 0.15 * noise)
        inside = (parenchyma[rows] > 0) | (tissue[rows] == TISSUE["csf"]) | (tissue[rows] == TISSUE["mca_trunk"])
        near = (
            (plane.skull_distance[rows] > -thick)
            & (thick > 1.0)
            & (right == side[:, None, None])
            & (plane.position[rows, 2] > -25)
        )
        yield rows, (near & inside).float(), level
    rows = (bleeding.subarachnoid[:, 0] > 0).nonzero()[:, 0]
    if len(rows):
        level, wide = bleeding.subarachnoid[rows].unbind(1)
        noise = upsample(plane.noise[rows, 1:2], size)[:, 0]
        centre = torch.tensor([0.0, 0.0, -15.0], device=tissue.device).reshape(1, 3, 1, 1)
        distance = (plane.position[rows] - centre).norm(dim=1) / 70.0
        filled = torch.sigmoid((wide[:, None, None] - distance + 0.12 * noise) / 0.06)
        cisterns = (tissue[rows] == TISSUE["csf"]) | (tissue[rows] == TISSUE["mca_trunk"])
        yield rows, filled * cisterns, level
    rows = (bleeding.ventricular[:, 0] > 0).nonzero()[:, 0]
    if len(rows):
        level, height = bleeding.ventricular[rows].unbind(1)
        below = plane.position[rows, 1] < height[:, None, None]
        ventricle = (tissue[rows] == TISSUE["ventricle"]) | (tissue[rows] == TISSUE["choroid_pineal"])
        yield rows, (ventricle & below).float(), level

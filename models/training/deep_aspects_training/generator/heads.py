"""Heads: which anatomy, and how it differs from the atlas. Every field has the batch as its first axis."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F

from ..atlas_volumes import FIELD_STEP, AtlasVolumes
from .randomness import Draw

#: MNI point that heads are centred on, and half the extent of the intracranial space along A and S, mm.
HEAD_CENTRE = (0.0, -18.0, 8.0)
HALF_LENGTH_MM, HALF_HEIGHT_MM = 86.0, 68.0
#: Random fields cover this half width around the head's centre, mm.
FIELD_HALF_WIDTH_MM = 125.0
NOISE_CHANNELS = 6
#: Spread of `Heads.asymmetry` in an asymmetric head.
ASYMMETRY = (2.4, 2.0, 0.12)


@dataclass
class Heads:
    """anatomy [B] int64; scale [B, 3] size relative to the atlas, negative R where mirrored; warp [B, 3, n, n, n] mm;
    noise [B, NOISE_CHANNELS, n, n, n] unit variance (0-2 lesion edges, 3 white-matter disease, 4 sulci, 5 texture);
    ventricle_mm, sylvian_mm [B] widening; skull_scale [B]; csf_threshold [B] level from which a voxel is fluid;
    surface_mm [B] depth of extra fluid under the skull; asymmetry [B, 3] by how much more the ventricle (mm), the
    Sylvian fissure (mm) and the sulci (level) are widened on the atlas' right than on the midline, and less on its
    left; push [B, 7] centre (3), shift (3) and radius of a mass effect."""

    anatomy: torch.Tensor
    scale: torch.Tensor
    warp: torch.Tensor
    noise: torch.Tensor
    ventricle_mm: torch.Tensor
    sylvian_mm: torch.Tensor
    skull_scale: torch.Tensor
    csf_threshold: torch.Tensor
    surface_mm: torch.Tensor
    asymmetry: torch.Tensor
    push: torch.Tensor

    def expand(self, count: int) -> Heads:
        """One head repeated for `count` slices."""
        return Heads(
            **{f.name: getattr(self, f.name).expand(count, *getattr(self, f.name).shape[1:]) for f in fields(self)}
        )


def _smooth_noise(draw: Draw, channels: int, nodes: int, size: int) -> torch.Tensor:
    coarse = draw.normal(0.0, 1.0, channels, nodes, nodes, nodes)
    return F.interpolate(coarse, size=(size, size, size), mode="trilinear", align_corners=True)


def sample_heads(draw: Draw, atlas: AtlasVolumes, ages: tuple[float, float] = (0.0, 1.0)) -> Heads:
    """Heads from young (0) to old (1): age drives ventricles, fissures and sulci together, each with its own spread."""
    b = draw.batch
    age = draw.uniform(*ages)
    size = draw.normal(0.93, 0.055)[:, None] * (1 + draw.normal(0.0, 0.035, 3))
    mirrored = draw.chance(0.5)
    size[:, 0] = torch.where(mirrored, -size[:, 0], size[:, 0])
    warp = draw.uniform(1.0, 4.5)[:, None, None, None, None] * _smooth_noise(draw, 3, 7, 21)
    warp = warp + draw.uniform(0.3, 1.6)[:, None, None, None, None] * _smooth_noise(draw, 3, 21, 21)
    ventricle = (-2.0 + 8.0 * age**1.5 + draw.normal(0.0, 1.6)).clamp(-2.5, 9.0)
    sylvian = (-1.5 + 4.0 * age + draw.normal(0.0, 1.0)).clamp(-1.5, 4.5)
    return Heads(
        anatomy=draw.integer(atlas.anatomies),
        scale=size,
        warp=warp,
        noise=draw.normal(0.0, 1.0, NOISE_CHANNELS, 31, 31, 31),
        ventricle_mm=ventricle,
        sylvian_mm=sylvian,
        skull_scale=draw.normal(1.0, 0.18).clamp(0.65, 1.5),
        csf_threshold=(0.68 - 0.42 * age + draw.normal(0.0, 0.1)).clamp(0.22, 0.85),
        surface_mm=(3.0 * age - 1.0 + draw.normal(0.0, 0.7)).clamp(0.0, 4.0),
        asymmetry=_asymmetry(draw),
        push=torch.zeros(b, 7, device=draw.device),
    )


def _asymmetry(draw: Draw) -> torch.Tensor:
    """Few heads are quite symmetric, a third visibly not: atrophy of one side is the commonest false infarct."""
    strength = torch.where(draw.chance(0.35), draw.uniform(0.5, 1.0), draw.uniform(0.0, 0.25))
    return strength[:, None] * draw.normal(0.0, 1.0, 3, clip=2.0) * torch.tensor(ASYMMETRY, device=draw.device)


def to_side(position: torch.Tensor) -> torch.Tensor:
    """From -1 on the atlas' left to 1 on its right, for R positions in mm, smooth over the midline."""
    return torch.tanh(position / 6.0)


def add_mass_effect(heads: Heads, centre: torch.Tensor, shift_mm: torch.Tensor) -> None:
    """Let brain around `centre` (head frame, [B, 3]) be pushed across the midline by `shift_mm` [B]; where that is 0
    nothing changes."""
    pushed = shift_mm > 0
    heads.push[pushed, :3] = centre[pushed]
    heads.push[pushed, 3] = -torch.sign(centre[pushed, 0]) * shift_mm[pushed]
    heads.push[pushed, 6] = 38.0


def _sample_volume(volume: torch.Tensor, points: torch.Tensor, half_width: float) -> torch.Tensor:
    """Trilinear values of volume [B, C, n, n, n] (axes R, A, S) at points [B, ..., 3] mm -> [B, C, ...]."""
    shape = points.shape
    # grid_sample wants (x, y, z) = (last, middle, first axis of the volume).
    grid = (points.reshape(shape[0], 1, 1, -1, 3) / half_width).flip(-1)
    values = F.grid_sample(volume, grid, mode="bilinear", padding_mode="border", align_corners=True)
    return values.reshape(shape[0], volume.shape[1], *shape[1:-1])


def head_noise(heads: Heads, points: torch.Tensor) -> torch.Tensor:
    """Noise of the heads at points [B, ..., 3] of the head frame -> [B, NOISE_CHANNELS, ...]."""
    return _sample_volume(heads.noise, points, FIELD_HALF_WIDTH_MM)


def _read_deeper(distance: torch.Tensor, widen: torch.Tensor, reach: float, depth: float) -> torch.Tensor:
    """Distance at which to read, so that a surface moves outwards by about `widen`; never more than
    `depth` inside it."""
    moved = distance - widen * torch.exp(-distance.abs() / reach)
    return torch.maximum(moved, torch.clamp(distance, max=-depth))


def _atlas_field_values(atlas: AtlasVolumes, anatomy: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """Gradient fields nearest to atlas points [B, ..., 3] mm -> [B, channels, ...]. The fields are smooth:
    nearest will do."""
    nx, ny, nz = atlas.field_shape
    index = anatomy.reshape(-1, *[1] * (points.dim() - 2)) * (nx * ny * nz)
    for axis, (size, stride) in enumerate(((nx, ny * nz), (ny, nz), (nz, 1))):
        node = ((points[..., axis] - atlas.origin[axis]) / FIELD_STEP).round().clamp(0, size - 1)
        index = index + node.to(torch.int64) * stride
    return atlas.fields.index_select(0, index.reshape(-1)).reshape(*points.shape[:-1], -1).movedim(-1, 1)


def to_atlas(heads: Heads, atlas: AtlasVolumes, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Head frame -> atlas: points [B, ..., 3] mm -> (atlas RAS mm [B, ..., 3], distance to the inner skull
    [B, ...] mm)."""
    b = points.shape[0]
    spread = [b] + [1] * (points.dim() - 2)
    moved = points + _sample_volume(heads.warp, points, FIELD_HALF_WIDTH_MM).movedim(1, -1)
    if bool((heads.push[:, 6] > 0).any()):
        centre, shift = heads.push[:, :3].reshape(*spread, 3), heads.push[:, 3:6].reshape(*spread, 3)
        radius = heads.push[:, 6].clamp(min=1.0).reshape(*spread)
        fall = torch.exp(-0.5 * ((points - centre) ** 2).sum(-1) / radius**2)
        moved = moved - shift * fall[..., None]
    centre = torch.tensor(HEAD_CENTRE, device=points.device)
    position = centre + moved / heads.scale.reshape(*spread, 3)
    field = _atlas_field_values(atlas, heads.anatomy, position)

    def per_head(value: torch.Tensor) -> torch.Tensor:
        return value.reshape(*spread)

    side = to_side(position[..., 0])
    ventricle = (per_head(heads.ventricle_mm) + per_head(heads.asymmetry[:, 0]) * side).clamp(-2.5, 10.0)
    sylvian = (per_head(heads.sylvian_mm) + per_head(heads.asymmetry[:, 1]) * side).clamp(-1.5, 5.5)
    skull_distance = field[:, 8]
    reads = (
        _read_deeper(field[:, 0], ventricle, 11.0, 1.0),
        _read_deeper(field[:, 4], sylvian, 6.0, 0.7),
        skull_distance - skull_distance.clamp(0, 12) * (1 - 1 / per_head(heads.skull_scale)),
    )
    # The shifts of the fissure and of the ventricles must not drag bone into the head.
    inside = torch.sigmoid((-skull_distance - 3.0) * 0.8)
    for surface, (read, gate) in enumerate(zip(reads, (inside, inside, torch.ones_like(inside)))):
        distance, gradient = field[:, 4 * surface], field[:, 4 * surface + 1 : 4 * surface + 4]
        position = position + ((read - distance) * gate)[..., None] * gradient.movedim(1, -1)
    return position, skull_distance


def level_rad(degrees: torch.Tensor) -> torch.Tensor:
    return degrees * (math.pi / 180.0)

"""Training stacks for a network that sees several slices: consecutive slices of one head, each with its truth.

Native slices are rendered once, as a scanner has them; every network slice and its neighbouring slabs are means of
these, by the rule of `slab.ts`: a network slice lies on each native slice, or every 5 mm where native slices are
closer than 2.5 mm.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from . import acquisition
from .attenuation import Contents, class_shares, most_of, plane_hu, sample_attenuation, settle_tissue
from .bleeding import push_aside
from .cut import Grid, antialiasing_jitter, cut_planes, lookup, upsample
from .frames import Frames, sample_frames, sample_levels, sample_spacing
from .heads import Heads, sample_heads, to_atlas
from .lesions import (
    LesionShares,
    brain_spots,
    lesion_weights,
    sample_lesions,
    swell,
    through_shapes,
)
from .randomness import Draw, SeriesDraw
from .seeded import SeededGenerator
from .slices import FIELD_MM, OFFSETS_MM, VERTEX_MM

#: Below this spacing network slices lie NETWORK_SPACING_MM apart, each a mean of several native slices.
THIN_SPACING_MM, NETWORK_SPACING_MM = 2.5, 5.0
#: Native slices rendered beyond each end of the stack, for the slabs of the end slices.
MARGIN = 1


@dataclass(frozen=True)
class StackSettings:
    """size: pixels a side (the field stays 224 mm); slices: of a stack; planes: read for each native slice; lesions:
    see `LesionShares`; bleeding: factor of the chances of blood and tumours; shading, brightening: see
    `acquisition.acquire`; roll_deg: see `sample_frames`; vertex_share: further stacks near the vertex;
    repeated_share: stacks that show one slice all the way, as a series without true neighbours does; real_share:
    stacks of real slices in the place of simulated ones, where the run names some: see `real_slices`."""

    size: int = 112
    slices: int = 8
    planes: int = 3
    slab_mm: float = 5.0
    lesions: LesionShares = LesionShares()
    bleeding: float = 1.0
    shading: float = 0.0
    brightening: float = 0.0
    roll_deg: float = 5.0
    vertex_share: float = 0.0
    repeated_share: float = 0.0
    real_share: float = 0.0

    @property
    def grid(self) -> Grid:
        return Grid(self.size, self.size, FIELD_MM / self.size)


@dataclass
class Stacks:
    """native [B, N, H, W] float32 HU, N = slices + 2 * MARGIN; truth [B, S, H, W] uint8: 0 none, 1 acute infarct, 2
    old infarct, 3 haemorrhage; spacing_mm [B] of native slices, as of network slices; noise_hu [B]."""

    native: torch.Tensor
    truth: torch.Tensor
    spacing_mm: torch.Tensor
    noise_hu: torch.Tensor

    @property
    def positions_mm(self) -> torch.Tensor:
        """Of the network slices [B, S]."""
        return torch.arange(self.truth.shape[1], device=self.truth.device) * self.spacing_mm[:, None]

    def slabs(self, slab_mm: float = 5.0) -> torch.Tensor:
        """[B, S, 3, H, W] HU at OFFSETS_MM from each network slice."""
        shares = slab_shares(self.spacing_mm, self.native.shape[1], slab_mm)
        batch, slices, offsets, count = shares.shape
        mixed = shares.reshape(batch, -1, count) @ self.native.flatten(2)
        return mixed.reshape(batch, slices, offsets, *self.native.shape[2:])


def slab_shares(spacing_mm: torch.Tensor, native: int, slab_mm: float) -> torch.Tensor:
    """Shares [B, S, len(OFFSETS_MM), N] of native slices in the slabs of the network slices; S = N - 2 * MARGIN.

    Each native slice fills the space half-way to its neighbours, the end slices all beyond.
    """
    at = torch.arange(native, device=spacing_mm.device) * spacing_mm[:, None]
    border = (at[:, 1:] + at[:, :-1]) / 2
    endless = torch.full_like(at[:, :1], 1e6)
    low, high = torch.cat([-endless, border], 1), torch.cat([border, endless], 1)
    centre = at[:, MARGIN : native - MARGIN, None] + torch.tensor(OFFSETS_MM, device=spacing_mm.device)
    overlap = torch.minimum(high[:, None, None], centre[..., None] + slab_mm / 2) - torch.maximum(
        low[:, None, None], centre[..., None] - slab_mm / 2
    )
    return overlap.clamp(min=0) / slab_mm


class StackGenerator(SeededGenerator[StackSettings]):
    """Endless source of `Stacks`."""

    @torch.no_grad()
    def render(self, count: int) -> Stacks:
        """Stacks before acquisition: no noise, no artefacts, nothing around the head."""
        settings, draw = self.settings, Draw(count, self.device, self.random)
        heads = sample_heads(draw, self.atlas)
        spacing, thickness = sample_spacing(draw)
        thin = spacing < THIN_SPACING_MM
        spacing = torch.where(thin, NETWORK_SPACING_MM, spacing)
        thickness = torch.where(thin, NETWORK_SPACING_MM, thickness)
        levels = torch.where(draw.chance(settings.vertex_share), draw.uniform(*VERTEX_MM), sample_levels(draw))
        frames = sample_frames(draw, heads, levels, settings.roll_deg)
        noise_hu = acquisition.sample_noise_hu(draw)
        contents = self._contents(draw, heads, frames, spacing, noise_hu)
        native, truth = self._render_natives(draw, contents, spacing, thickness)
        return Stacks(native, truth, spacing, noise_hu)

    @torch.no_grad()
    def acquire(self, stacks: Stacks) -> Stacks:
        """The same stacks as a scanner gives them."""
        settings, (batch, count) = self.settings, stacks.native.shape[:2]
        draw = SeriesDraw(batch * count, self.device, self.random, count)
        scanned = acquisition.acquire(
            draw,
            stacks.native.flatten(0, 1)[:, None],
            stacks.noise_hu.repeat_interleave(count),
            settings.grid.pixel_mm,
            settings.shading,
            settings.brightening,
        )
        return self._repeat(
            Stacks(scanned[:, 0].unflatten(0, (batch, count)), stacks.truth, stacks.spacing_mm, stacks.noise_hu)
        )

    def _repeat(self, stacks: Stacks) -> Stacks:
        """Neighbours that agree in everything, their noise included, are no evidence: some stacks show one of their
        slices all the way."""
        batch, slices = stacks.truth.shape[:2]
        rows = torch.rand(batch, device=self.device, generator=self.random) < self.settings.repeated_share
        kept = torch.randint(slices, (batch,), device=self.device, generator=self.random)[:, None]
        each = torch.arange(slices, device=self.device).expand(batch, slices)
        chosen = torch.where(rows[:, None], kept, each)
        ends = torch.where(rows[:, None], kept, torch.tensor([[-MARGIN, slices - 1 + MARGIN]], device=self.device))
        native = torch.cat([ends[:, :1], chosen, ends[:, 1:]], 1) + MARGIN
        index = torch.arange(batch, device=self.device)[:, None]
        return Stacks(stacks.native[index, native], stacks.truth[index, chosen], stacks.spacing_mm, stacks.noise_hu)

    def _contents(
        self, draw: Draw, heads: Heads, frames: Frames, spacing: torch.Tensor, noise_hu: torch.Tensor
    ) -> Contents:
        """Choose what is in the stack from what it shows, read at 4 mm in three of its slices; real shapes move the
        stack to where they are."""
        packed, position = self._read(draw, heads, frames, spacing)
        lesions = sample_lesions(draw, packed, position, self.settings.lesions, noise_hu, self.shapes)
        if self.shapes is not None:
            reach = (self.settings.slices - 1) / 2 * spacing * draw.uniform(-1.0, 1.0)
            frames = through_shapes(draw, heads, frames, lesions, self.shapes, reach)
        spots = brain_spots(draw, packed, position)
        attenuation = sample_attenuation(draw, spots, self.settings.bleeding)
        swell(draw, heads, lesions)
        push_aside(draw, heads, attenuation.bleeding)
        return Contents(heads, frames, lesions, attenuation)

    def _read(
        self, draw: Draw, heads: Heads, frames: Frames, spacing: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Packed labels [B, n] and atlas positions [B, 3, n] of points of the stack."""
        grid = Grid(56, 56, FIELD_MM / 56)
        x, y = grid.axes(56, 56, self.device)
        heights = torch.tensor([-0.3, 0.0, 0.3], device=self.device) * self.settings.slices * spacing[:, None]
        position = to_atlas(heads, self.atlas, frames.points(x, y, heights))[0].movedim(-1, 1)
        packed = lookup(self.atlas, heads.anatomy, position.flatten(2, 3))
        return packed.flatten(1), position.flatten(2)

    def _render_natives(
        self, draw: Draw, contents: Contents, spacing: torch.Tensor, thickness: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Native slices [B, slices + 2 * MARGIN, H, W] HU about the frames' origins, and the truth [B, slices, H, W]
        of all but the marginal ones."""
        heads, lesions, grid, planes = contents.heads, contents.lesions, self.settings.grid, self.settings.planes
        count = self.settings.slices + 2 * MARGIN
        middles = (torch.arange(count, device=self.device) - (count - 1) / 2) * spacing[:, None]
        strata = (torch.arange(planes, device=self.device) + 0.5) / planes - 0.5
        within = thickness[:, None, None] * (strata + draw.uniform(-0.5, 0.5, count, planes) / planes)
        heights = (middles[..., None] + within).flatten(1)
        jitter = antialiasing_jitter((planes,) * count, self.device)
        size = (grid.rows, grid.columns)
        native = torch.zeros(draw.batch, count, *size, device=self.device)
        shares = torch.zeros(draw.batch, 3, count, *size, device=self.device)
        texture = 1.5 * upsample(draw.normal(0.0, 1.0, count, grid.rows // 3, grid.columns // 3), size)
        for number, plane in enumerate(cut_planes(self.atlas, heads, contents.frames, grid, heights, jitter)):
            s = number // planes
            weights = lesion_weights(lesions, self.atlas, heads, plane, grid.pixel_mm, self.shapes)
            settled = settle_tissue(heads, lesions, plane, weights)
            hu, blood = plane_hu(contents.attenuation, lesions, plane, settled, texture[:, s])
            native[:, s] += hu / planes
            shares[:, :, s] += class_shares(settled, blood) / planes
        return native, most_of(shares[:, :, MARGIN : count - MARGIN])

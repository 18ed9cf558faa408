"""Training samples: aligned network slices with their neighbours, and the truth of the middle one."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..atlas_volumes import AtlasVolumes, anatomy_of
from ..labels import ANATOMY_CLASSES
from . import acquisition
from .attenuation import Contents, plane_hu, sample_attenuation, settle_tissue
from .bleeding import push_aside
from .cut import Grid, antialiasing_jitter, cut_planes, lookup, upsample
from .frames import ROLL_DEG, Frames, sample_frames, sample_levels, slab_planes
from .heads import Heads, sample_heads, to_atlas
from .lesions import (
    LesionShares,
    brain_spots,
    lesion_weights,
    parenchyma_table,
    sample_lesions,
    swell,
    through_shapes,
)
from .randomness import Draw
from .seeded import SeededGenerator
from .shapes import Shapes

#: Slabs of a sample: the slice itself and its neighbours caudal and cranial, mm.
OFFSETS_MM = (0.0, -5.0, 5.0)
FIELD_MM = 224.0
VERTEX_MM = (45.0, 72.0)
#: How far from the middle of a real shape a slice may pass.
SHAPE_REACH_MM = 15.0


@dataclass
class Slices:
    """slabs [B, 3, H, W] float32 HU at OFFSETS_MM; anatomy, infarct [B, H, W] uint8 of the middle slab;
    noise_hu [B]."""

    slabs: torch.Tensor
    anatomy: torch.Tensor
    infarct: torch.Tensor
    noise_hu: torch.Tensor


@dataclass(frozen=True)
class SliceSettings:
    """size: pixels a side (the field stays 224 mm); planes: planes read for each slab; lesions: see `LesionShares`.

    shading, brightening: see `acquisition.acquire`; roll_deg: see `sample_frames`; vertex_share: further slices near
    the vertex, where few are drawn else.
    """

    size: int = 224
    planes: tuple[int, int, int] = (4, 2, 2)
    slab_mm: float = 5.0
    lesions: LesionShares = LesionShares()
    shading: float = 0.0
    brightening: float = 0.0
    roll_deg: float = ROLL_DEG
    vertex_share: float = 0.0

    @property
    def grid(self) -> Grid:
        return Grid(self.size, self.size, FIELD_MM / self.size)


class SliceGenerator(SeededGenerator[SliceSettings]):
    """Endless source of `Slices`."""

    @torch.no_grad()
    def batch(self, count: int) -> Slices:
        """Samples as a scanner would give them."""
        ideal = self.render(count)
        draw = Draw(count, self.device, self.random)
        slabs = acquisition.acquire(
            draw,
            ideal.slabs,
            ideal.noise_hu,
            self.settings.grid.pixel_mm,
            self.settings.shading,
            self.settings.brightening,
        )
        return Slices(slabs, ideal.anatomy, ideal.infarct, ideal.noise_hu)

    @torch.no_grad()
    def render(self, count: int) -> Slices:
        """Samples before acquisition: no noise, no artefacts, nothing around the head."""
        draw = Draw(count, self.device, self.random)
        heads = sample_heads(draw, self.atlas)
        levels = sample_levels(draw)
        if self.settings.vertex_share:
            levels = torch.where(draw.chance(self.settings.vertex_share), draw.uniform(*VERTEX_MM), levels)
        frames = sample_frames(draw, heads, levels, self.settings.roll_deg)
        noise_hu = acquisition.sample_noise_hu(draw)
        contents = self._contents(draw, heads, frames, noise_hu)
        slabs, anatomy, infarct = render_slabs(draw, self.atlas, contents, self.settings, self.shapes)
        return Slices(slabs, anatomy, infarct, noise_hu)

    def _contents(self, draw: Draw, heads: Heads, frames: Frames, noise_hu: torch.Tensor) -> Contents:
        """Choose what is in the slice from what it shows, read at 4 mm; real shapes move it to where they are."""
        grid = Grid(56, 56, FIELD_MM / 56)
        x, y = grid.axes(56, 56, self.device)
        points = frames.points(x, y, torch.zeros(draw.batch, 1, device=self.device))[:, 0]
        position = to_atlas(heads, self.atlas, points)[0].movedim(-1, 1)
        packed = lookup(self.atlas, heads.anatomy, position)
        flat_position, flat_packed = position.flatten(2), packed.flatten(1)
        lesions = sample_lesions(draw, flat_packed, flat_position, self.settings.lesions, noise_hu, self.shapes)
        if self.shapes is not None:
            heights = draw.uniform(-SHAPE_REACH_MM, SHAPE_REACH_MM)
            frames = through_shapes(draw, heads, frames, lesions, self.shapes, heights)
        spots = brain_spots(draw, flat_packed, flat_position)
        attenuation = sample_attenuation(draw, spots)
        swell(draw, heads, lesions)
        push_aside(draw, heads, attenuation.bleeding)
        return Contents(heads, frames, lesions, attenuation)


def render_slabs(
    draw: Draw,
    atlas: AtlasVolumes,
    contents: Contents,
    settings: SliceSettings,
    shapes: Shapes | None = None,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ideal slabs [B, 3, H, W] HU, and anatomy and infarct [B, H, W] uint8 of the middle slab by majority over
    its planes."""
    heads, lesions = contents.heads, contents.lesions
    grid, size, device = settings.grid, settings.size, atlas.packed.device
    heights = slab_planes(draw, OFFSETS_MM, settings.planes, settings.slab_mm)
    jitter = antialiasing_jitter(settings.planes, device)
    slab_of = [slab for slab, count in enumerate(settings.planes) for _ in range(count)]
    slabs = torch.zeros(draw.batch, len(OFFSETS_MM), size, size, device=device)
    votes = torch.zeros(draw.batch, len(ANATOMY_CLASSES), size, size, device=device, dtype=torch.uint8)
    one = torch.ones(draw.batch, 1, size, size, device=device, dtype=torch.uint8)
    infarct = torch.zeros(draw.batch, size, size, device=device)
    brain = parenchyma_table(device)
    texture = _texture(draw, size, device)
    for s, plane in enumerate(cut_planes(atlas, heads, contents.frames, grid, heights, jitter)):
        slab = slab_of[s]
        weights = lesion_weights(lesions, atlas, heads, plane, grid.pixel_mm, shapes)
        settled = settle_tissue(heads, lesions, plane, weights)
        hu, _ = plane_hu(contents.attenuation, lesions, plane, settled, texture[:, slab])
        slabs[:, slab] += hu / settings.planes[slab]
        if slab == 0:
            in_brain = brain[settled.tissue.long()] > 0
            region = torch.where(in_brain, anatomy_of(plane.packed), 0)
            votes.scatter_add_(1, region.long()[:, None], one)
            infarct += settled.infarct / settings.planes[0]
    return slabs, votes.argmax(1).to(torch.uint8), (infarct > 0.5).to(torch.uint8)


def _texture(draw: Draw, size: int, device: torch.device) -> torch.Tensor:
    """Unit noise [B, 3, size, size] with grain of a few mm."""
    coarse = draw.normal(0.0, 1.0, len(OFFSETS_MM), size // 3, size // 3)
    return 1.5 * upsample(coarse, (size, size))

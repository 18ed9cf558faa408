"""Real single slices as the background of simulated infarcts: what a scanner gives that no generator draws.

What a reader outlined on them, and a margin around it, is UNKNOWN: neither infarct nor its absence is learnt from
there. The rest is brain without an acute infarct, but for the infarct that is laid in: a cross-section of a real
shape, as faint and as soft as the simulated ones. Their neighbours are missing, so a stack of them is of unrelated
slices, so far apart that none sees another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .acquisition import OUTSIDE_HU, gaussian_blur
from .heads import HEAD_CENTRE
from .lesions import sample_ages
from .randomness import Draw
from .shapes import Shapes
from .slices import FIELD_MM, OFFSETS_MM

#: Truth of pixels from which nothing is learnt.
UNKNOWN = 255
#: Between slices of such a stack, mm.
FAR_APART_MM = 1000.0
#: Of the slices, those that get an infarct.
WITH_INFARCT = 0.8
#: Below this there is fluid, above that bone or calcium, HU.
PARENCHYMA_HU = (14.0, 60.0)
#: Scale at which a place counts as grey by its surroundings, and by how much, mm and HU.
GREY_REACH_MM, GREY_STEP_HU = 12.0, 2.0
#: The noise that a real slice at 2 mm pixels has already, HU: see `lesions.LEAST_DROP_OF_NOISE`.
NOISE_HU = 4.0


@dataclass(frozen=True)
class RealSlices:
    """hu [N, 1, n, n] float32, n pixels over FIELD_MM, the head upright in the middle; unknown, brain [N, 1, n, n]
    0/1: outlined by a reader; within the skull."""

    hu: torch.Tensor
    unknown: torch.Tensor
    brain: torch.Tensor

    def __len__(self) -> int:
        return len(self.hu)

    def to(self, device: torch.device | str) -> RealSlices:
        return RealSlices(self.hu.to(device), self.unknown.to(device), self.brain.to(device))

    @torch.no_grad()
    def stacks(
        self, draw: Draw, slices: int, size: int, shapes: Shapes
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Stacks of `slices` of `draw.batch` slices in all: slabs [B, S, len(OFFSETS_MM), size, size] HU, truth
        [B, S, size, size] uint8 and positions [B, S] mm."""
        chosen = draw.integer(len(self))
        layers = torch.cat([self.hu[chosen], self.unknown[chosen], self.brain[chosen]], 1)
        hu, unknown, brain = _moved(draw, layers, size).split(1, 1)
        infarct, hu = _with_infarct(draw, hu, (brain > 0.5) & (unknown < 0.1), shapes, FIELD_MM / size)
        slabs = _acquired_anew(draw, hu).expand(-1, len(OFFSETS_MM), -1, -1)
        truth = torch.where(unknown[:, 0] > 0.1, UNKNOWN, infarct).to(torch.uint8)
        positions = (torch.arange(slices, device=draw.device) * FAR_APART_MM).expand(draw.batch // slices, -1)
        return slabs.unflatten(0, (-1, slices)), truth.unflatten(0, (-1, slices)), positions


def load_real_slices(path: str | Path) -> RealSlices:
    """A file that `deep_aspects_training.real_slices` made. ValueError where it holds no slice."""
    with np.load(path) as archive:
        hu, unknown, brain = (
            torch.from_numpy(archive[name].astype(np.float32))[:, None] for name in ("hu", "unknown", "brain")
        )
    if not len(hu):
        raise ValueError(f"{path} holds no slice")
    return RealSlices(hu, unknown, brain)


def _moved(draw: Draw, layers: torch.Tensor, size: int) -> torch.Tensor:
    """Layers [S, C, n, n] turned, scaled, bent and maybe mirrored, at `size` pixels."""
    angle, scale = torch.deg2rad(draw.normal(0.0, 4.0)), 1 + draw.normal(0.0, 0.05)
    flip = torch.where(draw.chance(0.5), -1.0, 1.0)
    cosine, sine = angle.cos() / scale, angle.sin() / scale
    shift = draw.normal(0.0, 0.025, 2)
    matrix = torch.stack(
        [torch.stack([flip * cosine, -sine, shift[:, 0]], 1), torch.stack([flip * sine, cosine, shift[:, 1]], 1)], 1
    )
    fine = layers.shape[-1]
    grid = F.affine_grid(matrix, [draw.batch, 1, fine, fine], align_corners=False)
    bend = F.interpolate(draw.normal(0.0, 0.012, 2, 8, 8), size=(fine, fine), mode="bicubic", align_corners=True)
    sampled = F.grid_sample(
        layers, grid + bend.movedim(1, -1), mode="bilinear", padding_mode="zeros", align_corners=False
    )
    return F.adaptive_avg_pool2d(sampled, size)


def _with_infarct(
    draw: Draw, hu: torch.Tensor, free: torch.Tensor, shapes: Shapes, pixel_mm: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Infarct [S, n, n] 0/1 laid into the free brain, and the slices [S, 1, n, n] HU with it: grey matter darker,
    white less so."""
    size = hu.shape[-1]
    smooth = gaussian_blur(hu, torch.full((draw.batch,), 1.5 / pixel_mm, device=draw.device), 3)
    tissue = free & (smooth > PARENCHYMA_HU[0]) & (smooth < PARENCHYMA_HU[1])
    reach = 2 * round(GREY_REACH_MM / pixel_mm) + 1
    pooled = [F.avg_pool2d(values, reach, 1, reach // 2) for values in (smooth * tissue, tissue.float())]
    grey = torch.sigmoid((smooth - pooled[0] / pooled[1].clamp(min=0.05)) / GREY_STEP_HU)
    member = _cross_sections(draw, shapes, size, pixel_mm)[:, None]
    member = (
        member * (draw.chance(WITH_INFARCT) & (((member > 0.5) & tissue).flatten(1).sum(1) > 12))[:, None, None, None]
    )
    soft = gaussian_blur(member, draw.uniform(0.5, 3.5) / pixel_mm, 6)
    drop, white_share = (
        values[:, :1, None, None]
        for values in sample_ages(draw, torch.full((draw.batch,), NOISE_HU, device=draw.device))
    )
    uneven = F.interpolate(draw.normal(0.0, 1.0, 1, 9, 9), size=(size, size), mode="bicubic", align_corners=True)
    local = (1 + draw.uniform(0.0, 0.45)[:, None, None, None] * uneven).clamp(0.2, 1.8)
    darker = hu - soft * tissue * drop * local * (grey + (1 - grey) * white_share)
    return ((soft > 0.5) & tissue)[:, 0], darker


def _cross_sections(draw: Draw, shapes: Shapes, size: int, pixel_mm: float) -> torch.Tensor:
    """Shares [S, n, n] of real infarcts, each in one of its axial planes, at its own place in the head, every other
    one mirrored."""
    indices = draw.integer(len(shapes))
    counts = shapes.counts(indices)
    numbers = (draw.uniform(0.0, 1.0) * counts).long().clamp(max=counts - 1)
    height = shapes.places_mm(indices, numbers)[:, 2]
    side = torch.where(torch.arange(draw.batch, device=draw.device) % 2 > 0, 1.0, -1.0)
    at = (torch.arange(size, device=draw.device) - (size - 1) / 2) * pixel_mm
    zoom, shift = draw.normal(1.0, 0.08, 2), draw.normal(0.0, 4.0, 2)
    right = side[:, None] * at * zoom[:, :1] + shift[:, :1]
    anterior = HEAD_CENTRE[1] - at * zoom[:, 1:] + shift[:, 1:]
    planes = (right[:, None, :], anterior[:, :, None], height[:, None, None])
    return shapes.sample(indices, torch.stack([plane.expand(-1, size, size) for plane in planes], 1))


def _acquired_anew(draw: Draw, hu: torch.Tensor) -> torch.Tensor:
    """Another scale, offset, sharpness, noise and drift of the same slices."""
    size = hu.shape[-1]

    def per(values: torch.Tensor) -> torch.Tensor:
        return values[:, None, None, None]

    air = hu < 1
    hu = gaussian_blur(hu, torch.where(draw.chance(0.4), draw.uniform(0.2, 0.7), 0.05), 3)
    noise = gaussian_blur(draw.normal(0.0, 1.0, 1, size, size), draw.uniform(0.1, 0.6), 3)
    drift = F.interpolate(draw.normal(0.0, 1.0, 1, 4, 4), size=(size, size), mode="bicubic", align_corners=True)
    hu = hu * per(1 + draw.normal(0.0, 0.03)) + per(draw.normal(0.0, 2.0))
    return torch.where(air, OUTSIDE_HU, hu + per(draw.uniform(0.0, 2.5)) * noise + per(draw.uniform(0.0, 1.2)) * drift)

"""Reads planes of a deformed head straight from the atlas; no volume of the head is ever built."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from ..atlas_volumes import AtlasVolumes
from .frames import Frames
from .heads import Heads, head_noise, to_atlas

COARSE_STEP_MM = 5.0


@dataclass(frozen=True)
class Grid:
    """Pixels of a plane: `rows` x `columns` of `pixel_mm`, column 0 at the patient's right, row 0 anterior."""

    rows: int
    columns: int
    pixel_mm: float

    def axes(self, rows: int, columns: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """Positions (right, anterior) [rows, columns] mm from the middle, from the first to the last pixel centre."""
        half_width = (self.columns - 1) / 2 * self.pixel_mm
        half_height = (self.rows - 1) / 2 * self.pixel_mm
        x = torch.linspace(half_width, -half_width, columns, device=device)
        y = torch.linspace(half_height, -half_height, rows, device=device)
        return x[None, :].expand(rows, columns), y[:, None].expand(rows, columns)

    @property
    def coarse(self) -> tuple[int, int]:
        return (
            math.ceil((self.rows - 1) * self.pixel_mm / COARSE_STEP_MM) + 1,
            math.ceil((self.columns - 1) * self.pixel_mm / COARSE_STEP_MM) + 1,
        )


@dataclass
class Plane:
    """One plane of each sample.

    packed [B, H, W]: atlas labels (see `atlas_volumes`); position [B, 3, H, W]: atlas RAS mm; noise [B, C, h, w]: the
    heads' noise on the coarse grid; skull_distance [B, H, W]: mm to the inner skull, negative inside.
    """

    packed: torch.Tensor
    position: torch.Tensor
    noise: torch.Tensor
    skull_distance: torch.Tensor


def upsample(values: torch.Tensor, size: Sequence[int]) -> torch.Tensor:
    """Coarse grid -> pixels; both grids share their corner points."""
    return F.interpolate(values, size=list(size), mode="bilinear", align_corners=True)


def lookup(atlas: AtlasVolumes, anatomy: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
    """Packed labels [B, h, w] at atlas positions [B, 3, h, w] mm; beyond the atlas its border continues."""
    nx, ny, nz = atlas.shape
    index = anatomy.to(torch.int64)[:, None, None] * (nx * ny * nz)
    for axis, (size, stride) in enumerate(((nx, 1), (ny, nx), (nz, nx * ny))):
        voxel = (position[:, axis] - atlas.origin[axis]).round().clamp(0, size - 1)
        index = index + voxel.to(torch.int64) * stride
    return torch.take(atlas.packed, index)


def cut_planes(
    atlas: AtlasVolumes, heads: Heads, frames: Frames, grid: Grid, heights: torch.Tensor, jitter: torch.Tensor
) -> Iterator[Plane]:
    """Yield the planes at `heights` [B, S] mm one after the other.

    jitter [S, 2]: shift of each plane's pixels in the plane (pixels), so that the mean over a slab's planes is
    free of aliasing.
    """
    size = (grid.rows, grid.columns)
    coarse_x, coarse_y = grid.axes(*grid.coarse, heights.device)
    points = frames.points(coarse_x, coarse_y, heights)
    position, skull = to_atlas(heads, atlas, points)
    noise = head_noise(heads, points)
    for s in range(heights.shape[1]):
        plane_position = upsample(position[:, s].movedim(-1, 1), size)
        # One pixel to the right of the patient, or anterior, moves the atlas position by about the pixel size
        # over the scale.
        step = grid.pixel_mm * (frames.right * jitter[s, 0] + frames.anterior * jitter[s, 1]) / heads.scale
        plane_position += step[:, :, None, None]
        yield Plane(
            packed=lookup(atlas, heads.anatomy, plane_position),
            position=plane_position,
            noise=noise[:, :, s],
            skull_distance=upsample(skull[:, s][:, None], size)[:, 0],
        )


def antialiasing_jitter(planes: tuple[int, ...], device: torch.device) -> torch.Tensor:
    """Shifts [sum(planes), 2] in pixels that spread each slab's planes over the pixel."""
    pattern = torch.tensor(
        [[0.25, 0.125], [-0.25, -0.125], [-0.125, 0.375], [0.125, -0.375], [0.375, -0.25], [-0.375, 0.25]],
        device=device,
    )
    return torch.cat([pattern[:count] if count > 1 else pattern[:1] * 0 for count in planes])

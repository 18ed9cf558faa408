"""Where a slice lies in the head: the plane, and the errors of the frame found from the images."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from .heads import HALF_HEIGHT_MM, HALF_LENGTH_MM, Heads, level_rad
from .randomness import Draw

#: Standard deviation of the head's roll.
ROLL_DEG = 4.0


@dataclass
class Frames:
    """Planes in the head frame (RAS mm about the head's centre).

    origin [B, 3]: the grid's middle; right, anterior [B, 3]: unit vectors in the plane; cranial [B, 3]: step per mm
    along the slice normal (it slides along the head's middle, so that neighbouring slabs stay centred).
    """

    origin: torch.Tensor
    right: torch.Tensor
    anterior: torch.Tensor
    cranial: torch.Tensor

    def points(self, x_right: torch.Tensor, y_anterior: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """Points [B, S, h, w, 3] for in-plane positions [h, w] and offsets z [B, S], all mm."""
        plane = (
            self.right[:, None, None, None] * x_right[None, None, :, :, None]
            + self.anterior[:, None, None, None] * y_anterior[None, None, :, :, None]
        )
        along = self.origin[:, None] + self.cranial[:, None] * z[:, :, None]
        return plane + along[:, :, None, None]


def rotation(yaw: torch.Tensor, roll: torch.Tensor, pitch: torch.Tensor) -> torch.Tensor:
    """Rotations about S (yaw), A (roll), R (pitch), degrees [B] -> [B, 3, 3]; columns are the turned R, A, S axes."""
    cy, sy = torch.cos(level_rad(yaw)), torch.sin(level_rad(yaw))
    cr, sr = torch.cos(level_rad(roll)), torch.sin(level_rad(roll))
    cp, sp = torch.cos(level_rad(pitch)), torch.sin(level_rad(pitch))
    zero, one = torch.zeros_like(yaw), torch.ones_like(yaw)
    about_s = torch.stack([cy, -sy, zero, sy, cy, zero, zero, zero, one], -1).reshape(-1, 3, 3)
    about_a = torch.stack([cr, zero, sr, zero, one, zero, -sr, zero, cr], -1).reshape(-1, 3, 3)
    about_r = torch.stack([one, zero, zero, zero, cp, -sp, zero, sp, cp], -1).reshape(-1, 3, 3)
    return about_r @ about_a @ about_s


def middle_direction(axes: torch.Tensor, head_scale: torch.Tensor) -> torch.Tensor:
    """Direction along which the middle of the head's cross-section moves from slice to slice, per mm of the
    normal [B, 3].

    The head's mid-sagittal section is taken as an ellipse: the middles of its parallel chords lie on the
    conjugate diameter.
    """
    right, anterior, normal = axes[:, :, 0], axes[:, :, 1], axes[:, :, 2]
    half = torch.stack(
        [torch.full_like(head_scale[:, 0], 1e6), HALF_LENGTH_MM * head_scale[:, 1], HALF_HEIGHT_MM * head_scale[:, 2]],
        -1,
    )
    metric = 1 / half**2
    slide_anterior = -(metric * normal * anterior).sum(-1) / (metric * anterior * anterior).sum(-1)
    moved = normal + slide_anterior[:, None] * anterior
    slide_right = -moved[:, 0] / right[:, 0]
    return moved + slide_right[:, None] * right


def sample_levels(draw: Draw) -> torch.Tensor:
    """Heights of slices above the head's centre [B], mm in the atlas: all levels, the basal ganglia and the skull
    base more often."""
    levels = torch.stack(
        [
            draw.uniform(-80.0, -50.0),
            draw.uniform(-55.0, -12.0),
            draw.uniform(-25.0, 20.0),
            draw.uniform(10.0, 45.0),
            draw.uniform(-60.0, 80.0),
        ]
    )
    kind = draw.choice(torch.tensor([0.06, 0.22, 0.32, 0.2, 0.2]))
    return levels.gather(0, kind[None])[0]


def sample_frames(draw: Draw, heads: Heads, levels: torch.Tensor, roll_deg: float = ROLL_DEG) -> Frames:
    """Network slices at heights `levels` [B] (mm in the atlas), with the residual errors of the frame found
    from the images.

    roll_deg: standard deviation of the head's roll, which the frame leaves as it is.
    """
    pitch = draw.normal(0.0, 12.0).clamp(-28, 28)
    axes = rotation(draw.normal(0.0, 3.0).clamp(-10, 10), draw.normal(0.0, roll_deg), pitch)
    slide = middle_direction(axes, heads.scale.abs())
    level = levels * heads.scale[:, 2]
    right, anterior = axes[:, :, 0], axes[:, :, 1]
    origin = slide * level[:, None] + right * draw.normal(0.0, 3.0)[:, None] + anterior * draw.normal(0.0, 8.0)[:, None]
    cranial = slide + right * draw.normal(0.0, 0.03)[:, None] + anterior * draw.normal(0.0, 0.08)[:, None]
    return Frames(origin, right, anterior, cranial)


def sample_spacing(draw: Draw) -> tuple[torch.Tensor, torch.Tensor]:
    """Spacing and thickness [B] mm of native slices: nearly half of the series have 5 mm, the rest 0.8 to 10."""
    spacing = torch.where(draw.chance(0.8), draw.uniform(0.8, 7.5), draw.uniform(7.5, 10.0))
    spacing = torch.where(draw.chance(0.45), draw.normal(5.0, 0.3), spacing)
    return spacing, (spacing * draw.uniform(0.8, 1.3)).clamp(0.6, 10.0)


def pass_through(frames: Frames, points: torch.Tensor, heights: torch.Tensor) -> Frames:
    """The frames moved along their normals so that points [B, 3] of the head frame lie at heights [B] mm above
    their origins."""
    normal = torch.linalg.cross(frames.right, frames.anterior)
    missing = ((points - frames.origin) * normal).sum(-1) - heights
    return Frames(frames.origin + frames.cranial * missing[:, None], frames.right, frames.anterior, frames.cranial)


def slab_planes(draw: Draw, offsets_mm: tuple[float, ...], planes: tuple[int, ...], slab_mm: float) -> torch.Tensor:
    """Heights [B, sum(planes)] mm at which slabs are read, after the slab rule for a series of its own spacing.

    Each slab is the mean of the piecewise constant profile in which every native slice fills its extent half-way to its
    neighbours; every native slice is the mean over its own thickness.
    """
    spacing, thickness = sample_spacing(draw)
    phase = torch.where(spacing < 2.5, draw.uniform(-0.5, 0.5) * spacing, torch.zeros_like(spacing))
    heights = []
    for offset, count in zip(offsets_mm, planes):
        strata = (torch.arange(count, device=draw.device) + 0.5) / count - 0.5
        inside = offset + slab_mm * (strata[None] + draw.uniform(-0.5, 0.5, 1) / count)
        native = torch.round((inside - phase[:, None]) / spacing[:, None]) * spacing[:, None] + phase[:, None]
        order = torch.argsort(draw.uniform(0, 1, count), dim=1)
        within = thickness[:, None] * (strata[order] + draw.uniform(-0.5, 0.5, count) / count)
        heights.append(native + within)
    return torch.cat(heights, 1)

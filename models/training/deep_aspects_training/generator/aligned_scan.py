"""Whole simulated scans as the networks see them: consecutive aligned slices of one head, with their truth by side."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..atlas_volumes import AtlasVolumes, right_side_of
from . import acquisition
from .cut import Grid, cut_planes
from .frames import sample_frames
from .head_scan import Subject, sample_subject
from .lesions import LesionShares
from .randomness import Draw, SeriesDraw
from .slices import SliceSettings, render_slabs

#: Heights of the slices above the head's centre, mm in the atlas: from below the temporal poles to above the vertex.
LOWEST_MM, HIGHEST_MM, STEP_MM = -58.0, 76.0, 5.4
SLICES_AT_ONCE = 9


@dataclass
class AlignedScan:
    """slabs [N, 3, H, W] HU; anatomy, infarct, right [N, H, W] uint8 (right: the patient's right side). Slices are 5 mm apart."""

    slabs: torch.Tensor
    anatomy: torch.Tensor
    infarct: torch.Tensor
    right: torch.Tensor
    white_disease: float
    has_blood: bool
    drop_hu: float


def all_levels(device: torch.device | str = "cpu") -> torch.Tensor:
    """Heights of the slices of a whole head, mm in the atlas above the head's centre."""
    return torch.arange(LOWEST_MM, HIGHEST_MM, STEP_MM, device=device)


@torch.no_grad()
def aligned_scan(atlas: AtlasVolumes, seed: int, infarct: float, settings: SliceSettings) -> AlignedScan:
    """Simulate one scan; `infarct` is the chance that there is one."""
    device = atlas.packed.device
    one = Draw(1, device, torch.Generator(device=device).manual_seed(seed))
    noise_hu = acquisition.sample_noise_hu(one)
    subject = sample_subject(one, atlas, LesionShares(infarct=infarct), noise_hu=float(noise_hu))
    return scan_subject(atlas, subject, all_levels(device), noise_hu, int(one.integer(2**31 - 1)), settings)


@torch.no_grad()
def scan_subject(
    atlas: AtlasVolumes, subject: Subject, levels: torch.Tensor, noise_hu: torch.Tensor, seed: int, settings: SliceSettings
) -> AlignedScan:
    """Scan a subject at some levels [N]; `seed` fixes the frame and the scanner's properties, noise_hu [1] the noise."""
    parts = [
        _part(atlas, subject, levels[start : start + SLICES_AT_ONCE], noise_hu, seed, settings)
        for start in range(0, len(levels), SLICES_AT_ONCE)
    ]
    slabs, anatomy, infarct_mask, right = (torch.cat([part[i] for part in parts]) for i in range(4))
    return AlignedScan(
        slabs, anatomy, infarct_mask, right, float(subject.attenuation.white_disease.max()), bool(subject.attenuation.bleeding.labelled.any()),
        float(subject.lesions.drop[0, 0]),
    )


def _part(atlas: AtlasVolumes, subject: Subject, levels: torch.Tensor, noise_hu: torch.Tensor, seed: int, settings: SliceSettings):
    """Slices at some levels; the series' own parameters come from the same seed in every part."""
    count = len(levels)
    draw = SeriesDraw(count, levels.device, torch.Generator(device=levels.device).manual_seed(seed))
    heads = subject.heads.expand(count)
    frames = sample_frames(draw, heads, levels, settings.roll_deg)
    lesions, attenuation = subject.lesions.expand(count), subject.attenuation.expand(count)
    slabs, anatomy, infarct = render_slabs(draw, atlas, heads, frames, lesions, attenuation, settings)
    slabs = acquisition.acquire(draw, slabs, noise_hu.expand(count), settings.grid.pixel_mm, settings.shading, settings.brightening)
    grid: Grid = settings.grid
    middle = torch.zeros(count, 1, device=levels.device)
    plane = next(iter(cut_planes(atlas, heads, frames, grid, middle, torch.zeros(1, 2, device=levels.device))))
    right = right_side_of(plane.packed).to(torch.uint8)
    mirrored = heads.scale[:, 0] < 0
    return slabs, anatomy, infarct, torch.where(mirrored[:, None, None], 1 - right, right)

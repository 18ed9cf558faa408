"""Whole head scans on the scanner's own grid, with their truth: for evaluation and for demo studies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..atlas_volumes import AtlasVolumes, anatomy_of, right_side_of
from ..labels import ANATOMY_CLASSES, REGIONS
from . import acquisition
from .attenuation import Attenuation, class_shares, most_of, plane_hu, sample_attenuation, settle_tissue
from .bleeding import push_aside
from .cut import Grid, antialiasing_jitter, cut_planes, upsample
from .frames import Frames, rotation
from .heads import HALF_HEIGHT_MM, Heads, sample_heads
from .lesions import LESIONS, Lesions, LesionShares, lesion_weights, parenchyma_table, sample_lesions, swell
from .randomness import Draw, SeriesDraw
from .shapes import Shapes

SLICES_AT_ONCE = 5
#: Planes read for a slice up to 2.5 mm thick, and thicker.
PLANES_THIN, PLANES_THICK = 2, 4
#: A region counts as affected in the truth from this share of its volume.
AFFECTED_FROM = 0.1
AIR_HU = -1000


@dataclass(frozen=True)
class ScanSettings:
    """spacing_mm: between slice planes along their normal; tilt_deg: of the gantry; yaw, roll, pitch of the head
    in degrees."""

    spacing_mm: float = 5.0
    thickness_mm: float = 5.0
    tilt_deg: float = 0.0
    yaw_deg: float = 0.0
    roll_deg: float = 0.0
    pitch_deg: float = 0.0
    matrix: int = 512
    pixel_mm: float = 0.45
    noise_hu: float = 3.5
    shift_mm: tuple[float, float] = (0.0, 0.0)


@dataclass
class HeadScan:
    """hu int16; infarct (acute), old, haemorrhage (labelled) 0/1 and anatomy uint8 [slices, rows, columns], caudal to
    cranial, column 0 at the patient's right, row 0 anterior.

    affine: (column, row, slice) index to RAS mm of the scanner, 4x4; it is sheared where the gantry is tilted. truth:
    regions, volumes and score as plain values.
    """

    hu: np.ndarray
    infarct: np.ndarray
    old: np.ndarray
    haemorrhage: np.ndarray
    anatomy: np.ndarray
    affine: np.ndarray
    settings: ScanSettings
    truth: dict[str, Any]


@dataclass
class Subject:
    """One head and what is in it; every tensor has a batch of one."""

    heads: Heads
    lesions: Lesions
    attenuation: Attenuation


def sample_scan_settings(draw: Draw, thin: bool | None = None) -> ScanSettings:
    """Settings of an everyday scanner: thick or thin slices, tilted or not. `draw` is of a batch of one."""
    thin = bool(draw.chance(0.25)) if thin is None else thin
    spacing = float(draw.uniform(1.0, 2.0)) if thin else float(draw.uniform(4.0, 7.0)) if draw.chance(0.4) else 5.0
    tilt = float(draw.uniform(8.0, 22.0)) if draw.chance(0.4) and not thin else 0.0
    pitch = float(draw.normal(-0.5 * tilt, 8.0))
    return ScanSettings(
        spacing_mm=round(spacing, 2),
        thickness_mm=round(spacing, 2),
        tilt_deg=round(tilt, 1),
        yaw_deg=float(draw.normal(0.0, 5.0)),
        roll_deg=float(draw.normal(0.0, 4.0)),
        pitch_deg=pitch,
        pixel_mm=round(float(draw.uniform(0.42, 0.5)), 4),
        noise_hu=float(draw.uniform(2.0, 6.0)) * (1.4 if thin else 1.0),
        shift_mm=(float(draw.normal(0.0, 6.0)), float(draw.normal(0.0, 6.0))),
    )


def sample_subject(
    draw: Draw,
    atlas: AtlasVolumes,
    shares: LesionShares,
    ages: tuple[float, float] = (0.0, 1.0),
    noise_hu: float = 3.5,
    shapes: Shapes | None = None,
    bleeding: float = 1.0,
) -> Subject:
    """A head with infarcts as `shares` say, seeded anywhere in the brain; bleeding: see `sample_bleeding`. `draw` is
    of a batch of one."""
    heads = sample_heads(draw, atlas, ages)
    packed, position = brain_points(draw, atlas, int(heads.anatomy[0]), 6000)
    lesions = sample_lesions(draw, packed, position, shares, torch.full((1,), noise_hu, device=draw.device), shapes)
    index = draw.integer(packed.shape[1], LESIONS)
    spots = position.gather(2, index[:, None].expand(-1, 3, -1)).transpose(1, 2)
    attenuation = sample_attenuation(draw, spots, bleeding)
    swell(draw, heads, lesions)
    push_aside(draw, heads, attenuation.bleeding)
    return Subject(heads, lesions, attenuation)


def brain_points(draw: Draw, atlas: AtlasVolumes, anatomy: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Random points in the parenchyma of an anatomy: packed labels [1, count] and atlas positions [1, 3, count] mm."""
    nx, ny, nz = atlas.shape
    volume = nx * ny * nz
    packed = atlas.packed[anatomy * volume : (anatomy + 1) * volume]
    inside = parenchyma_table(packed.device)[(packed & 31).long()].nonzero()[:, 0]
    voxels = inside[torch.randint(len(inside), (count,), device=draw.device, generator=draw.generator)]
    ijk = torch.stack([voxels % nx, (voxels // nx) % ny, voxels // (nx * ny)], 0).float()
    origin = torch.tensor(atlas.origin, device=draw.device)[:, None]
    return packed[voxels][None], (ijk + origin)[None]


def _slice_frames(settings: ScanSettings, heads: Heads, table: torch.Tensor | None) -> tuple[Frames, np.ndarray]:
    """Planes of all slices in the head frame, and the affine."""
    device = heads.scale.device
    angles = [torch.tensor([v], device=device) for v in (settings.yaw_deg, settings.roll_deg, settings.pitch_deg)]
    axes = rotation(*angles)[0]  # columns: the scanner's R, A, S in the head frame
    tilt = math.radians(settings.tilt_deg)
    table = _whole_head(settings, heads) if table is None else table
    count = len(table)
    anterior = torch.tensor([0.0, math.cos(tilt), math.sin(tilt)], device=device)
    normal = torch.tensor([0.0, -math.sin(tilt), math.cos(tilt)], device=device)
    right = torch.tensor([1.0, 0.0, 0.0], device=device)
    centre = torch.tensor([settings.shift_mm[0], settings.shift_mm[1], 0.0], device=device)
    middles = centre[None] + table[:, None] * torch.tensor([0.0, 0.0, 1.0], device=device)
    frames = Frames(
        middles @ axes.T,
        (axes @ right).expand(count, 3),
        (axes @ anterior).expand(count, 3),
        (axes @ normal).expand(count, 3),
    )
    return frames, _affine(settings, middles, right, anterior)


def _whole_head(settings: ScanSettings, heads: Heads) -> torch.Tensor:
    """Table positions [n] mm from the foramen magnum to above the vertex."""
    half = HALF_HEIGHT_MM * float(heads.scale[0, 2]) + 9.0
    step = settings.spacing_mm / math.cos(math.radians(settings.tilt_deg))
    count = int(2 * half / settings.spacing_mm)
    return (torch.arange(count, device=heads.scale.device) - (count - 1) / 2) * step + 4.0


def _affine(settings: ScanSettings, middles: torch.Tensor, right: torch.Tensor, anterior: torch.Tensor) -> np.ndarray:
    half = (settings.matrix - 1) / 2 * settings.pixel_mm
    affine = np.eye(4)
    affine[:3, 0] = (-right * settings.pixel_mm).cpu().numpy()
    affine[:3, 1] = (-anterior * settings.pixel_mm).cpu().numpy()
    affine[:3, 2] = (middles[1] - middles[0]).cpu().numpy()
    affine[:3, 3] = (middles[0] + half * right + half * anterior).cpu().numpy()
    return affine


@torch.no_grad()
def simulate(
    draw: Draw,
    atlas: AtlasVolumes,
    subject: Subject,
    settings: ScanSettings,
    shapes: Shapes | None = None,
    table: torch.Tensor | None = None,
) -> HeadScan:
    """Scan a subject. `draw` is of a batch of one; shapes: those that its lesions were drawn from.

    table: positions [n] mm of at least two evenly spaced slices along the table, 0 at the head's centre; the whole
    head where None.
    """
    frames, affine = _slice_frames(settings, subject.heads, table)
    acquisition_seed = int(draw.integer(2**31 - 1))
    parts = []
    for start in range(0, len(frames.origin), SLICES_AT_ONCE):
        rows = slice(start, min(start + SLICES_AT_ONCE, len(frames.origin)))
        chosen = Frames(frames.origin[rows], frames.right[rows], frames.anterior[rows], frames.cranial[rows])
        parts.append(_render(draw, atlas, subject, settings, chosen, acquisition_seed, shapes))
    hu, anatomy, truth_classes, right = (np.concatenate([part[i] for part in parts]) for i in range(4))
    infarct, old, haemorrhage = ((truth_classes == k).astype(np.uint8) for k in (1, 2, 3))
    truth = describe(anatomy, infarct, right, settings)
    return HeadScan(hu, infarct, old, haemorrhage, anatomy, affine, settings, truth)


def _render(
    draw: Draw,
    atlas: AtlasVolumes,
    subject: Subject,
    settings: ScanSettings,
    frames: Frames,
    acquisition_seed: int,
    shapes: Shapes | None,
) -> tuple[np.ndarray, ...]:
    count, size, device = len(frames.origin), settings.matrix, draw.device
    heads, lesions, attenuation = (
        subject.heads.expand(count),
        subject.lesions.expand(count),
        subject.attenuation.expand(count),
    )
    grid = Grid(size, size, settings.pixel_mm)
    planes = PLANES_THIN if settings.thickness_mm <= 2.5 else PLANES_THICK
    strata = (torch.arange(planes, device=device) + 0.5) / planes - 0.5
    heights = (settings.thickness_mm * strata)[None].expand(count, -1)
    texture = upsample(Draw(count, device, draw.generator).normal(0.0, 1.5, 1, 75, 75), (size, size))[:, 0]
    hu = torch.zeros(count, 1, size, size, device=device)
    votes = torch.zeros(count, len(ANATOMY_CLASSES), size, size, dtype=torch.uint8, device=device)
    classes = torch.zeros(count, 3, size, size, device=device)
    right = torch.zeros(count, size, size, dtype=torch.uint8, device=device)
    one = torch.ones(count, 1, size, size, dtype=torch.uint8, device=device)
    brain = parenchyma_table(device)
    for plane in cut_planes(atlas, heads, frames, grid, heights, antialiasing_jitter((planes,), device)):
        settled = settle_tissue(
            heads, lesions, plane, lesion_weights(lesions, atlas, heads, plane, grid.pixel_mm, shapes)
        )
        own, blood = plane_hu(attenuation, lesions, plane, settled, texture)
        hu[:, 0] += own / planes
        classes += class_shares(settled, blood) / planes
        region = torch.where(brain[settled.tissue.long()] > 0, anatomy_of(plane.packed), 0)
        votes.scatter_add_(1, region.long()[:, None], one)
        right = right_side_of(plane.packed).to(torch.uint8)
    mirrored = heads.scale[:, 0] < 0
    right = torch.where(mirrored[:, None, None], 1 - right, right)
    # The scanner's properties are the series': every part of it starts from the same seed.
    shared = torch.Generator(device=device).manual_seed(acquisition_seed)
    series = SeriesDraw(count, device, shared)
    noise = torch.full((count,), settings.noise_hu * 1.3, device=device)
    scanned = acquisition.acquire(series, hu, noise, settings.pixel_mm)
    scanned = torch.where(_air_around(hu), torch.full_like(scanned, AIR_HU), scanned)
    arrays = (scanned[:, 0].round().to(torch.int16), votes.argmax(1).to(torch.uint8), most_of(classes), right)
    return tuple(array.cpu().numpy() for array in arrays)


def _air_around(hu: torch.Tensor) -> torch.Tensor:
    """Air away from the head, which is left constant so that a study compresses well."""
    near = torch.nn.functional.max_pool2d((hu > -900).float(), 9, 1, 4)
    return near == 0


def describe(anatomy: np.ndarray, infarct: np.ndarray, right: np.ndarray, settings: ScanSettings) -> dict[str, Any]:
    """Truth of a scan: region volumes, infarct in them, affected regions, score and infarct volume, by the
    patient's side."""
    voxel_ml = settings.pixel_mm**2 * settings.spacing_mm / 1000
    sides: dict[str, Any] = {}
    for side, number in (("left", 0), ("right", 1)):
        here = right == number
        regions = {}
        for index, region in enumerate(REGIONS, start=1):
            mask = here & (anatomy == index)
            volume, hit = int(mask.sum()), int((mask & (infarct > 0)).sum())
            share = hit / volume if volume else 0.0
            regions[region] = {
                "volumeMl": round(volume * voxel_ml, 3),
                "infarctMl": round(hit * voxel_ml, 3),
                "infarctFraction": round(share, 4),
                "affected": bool(share >= AFFECTED_FROM),
            }
        affected = [name for name, values in regions.items() if values["affected"]]
        sides[side] = {
            "score": len(REGIONS) - len(affected),
            "affected": affected,
            "infarctMl": round(float((here & (infarct > 0)).sum()) * voxel_ml, 3),
            "regions": regions,
        }
    worse = "none"
    if sides["left"]["affected"] or sides["right"]["affected"]:
        scores = {side: sides[side]["score"] for side in sides}
        worse = "both" if scores["left"] == scores["right"] else min(scores, key=lambda side: scores[side])
    return {
        "score": min(sides["left"]["score"], sides["right"]["score"]),
        "affectedSide": worse,
        "infarctMl": round(float((infarct > 0).sum()) * voxel_ml, 3),
        "affectedFromFraction": AFFECTED_FROM,
        "hemispheres": sides,
    }

"""Counts of one scan from which every figure is made: region overlap, bodies of infarct by region and slice, and the truth.

Segments are numbered as in the product: 1-10 the regions of the left, 11-20 of the right, 0 everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .labels import REGIONS
from .scan_sets import KeptScan
from .scoring_rule import Bodies, ScoringRule, find_bodies, is_affected, kept_bodies

SEGMENTS = 2 * len(REGIONS) + 1
PIXEL_MM = 1.0
#: In the truth a region is affected from this part of it, whatever the rule under test says.
TRULY_AFFECTED_FROM = 0.1
#: Slices below this height (mm above the head's centre) show the skull base.
SKULL_BASE_BELOW_MM = -28.0


def region_of(segment: int) -> str:
    return REGIONS[(segment - 1) % len(REGIONS)]


def segment_name(segment: int) -> str:
    """`M1-left` ... `M6-right`."""
    return f"{region_of(segment)}-{'left' if segment <= len(REGIONS) else 'right'}"


SEGMENT_NAMES = tuple(segment_name(segment) for segment in range(1, SEGMENTS))


def segments_of(labels: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Class ids [N, H, W] and the patient's right -> segments [N, H, W]."""
    segments = np.where((labels >= 1) & (labels <= 10), labels, 0).astype(np.int16)
    return segments + 10 * ((segments > 0) & (right > 0))


def grid_right(shape: tuple[int, ...]) -> np.ndarray:
    """The right side as inference has it on the network grid: the columns before the middle."""
    right = np.zeros(shape, np.uint8)
    right[..., : shape[-1] // 2] = 1
    return right


@dataclass
class InfarctTable:
    """Bodies of infarct at one threshold. overlap (with the true infarct): [bodies]; counts [bodies, SEGMENTS, slices]."""

    bodies: Bodies
    overlap: np.ndarray
    counts: np.ndarray


@dataclass
class MeasuredScan:
    """about: as in `KeptScan`. overlap, found, truth: pixels by region [10]. volumes [SEGMENTS, slices]: found pixels of each segment.

    infarct_truth, brain: pixels. affected: true names. tables: by threshold. skull_base: slices [N] bool.
    """

    name: str
    about: dict[str, Any]
    voxel_ml: float
    extents_mm: np.ndarray
    overlap: np.ndarray
    found: np.ndarray
    truth: np.ndarray
    volumes: np.ndarray
    infarct_truth: int
    brain: int
    affected: set[str]
    skull_base: np.ndarray
    tables: dict[float, InfarctTable] = field(default_factory=dict)

    @property
    def infarct_ml(self) -> float:
        return self.infarct_truth * self.voxel_ml


def _by_slice(segments: np.ndarray) -> np.ndarray:
    return np.stack([np.bincount(plane.ravel(), minlength=SEGMENTS) for plane in segments], 1)


def _true_regions(scan: KeptScan) -> set[str]:
    segments = segments_of(scan.anatomy, scan.right)
    total = np.bincount(segments.ravel(), minlength=SEGMENTS)
    hit = np.bincount(segments[scan.infarct > 0], minlength=SEGMENTS)
    return {segment_name(s) for s in range(1, SEGMENTS) if hit[s] and hit[s] >= TRULY_AFFECTED_FROM * total[s]}


def measure_scan(
    scan: KeptScan, labels: np.ndarray, probability: np.ndarray, thresholds: Sequence[float], cores: Sequence[float] = ()
) -> MeasuredScan:
    """labels, probability: uint8 [N, H, W], the answers of the two networks; thresholds: 0-1; cores: core thresholds, 0-1."""
    segments = segments_of(labels, grid_right(labels.shape))
    count = len(REGIONS) + 1
    clipped = [np.where(values <= 10, values, 0) for values in (labels, scan.anatomy)]
    both = np.where(clipped[0] == clipped[1], clipped[0], 0)
    overlap, found, truth = (np.bincount(values.ravel(), minlength=count)[1:] for values in (both, *clipped))
    measured = MeasuredScan(
        name=scan.name, about=scan.about, voxel_ml=PIXEL_MM**2 * scan.extents_mm / 1000, extents_mm=np.full(len(labels), scan.extents_mm),
        overlap=overlap, found=found, truth=truth, volumes=_by_slice(segments), infarct_truth=int((scan.infarct > 0).sum()),
        brain=int((scan.anatomy > 0).sum()), affected=_true_regions(scan), skull_base=scan.levels_mm < SKULL_BASE_BELOW_MM,
    )
    for threshold in thresholds:
        measured.tables[threshold] = _infarct_table(scan, segments, *find_bodies(probability, labels > 0, threshold, cores))
    return measured


def _infarct_table(scan: KeptScan, segments: np.ndarray, numbers: np.ndarray, bodies: Bodies) -> InfarctTable:
    mask = numbers > 0
    number, slices = len(bodies.pixels), len(mask)
    body = numbers[mask] - 1
    plane = np.nonzero(mask)[0]
    cell = (body * SEGMENTS + segments[mask]) * slices + plane
    counts = np.bincount(cell, minlength=number * SEGMENTS * slices).reshape(number, SEGMENTS, slices)
    overlap = np.bincount(body, weights=(scan.infarct[mask] > 0).astype(float), minlength=number)
    return InfarctTable(bodies, overlap, counts)


@dataclass
class ScoredScan:
    """A measured scan under one rule. infarct: (overlap, found, truth) pixels; false_ml, skull_base_ml: false infarct."""

    scan: MeasuredScan
    affected: set[str]
    infarct: tuple[float, float, float]
    skull_base_ml: float

    @property
    def false_ml(self) -> float:
        return (self.infarct[1] - self.infarct[0]) * self.scan.voxel_ml

    @property
    def kind(self) -> str:
        return self.scan.about["kind"]


def aspects(affected: set[str]) -> int:
    """Score of the worse side."""
    return 10 - max(sum(name.endswith(side) for name in affected) for side in ("left", "right"))


def score_scan(scan: MeasuredScan, rule: ScoringRule, threshold: float) -> ScoredScan:
    """Apply a rule; the infarct threshold, and the rule's core threshold, are among those that the scan was measured at."""
    table = scan.tables[threshold]
    kept = kept_bodies(table.bodies, rule.core_threshold, scan.voxel_ml, rule.min_island_ml)
    by_segment = table.counts[kept].sum(0)
    affected = {
        segment_name(s) for s in range(1, SEGMENTS)
        if by_segment[s].any()
        and is_affected(scan.volumes[s] * scan.voxel_ml, by_segment[s] * scan.voxel_ml, region_of(s), rule, scan.extents_mm)
    }
    counts = (float(table.overlap[kept].sum()), float(table.bodies.pixels[kept].sum()), float(scan.infarct_truth))
    at_base = by_segment[:, scan.skull_base].sum() * scan.voxel_ml
    return ScoredScan(scan, affected, counts, float(at_base) if scan.infarct_truth == 0 else float("nan"))

"""The rule by which masks become a score, as the product has it (packages/aspects/src/scoring: aspects/scoringRule.ts, aspects/regionRule.ts,
postprocessing/infarctMask.ts).

The two are kept equal by one file of cases that both test suites read, tests/golden/scoring-rule.json.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import ndimage

from .labels import REGIONS

#: Infarct on a slice counts as seen from this part of the region's pixels there.
SEEN_SHARE = 0.02
#: A body of infarct less than this part of which lies in brain is dropped.
LEAST_BRAIN_SHARE = 0.3
#: Bodies touch by faces or, within a plane, by corners.
TOUCHING = np.array([[[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 1, 1], [1, 1, 1], [1, 1, 1]], [[0, 0, 0], [0, 1, 0], [0, 0, 0]]])
#: Names in the manifest's `scoring`.
MANIFEST_NAMES = {
    "min_infarct_fraction": "minInfarctFraction", "min_infarct_ml": "minInfarctMl", "thin_slice_mm": "thinSliceMm",
    "adjacent_slices": "adjacentSlices", "min_island_ml": "minIslandMl", "core_threshold": "coreThreshold",
    "infarct_threshold": "infarctThreshold",
}


@dataclass(frozen=True)
class ScoringRule:
    """A region is affected when its infarct reaches both limits and, on thin slices, is seen on enough adjacent ones.

    regions: limits of single regions, {"IC": {"minInfarctMl": 0.2}}; what is left out is taken from the general ones.
    infarct_threshold: probability (0-1) from which a pixel is infarct; None: the network's own.
    min_island_ml, core_threshold: a body of infarct counts when this much of it reaches this probability; None: the infarct threshold.
    """

    min_infarct_fraction: float = 0.1
    min_infarct_ml: float = 0.3
    regions: dict[str, dict[str, float]] = field(default_factory=dict)
    thin_slice_mm: float = 2.5
    adjacent_slices: int = 2
    min_island_ml: float = 0.3
    core_threshold: float | None = None
    infarct_threshold: float | None = None

    def limits(self, region: str) -> tuple[float, float]:
        """Least fraction and least ml of a region."""
        own = self.regions.get(region, {})
        return own.get("minInfarctFraction", self.min_infarct_fraction), own.get("minInfarctMl", self.min_infarct_ml)

    def as_manifest(self) -> dict[str, Any]:
        """The manifest's `scoring`."""
        values = {name: getattr(self, own) for own, name in MANIFEST_NAMES.items() if getattr(self, own) is not None}
        return {**values, "regions": self.regions} if self.regions else values


def merge_rule(*layers: dict[str, Any] | None) -> ScoringRule:
    """The default rule overlaid with layers in the manifest's names; names that the rule does not know are ignored."""
    rule = ScoringRule()
    for layer in layers:
        if not layer:
            continue
        given = {own: layer[name] for own, name in MANIFEST_NAMES.items() if name in layer}
        regions = {**rule.regions}
        for region in REGIONS:
            if region in layer.get("regions", {}):
                regions[region] = {**regions.get(region, {}), **layer["regions"][region]}
        rule = replace(rule, regions=regions, **given)
    return rule


def is_affected(
    volume_by_slice_ml: Sequence[float], infarct_by_slice_ml: Sequence[float], region: str, rule: ScoringRule, extents_mm: Sequence[float] | np.ndarray
) -> bool:
    """Whether a region's infarct makes it affected; volumes of the region and of the infarct in it on each slice."""
    volume, infarct = np.asarray(volume_by_slice_ml, float), np.asarray(infarct_by_slice_ml, float)
    fraction, least_ml = rule.limits(region)
    total = infarct.sum()
    if total <= 0 or total < least_ml or total < fraction * volume.sum():
        return False
    if np.median(np.asarray(extents_mm)[volume > 0]) > rule.thin_slice_mm:
        return True
    return _longest_run((volume > 0) & (infarct >= SEEN_SHARE * volume)) >= rule.adjacent_slices


def _longest_run(seen: np.ndarray) -> int:
    longest = run = 0
    for value in seen:
        run = run + 1 if value else 0
        longest = max(longest, run)
    return longest


@dataclass(frozen=True)
class Bodies:
    """Connected bodies of infarct. pixels, in_brain: [bodies]; core: by probability (0-1), the pixels that reach it [bodies]."""

    pixels: np.ndarray
    in_brain: np.ndarray
    core: dict[float, np.ndarray]


def find_bodies(probability: np.ndarray, brain: np.ndarray, threshold: float, cores: Sequence[float] = ()) -> tuple[np.ndarray, Bodies]:
    """Bodies of what reaches the threshold (0-1) in a probability 0-255 [N, H, W]; brain [N, H, W] is True in brain of any class.

    Also the number of each pixel's body from 1 on, 0 outside, [N, H, W].
    Cores are counted at each of `cores` above the threshold and at the threshold itself.
    """
    mask = probability >= threshold * 255
    numbers, count = ndimage.label(mask, structure=TOUCHING)
    inside, values = numbers[mask], probability[mask]
    pixels = np.bincount(inside, minlength=count + 1)[1:]
    in_brain = np.bincount(inside, weights=brain[mask].astype(float), minlength=count + 1)[1:]
    core = {level: np.bincount(inside[values >= level * 255], minlength=count + 1)[1:] for level in cores if level > threshold}
    return numbers, Bodies(pixels, in_brain, {threshold: pixels, **core})


def kept_bodies(bodies: Bodies, core_threshold: float | None, voxel_ml: float, min_island_ml: float) -> np.ndarray:
    """Which bodies have a core that is large enough and lie in brain, bool [bodies]. A core below the threshold is the whole body."""
    core = bodies.core[max(core_threshold or 0, min(bodies.core))]
    # The product adds the volume voxel by voxel: a rounding error must decide nothing.
    return (core * voxel_ml >= min_island_ml - 1e-9) & (bodies.in_brain >= LEAST_BRAIN_SHARE * bodies.pixels)


def infarct_mask(probability: np.ndarray, brain: np.ndarray, threshold: float, voxel_ml: float, rule: ScoringRule) -> np.ndarray:
    """Infarct [N, H, W] bool of a probability 0-255: from the threshold on, bodies with too small a core and outlying ones dropped."""
    numbers, bodies = find_bodies(probability, brain, threshold, [rule.core_threshold or threshold])
    kept = np.concatenate([[False], kept_bodies(bodies, rule.core_threshold, voxel_ml, rule.min_island_ml)])
    return kept[numbers]

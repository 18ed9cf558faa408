"""`python -m deep_aspects_training.calibrate --set DIR --anatomy NET --infarct NET --manifest MANIFEST`: choose the scoring rule.

Tries infarct thresholds, thresholds of the core of a body of infarct, least volumes of that core and, for the deep regions and the cortical ones
each, least fractions and volumes, on the scans of a validation set. The criterion: the best mean of

- sensitivity and specificity of the affected regions (isolated deep infarcts included),
- the part of isolated deep infarcts found,
- pooled infarct Dice,

among the rules that score at least LEAST_SCORED_TEN of the normal scans 10, also of those in strong shade, keep the median false infarct of normal
scans, of those with white-matter disease and of those in strong shade under MOST_FALSE_ML and the mean of them all under MOST_MEAN_FALSE_ML, and
agree within 2 points in at least LEAST_WITHIN_TWO; where no rule does, the one that misses these by least. The rule and how it was chosen are
written to the infarct manifest (`scoring`, and `output.threshold`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from .evaluate import measure_set
from .figures import DISEASED_FROM, dice
from .labels import REGIONS
from .measure import SEGMENT_NAMES, MeasuredScan
from .scan_sets import DEEP
from .scoring_rule import ScoringRule, kept_bodies

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9)
#: Hysteresis thresholding: an island is detected by its core and outlined to its edge. A high threshold alone shrinks what it finds.
CORES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99)
#: None larger: a lacune of 1 cm has half a millilitre.
ISLANDS_ML = (0.1, 0.2, 0.3, 0.5)
#: None smaller: in a region of 5 ml a few pixels would decide, and real images have more to mistake for infarct than simulated ones.
FRACTIONS = (0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
LEAST_ML = {"deep": (0.1, 0.2, 0.3, 0.5), "cortical": (0.3, 0.6, 1.0, 2.0, 3.0)}
#: A little more than what is aimed at, since the validation set is small.
LEAST_SCORED_TEN, LEAST_WITHIN_TWO, MOST_FALSE_ML = 0.88, 0.87, 0.8
#: A median says nothing about the scans that are called ill.
MOST_MEAN_FALSE_ML = 1.5


Figures = Mapping[str, float | np.ndarray]


@dataclass(frozen=True)
class _Counts:
    """All scans at one threshold, core threshold and least island: fraction, ml [scans, 20]; overlap, found [scans] pixels; false_ml [scans]."""

    fraction: np.ndarray
    ml: np.ndarray
    overlap: np.ndarray
    found: np.ndarray
    false_ml: np.ndarray


@dataclass(frozen=True)
class _Truth:
    affected: np.ndarray
    pixels: np.ndarray
    ill: np.ndarray
    well: np.ndarray
    diseased: np.ndarray
    deep: np.ndarray
    shaded: np.ndarray


def _counts(scans: list[MeasuredScan], threshold: float, core: float, island_ml: float) -> _Counts:
    rows = []
    for scan in scans:
        table = scan.tables[threshold]
        kept = kept_bodies(table.bodies, core, scan.voxel_ml, island_ml)
        infarct = table.counts[kept].sum((0, 2))[1:] * scan.voxel_ml
        volume = scan.volumes.sum(1)[1:] * scan.voxel_ml
        overlap, found = table.overlap[kept].sum(), table.bodies.pixels[kept].sum()
        rows.append((infarct / np.maximum(volume, 1e-9), infarct, overlap, found, (found - overlap) * scan.voxel_ml))
    return _Counts(*(np.array(values) for values in zip(*rows)))


def _truth(scans: list[MeasuredScan]) -> _Truth:
    kinds = np.array([scan.about["kind"] for scan in scans])
    affected = np.array([[name in scan.affected for name in SEGMENT_NAMES] for scan in scans])
    well = (kinds == "normal") | (kinds == "diseased")
    diseased = well & (np.array([scan.about["white_disease"] for scan in scans]) > DISEASED_FROM)
    pixels = np.array([scan.infarct_truth for scan in scans])
    return _Truth(affected, pixels, kinds == "ill", well, diseased, (kinds == "deep") & affected.any(1), kinds == "shaded")


def _scores(affected: np.ndarray) -> np.ndarray:
    sides = affected[..., : len(REGIONS)], affected[..., len(REGIONS) :]
    return len(REGIONS) - np.maximum(*(side.sum(-1) for side in sides))


def _mask_figures(counts: _Counts, truth: _Truth) -> dict[str, float]:
    """Figures that depend on the infarct mask alone."""
    ill = truth.ill
    return {
        "dice": dice(counts.overlap[ill].sum(), counts.found[ill].sum(), truth.pixels[ill].sum()) if ill.any() else 0.0,
        "falseMl": float(np.median(counts.false_ml[truth.well])),
        "diseasedFalseMl": float(np.median(counts.false_ml[truth.diseased])) if truth.diseased.any() else 0.0,
        "shadedFalseMl": float(np.median(counts.false_ml[truth.shaded])) if truth.shaded.any() else 0.0,
        "meanFalseMl": float(np.mean(counts.false_ml[truth.well | truth.shaded])),
    }


def _region_figures(found: np.ndarray, truth: _Truth) -> dict[str, np.ndarray]:
    """Figures [rules] of the regions that rules call affected. found [rules, scans, 20]."""
    whole = truth.ill | truth.well
    seen, clean = truth.affected & (whole | truth.deep)[:, None], ~truth.affected & whole[:, None]
    none, every = np.zeros(len(found)), np.ones(len(found))
    return {
        "sensitivity": (found & seen).sum((1, 2)) / max(1, seen.sum()),
        "specificity": 1 - (found & clean).sum((1, 2)) / max(1, clean.sum()),
        "deepFound": (~truth.affected | found)[:, truth.deep].all(2).mean(1) if truth.deep.any() else none,
        "scoredTen": (~found[:, truth.well]).all(2).mean(1),
        "shadedScoredTen": (~found[:, truth.shaded]).all(2).mean(1) if truth.shaded.any() else every,
        "withinTwo": (np.abs(_scores(found) - _scores(truth.affected)) <= 2)[:, whole].mean(1),
    }


def missed_by(figures: Figures) -> np.ndarray:
    """How far rules are from the conditions, 0 where they meet them; figures of one rule or [rules]."""
    shares = np.maximum(0.0, LEAST_WITHIN_TWO - np.asarray(figures["withinTwo"]))
    for name in ("scoredTen", "shadedScoredTen"):
        shares = shares + np.maximum(0.0, LEAST_SCORED_TEN - figures[name])
    volumes = sum(max(0.0, figures[name] - MOST_FALSE_ML) for name in ("falseMl", "diseasedFalseMl", "shadedFalseMl"))
    volumes += max(0.0, figures["meanFalseMl"] - MOST_MEAN_FALSE_ML)
    return shares + 0.1 * volumes


def merit(figures: Figures) -> np.ndarray:
    return np.asarray((figures["sensitivity"] + figures["specificity"]) / 2 + figures["deepFound"] + figures["dice"])


def choose_rule(scans: list[MeasuredScan], least_threshold: float = 0.0) -> tuple[ScoringRule, dict[str, float]]:
    """The best rule by the module's criterion and its figures on these scans, measured at THRESHOLDS and CORES.

    least_threshold: no infarct threshold under this is tried.
    """
    truth = _truth(scans)
    deep = np.array([name.rsplit("-", 1)[0] in DEEP for name in SEGMENT_NAMES])
    deep_limits = list(product(FRACTIONS, LEAST_ML["deep"]))
    best: tuple[tuple[float, float], ScoringRule, dict[str, float]] | None = None
    for threshold, core, island in product(THRESHOLDS, CORES, ISLANDS_ML):
        if threshold < least_threshold or core < threshold:
            continue
        counts = _counts(scans, threshold, core, island)
        mask = _mask_figures(counts, truth)
        found_deep = np.stack([(counts.fraction >= fraction) & (counts.ml >= ml) & deep for fraction, ml in deep_limits])
        for fraction, ml in product(FRACTIONS, LEAST_ML["cortical"]):
            cortical = (counts.fraction >= fraction) & (counts.ml >= ml) & ~deep
            figures = mask | _region_figures(cortical | found_deep, truth)
            ranks = list(zip(-np.round(missed_by(figures), 3), merit(figures)))
            chosen = max(range(len(ranks)), key=ranks.__getitem__)
            if best is None or ranks[chosen] > best[0]:
                own = dict(zip(("minInfarctFraction", "minInfarctMl"), deep_limits[chosen]))
                regions = {region: own for region in REGIONS if region in DEEP}
                rule = ScoringRule(fraction, ml, regions, min_island_ml=island, core_threshold=core, infarct_threshold=threshold)
                best = ranks[chosen], rule, mask | {name: float(np.asarray(values)[chosen]) for name, values in figures.items() if name not in mask}
    if best is None:
        raise ValueError("no rule to choose from")
    return best[1], best[2]


def write_rule(manifest: Path, rule: ScoringRule, figures: dict[str, float], dataset: str, count: int) -> None:
    """Put the rule into an infarct manifest; the threshold goes to `output.threshold`, where every reader of the manifest finds it."""
    values = json.loads(manifest.read_text())
    scoring: dict[str, Any] = rule.as_manifest()
    values["output"]["threshold"] = scoring.pop("infarctThreshold")
    rounded = {name: round(value, 3) for name, value in figures.items()}
    scoring["calibration"] = {"dataset": dataset, "scans": count, "figures": rounded}
    ordered = {}
    for name, value in values.items():
        if name == "provenance":
            ordered["scoring"] = scoring
        if name != "scoring":
            ordered[name] = value
    manifest.write_text(json.dumps(ordered, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Choose the scoring rule on a validation set and write it to the infarct manifest.")
    parser.add_argument("--set", required=True, type=Path)
    parser.add_argument("--anatomy", required=True, type=Path, help="checkpoint or model.onnx")
    parser.add_argument("--infarct", required=True, type=Path, help="checkpoint or model.onnx")
    parser.add_argument("--manifest", type=Path, help="infarct manifest.json to write to")
    parser.add_argument("--least-threshold", type=float, default=0.0, help="least infarct threshold to try: real images have fainter edges to take in")
    parser.add_argument("--dataset", default="synthetic head CT, validation seeds")
    args = parser.parse_args()
    measured = measure_set(args.set, args.anatomy, args.infarct, THRESHOLDS, CORES)
    rule, figures = choose_rule(measured, args.least_threshold)
    print(json.dumps({"rule": rule.as_manifest(), "figures": figures, "missedBy": round(float(missed_by(figures)), 3)}, indent=2))
    if args.manifest:
        write_rule(args.manifest, rule, figures, args.dataset, len(measured))


if __name__ == "__main__":
    main()

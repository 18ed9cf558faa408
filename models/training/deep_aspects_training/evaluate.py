"""`python -m deep_aspects_training.evaluate --anatomy FILE --infarct FILE --atlas ATLAS --out REPORT.json`.

Both networks on simulated scans of seeds that training does not use: Dice per region group, infarct Dice by volume, false infarct
on normal scans, isolated deep lesions, affected regions and score. All of it is about SYNTHETIC scans.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from .atlas_volumes import load_atlas
from .export import load_trained
from .generator.aligned_scan import AlignedScan, aligned_scan
from .generator.slices import SliceSettings
from .labels import REGION_GROUPS, REGIONS
from .network import RECIPES

#: Seeds of evaluation scans start here; training seeds its slices with the run's seed times 1,000,003 plus the step.
FIRST_SEED = 7_700_000_000
VOXEL_ML = 1.0 * 1.0 * 5.0 / 1000  # of the 224-pixel grid
VOLUME_CLASSES = (("<3 ml", 0.0, 3.0), ("3-16 ml", 3.0, 16.0), ("16-66 ml", 16.0, 66.0), (">66 ml", 66.0, float("inf")))
#: The paper's figures on its own real scans, only to stand beside these; they are not comparable.
PAPER = {
    "anatomy": 0.64, "C": 0.70, "L": 0.60, "IC": 0.59, "I": 0.52, "M1, M4": 0.72, "M2, M5": 0.77, "M3, M6": 0.54,
    "infarct": 0.72, "<3 ml": 0.45, "3-16 ml": 0.72, "16-66 ml": 0.78, ">66 ml": 0.91,
}
DEEP = ("C", "L", "IC", "I")


@dataclass
class ScanScores:
    """Counts of one scan. overlap, found, truth: by region, pixels; infarct: (overlap, found, truth, all brain) pixels."""

    overlap: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    truth: dict[str, int] = field(default_factory=dict)
    infarct: tuple[int, int, int, int] = (0, 0, 0, 0)
    affected_truth: set[str] = field(default_factory=set)
    affected_found: set[str] = field(default_factory=set)
    drop_hu: float = 0.0
    white_disease: float = 0.0

    @property
    def infarct_ml(self) -> float:
        return self.infarct[2] * VOXEL_ML

    @property
    def false_ml(self) -> float:
        return (self.infarct[1] - self.infarct[0]) * VOXEL_ML

    def score(self, regions: set[str]) -> int:
        """ASPECTS of the worse side."""
        return 10 - max(sum(name.endswith(side) for name in regions) for side in ("left", "right"))


@torch.no_grad()
def predict(scan: AlignedScan, anatomy: nn.Module, infarct: nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
    """Labels and infarct probabilities [N, H, W] of a scan, 8 slices at a time."""
    labels, probability = [], []
    for start in range(0, len(scan.slabs), 8):
        slabs = scan.slabs[start : start + 8]
        labels.append(anatomy(RECIPES["anatomy"].apply(slabs)).argmax(1))
        probability.append(infarct(RECIPES["infarct"].apply(slabs)).sigmoid()[:, 0])
    return torch.cat(labels), torch.cat(probability)


def _affected(labels: torch.Tensor, right: torch.Tensor, mask: torch.Tensor, share: float, least_ml: float) -> set[str]:
    regions = set()
    for index, region in enumerate(REGIONS, start=1):
        for side, number in (("left", 0), ("right", 1)):
            here = (labels == index) & (right == number)
            hit = int((here & mask).sum())
            if hit * VOXEL_ML >= least_ml and hit >= share * max(1, int(here.sum())):
                regions.add(f"{region}-{side}")
    return regions


def score_scan(scan: AlignedScan, labels: torch.Tensor, mask: torch.Tensor, share: float = 0.1, least_ml: float = 0.1) -> ScanScores:
    """Compare labels and an infarct mask [N, H, W] with the truth; a region is affected from `share` of it and `least_ml`."""
    scores = ScanScores(drop_hu=scan.drop_hu, white_disease=scan.white_disease)
    for index, region in enumerate(REGIONS, start=1):
        found, truth = labels == index, scan.anatomy == index
        scores.overlap[region] = int((found & truth).sum())
        scores.found[region], scores.truth[region] = int(found.sum()), int(truth.sum())
    truth_mask = scan.infarct > 0
    brain = int((scan.anatomy > 0).sum())
    scores.infarct = (int((mask & truth_mask).sum()), int(mask.sum()), int(truth_mask.sum()), brain)
    middle = mask.shape[-1] // 2
    grid_right = torch.zeros_like(scan.right)
    grid_right[..., :middle] = 1  # column 0 is the patient's right
    scores.affected_truth = _affected(scan.anatomy, scan.right, truth_mask, share, least_ml)
    scores.affected_found = _affected(labels, grid_right, mask, share, least_ml)
    return scores


def dice(overlap: float, found: float, truth: float) -> float:
    return 2 * overlap / (found + truth) if found + truth else float("nan")


def interval(values: list[Any], statistic, seed: int = 0, rounds: int = 400) -> list[float]:
    """95 % bootstrap interval of a statistic over scans."""
    random = np.random.default_rng(seed)
    draws = [statistic([values[i] for i in random.integers(len(values), size=len(values))]) for _ in range(rounds)]
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return [round(float(low), 3), round(float(high), 3)]


def _group_dice(scans: list[ScanScores], regions: tuple[str, ...]) -> float:
    return dice(*(sum(getattr(s, name)[r] for s in scans for r in regions) for name in ("overlap", "found", "truth")))


def _infarct_dice(scans: list[ScanScores]) -> float:
    return dice(*(sum(s.infarct[i] for s in scans) for i in range(3)))


def _mean_infarct_dice(scans: list[ScanScores]) -> float:
    return float(np.mean([dice(*s.infarct[:3]) for s in scans])) if scans else float("nan")


def _entry(metric: str, scans: list[Any], statistic, dataset: str, paper: float | None = None) -> dict[str, Any]:
    entry: dict[str, Any] = {"dataset": dataset, "metric": metric, "value": None, "ci95": None, "scans": len(scans)}
    if scans:
        entry["value"], entry["ci95"] = round(float(statistic(scans)), 3), interval(scans, statistic)
    if paper is not None:
        entry["paperOnItsRealScans"] = paper
    return entry


def summarise(scans: list[ScanScores], dataset: str) -> dict[str, list[dict[str, Any]]]:
    """Figures of each network and of both together, each with a 95 % interval."""
    ill = [s for s in scans if s.infarct[2] > 0]
    well = [s for s in scans if s.infarct[2] == 0]
    anatomy = [_entry("Dice, all regions", scans, lambda x: _group_dice(x, REGIONS), dataset, PAPER["anatomy"])]
    anatomy += [_entry(f"Dice, {name}", scans, lambda x, g=group: _group_dice(x, g), dataset, PAPER[name]) for name, group in REGION_GROUPS.items()]
    infarct = [_entry("Dice, pooled", ill, _infarct_dice, dataset, PAPER["infarct"])]
    for name, low, high in VOLUME_CLASSES:
        chosen = [s for s in ill if low <= s.infarct_ml < high]
        infarct.append(_entry(f"Dice, mean of scans, {name}", chosen, _mean_infarct_dice, dataset, PAPER[name]))
    infarct.append(_entry("sensitivity, pixels", ill, lambda x: sum(s.infarct[0] for s in x) / max(1, sum(s.infarct[2] for s in x)), dataset, 0.77))
    infarct.append(_entry("specificity, brain pixels", scans, _specificity, dataset, 0.99))
    infarct.append(_entry("false infarct on normal scans, median ml", well, lambda x: float(np.median([s.false_ml for s in x])), dataset))
    diseased = [s for s in well if s.white_disease > 0.4]
    infarct.append(_entry("the same with white-matter disease, median ml", diseased, lambda x: float(np.median([s.false_ml for s in x])), dataset))
    deep = [s for s in ill if len(s.affected_truth) == 1 and next(iter(s.affected_truth)).split("-")[0] in DEEP and s.drop_hu >= 6]
    both = [
        _entry("isolated deep region of 6 HU and more found", deep, lambda x: float(np.mean([s.affected_truth <= s.affected_found for s in x])), dataset),
        _entry("normal scans scored 10", well, lambda x: float(np.mean([s.score(s.affected_found) == 10 for s in x])), dataset),
        _entry("score equal", scans, lambda x: _agreement(x, 0), dataset),
        _entry("score within 2 points", scans, lambda x: _agreement(x, 2), dataset),
    ]
    return {"anatomy": anatomy, "infarct": infarct, "both": both}


def _specificity(scans: list[ScanScores]) -> float:
    negatives = sum(s.infarct[3] - s.infarct[2] for s in scans)
    return 1 - sum(s.infarct[1] - s.infarct[0] for s in scans) / max(1, negatives)


def _agreement(scans: list[ScanScores], within: int) -> float:
    return float(np.mean([abs(s.score(s.affected_truth) - s.score(s.affected_found)) <= within for s in scans]))


def markdown(summary: dict[str, list[dict[str, Any]]]) -> str:
    """The figures as Markdown tables."""
    lines = []
    for name, entries in summary.items():
        lines += [f"**{name}**", "", "| figure | synthetic scans (95 % interval) | scans | paper, its real scans |", "| --- | --- | --- | --- |"]
        for entry in entries:
            value = "-" if entry["value"] is None else f"{entry['value']} ({entry['ci95'][0]} to {entry['ci95'][1]})"
            lines.append(f"| {entry['metric']} | {value} | {entry['scans']} | {entry.get('paperOnItsRealScans', '')} |")
        lines.append("")
    return "\n".join(lines)


def calibrate(scans: list[tuple[AlignedScan, torch.Tensor]]) -> float:
    """Infarct threshold with the best mean of pooled Dice and share of normal scans under 1 ml."""
    best, chosen = -1.0, 0.5
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        counts, clean = np.zeros(3), []
        for scan, probability in scans:
            mask, truth = probability > threshold, scan.infarct > 0
            counts += (int((mask & truth).sum()), int(mask.sum()), int(truth.sum()))
            if not truth.any():
                clean.append(int(mask.sum()) * VOXEL_ML < 1)
        value = dice(*counts) + 0.3 * float(np.mean(clean or [1]))
        if value > best:
            best, chosen = value, threshold
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate both networks on held-out simulated scans.")
    parser.add_argument("--anatomy", required=True, type=Path, help="checkpoint")
    parser.add_argument("--infarct", required=True, type=Path, help="checkpoint")
    parser.add_argument("--atlas", required=True, type=Path)
    parser.add_argument("--anatomies", type=int, nargs="*")
    parser.add_argument("--scans", type=int, default=40)
    parser.add_argument("--calibration", type=int, default=12, help="further scans on which the infarct threshold is chosen")
    parser.add_argument("--seed", type=int, default=FIRST_SEED)
    parser.add_argument("--dataset", default="synthetic head CT, held-out seeds")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    atlas = load_atlas(args.atlas, args.anatomies).to(device)
    anatomy, infarct = (load_trained(path)[0].to(device) for path in (args.anatomy, args.infarct))
    settings = SliceSettings()
    calibration = []
    for index in range(args.calibration):
        scan = aligned_scan(atlas, args.seed + 500_000 + index, 0.6, settings)
        calibration.append((scan, predict(scan, anatomy, infarct)[1]))
    threshold = calibrate(calibration) if calibration else 0.5
    scores = []
    for index in range(args.scans):
        scan = aligned_scan(atlas, args.seed + index, 0.65, settings)
        labels, probability = predict(scan, anatomy, infarct)
        scores.append(score_scan(scan, labels, probability > threshold))
        print(f"{index + 1}/{args.scans}", end="\r", flush=True)
    summary = summarise(scores, args.dataset)
    report = {"dataset": args.dataset, "scans": args.scans, "threshold": threshold, "summary": summary}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    args.out.with_suffix(".md").write_text(markdown(summary))
    print(markdown(summary))


if __name__ == "__main__":
    main()

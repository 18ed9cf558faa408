"""`python -m deep_aspects_training.comparison.predict`: the exported networks on held-out simulated scans -> records of cases.

A record holds counts of one scan, nothing of its pixels, in the form of evaluation/caseRecord.ts of packages/aspects; `deep-aspects compare` makes the
paper's tables of them. Masks become regions and scores by the product's rule (`scoring_rule`), on the networks' own grid.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..architectures import ARCHITECTURES
from ..labels import REGION_GROUPS, REGIONS
from ..measure import grid_right, segments_of
from ..predictions import load_network, predict_slabs
from ..scoring_rule import ScoringRule, infarct_mask, is_affected, merge_rule
from .held_out import SLICE_MM, HeldOutScan, read_held_out, simulate_held_out
from .recipe import load_recipe

VOXEL_ML = SLICE_MM / 1000
#: As evaluation/compareCase.ts of packages/aspects: from here on a voxel belongs to the head.
HEAD_FROM_HU = -300
SIDES = ("left", "right")
#: Groups of scans: of the anatomies of training, and of one that no network saw.
UNSEEN_ANATOMY = 2


@dataclass
class NetworkPair:
    """The exported networks of one architecture with their manifests."""

    folder: Path

    def __post_init__(self) -> None:
        self.manifests = {task: json.loads((self.folder / task / "manifest.json").read_text()) for task in ("anatomy", "infarct")}
        self.networks = {task: load_network(self.folder / task / "model.onnx", task) for task in self.manifests}
        self.threshold = self.manifests["infarct"]["output"]["threshold"]
        self.rule = merge_rule(self.manifests["infarct"].get("scoring"))

    def answer(self, scan: HeldOutScan) -> tuple[np.ndarray, np.ndarray, float]:
        """Labels, infarct mask, and seconds of one processor core."""
        started = time.process_time()
        labels, probability = (predict_slabs(self.networks[task], task, scan.slabs) for task in ("anatomy", "infarct"))
        seconds = time.process_time() - started
        return labels, infarct_mask(probability, labels > 0, self.threshold, VOXEL_ML, self.rule), seconds


def confusion(found: np.ndarray, truth: np.ndarray, within: np.ndarray | None = None) -> dict[str, float]:
    """Volumes in ml; of all pixels, or of those `within`."""
    area = np.ones_like(truth, bool) if within is None else within
    counts = {
        "truePositive": found & truth & area, "falsePositive": found & ~truth & area,
        "falseNegative": ~found & truth & area, "trueNegative": ~found & ~truth & area,
    }
    return {name: round(int(mask.sum()) * VOXEL_ML, 3) for name, mask in counts.items()}


def compare_regions(labels: np.ndarray, truth: np.ndarray) -> dict[str, dict[str, float]]:
    """By group of regions as in the paper's table 2, both sides together; true negatives are not used."""
    groups = {}
    for name, regions in REGION_GROUPS.items():
        ids = [REGIONS.index(region) + 1 for region in regions]
        groups[name.replace(", ", "/")] = {**confusion(np.isin(labels, ids), np.isin(truth, ids)), "trueNegative": 0}
    return groups


def read_regions(segments: np.ndarray, mask: np.ndarray, rule: ScoringRule) -> dict[tuple[str, str], tuple[bool, float]]:
    """Affected or not, and the infarcted fraction, by side and region."""
    extents = np.full(len(segments), SLICE_MM)
    found = {}
    for number, side in enumerate(SIDES):
        for index, region in enumerate(REGIONS, start=1):
            here = segments == index + len(REGIONS) * number
            volume, infarct = here.sum((1, 2)) * VOXEL_ML, (here & mask).sum((1, 2)) * VOXEL_ML
            affected = is_affected(volume, infarct, region, rule, extents)
            found[side, region] = (affected, float(infarct.sum() / volume.sum()) if volume.any() else 0.0)
    return found


def reading(regions: dict[tuple[str, str], tuple[bool, float]]) -> dict[str, Any]:
    lost = {side: sum(affected for (where, _), (affected, _) in regions.items() if where == side) for side in SIDES}
    sides = [side for side in SIDES if lost[side]]
    return {"score": 10 - max(lost.values()), "side": "both" if len(sides) == 2 else sides[0] if sides else "none"}


def record_of(scan: HeldOutScan, labels: np.ndarray, mask: np.ndarray, seconds: float, rule: ScoringRule) -> dict[str, Any]:
    """One case of the tables. Sides of what was found come from the grid's middle, those of the truth from the patient."""
    truth = scan.infarct > 0
    found, true = segments_of(labels, grid_right(labels.shape)), segments_of(scan.anatomy, scan.right)
    pairs = {
        "model": (found, mask), "reference": (true, truth),
        "model infarct, true anatomy": (true, mask), "true infarct, model anatomy": (found, truth),
    }
    read = {name: read_regions(segments, infarct, rule) for name, (segments, infarct) in pairs.items()}
    whole = confusion(mask, truth)
    return {
        "name": scan.name,
        "infarct": {
            "truthMl": round(whole["truePositive"] + whole["falseNegative"], 3), "predictedMl": round(whole["truePositive"] + whole["falsePositive"], 3),
            "scan": whole, "head": confusion(mask, truth, scan.slabs[:, 0] > HEAD_FROM_HU),
        },
        "anatomy": compare_regions(labels, scan.anatomy),
        "readings": {name: reading(regions) for name, regions in read.items()},
        "regions": [
            {"side": side, "id": region, "fraction": round(fraction, 4), "affected": {"model": affected, "reference": read["reference"][side, region][0]}}
            for (side, region), (affected, fraction) in read["model"].items()
        ],
        "seconds": round(seconds, 2),
    }


def write_records(pair: NetworkPair, scans: list[Path], data_set: dict[str, Any], out: Path) -> None:
    records = [record_of(scan, *pair.answer(scan), pair.rule) for scan in map(read_held_out, scans)]
    kept = ("task", "name", "version", "architecture", "sha256", "parameters")
    models = [{name: manifest[name] for name in kept} for manifest in pair.manifests.values()]
    content = {"schemaVersion": "1.0", "dataSet": data_set, "models": models, "provider": "cpu"}
    lines = ",\n".join(json.dumps(record, separators=(",", ":")) for record in records)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(f'{json.dumps(content)[:-1]}, "records": [\n{lines}\n]}}\n')


def main() -> None:
    parser = argparse.ArgumentParser(description="Records of the comparison's networks on held-out simulated scans.")
    parser.add_argument("--recipe", type=Path, default=Path("configs/comparison/small.yaml"))
    parser.add_argument("--atlas", type=Path, help="instead of the recipe's")
    parser.add_argument("--models", type=Path, default=Path("../comparison"))
    parser.add_argument("--scans", type=Path, default=Path("runs/comparison/scans"), help="where the simulated scans are kept")
    parser.add_argument("--count", type=int, default=16, help="scans of each group")
    args = parser.parse_args()
    recipe = load_recipe(args.recipe)
    groups = {
        "seen": (list(recipe.anatomies), "synthetic head CT, anatomies of the training"),
        "unseen": ([UNSEEN_ANATOMY], "synthetic head CT, an anatomy that was held out of the training"),
    }
    for group, (anatomies, name) in groups.items():
        simulate_held_out(args.atlas or Path(recipe.atlas), anatomies, group, args.count, args.scans)
        scans = [args.scans / f"{group}-{number:03d}.npz" for number in range(args.count)]
        data_set = {"name": name, "synthetic": True, "description": f"{args.count} simulated scans of seeds that training never draws."}
        for architecture in ARCHITECTURES:
            write_records(NetworkPair(args.models / architecture), scans, data_set, args.models / "records" / f"{architecture}-{group}.json")
            print(f"{architecture}, {group}: {len(scans)} scans", flush=True)


if __name__ == "__main__":
    main()

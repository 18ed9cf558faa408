"""Writes scoring-rule.json: cases that this project's two copies of the scoring rule (Python here, TypeScript in core) have to agree on.

`python models/training/tests/golden/make_scoring_rule_cases.py`; the answers are this copy's, so read a change of the file before keeping it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deep_aspects_training.labels import REGIONS  # noqa: E402
from deep_aspects_training.scoring_rule import ScoringRule, infarct_mask, is_affected, merge_rule  # noqa: E402

LAYERS = [
    {},
    {"minInfarctFraction": 0.3, "minInfarctMl": 1.0},
    {"minInfarctFraction": 0.02, "minInfarctMl": 0.0, "adjacentSlices": 3, "thinSliceMm": 6},
    {"minInfarctMl": 0.2, "regions": {"IC": {"minInfarctFraction": 0.25}, "I": {"minInfarctMl": 0.9}}},
]


def region_cases(random: np.random.Generator) -> list[dict]:
    cases = []
    for number in range(48):
        slices = int(random.integers(2, 8))
        volume = np.round(random.uniform(0, 2, slices) * (random.uniform(size=slices) < 0.7), 3)
        share = random.uniform(0, 0.5, slices) * (random.uniform(size=slices) < 0.6)
        infarct = np.round(volume * share, 3)
        extents = [float(random.choice([1.0, 2.5, 5.0]))] * slices
        layer, region = LAYERS[number % len(LAYERS)], REGIONS[int(random.integers(10))]
        affected = bool(volume.any()) and is_affected(volume, infarct, region, merge_rule(layer), extents)
        case = {"scoring": layer, "region": region, "extentsMm": extents, "volumeBySliceMl": volume.tolist(), "infarctBySliceMl": infarct.tolist()}
        cases.append({**case, "affected": affected})
    return cases


def island_cases(random: np.random.Generator) -> list[dict]:
    cases = []
    for number in range(16):
        probability = np.where(random.uniform(size=(3, 6, 6)) < 0.35, random.integers(100, 256, (3, 6, 6)), random.integers(0, 100, (3, 6, 6)))
        brain = random.uniform(size=(3, 6, 6)) < (0.3, 0.9)[number % 2]
        threshold, least_ml, spacing, extent = 0.5, (0.0, 0.02, 0.05, 0.1)[number % 4], 1.0, 5.0
        core = (None, 0.5, 0.7, 0.9)[number // 4]
        rule = ScoringRule(min_island_ml=least_ml, core_threshold=core)
        mask = infarct_mask(probability, brain, threshold, spacing**2 * extent / 1000, rule)
        planes = {name: values.reshape(3, -1).astype(int).tolist() for name, values in (("probability", probability), ("brain", brain), ("mask", mask))}
        cases.append({"size": 6, "spacingMm": spacing, "extentMm": extent, "threshold": threshold, "coreThreshold": core, "minIslandMl": least_ml, **planes})
    return cases


def main() -> None:
    random = np.random.default_rng(20)
    content = {"regions": region_cases(random), "islands": island_cases(random)}
    lines = [f'"{name}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]" for name, cases in content.items()]
    Path(__file__).with_name("scoring-rule.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()

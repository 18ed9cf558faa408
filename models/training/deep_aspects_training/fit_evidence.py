"""Fits the region decision (`scoring.evidence` of the infarct manifest) on records of
`npx deep-aspects evaluate --records`.

The product measures the features, region by region, on cases of validation heads; a logistic regression says how
likely a reader would call the region. Weights keep the sign that their meaning demands (more probability can't
speak against an infarct), so that the model stays explainable. Writes the weights into the manifest, and a
reliability plot.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from .labels import REGIONS

#: Features in the order of the product (`EVIDENCE_FEATURES`), with the sign of their weight: 1, -1, or 0 for either.
FEATURES: dict[str, int] = {
    "probability": 1,
    "likelyFraction": 1,
    "upperTenth": 1,
    "huDifference": 1,
    "contralateral": -1,
    "oldFraction": -1,
    "size": 0,
}
#: Strength of the pull of weights, and of single regions' intercepts, towards 0.
RIDGE, REGION_RIDGE = 0.001, 0.05
#: No feature speaks against an infarct more than this: real fluid spaces look more like old infarcts than simulated
#: ones do.
LEAST_WEIGHT = -8.0
#: Bounds of a weight by its sign.
SIGNED: dict[int, tuple[float | None, float | None]] = {1: (0.0, None), -1: (LEAST_WEIGHT, 0.0), 0: (None, None)}


@dataclass(frozen=True)
class Observations:
    """features [N, F]; region [N] index into REGIONS; affected [N] 0/1; case [N] index of the case."""

    features: np.ndarray
    region: np.ndarray
    affected: np.ndarray
    case: np.ndarray


def read_observations(records: list[dict[str, Any]], reading: str) -> Observations:
    """Regions that the product found and that `reading` (a reader's name, or `reference`) has an opinion of."""
    rows = [
        (
            [region["features"][name] for name in FEATURES],
            REGIONS.index(region["id"]),
            region["affected"][reading],
            number,
        )
        for number, record in enumerate(records)
        for region in record["regions"]
        if region.get("features") and reading in region["affected"]
    ]
    if not rows:
        raise ValueError(f'no record holds features and the reading "{reading}"; evaluate the cases with this version')
    features, region, affected, case = (np.array(column) for column in zip(*rows))
    return Observations(features.astype(float), region, affected.astype(float), case)


@dataclass(frozen=True)
class EvidenceModel:
    intercept: float
    weights: np.ndarray
    regions: np.ndarray

    def probability(self, observations: Observations) -> np.ndarray:
        score = self.intercept + observations.features @ self.weights + self.regions[observations.region]
        return 1 / (1 + np.exp(-score))


def fit(observations: Observations) -> EvidenceModel:
    """Penalised maximum likelihood with the signs of FEATURES."""
    x, region, y = observations.features, observations.region, observations.affected
    count, width = x.shape
    spread = x.std(0) + 1e-6

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        weights, regions = values[1 : 1 + width], values[1 + width :]
        score = values[0] + x @ weights + regions[region]
        probability = 1 / (1 + np.exp(-np.clip(score, -60, 60)))
        error = (probability - y) / count
        value = np.mean(np.logaddexp(0, score) - y * score)
        value += RIDGE * np.sum((weights * spread) ** 2) / 2 + REGION_RIDGE * np.sum(regions**2) / (2 * len(REGIONS))
        gradient = np.concatenate(
            [
                [error.sum()],
                x.T @ error + RIDGE * weights * spread**2,
                np.bincount(region, error, len(REGIONS)) + REGION_RIDGE * regions / len(REGIONS),
            ]
        )
        return float(value), gradient

    bounds: list[tuple[float | None, float | None]] = [(None, None)]
    bounds += [SIGNED[sign] for sign in FEATURES.values()]
    bounds += [(None, None)] * len(REGIONS)
    start = np.zeros(1 + width + len(REGIONS))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    return EvidenceModel(float(found.x[0]), found.x[1 : 1 + width], found.x[1 + width :])


def out_of_fold(observations: Observations, folds: int = 5) -> np.ndarray:
    """Probability of each region by a model that saw none of its case."""
    probability = np.zeros(len(observations.affected))
    for fold in range(folds):
        held = observations.case % folds == fold
        kept = Observations(*(values[~held] for values in vars(observations).values()))
        probability[held] = fit(kept).probability(
            Observations(*(values[held] for values in vars(observations).values()))
        )
    return probability


def choose_threshold(probability: np.ndarray, affected: np.ndarray, specificity: float) -> float:
    """The lowest threshold at which at least this share of the free regions stays free."""
    free = np.sort(probability[affected == 0])
    index = min(len(free) - 1, int(np.ceil(specificity * len(free))))
    return float(np.clip(free[index] + 1e-4, 0.02, 0.98))


def reliability(probability: np.ndarray, affected: np.ndarray, bins: int = 8) -> list[dict[str, float]]:
    """Mean probability against the share that is affected, in bins of equal width that hold anything."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    return [
        {
            "probability": float(probability[index == b].mean()),
            "affected": float(affected[index == b].mean()),
            "regions": int((index == b).sum()),
        }
        for b in range(bins)
        if (index == b).any()
    ]


def draw_reliability(rows: list[dict[str, float]], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(4, 4))
    axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axis.plot([row["probability"] for row in rows], [row["affected"] for row in rows], marker="o")
    for row in rows:
        axis.annotate(
            str(row["regions"]),
            (row["probability"], row["affected"]),
            fontsize=7,
            xytext=(4, -8),
            textcoords="offset points",
        )
    axis.set_xlabel("probability, mean of the bin")
    axis.set_ylabel("share of regions affected")
    axis.set_title("Region evidence, out of fold (synthetic)", fontsize=9)
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


def as_manifest(model: EvidenceModel, threshold: float) -> dict[str, Any]:
    return {
        "intercept": round(model.intercept, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights)},
        "regions": {name: round(float(value), 4) for name, value in zip(REGIONS, model.regions)},
        "threshold": round(threshold, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the region decision on records of validation cases.")
    parser.add_argument("--records", required=True, type=Path, help="file of `npx deep-aspects evaluate --records`")
    parser.add_argument("--manifest", required=True, type=Path, help="infarct manifest that gets the weights")
    parser.add_argument("--reading", default="reference", help="whose opinion is learnt: reference, or `reader NAME`")
    parser.add_argument(
        "--specificity", type=float, default=0.97, help="share of free regions that must stay free, out of fold"
    )
    parser.add_argument("--plot", type=Path, help="reliability plot")
    args = parser.parse_args()
    observations = read_observations(json.loads(args.records.read_text())["records"], args.reading)
    probability = out_of_fold(observations)
    threshold = choose_threshold(probability, observations.affected, args.specificity)
    found = probability >= threshold
    affected = observations.affected == 1
    print(
        f"{len(affected)} regions, {int(affected.sum())} affected: sensitivity {found[affected].mean():.3f}, "
        f"specificity {1 - found[~affected].mean():.3f} out of fold at {threshold:.3f}"
    )
    rows = reliability(probability, observations.affected)
    if args.plot:
        draw_reliability(rows, args.plot)
    manifest = json.loads(args.manifest.read_text())
    manifest["scoring"] = {
        **manifest.get("scoring", {}),
        "rule": "evidence",
        "evidence": as_manifest(fit(observations), threshold),
    }
    args.manifest.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()

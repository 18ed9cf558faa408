"""The region decision: fitted from records as the product writes them."""

import json

import numpy as np
import pytest

from deep_aspects_training.fit_evidence import (
    FEATURES,
    as_manifest,
    choose_threshold,
    fit,
    out_of_fold,
    read_observations,
)
from deep_aspects_training.labels import REGIONS


def records(cases: int, seed: int, misleading: str = "") -> list[dict]:
    """Regions of which every third or so is affected, and shows it in some features; `misleading` says the opposite."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(cases):
        regions = []
        for side in ("left", "right"):
            for region in REGIONS:
                affected = random.random() < (0.6 if region == "I" else 0.3)
                features = {name: float(random.normal()) for name in FEATURES}
                features["probability"] += 3.0 * affected
                features["huDifference"] += 1.0 * affected
                if misleading:
                    features[misleading] -= 4.0 * affected
                regions.append({"side": side, "id": region, "features": features, "affected": {"reference": affected}})
        regions.append({"side": "left", "id": "C", "features": None, "affected": {"reference": True}})
        made.append({"name": "case", "regions": regions})
    return made


def test_affected_regions_are_found_and_probabilities_are_calibrated():
    observations = read_observations(records(120, 1), "reference")
    assert len(observations.affected) == 120 * 20
    probability = out_of_fold(observations)
    certain = probability > 0.8
    assert certain.sum() > 100
    assert observations.affected[certain].mean() == pytest.approx(probability[certain].mean(), abs=0.05)
    threshold = choose_threshold(probability, observations.affected, 0.97)
    found = probability >= threshold
    assert 1 - found[observations.affected == 0].mean() == pytest.approx(0.97, abs=0.01)
    assert found[observations.affected == 1].mean() > 0.6


def test_a_feature_never_gets_a_weight_against_its_meaning():
    model = fit(read_observations(records(60, 2, misleading="likelyFraction"), "reference"))
    weights = dict(zip(FEATURES, model.weights))
    assert weights["likelyFraction"] == 0
    assert weights["probability"] > 0.3
    assert weights["contralateral"] <= 0


def test_a_region_that_readers_call_more_often_has_an_intercept_of_its_own():
    model = fit(read_observations(records(200, 3), "reference"))
    assert model.regions[REGIONS.index("I")] == max(model.regions)


def test_the_manifest_holds_every_weight_by_name():
    written = as_manifest(fit(read_observations(records(30, 4), "reference")), 0.4)
    assert set(written["weights"]) == set(FEATURES)
    assert set(written["regions"]) == set(REGIONS)
    assert json.loads(json.dumps(written)) == written


def test_records_without_the_reading_are_refused_by_name():
    with pytest.raises(ValueError, match="reader Z"):
        read_observations(records(2, 5), "reader Z")

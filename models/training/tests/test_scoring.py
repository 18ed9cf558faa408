from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from deep_aspects_training import scan_sets
from deep_aspects_training.calibrate import CORES, THRESHOLDS, choose_rule, missed_by, write_rule
from deep_aspects_training.evaluate import rule_of_manifest
from deep_aspects_training.figures import dice, markdown, shortfall, summarise
from deep_aspects_training.generator.slices import SliceSettings
from deep_aspects_training.measure import KeptScan, measure_scan, score_scan
from deep_aspects_training.scan_sets import read_scan, simulate_set, write_scan
from deep_aspects_training.scoring_rule import ScoringRule, infarct_mask, is_affected, merge_rule

GOLDEN = json.loads((Path(__file__).parent / "golden" / "scoring-rule.json").read_text())
RULE = ScoringRule(min_infarct_ml=0.0, min_island_ml=0.0)


def test_regions_are_called_affected_as_the_product_calls_them():
    for case in GOLDEN["regions"]:
        rule = merge_rule(case["scoring"])
        assert is_affected(case["volumeBySliceMl"], case["infarctBySliceMl"], case["region"], rule, case["extentsMm"]) == case["affected"]


def test_islands_are_dropped_as_the_product_drops_them():
    for case in GOLDEN["islands"]:
        probability, brain, mask = (np.array(case[name]).reshape(-1, case["size"], case["size"]) for name in ("probability", "brain", "mask"))
        voxel_ml = case["spacingMm"] ** 2 * case["extentMm"] / 1000
        rule = ScoringRule(min_island_ml=case["minIslandMl"], core_threshold=case["coreThreshold"])
        assert (infarct_mask(probability, brain > 0, case["threshold"], voxel_ml, rule) == mask).all()


@pytest.fixture(scope="module")
def smoke_set(toy_atlas):
    return {scan.about["kind"]: scan for scan in simulate_set(toy_atlas, "smoke", SliceSettings(size=64), set())}


def perfect(scan: KeptScan, thresholds=(0.5,)):
    return measure_scan(scan, scan.anatomy, scan.infarct * 255, list(thresholds))


def test_a_set_holds_whole_heads_and_slices_around_a_deep_infarct(smoke_set, toy_atlas):
    assert set(smoke_set) == {"ill", "normal", "deep", "shaded"}
    deep = smoke_set["deep"]
    assert len(deep.slabs) < len(smoke_set["normal"].slabs) == 25 and 6 <= deep.about["drop_hu"] <= 14
    hit = deep.infarct > 0
    assert hit.any() and (deep.anatomy[hit] == 1).mean() > 0.8  # the first deep case is a caudate
    assert not smoke_set["normal"].infarct.any() and smoke_set["ill"].infarct.any()
    again = next(scan for scan in simulate_set(toy_atlas, "smoke", SliceSettings(size=64), {"ill-000", "normal-000"}))
    assert (again.slabs == deep.slabs).all()


def test_shaded_scans_are_normal_ones_in_a_shade_of_their_own(smoke_set, toy_atlas, monkeypatch):
    shaded = smoke_set["shaded"]
    assert not shaded.infarct.any()
    monkeypatch.setattr(scan_sets, "SHADING", 0.0)
    plain = next(simulate_set(toy_atlas, "smoke", SliceSettings(size=64), set(), ("shaded",)))
    assert (plain.anatomy == shaded.anatomy).mean() > 0.99
    differ = np.abs(plain.slabs[:, 0].astype(float) - shaded.slabs[:, 0])[plain.anatomy > 0]
    assert differ.mean() > 1


def test_a_kept_scan_is_read_as_it_was_written(smoke_set, tmp_path):
    write_scan(smoke_set["deep"], tmp_path)
    scan = read_scan(tmp_path / "deep-000.npz")
    assert scan.about == smoke_set["deep"].about and (scan.slabs == smoke_set["deep"].slabs).all()


def test_a_perfect_reader_scores_perfectly_and_a_blind_one_finds_nothing(smoke_set):
    scans = [score_scan(perfect(scan), RULE, 0.5) for scan in smoke_set.values()]
    summary = summarise(scans, "synthetic toy")
    values = {figure["metric"]: figure["value"] for part in summary.values() for figure in part}
    assert values["Dice, all regions"] == 1.0 and values["Dice, pooled"] == 1.0
    assert values["false infarct on normal scans, median ml"] == 0 and values["normal scans scored 10"] == 1.0
    assert values["isolated deep infarct of 6 HU and more found"] == 1.0
    blind = [measure_scan(scan, scan.anatomy * 0, scan.infarct * 0, [0.5]) for scan in smoke_set.values()]
    values = {figure["metric"]: figure["value"] for part in summarise([score_scan(s, RULE, 0.5) for s in blind], "toy").values() for figure in part}
    assert values["Dice, all regions"] == 0.0 and values["isolated deep infarct of 6 HU and more found"] == 0.0
    assert dice(0, 0, 0) != dice(0, 0, 0)
    assert "no, by 0.80" in markdown({"anatomy": [{"metric": "Dice, all regions", "value": 0.0, "ci95": [0, 0], "scans": 1}]})


def test_a_figure_says_by_how_much_it_misses_the_aim():
    assert shortfall({"metric": "Dice, <3 ml", "value": 0.4, "paperOnItsRealScans": 0.45}) == "> 0.45: no, by 0.05"
    assert shortfall({"metric": "normal scans scored 10", "value": 0.9}) == ">= 0.85: yes"
    assert shortfall({"metric": "score equal", "value": 0.9}) == ""


def doubtful_scans(random: np.random.Generator) -> list[KeptScan]:
    """Scans of ten regions a side; the network is sure of the infarct (0.93) but for its edge (0.65), and taken in by noise (0.55), more by shade (0.75)."""
    scans = []
    for number in range(30):
        anatomy = np.zeros((3, 40, 40), np.uint8)
        for index in range(1, 11):
            anatomy[:, 4 * index - 4 : 4 * index, 2:18] = anatomy[:, 4 * index - 4 : 4 * index, 22:38] = index
        right = np.zeros_like(anatomy)
        right[..., :20] = 1
        infarct = np.zeros_like(anatomy)
        kind = ("ill", "normal", "diseased", "deep", "shaded")[number % 5]
        if kind in ("ill", "deep"):
            regions = [3 * (number // 5) % 10 + 1] if kind == "ill" else [number // 5 % 4 + 1]
            infarct[np.isin(anatomy, regions) & (right > 0)] = 1
        about = {"kind": kind, "seed": number, "drop_hu": 8.0, "white_disease": 0.8 if kind == "diseased" else 0.0, "has_blood": False}
        share, doubt = (0.5, 0.75) if kind == "shaded" else (0.1, 0.55)
        sure = np.where(np.arange(40)[:, None] % 4 == 0, 0.65, 0.93)
        slabs = np.where(infarct[:, None] > 0, sure, np.where(random.uniform(size=(3, 1, 40, 40)) < share, doubt, 0.1))
        scans.append(KeptScan(f"{kind}-{number}", slabs, anatomy, infarct, right, np.array([-40.0, 0.0, 5.0]), about))
    return scans


def test_calibration_finds_a_rule_between_noise_and_infarct_and_writes_it(tmp_path):
    scans = doubtful_scans(np.random.default_rng(1))
    measured = [measure_scan(scan, scan.anatomy, (scan.slabs[:, 0] * 255).astype(np.uint8), THRESHOLDS, CORES) for scan in scans]
    rule, _ = choose_rule([scan for scan in measured if scan.about["kind"] != "shaded"])
    assert 0.55 < rule.infarct_threshold <= rule.core_threshold <= 0.65
    rule, figures = choose_rule(measured)
    # Shade (0.75) is told from infarct by the core; the edge of infarct (0.65), which is less sure than shade, is kept all the same.
    assert 0.55 < rule.infarct_threshold <= 0.65 and 0.75 < rule.core_threshold <= 0.93
    assert choose_rule(measured, least_threshold=0.7)[0].infarct_threshold >= 0.7
    assert missed_by(figures) == 0 and figures["scoredTen"] == 1.0 and figures["deepFound"] == 1.0
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"output": {"name": "probability", "threshold": 0.5}, "provenance": {}, "accuracy": []}))
    write_rule(manifest, rule, figures, "toy", len(scans))
    written = json.loads(manifest.read_text())
    assert list(written) == ["output", "scoring", "provenance", "accuracy"] and "calibration" in written["scoring"]
    assert rule_of_manifest(manifest) == rule
    assert rule_of_manifest(manifest, 0.25) == dataclasses.replace(rule, infarct_threshold=0.25)

from __future__ import annotations

import json
from hashlib import sha256
from types import SimpleNamespace

import numpy as np
import pytest

from deep_aspects_training.generator.slices import SliceSettings
from deep_aspects_training.model_card import facts, fill, rule_text
from deep_aspects_training.model_pictures import Reader, false_infarct, infarct_slices, missed_infarct
from deep_aspects_training.scan_sets import simulate_set, write_scan
from deep_aspects_training.sheet import draw_sheet, read_masks

MANIFEST = {
    "version": "9.9.9", "architecture": "U-Net", "parameters": 4_260_000, "file": "model.onnx", "sizeBytes": 8_700_000, "precision": "fp16",
    "output": {"threshold": 0.7},
    "provenance": {"trainingData": "synthetic", "steps": 1700, "trainingSeconds": 3600, "optimizer": "adamw", "loss": {"dice": 0.5}},
    "scoring": {
        "minInfarctFraction": 0.2, "minInfarctMl": 1.0, "minIslandMl": 0.5, "regions": {"C": {"minInfarctFraction": 0.1}},
        "calibration": {"dataset": "toy", "scans": 3, "figures": {"dice": 0.8}},
    },
}


def test_a_card_is_filled_between_its_marks_and_nowhere_else():
    card = "before\n<!-- facts -->\nold\n<!-- /facts -->\nafter\n"
    filled = fill(card, "facts", facts(MANIFEST))
    assert "old" not in filled and filled.startswith("before") and filled.endswith("after\n")
    assert "9.9.9" in filled and "8.7 MB" in filled and fill(filled, "facts", facts(MANIFEST)) == filled
    with pytest.raises(ValueError, match="figures"):
        fill(card, "figures", "")


def test_a_card_says_the_rule():
    text = rule_text(MANIFEST)
    assert "probability of 0.7" in text and "- C: 10 % of it and 1 ml" in text and "- L, IC, I, M1" in text and "dice 0.8" in text


def test_a_sheet_shows_regions_and_infarct_of_a_seg():
    frames = np.zeros((2, 20, 20), np.uint8)
    frames[0, 5:9, 5:9], frames[1, 6:8, 6:8] = 1, 1

    def group(segment, uid):
        source = SimpleNamespace(SourceImageSequence=[SimpleNamespace(ReferencedSOPInstanceUID=uid)])
        return SimpleNamespace(
            SegmentIdentificationSequence=[SimpleNamespace(ReferencedSegmentNumber=segment)], DerivationImageSequence=[source]
        )

    seg = SimpleNamespace(pixel_array=frames, NumberOfFrames=2, PerFrameFunctionalGroupsSequence=[group(15, "b"), group(21, "b")])
    regions, infarct = read_masks(seg, ["a", "b"], (20, 20))
    assert regions[1, 5, 5] == 5 and not regions[0].any() and infarct.sum() == 4
    hu = np.full((20, 20), 30.0)
    hu[1:19, 1:19] = 200
    sheet = draw_sheet([hu, hu], regions, infarct, 2)
    assert sheet.shape == (20, 40, 3) and (sheet[:, 20:, 0] > sheet[:, :20, 0]).sum() == 0 and (sheet[:, 20:] != sheet[:, :20]).any()


def test_pictures_of_failures_show_the_worst_scans(toy_atlas, tmp_path):
    scans = list(simulate_set(toy_atlas, "smoke", SliceSettings(size=64), set()))
    (tmp_path / "predictions").mkdir()
    for scan in scans:
        write_scan(scan, tmp_path)
    for task in ("anatomy", "infarct"):
        network = tmp_path / f"{task}.onnx"
        network.write_bytes(task.encode())
        found = np.zeros((25, 64, 64), np.uint8)
        found[10, 20:40, 20:40] = 255
        key = sha256(task.encode()).hexdigest()[:12]
        answers = {s.name: s.anatomy if task == "anatomy" else found[: len(s.slabs)] * (s.name[0] == "n") for s in scans}
        np.savez(tmp_path / "predictions" / f"{task}-{key}.npz", **answers)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"output": {"threshold": 0.5}, "scoring": {"minIslandMl": 0.0}}))
    reader = Reader(tmp_path, tmp_path / "anatomy.onnx", tmp_path / "infarct.onnx", manifest)
    shown = infarct_slices(reader)
    assert all((shown[:, left : left + 64] == (0, 220, 0)).all(-1).any() for left in (0, 64))
    false = false_infarct(reader)
    assert false.shape == (64, 6 * 64, 3) and (false[:, 64:128] == (255, 0, 0)).all(-1).any() and not (false[:, :64] == (255, 0, 0)).all(-1).any()
    # One slice alone has false infarct: the rest of the row stays empty.
    assert not false[:, 128:].any()
    missed = missed_infarct(reader)
    assert missed is not None and (missed == (0, 220, 0)).all(-1).any()

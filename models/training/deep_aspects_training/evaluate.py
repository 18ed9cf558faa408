"""`python -m deep_aspects_training.evaluate --set DIR --anatomy NET --infarct NET --out REPORT.json`: the figures of a pair of networks.

NET is a checkpoint or an exported model.onnx; the scans come from `deep_aspects_training.scan_sets`. The scoring rule is the one in
`--manifest` (calibrated by `deep_aspects_training.calibrate`), else the product's default. All of it is about SYNTHETIC scans.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .figures import markdown, summarise
from .measure import MeasuredScan, measure_scan, score_scan
from .predictions import predict_set
from .scan_sets import read_scan, scan_paths
from .scoring_rule import ScoringRule, merge_rule


def measure_set(folder: Path, anatomy: Path, infarct: Path, thresholds: Sequence[float], cores: Sequence[float] = ()) -> list[MeasuredScan]:
    """Every scan of a set, measured at some infarct and core thresholds."""
    labels, probabilities = predict_set(folder, anatomy, "anatomy"), predict_set(folder, infarct, "infarct")
    measured = []
    for path in scan_paths(folder):
        if path.stem in labels and path.stem in probabilities:
            measured.append(measure_scan(read_scan(path), labels[path.stem], probabilities[path.stem], thresholds, cores))
    return measured


def rule_of_manifest(manifest: Path | None, threshold: float | None = None) -> ScoringRule:
    """The rule that a manifest of an infarct network stands for, its threshold included; `threshold` overrides it."""
    values = json.loads(manifest.read_text()) if manifest else {}
    rule = merge_rule(values.get("scoring"))
    chosen = threshold or rule.infarct_threshold or values.get("output", {}).get("threshold", 0.5)
    return replace(rule, infarct_threshold=chosen)


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate both networks on held-out simulated scans.")
    parser.add_argument("--set", required=True, type=Path, help="folder made by deep_aspects_training.scan_sets")
    parser.add_argument("--anatomy", required=True, type=Path, help="checkpoint or model.onnx")
    parser.add_argument("--infarct", required=True, type=Path, help="checkpoint or model.onnx")
    parser.add_argument("--manifest", type=Path, help="infarct manifest.json with the scoring rule")
    parser.add_argument("--threshold", type=float, help="infarct probability, instead of the rule's")
    parser.add_argument("--dataset", default="synthetic head CT, held-out seeds")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    rule = rule_of_manifest(args.manifest, args.threshold)
    threshold = rule.infarct_threshold or 0.5
    measured = measure_set(args.set, args.anatomy, args.infarct, [threshold], [rule.core_threshold or threshold])
    summary = summarise([score_scan(scan, rule, threshold) for scan in measured], args.dataset)
    report = {"dataset": args.dataset, "scans": len(measured), "threshold": threshold, "rule": rule.as_manifest(), "summary": summary}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    args.out.with_suffix(".md").write_text(markdown(summary))
    print(markdown(summary))


if __name__ == "__main__":
    main()

"""`python -m deep_aspects_training.model_card --report REPORT.json --models DIR`: put figures and facts into the model cards.

In `DIR/anatomy/README.md` and `DIR/infarct/README.md` what stands between `<!-- NAME -->` and `<!-- /NAME -->` is written anew: `facts` from the
manifest, `figures` from the report of `deep_aspects_training.evaluate`, `rule` (infarct) from the manifest's scoring rule. The rest is prose.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from .figures import markdown
from .labels import REGIONS
from .scoring_rule import merge_rule

PARTS = {"anatomy": ("anatomy",), "infarct": ("infarct", "both", "regions")}


def fill(text: str, name: str, content: str) -> str:
    """Replace what stands between the marks of a name. ValueError where the marks are missing."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"no marks <!-- {name} --> ... <!-- /{name} -->")
    return pattern.sub(lambda match: f"{match[1]}\n{content.strip()}\n\n{match[2]}", text, count=1)


def facts(manifest: dict[str, Any]) -> str:
    """A table of what the manifest says of the file and its training."""
    provenance = manifest["provenance"]
    rows = {
        "version": manifest["version"],
        "architecture": manifest["architecture"],
        "parameters": f"{manifest['parameters'] / 1e6:.2f} million",
        "file": f"`{manifest['file']}`, {manifest['sizeBytes'] / 1e6:.1f} MB, {manifest['precision']}",
        "trained on": provenance["trainingData"],
        "steps of training": f"{provenance['steps']:,} in the last run, {provenance['trainingSeconds'] / 60:.0f} minutes",
        "optimiser and loss": f"{provenance['optimizer']}; " + ", ".join(f"{name} {weight:g}" for name, weight in provenance["loss"].items()),
    }
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows.items())])


def rule_text(manifest: dict[str, Any]) -> str:
    """The scoring rule in words, and the figures on the scans on which it was chosen."""
    scoring = manifest.get("scoring", {})
    rule = merge_rule(scoring)
    threshold = manifest["output"]["threshold"]
    lines = [
        f"A pixel is infarct from a probability of {threshold:g}; bodies of infarct of which less than {rule.min_island_ml:g} ml reach "
        f"{max(threshold, rule.core_threshold or 0):g} are dropped.",
        "A region is affected from", "",
    ]
    limits: dict[tuple[float, float], list[str]] = {}
    for region in REGIONS:
        limits.setdefault(rule.limits(region), []).append(region)
    lines += [f"- {', '.join(names)}: {100 * fraction:g} % of it and {ml:g} ml" for (fraction, ml), names in limits.items()]
    lines += ["", f"and, where slices are closer than {rule.thin_slice_mm:g} mm, on {rule.adjacent_slices} adjacent slices."]
    calibration = scoring.get("calibration")
    if calibration:
        figures = ", ".join(f"{name} {value:g}" for name, value in calibration["figures"].items())
        lines += ["", f"Chosen on {calibration['scans']} scans ({calibration['dataset']}), where it gives: {figures}."]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fill the model cards from the manifests and an evaluation report.")
    parser.add_argument("--report", required=True, type=Path)
    parser.add_argument("--models", required=True, type=Path, help="folder that holds anatomy/ and infarct/")
    args = parser.parse_args()
    summary = json.loads(args.report.read_text())["summary"]
    for task, parts in PARTS.items():
        card = args.models / task / "README.md"
        manifest = json.loads((card.parent / "manifest.json").read_text())
        text = fill(card.read_text(), "facts", facts(manifest))
        text = fill(text, "figures", markdown({part: summary[part] for part in parts if part in summary}))
        card.write_text(fill(text, "rule", rule_text(manifest)) if task == "infarct" else text)


if __name__ == "__main__":
    main()

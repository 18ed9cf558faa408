"""`python -m deep_aspects_training.accuracy --report REPORT.json --models DIR`: figures of an evaluation into both manifests.

The files are not exported anew, so that their hashes stay those that were evaluated. The infarct manifest also carries the figures of both.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

PARTS = {"anatomy": ("anatomy",), "infarct": ("infarct", "both")}


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the figures of an evaluation into the manifests.")
    parser.add_argument("--report", required=True, type=Path)
    parser.add_argument("--models", required=True, type=Path, help="folder that holds anatomy/ and infarct/")
    args = parser.parse_args()
    summary = json.loads(args.report.read_text())["summary"]
    for task, parts in PARTS.items():
        path = args.models / task / "manifest.json"
        manifest = json.loads(path.read_text())
        manifest["accuracy"] = [figure for part in parts for figure in summary[part] if figure["value"] is not None]
        path.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()

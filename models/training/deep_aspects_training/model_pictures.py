"""`python -m deep_aspects_training.model_pictures --set DIR --anatomy NET --infarct NET --manifest M --out DIR`: pictures for the model cards.

From simulated scans of a set, so that they may lie in the repository: `anatomy/slices.png` (regions), `infarct/slices.png` (truth green, found
red), `infarct/false.png` (the normal scans with most false infarct) and `infarct/missed.png` (infarcts of which nothing was found).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from .evaluate import rule_of_manifest
from .pictures import brain_window, draw_anatomy, draw_outline, save_png, tile
from .predictions import predict_set
from .scan_sets import KeptScan, read_scan, scan_paths
from .scoring_rule import infarct_mask

COLUMNS = 6
#: The middle of the 224-pixel grid that the head fills.
CROP = (slice(8, 216), slice(22, 202))
TRUTH, FOUND = (0, 220, 0), (255, 0, 0)


class Reader:
    """Scans of a set with what the networks say."""

    def __init__(self, folder: Path, anatomy: Path, infarct: Path, manifest: Path | None):
        self.paths = {path.stem: path for path in scan_paths(folder)}
        self.labels, self.probability = predict_set(folder, anatomy, "anatomy"), predict_set(folder, infarct, "infarct")
        self.rule = rule_of_manifest(manifest)

    def names(self, *kinds: str) -> list[str]:
        return [name for name in sorted(self.paths) if name.rsplit("-", 1)[0] in kinds and name in self.labels and name in self.probability]

    def scan(self, name: str) -> KeptScan:
        return read_scan(self.paths[name])

    def mask(self, name: str, scan: KeptScan) -> np.ndarray:
        """Infarct [N, H, W] as the product would show it."""
        threshold = self.rule.infarct_threshold or 0.5
        return infarct_mask(self.probability[name], self.labels[name] > 0, threshold, scan.extents_mm / 1000, self.rule)


def _panel(scan: KeptScan, index: int) -> np.ndarray:
    return brain_window(scan.slabs[index, 0].astype(np.float32))


def _cropped(panel: np.ndarray) -> np.ndarray:
    return panel[CROP] if panel.shape[0] == 224 else panel


def anatomy_slices(reader: Reader) -> np.ndarray:
    """One head's ganglionic and supraganglionic slices after another's."""
    panels = []
    for name in reader.names("ill", "normal")[:3]:
        scan = reader.scan(name)
        shown = np.nonzero(((reader.labels[name] >= 1) & (reader.labels[name] <= 10)).sum((1, 2)) > 300)[0]
        for index in shown[np.linspace(0, len(shown) - 1, COLUMNS).astype(int)] if len(shown) else []:
            panels.append(_cropped(draw_anatomy(_panel(scan, index), reader.labels[name][index])))
    return tile(panels, COLUMNS)


def infarct_slices(reader: Reader) -> np.ndarray:
    """Two slices of each of nine infarcts: truth and what was found."""
    panels = []
    for name in reader.names("ill")[:9]:
        scan = reader.scan(name)
        mask, area = reader.mask(name, scan), (scan.infarct > 0).sum((1, 2))
        for index in np.argsort(-area, kind="stable")[:2]:
            panels.append(_cropped(draw_outline(draw_outline(_panel(scan, index), scan.infarct[index], TRUTH), mask[index], FOUND)))
    return tile(panels, COLUMNS)


def false_infarct(reader: Reader) -> np.ndarray | None:
    """The worst slices of the normal scans with most false infarct, up to three slices a scan; None without any."""
    worst = []
    for name in reader.names("normal", "diseased", "shaded"):
        scan = reader.scan(name)
        worst.append((int(reader.mask(name, scan).sum()), name))
    worst = [(pixels, name) for pixels, name in worst if pixels]
    panels = []
    for _, name in sorted(worst, reverse=True)[:4]:
        scan = reader.scan(name)
        mask = reader.mask(name, scan)
        area = mask.sum((1, 2))
        for index in np.argsort(-area, kind="stable")[: min(COLUMNS // 2, np.count_nonzero(area))]:
            plain = _panel(scan, index)
            panels += [_cropped(plain), _cropped(draw_outline(plain, mask[index], FOUND))]
    return tile(panels, COLUMNS) if panels else None


def missed_infarct(reader: Reader) -> np.ndarray | None:
    """Infarcts of which less than a twentieth was found: the slice that shows most, plain and with the truth; None without any."""
    panels = []
    for name in reader.names("ill", "deep"):
        scan = reader.scan(name)
        truth = scan.infarct > 0
        if truth.any() and (reader.mask(name, scan) & truth).sum() < 0.05 * truth.sum():
            index = int(truth.sum((1, 2)).argmax())
            plain = _panel(scan, index)
            panels += [_cropped(plain), _cropped(draw_outline(plain, truth[index], TRUTH))]
    return tile(panels[: 4 * COLUMNS], COLUMNS) if panels else None


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of simulated scans for the model cards.")
    parser.add_argument("--set", required=True, type=Path)
    parser.add_argument("--anatomy", required=True, type=Path)
    parser.add_argument("--infarct", required=True, type=Path)
    parser.add_argument("--manifest", type=Path, help="infarct manifest.json with the scoring rule")
    parser.add_argument("--out", required=True, type=Path, help="folder that holds anatomy/ and infarct/")
    args = parser.parse_args()
    reader = Reader(args.set, args.anatomy, args.infarct, args.manifest)
    for folder in ("anatomy", "infarct"):
        (args.out / folder).mkdir(parents=True, exist_ok=True)
    pictures = {"anatomy/slices": anatomy_slices, "infarct/slices": infarct_slices, "infarct/false": false_infarct, "infarct/missed": missed_infarct}
    for name, draw in pictures.items():
        sheet = draw(reader)
        if sheet is not None:
            save_png(args.out / f"{name}.png", sheet)


if __name__ == "__main__":
    main()

"""`python -m deep_aspects_training.precision --checkpoint FILE --set DIR --out DIR`: what float16 weights and 8-bit arithmetic cost a network.

Exports a checkpoint in each precision, calibrates the 8-bit ones on some scans of a set, and compares all with float32 on the others: size, time of
a slice, agreement, and Dice against the truth. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from .export import export_onnx, load_trained
from .figures import dice
from .labels import REGION_IDS
from .network import RECIPES
from .predictions import load_network
from .scan_sets import KeptScan, read_scan, scan_paths

#: Every so many slices of the calibrating scans are shown to the quantisation: neighbours tell it little new.
CALIBRATE_EVERY = 6
TIMED_SLICES = 20
VARIANTS = ("float32", "float16 weights", "8-bit decoder", "8-bit")


class _Slices(CalibrationDataReader):
    def __init__(self, images: torch.Tensor):
        self.images = iter(images[:, None].numpy())

    def get_next(self) -> dict[str, np.ndarray] | None:
        image = next(self.images, None)
        return None if image is None else {"input": image}


def write_variants(checkpoint: Path, calibrating: torch.Tensor, folder: Path) -> dict[str, Path]:
    """File of each of VARIANTS. calibrating: network inputs [N, 3, H, W]."""
    folder.mkdir(parents=True, exist_ok=True)
    network, config, _ = load_trained(checkpoint)
    files = {name: folder / f"{name.replace(' ', '-')}.onnx" for name in VARIANTS}
    export_onnx(network, config["task"], files["float32"])
    export_onnx(network, config["task"], files["float16 weights"], "fp16")
    encoder = [node.name for node in onnx.load(files["float32"]).graph.node if "/encoder/" in node.name]
    if not encoder:
        raise ValueError(f"no part of {files['float32']} is named as its encoder")
    for name, excluded in (("8-bit decoder", encoder), ("8-bit", [])):
        quantize_static(
            files["float32"], files[name], _Slices(calibrating), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax, nodes_to_exclude=excluded,
        )
    return files


def _inputs(scan: KeptScan, task: str) -> torch.Tensor:
    return RECIPES[task].apply(torch.from_numpy(scan.slabs).float())


def agreement(found: np.ndarray, truth: np.ndarray) -> float:
    """Dice of two masks; of label maps the mean over the regions that occur."""
    if found.dtype == bool:
        return dice((found & truth).sum(), found.sum(), truth.sum())
    return float(np.nanmean([agreement(found == region, truth == region) for region in REGION_IDS]))


def compare(files: dict[str, Path], scans: Iterator[KeptScan], task: str, threshold: float) -> dict[str, dict[str, float]]:
    """By variant: megabytes, Dice with float32's answer and with the truth over all scans together, milliseconds a slice (median, one thread)."""
    networks = {name: load_network(path, task) for name, path in files.items()}
    answers: dict[str, list[np.ndarray]] = {name: [] for name in files}
    truth: list[np.ndarray] = []
    seconds: dict[str, list[float]] = {name: [] for name in files}
    for scan in scans:
        images = _inputs(scan, task)
        truth.append(scan.anatomy if task == "anatomy" else scan.infarct > 0)
        for name, network in networks.items():
            parts = []
            for image in images.split(1):
                started = time.perf_counter()
                parts.append(network(image))
                seconds[name].append(time.perf_counter() - started)
            seen = np.concatenate(parts)
            answers[name].append(seen if task == "anatomy" else seen >= threshold * 255)
    together = {name: np.concatenate(parts) for name, parts in answers.items()}
    return {
        name: {
            "megabytes": files[name].stat().st_size / 1e6,
            "withFloat32": agreement(seen, together["float32"]),
            "withTruth": agreement(seen, np.concatenate(truth)),
            "milliseconds": 1000 * float(np.median(seconds[name][-TIMED_SLICES:])),
        }
        for name, seen in together.items()
    }


def table(rows: dict[str, dict[str, float]]) -> str:
    lines = ["| | size, MB | Dice with float32's answer | Dice with the truth | ms a slice, 1 thread |", "| --- | --- | --- | --- | --- |"]
    for name, row in rows.items():
        lines.append(f"| {name} | {row['megabytes']:.1f} | {row['withFloat32']:.3f} | {row['withTruth']:.3f} | {row['milliseconds']:.0f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the precisions in which a network can be exported.")
    parser.add_argument("--checkpoint", required=True, type=Path)
    parser.add_argument("--set", required=True, type=Path, dest="folder", help="folder made by scan_sets")
    parser.add_argument("--out", required=True, type=Path, help="folder for the files")
    parser.add_argument("--calibrate", type=int, default=8, help="scans that the 8-bit ones are calibrated on")
    parser.add_argument("--threshold", type=float, default=0.8, help="of the infarct probability")
    args = parser.parse_args()
    torch.set_num_threads(1)
    # Every so many, so that each kind of scan is on both sides.
    paths = scan_paths(args.folder)
    calibrating = paths[:: max(1, len(paths) // args.calibrate)]
    task = load_trained(args.checkpoint)[1]["task"]
    images = torch.cat([_inputs(read_scan(path), task)[::CALIBRATE_EVERY] for path in calibrating])
    files = write_variants(args.checkpoint, images, args.out)
    rows = compare(files, (read_scan(path) for path in paths if path not in calibrating), task, args.threshold)
    print(f"{len(images)} slices of {len(calibrating)} scans to calibrate, {len(paths) - len(calibrating)} scans compared, {task}\n\n{table(rows)}")


if __name__ == "__main__":
    main()

"""A row's checkpoint -> `<out>/<architecture>/<task>/model.onnx` and manifest.json, a models folder as the command
line takes it."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from ..architectures import ARCHITECTURES
from ..export import INPUT_SHAPE, export_onnx, load_trained, parity
from ..manifest import build_manifest
from .pool import Pool
from .recipe import Row
from .train_row import choose_threshold

VERSION = "0.1.0"


def export_row(row: Row, checkpoint: Path, pool: Pool, out: Path) -> Path:
    """Returns the manifest's path. The infarct threshold is chosen on the pool's validation slices."""
    trained = load_trained(checkpoint)
    folder = out / (row.architecture if row.seed == 1 else f"{row.architecture}-seed{row.seed}") / row.task
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    export_onnx(trained.network, row.task, path, "fp16")
    agreement = parity(trained.network, row.task, path, torch.rand(2, *INPUT_SHAPE) * 2 - 1)
    threshold, dice = choose_threshold(trained.network, pool) if row.task == "infarct" else (0.5, float("nan"))
    manifest = build_manifest(trained, path, VERSION, precision="fp16", threshold=threshold)
    manifest["name"] = f"comparison-{row.architecture}-{row.task}"
    target = folder / "manifest.json"
    target.write_text(json.dumps(manifest, indent=2) + "\n")
    print(
        f"{ARCHITECTURES[row.architecture]}, {row.task}: {manifest['parameters'] / 1e6:.2f} M parameters, "
        f"{manifest['sizeBytes'] / 1e6:.2f} MB, parity {agreement:.4f}, threshold {threshold}, "
        f"Dice of the validation slices {dice:.3f}",
        flush=True,
    )
    return target

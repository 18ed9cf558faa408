"""What the networks say about the scans of a set, from a checkpoint or from an exported model.onnx; kept beside the scans."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from .export import DeployedNetwork, load_trained
from .network import RECIPES
from .optimisation import channels_last
from .scan_sets import read_scan, scan_paths

Network = Callable[[torch.Tensor], np.ndarray]


def load_network(path: Path, task: str) -> Network:
    """Network inputs [B, 3, H, W] -> uint8 [B, H, W]: class ids, or probability times 255.

    A checkpoint runs in bfloat16 on the CPU, which is fast; the exported file runs as it is shipped.
    """
    if path.suffix == ".onnx":
        return _onnx_network(path)
    network, config, _ = load_trained(path)
    if config["task"] != task:
        raise ValueError(f"{path} is a network of the task {config['task']}, not {task}")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    deployed = channels_last(DeployedNetwork(network, task), device).eval()

    @torch.no_grad()
    def run(images: torch.Tensor) -> np.ndarray:
        with torch.autocast(device, torch.bfloat16):
            return deployed(images.to(device).contiguous(memory_format=torch.channels_last)).cpu().numpy()

    return run


def _onnx_network(path: Path) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda images: np.concatenate([session.run(None, {name: image[None].numpy()})[0] for image in images])


def predict_slabs(network: Network, task: str, slabs: np.ndarray, batch: int = 9) -> np.ndarray:
    """Answers [N, H, W] uint8 for slabs [N, 3, H, W] HU."""
    images = RECIPES[task].apply(torch.from_numpy(slabs).float())
    return np.concatenate([network(part) for part in images.split(batch)])


def predict_set(folder: Path, network_path: Path, task: str) -> dict[str, np.ndarray]:
    """Answers for every scan of a set by the scan's name; scans that were predicted before are read from `<set>/predictions`."""
    key = hashlib.sha256(network_path.read_bytes()).hexdigest()[:12]
    kept_at = folder / "predictions" / f"{task}-{key}.npz"
    answers: dict[str, np.ndarray] = {}
    if kept_at.exists():
        with np.load(kept_at) as archive:
            answers = {name: archive[name] for name in archive.files}
    paths = scan_paths(folder)
    missing = [path for path in paths if path.stem not in answers]
    if missing:
        network = load_network(network_path, task)
        for number, path in enumerate(missing, start=1):
            answers[path.stem] = predict_slabs(network, task, read_scan(path).slabs)
            print(f"{task}: {number}/{len(missing)}", end="\r", flush=True)
        kept_at.parent.mkdir(exist_ok=True)
        np.savez_compressed(kept_at, allow_pickle=True, **answers)
    return {path.stem: answers[path.stem] for path in paths}

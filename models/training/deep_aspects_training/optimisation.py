"""What training runs of all kinds share: device, optimizer, learning rate, and the picture of a run."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import torch
from torch import nn

from .config import Stage, TrainConfig


def pick_device(name: str) -> torch.device:
    if name != "auto":
        return torch.device(name)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def learning_rate(stage: Stage, step: int, warmup: int) -> float:
    """Rate at `step` of a stage; the first `warmup` steps rise linearly."""
    first, last = stage.lr
    if stage.cycle_steps:
        phase = (step % stage.cycle_steps) / stage.cycle_steps
        rate = first + (last - first) * (1 - abs(2 * phase - 1))
    else:
        rate = last + (first - last) * 0.5 * (1 + math.cos(math.pi * step / max(1, stage.steps)))
    return rate * min(1.0, (step + 1) / max(1, warmup))


def make_optimizer(config: TrainConfig, network: nn.Module) -> torch.optim.Optimizer:
    if config.optimizer == "sgd":
        return torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9, weight_decay=config.weight_decay)
    return torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=config.weight_decay)


def draw_curve(log: Path, picture: Path, keys: tuple[str, ...] = ("loss", "dice")) -> None:
    """Columns of a log over the steps, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with log.open() as file:
        rows = list(csv.DictReader(file))
    figure, axes = plt.subplots(1, len(keys), figsize=(4.5 * len(keys), 3))
    for axis, key in zip(axes, keys):
        axis.plot([int(r["step"]) for r in rows], [float(r[key]) for r in rows], linewidth=1)
        axis.set_xlabel("step")
        axis.set_title(key)
        axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(picture, dpi=80)
    plt.close(figure)

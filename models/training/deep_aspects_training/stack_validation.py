"""A fixed set of stacks from heads and infarct shapes that the training never sees, and figures of a network on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from .architectures import StackUNet
from .batches import to_device
from .config import TrainConfig
from .generator.stacks import StackGenerator, StackSettings
from .sources import VALIDATION_SEED, read_generator_files
from .stack_source import StackBatch, as_batch

STACKS, AT_ONCE = 48, 6
ACUTE, OLD, HAEMORRHAGE = 1, 2, 3


def read_or_make(config: TrainConfig, settings: StackSettings, path: Path) -> list[StackBatch]:
    """The set at `path`, made there once."""
    if not path.exists():
        atlas, shapes = read_generator_files(config, config.validation_anatomies, "validation")
        generator = StackGenerator(atlas, settings, VALIDATION_SEED, shapes)
        made = [as_batch(generator.acquire(generator.render(AT_ONCE))) for _ in range(STACKS // AT_ONCE)]
        np.savez_compressed(
            path,
            inputs=np.concatenate([b.inputs.half().numpy() for b in made]),
            truth=np.concatenate([b.truth.numpy() for b in made]),
            positions=np.concatenate([b.positions_mm.numpy() for b in made]),
        )
    with np.load(path) as archive:
        inputs, truth, positions = (torch.from_numpy(archive[name]) for name in ("inputs", "truth", "positions"))
    return [
        StackBatch(i.float(), t, p)
        for i, t, p in zip(inputs.split(AT_ONCE), truth.split(AT_ONCE), positions.split(AT_ONCE))
    ]


@torch.no_grad()
def measure(
    network: StackUNet, batches: list[StackBatch], device: torch.device, threshold: float = 0.5, field_mm: float = 224.0
) -> dict[str, float]:
    """Pooled Dice of acute infarct, of stacks with less than 10 ml of it, sensitivity, mean false
    ml in stacks without it, mean ml of old infarct called acute in those with old infarct, pooled Dice of old infarct
    and haemorrhage."""
    counts = torch.cat([_counts(network, to_device(batch, device), threshold, field_mm) for batch in batches]).cpu()
    found, true, both, old, old_found, old_both, blood, blood_found, blood_both, old_as_acute = counts.unbind(1)

    def dice(overlap: torch.Tensor, first: torch.Tensor, second: torch.Tensor) -> float:
        return round(float(2 * overlap.sum() / (first.sum() + second.sum()).clamp(min=1e-6)), 4)

    small, none, with_old = (true > 0) & (true < 10), true == 0, old > 0
    return {
        "dice": dice(both, found, true),
        "dice_small": dice(both[small], found[small], true[small]),
        "sensitivity": round(float(both.sum() / true.sum().clamp(min=1e-6)), 4),
        "false_ml": round(float(found[none].sum() / none.sum().clamp(min=1)), 3),
        "old_as_acute_ml": round(float(old_as_acute[with_old].sum() / with_old.sum().clamp(min=1)), 3),
        "old_dice": dice(old_both, old_found, old),
        "haemorrhage_dice": dice(blood_both, blood_found, blood),
    }


def _counts(network: StackUNet, batch: StackBatch, threshold: float, field_mm: float) -> torch.Tensor:
    """Millilitres [B, 10] of what is found, true and both, of each class, and of old infarct called acute."""
    with torch.autocast(batch.inputs.device.type, torch.bfloat16):
        logits = network(batch.inputs, batch.positions_mm)
    found = logits.float().sigmoid() > threshold
    spacing = batch.positions_mm[:, 1] - batch.positions_mm[:, 0]
    pixel_ml = (field_mm / batch.truth.shape[-1]) ** 2 * spacing / 1000

    def ml(mask: torch.Tensor) -> torch.Tensor:
        return mask.flatten(1).sum(1) * pixel_ml

    columns = []
    for index, label in enumerate((ACUTE, OLD, HAEMORRHAGE)):
        seen, truth = found[:, :, index], batch.truth == label
        columns += (
            [ml(seen), ml(truth), ml(seen & truth)] if label == ACUTE else [ml(truth), ml(seen), ml(seen & truth)]
        )
    return torch.stack([*columns, ml(found[:, :, 0] & (batch.truth == OLD))], 1)

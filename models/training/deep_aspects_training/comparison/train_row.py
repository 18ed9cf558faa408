"""Trains one network of the comparison on the pool; a run that was stopped goes on where it was."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ..config import Stage
from ..losses import probabilities, total_loss
from ..network import build_network, core_of
from ..optimisation import autocast, learning_rate, pick_device, take_step
from ..training_run import TrainingRun
from .pool import Pool, network_input
from .recipe import Recipe, Row

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SAVE_SECONDS = 60


class RowTraining(TrainingRun):
    """The order of slices, acquisitions and mirrorings depends on the seed alone: every architecture sees the same."""

    def __init__(self, recipe: Recipe, row: Row, pool: Pool, folder: Path):
        device = pick_device(recipe.device)
        super().__init__(folder / row.name, device, recipe.threads, row.seed, recipe.average_decay)
        self.recipe, self.row, self.pool = recipe, row, pool
        self.schedule = Stage(pool.settings.size, recipe.steps[row.task], recipe.batch, recipe.lr)
        self.train_on(build_network(row.task, recipe.network(row.architecture)))
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=recipe.lr[0], weight_decay=recipe.weight_decay)
        if self.has_checkpoint:
            self.resume()

    def description(self) -> dict[str, Any]:
        return self.recipe.describe(self.row)

    def run(self, until: int | None = None) -> None:
        """To the recipe's last step, or to step `until`."""
        last = self.schedule.steps if until is None else until
        self.network.train()
        started, losses = time.process_time(), []
        saved_at = time.monotonic()
        while self.total_steps < last:
            losses.append(self._train_step())
            self.total_steps += 1
            if self.total_steps % 50 == 0 or self.total_steps == last:
                self.seconds += time.process_time() - started
                started = time.process_time()
                print(
                    f"{self.row.name}: step {self.total_steps}, loss {sum(losses) / len(losses):.4f}, "
                    f"{self.seconds:.0f} s of processor",
                    flush=True,
                )
                losses = []
            if time.monotonic() - saved_at > SAVE_SECONDS:
                self.save()
                saved_at = time.monotonic()
        self.save()

    def _batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        random = np.random.default_rng([self.row.seed, self.total_steps])
        count = self.recipe.batch
        chosen = random.integers(self.pool.training_slices, size=count)
        versions = random.integers(self.pool.settings.acquisitions, size=count)
        mirrored = torch.from_numpy(random.random(count) < 0.5).to(self.device)
        planes = torch.from_numpy(self.pool.planes[chosen, versions]).to(self.device).float() / 255
        labels = self.pool.anatomy if self.row.task == "anatomy" else self.pool.infarct
        target = torch.from_numpy(labels[chosen]).to(self.device)
        planes = torch.where(mirrored[:, None, None, None], planes.flip(-1), planes)
        return network_input(planes, self.row.task), torch.where(mirrored[:, None, None], target.flip(-1), target)

    def _train_step(self) -> float:
        images, target = self._batch()
        with autocast(self.recipe.precision, self.device):
            logits = core_of(self.network)(images.contiguous(memory_format=torch.channels_last))
        loss = total_loss(logits.float(), target, self.recipe.losses[self.row.task])
        rate = learning_rate(
            self.schedule, self.total_steps, self.recipe.warmup, self.total_steps / max(1, self.schedule.steps)
        )
        return take_step(loss, rate, self.network, self.optimizer, self.average)


@torch.no_grad()
def choose_threshold(network: nn.Module, pool: Pool) -> tuple[float, float]:
    """Infarct threshold with the best Dice over all pixels of the validation slices, those without infarct among
    them; and that Dice."""
    counts = np.zeros((len(THRESHOLDS), 3))
    device = next(network.parameters()).device
    for start in range(pool.training_slices, pool.settings.slices, 20):
        chosen = slice(start, min(start + 20, pool.settings.slices))
        planes = torch.from_numpy(np.array(pool.planes[chosen, 0])).to(device).float() / 255
        truth = torch.from_numpy(np.array(pool.infarct[chosen])).to(device) > 0
        found = probabilities(core_of(network)(network_input(planes, "infarct")))[:, 0]
        for row, threshold in zip(counts, THRESHOLDS):
            mask = found >= threshold
            row += (int((mask & truth).sum()), int(mask.sum()), int(truth.sum()))
    dice = 2 * counts[:, 0] / np.maximum(1, counts[:, 1] + counts[:, 2])
    best = int(dice.argmax())
    return THRESHOLDS[best], float(dice[best])


def train_row(recipe: Recipe, row: Row, pool: Pool, folder: Path) -> Path:
    """Returns the checkpoint, in the form of `deep_aspects_training.train`."""
    training = RowTraining(recipe, row, pool, folder)
    training.run()
    return training.folder / "checkpoint.pt"

"""Trains one network of the comparison on the pool; a run that was stopped goes on where it was."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..architectures import AtReducedResolution
from ..losses import probabilities, total_loss
from ..network import build_network
from ..optimisation import autocast, channels_last, pick_device, resume_average, running_average, take_step
from ..run_files import save_checkpoint
from .pool import Pool, network_input
from .recipe import Recipe, Row

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SAVE_SECONDS = 60


def _core(network: nn.Module) -> nn.Module:
    """The pool has the resolution at which the network works inside."""
    return network.core if isinstance(network, AtReducedResolution) else network


class RowTraining:
    """The order of slices, acquisitions and mirrorings depends on the seed alone: every architecture sees the same."""

    def __init__(self, recipe: Recipe, row: Row, pool: Pool, folder: Path):
        self.recipe, self.row, self.pool = recipe, row, pool
        self.checkpoint = folder / row.name / "checkpoint.pt"
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        if recipe.threads:
            torch.set_num_threads(recipe.threads)
        torch.manual_seed(row.seed)
        self.device = pick_device(recipe.device)
        settings = recipe.network(row.architecture)
        self.network = channels_last(build_network(row.task, settings), self.device)
        self.average = running_average(self.network, recipe.average_decay)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=recipe.lr[0], weight_decay=recipe.weight_decay)
        self.step, self.seconds = 0, 0.0
        if self.checkpoint.exists():
            self._load()

    def _load(self) -> None:
        saved = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.network.load_state_dict(saved["network"])
        resume_average(self.average, saved)
        self.optimizer.load_state_dict(saved["optimizer"])
        self.step, self.seconds = saved["total_steps"], saved["seconds"]

    def save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "average": self.average.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "total_steps": self.step,
            "seconds": self.seconds,
            "config": json.dumps(self.recipe.describe(self.row)),
        }
        save_checkpoint(state, self.checkpoint)

    def run(self, until: int | None = None) -> None:
        """To the recipe's last step, or to step `until`."""
        last = self.recipe.steps[self.row.task] if until is None else until
        self.network.train()
        started, losses = time.process_time(), []
        saved_at = time.monotonic()
        while self.step < last:
            losses.append(self._train_step())
            self.step += 1
            if self.step % 50 == 0 or self.step == last:
                self.seconds += time.process_time() - started
                started = time.process_time()
                print(
                    f"{self.row.name}: step {self.step}, loss {sum(losses) / len(losses):.4f}, "
                    f"{self.seconds:.0f} s of processor",
                    flush=True,
                )
                losses = []
            if time.monotonic() - saved_at > SAVE_SECONDS:
                self.save()
                saved_at = time.monotonic()
        self.save()

    def _rate(self) -> float:
        first, last = self.recipe.lr
        rate = last + (first - last) * 0.5 * (1 + math.cos(math.pi * self.step / self.recipe.steps[self.row.task]))
        return rate * min(1.0, (self.step + 1) / self.recipe.warmup)

    def _batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        random = np.random.default_rng([self.row.seed, self.step])
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
            logits = _core(self.network)(images.contiguous(memory_format=torch.channels_last))
        loss = total_loss(logits.float(), target, self.recipe.losses[self.row.task])
        return take_step(loss, self._rate(), self.network, self.optimizer, self.average)


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
        found = probabilities(_core(network)(network_input(planes, "infarct")))[:, 0]
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
    return training.checkpoint

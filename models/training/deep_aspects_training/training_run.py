"""What every training run holds, and its checkpoint."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Generic

import torch
from torch import distributed, nn

from .batches import Batch
from .config import Stage, TrainConfig
from .network import architecture_of, count_parameters
from .optimisation import (
    RANK_SEEDS,
    channels_last,
    draw_curve,
    learning_rate,
    pick_device,
    resume_average,
    running_average,
    share_state,
)
from .run_files import BEST, CHECKPOINT, append_row, save_checkpoint
from .silence import refuse_silent_blocks


class TrainingRun:
    """Network, running average of its weights and optimizer, and where the run stands: steps taken, seconds."""

    network: nn.Module
    optimizer: torch.optim.Optimizer

    def __init__(self, folder: Path, device: torch.device, threads: int, seed: int, average_decay: float):
        if threads:
            torch.set_num_threads(threads)
        torch.manual_seed(seed)
        self.folder, self.device, self.average_decay = folder, device, average_decay
        self.total_steps, self.seconds = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)

    def train_on(self, network: nn.Module) -> None:
        """Place the network on the run's device; its average begins anew."""
        self.network = channels_last(network, self.device)
        self.restart_average()

    def restart_average(self) -> None:
        self.average = running_average(self.network, self.average_decay)

    @property
    def has_checkpoint(self) -> bool:
        return (self.folder / CHECKPOINT).exists()

    def progress(self) -> dict[str, int | float]:
        """Attributes that say where the run stands."""
        return {"total_steps": self.total_steps, "seconds": self.seconds}

    def description(self) -> dict[str, Any]:
        """The configuration, as a checkpoint keeps it."""
        raise NotImplementedError

    def save(self, name: str = CHECKPOINT) -> None:
        state = {
            "network": self.network.state_dict(),
            "average": self.average.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "config": json.dumps(self.description()),
            **self.progress(),
        }
        save_checkpoint(state, self.folder / name)

    def resume(self) -> None:
        """Go on from the checkpoint."""
        saved = torch.load(self.folder / CHECKPOINT, map_location=self.device, weights_only=True)
        self.network.load_state_dict(saved["network"])
        resume_average(self.average, saved)
        self.optimizer.load_state_dict(saved["optimizer"])
        for name in self.progress():
            setattr(self, name, saved[name])


class StagedRun(TrainingRun, Generic[Batch]):
    """A run through the stages of a configuration. It keeps the average that was best on `validation` so far, by Dice,
    in best.pt.

    rank: number of this process among those that share the run; the first one alone writes files and validates, and
    the others wait for it at the next step, where all need each other's gradients.
    """

    #: Columns of log.csv that are drawn at the end.
    curve: tuple[str, ...] = ("loss",)

    def __init__(self, config: TrainConfig, rank: int = 0):
        device = pick_device(config.device, rank)
        super().__init__(config.folder, device, config.threads, config.seed, config.average_decay)
        # Every batch has the same shape; a generator in this process would have others.
        torch.backends.cudnn.benchmark = config.generators > 0
        self.config, self.rank = config, rank
        self.stage, self.step = 0, 0
        self.best = -1.0
        #: Batches that no step sees; none on other ranks than the first.
        self.validation: list[Batch] = []
        self.began = time.monotonic()

    def done(self, stage: Stage) -> float:
        """Share of a stage that is over."""
        share = self.step / max(1, stage.steps)
        if stage.minutes:
            share = max(share, (time.monotonic() - self.began) / (60 * stage.minutes))
            if self.config.processes > 1:
                # By the first one's clock: a process that takes a step alone would wait for ever.
                shared = torch.tensor(share)
                distributed.broadcast(shared, 0)
                share = float(shared)
        return min(1.0, share)

    def progress(self) -> dict[str, int | float]:
        return {**super().progress(), "stage": self.stage, "step": self.step, "best": self.best}

    def description(self) -> dict[str, Any]:
        return self.config.as_dict()

    def save(self, name: str = CHECKPOINT) -> None:
        if self.rank == 0:
            super().save(name)

    def resume(self) -> None:
        super().resume()
        best = self.folder / BEST
        if best.exists():
            # It may be newer than the checkpoint.
            self.best = torch.load(best, map_location="cpu", weights_only=True)["best"]
        print(f"resume at stage {self.stage}, step {self.step}", flush=True)

    @property
    def data_seed(self) -> int:
        """A resumed run continues with slices that it has not seen yet."""
        return self.config.seed * 1_000_003 + self.total_steps + self.rank * RANK_SEEDS

    def start_average(self) -> None:
        """Go on from the weights and statistics that the first process's network has now, after all were measured."""
        if self.config.processes > 1:
            share_state(self.network)
        self.restart_average()

    def run(self) -> None:
        millions = count_parameters(self.network) / 1e6
        print(f"{self.config.task}: {millions:.2f} M parameters on {self.device}", flush=True)
        if self.rank == 0 and not self.validation:
            print(f"nothing is held back: no {BEST} is kept", flush=True)
        while self.stage < len(self.config.stages):
            self.began = time.monotonic()
            stage = self.config.stages[self.stage]
            with self.batches(stage) as following:
                self.begin(stage, following)
                self._take_steps(stage, following)
            self.stage, self.step = self.stage + 1, 0
            self.save()
        if self.rank == 0:
            draw_curve(self.folder / "log.csv", self.folder / "curve.png", self.curve)

    def _take_steps(self, stage: Stage, following: Callable[[], Batch]) -> None:
        """From `step` to the end of the stage."""
        if self.total_steps == 0 and self.validation:
            self.validate([])
        saved_at, started, recent = time.monotonic(), time.monotonic(), []
        done = self.done(stage)
        while done < 1:
            batch = following()
            rate = learning_rate(stage, self.step, self.config.warmup_steps, done)
            recent.append(self.train_step(stage, batch, rate))
            self.step += 1
            self.total_steps += 1
            done = self.done(stage)
            if self.step % self.config.log_every == 0:
                now = time.monotonic()
                self._log(stage, recent, now - started)
                started, recent = now, []
            if self.total_steps % self.config.validate_every == 0 or done >= 1:
                paused = time.monotonic()
                self.validate([batch])
                started += time.monotonic() - paused
            if time.monotonic() - saved_at > 60 * self.config.checkpoint_minutes:
                self.save()
                saved_at = time.monotonic()

    def _log(self, stage: Stage, recent: list[dict[str, float]], seconds: float) -> None:
        self.seconds += seconds
        if self.rank:
            return
        means = {name: round(sum(values[name] for values in recent) / len(recent), 4) for name in recent[0]}
        slices = self.slices_of(stage) * self.config.processes * len(recent)
        row: dict[str, int | float] = {"step": self.total_steps, "stage": self.stage, "size": stage.size, **means}
        row |= {"slices_per_s": round(slices / seconds, 1), "seconds": round(self.seconds, 1)}
        append_row(self.folder / "log.csv", row)
        print(_told(row), flush=True)

    def validate(self, newest: list[Batch]) -> None:
        """A line of validation.csv, and best.pt where the average has become better. newest: shown in place of
        batches that are held back, to see at least that no block of the network has died (else RuntimeError)."""
        with refuse_silent_blocks(architecture_of(self.average.module)):
            figures = self.figures(self.validation or newest)
        if not self.validation:
            return
        row = {"step": self.total_steps, **figures}
        append_row(self.folder / "validation.csv", row)
        better = figures["dice"] > self.best
        print(f"validation: {_told(row)}{', the best so far' if better else ''}", flush=True)
        if better:
            self.best = figures["dice"]
            self.save(BEST)

    def batches(self, stage: Stage) -> AbstractContextManager[Callable[[], Batch]]:
        """Gives the function that returns a stage's next batch."""
        raise NotImplementedError

    def begin(self, stage: Stage, following: Callable[[], Batch]) -> None:
        """Make the network ready for a stage."""
        raise NotImplementedError

    def train_step(self, stage: Stage, batch: Batch, rate: float) -> dict[str, float]:
        """One step of the optimizer; returns the columns that log.csv has of it, `loss` among them."""
        raise NotImplementedError

    def figures(self, batches: list[Batch]) -> dict[str, float]:
        """Of the average on some batches, `dice` among them."""
        raise NotImplementedError

    def slices_of(self, stage: Stage) -> int:
        """Of a batch."""
        raise NotImplementedError


def _told(row: dict[str, int | float]) -> str:
    return " ".join(f"{name} {value}" for name, value in row.items())

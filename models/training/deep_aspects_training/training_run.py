"""What every training run holds, and its checkpoint."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .config import Stage, TrainConfig
from .network import count_parameters
from .optimisation import (
    RANK_SEEDS,
    channels_last,
    draw_curve,
    learning_rate,
    pick_device,
    resume_average,
    running_average,
)
from .run_files import save_checkpoint


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
        return (self.folder / "checkpoint.pt").exists()

    def progress(self) -> dict[str, int | float]:
        """Attributes that say where the run stands."""
        return {"total_steps": self.total_steps, "seconds": self.seconds}

    def description(self) -> dict[str, Any]:
        """The configuration, as a checkpoint keeps it."""
        raise NotImplementedError

    def save(self, name: str = "checkpoint.pt") -> None:
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
        saved = torch.load(self.folder / "checkpoint.pt", map_location=self.device, weights_only=True)
        self.network.load_state_dict(saved["network"])
        resume_average(self.average, saved)
        self.optimizer.load_state_dict(saved["optimizer"])
        for name in self.progress():
            setattr(self, name, saved[name])


class StagedRun(TrainingRun):
    """A run through the stages of a configuration.

    rank: number of this process among those that share the run; the first one alone writes files.
    """

    #: Columns of log.csv that are drawn at the end.
    curve: tuple[str, ...] = ("loss",)

    def __init__(self, config: TrainConfig, rank: int = 0):
        device = pick_device(config.device, rank)
        super().__init__(config.folder, device, config.threads, config.seed, config.average_decay)
        self.config, self.rank = config, rank
        self.stage, self.step = 0, 0
        self.began = time.monotonic()

    def done(self, stage: Stage) -> float:
        """Share of a stage that is over."""
        share = self.step / max(1, stage.steps)
        if stage.minutes:
            share = max(share, (time.monotonic() - self.began) / (60 * stage.minutes))
        return min(1.0, share)

    def progress(self) -> dict[str, int | float]:
        return {**super().progress(), "stage": self.stage, "step": self.step}

    def description(self) -> dict[str, Any]:
        return self.config.as_dict()

    def save(self, name: str = "checkpoint.pt") -> None:
        if self.rank == 0:
            super().save(name)

    def resume(self) -> None:
        super().resume()
        print(f"resume at stage {self.stage}, step {self.step}", flush=True)

    @property
    def data_seed(self) -> int:
        """A resumed run continues with slices that it has not seen yet."""
        return self.config.seed * 1_000_003 + self.total_steps + self.rank * RANK_SEEDS

    def rate(self, stage: Stage) -> float:
        return learning_rate(stage, self.step, self.config.warmup_steps, self.done(stage))

    def run(self) -> None:
        millions = count_parameters(self.network) / 1e6
        print(f"{self.config.task}: {millions:.2f} M parameters on {self.device}", flush=True)
        while self.stage < len(self.config.stages):
            self.began = time.monotonic()
            self.run_stage(self.config.stages[self.stage])
            self.stage, self.step = self.stage + 1, 0
            self.save()
        if self.rank == 0:
            draw_curve(self.folder / "log.csv", self.folder / "curve.png", self.curve)

    def run_stage(self, stage: Stage) -> None:
        """Train from `step` to the end of the stage."""
        raise NotImplementedError

"""Training of the infarct network that sees the stack (`architecture: stack_unet`); resumes where it stopped."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from .architectures import AtReducedResolution
from .config import Stage, TrainConfig
from .generator.stacks import StackSettings
from .losses import stack_loss
from .network import architecture_of, become_stack_network, build_network, build_stack_network, count_parameters
from .onnx_weights import MEASURED_BATCHES, load_onnx_weights, measure_batch_norms
from .optimisation import (
    RANK_SEEDS,
    autocast,
    channels_last,
    check_start,
    draw_curve,
    learning_rate,
    make_optimizer,
    pick_device,
    resume_average,
    running_average,
    share_state,
    take_step,
)
from .run_files import append_row, save_checkpoint
from .stack_source import StackBatch, StackSource
from .stack_validation import COLUMNS, measure, read_or_make


class StackTrainer:
    """One run: the network, its running average, the optimizer, where the run stands, and the best average so far on
    the validation stacks.

    rank: number of this process among those that share the run; the first one alone writes files and measures.
    """

    def __init__(self, config: TrainConfig, rank: int = 0):
        self.config, self.rank = config, rank
        if config.threads:
            torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.device = pick_device(config.device)
        self.network = build_stack_network(config.network)
        self.single: nn.Module | None = None
        self.stage, self.step, self.total_steps, self.seconds, self.best = 0, 0, 0, 0.0, -1.0
        config.folder.mkdir(parents=True, exist_ok=True)
        self.checkpoint_path = config.folder / "checkpoint.pt"
        resumed = self.checkpoint_path.exists()
        if config.start_from and not resumed:
            check_start(config)
            self._start_from(config.start_from)
        self.network = channels_last(self.network, self.device)
        self._follow()
        self.optimizer = make_optimizer(config, self.network)
        if resumed:
            self._load()
        self.validation: list[StackBatch] = []
        if config.validation_anatomies and rank == 0:
            self.validation = read_or_make(config, self.settings(config.stages[0]), config.folder / "validation.npz")

    def _follow(self) -> None:
        self.average = running_average(self.network, self.config.average_decay)

    def _start_from(self, path: str) -> None:
        if path.endswith(".onnx"):
            self.single = build_network("infarct", replace(self.config.network, architecture="unet"))
            load_onnx_weights(path, architecture_of(self.single))
            become_stack_network(self.network, self.single)
        else:
            self.network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])

    def settings(self, stage: Stage) -> StackSettings:
        return replace(self.config.stacks, size=stage.size)

    def _load(self) -> None:
        saved = torch.load(self.checkpoint_path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(saved["network"])
        resume_average(self.average, saved)
        self.optimizer.load_state_dict(saved["optimizer"])
        self.stage, self.step, self.best = saved["stage"], saved["step"], saved["best"]
        self.total_steps, self.seconds = saved["total_steps"], saved["seconds"]
        print(f"resume at stage {self.stage}, step {self.step}", flush=True)

    def save(self, name: str = "checkpoint.pt") -> None:
        if self.rank:
            return
        state: dict[str, Any] = {
            "network": self.network.state_dict(),
            "average": self.average.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "stage": self.stage,
            "step": self.step,
            "total_steps": self.total_steps,
            "seconds": self.seconds,
            "best": self.best,
            "config": json.dumps(self.config.as_dict()),
        }
        save_checkpoint(state, self.config.folder / name)

    def run(self) -> None:
        print(f"infarct: {count_parameters(self.network) / 1e6:.2f} M parameters on {self.device}", flush=True)
        while self.stage < len(self.config.stages):
            self._run_stage(self.config.stages[self.stage])
            self.stage, self.step = self.stage + 1, 0
            self.save()
        if self.rank == 0:
            draw_curve(self.config.folder / "log.csv", self.config.folder / "curve.png", ("loss", "slices_per_s"))

    def _run_stage(self, stage: Stage) -> None:
        # A resumed run continues with stacks that it has not seen yet.
        seed = self.config.seed * 1_000_003 + self.total_steps + self.rank * RANK_SEEDS
        source = StackSource(self.config, self.settings(stage), stage.batch, seed, self.device)
        try:
            if self.single is not None:
                self._measure_batch_norms(source, self.single)
            self._steps(stage, source)
        finally:
            source.close()

    def _measure_batch_norms(self, source: StackSource, single: nn.Module) -> None:
        """A model.onnx has lost its batch norms' statistics: take them from the run's first stacks, slice by slice."""
        single.to(self.device)
        inner = single.core if isinstance(single, AtReducedResolution) else single
        measure_batch_norms(inner, [source.next().inputs.flatten(0, 1) for _ in range(MEASURED_BATCHES)])
        become_stack_network(self.network, single)
        if self.config.processes > 1:
            share_state(self.network)
        self._follow()
        self.single = None

    def _set_training(self) -> None:
        self.network.train()
        encoder: Any = self.network.encoder
        count = self.config.frozen_stages
        for module in [encoder._conv_stem, encoder._bn0, *encoder._blocks[:count]] if count else []:
            module.eval().requires_grad_(False)

    def _steps(self, stage: Stage, source: StackSource) -> None:
        self._set_training()
        saved_at, started, recent = time.monotonic(), time.monotonic(), []
        while self.step < stage.steps:
            if self.total_steps % self.config.validate_every == 0:
                self._validate()
                started = time.monotonic()
            recent.append(self._train_step(source, learning_rate(stage, self.step, self.config.warmup_steps)))
            self.step += 1
            self.total_steps += 1
            if self.step % self.config.log_every == 0:
                now = time.monotonic()
                self.seconds += now - started
                self._log(stage, sum(recent) / len(recent), self._slices(stage) * len(recent) / (now - started))
                started, recent = now, []
            if time.monotonic() - saved_at > 60 * self.config.checkpoint_minutes:
                self.save()
                saved_at = time.monotonic()

    def _train_step(self, source: StackSource, rate: float) -> float:
        batch = source.next()
        with autocast(self.config.precision, self.device):
            logits = self.network(batch.inputs, batch.positions_mm)
        loss = stack_loss(logits.float(), batch.truth, self.config.loss)
        return take_step(loss, rate, self.network, self.optimizer, self.average, self.config.processes)

    def _slices(self, stage: Stage) -> int:
        """Of a step, of all processes."""
        return stage.batch * self.config.stacks.slices * self.config.processes

    def _log(self, stage: Stage, loss: float, slices_per_second: float) -> None:
        if self.rank:
            return
        row = {
            "step": self.total_steps,
            "stage": self.stage,
            "loss": round(loss, 4),
            "slices_per_s": round(slices_per_second, 1),
        }
        row["seconds"] = round(self.seconds, 1)
        append_row(self.config.folder / "log.csv", row)
        print(" ".join(f"{name} {value}" for name, value in row.items()), flush=True)

    def _validate(self) -> None:
        """Figures of the average on the validation stacks, a line of validation.csv; the best so far by Dice is kept
        in best.pt."""
        if not self.validation:
            return
        # The copy of a StackUNet, which the annotations of AveragedModel do not say.
        network: Any = self.average.module
        figures = measure(network.eval(), self.validation, self.device)
        row = {"step": self.total_steps, **{name: figures[name] for name in COLUMNS}}
        append_row(self.config.folder / "validation.csv", row)
        print("validation: " + " ".join(f"{name} {value}" for name, value in row.items()), flush=True)
        if self.total_steps and figures["dice"] > self.best:
            self.best = figures["dice"]
            self.save("best.pt")

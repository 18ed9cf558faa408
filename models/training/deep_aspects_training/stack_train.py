"""Training of the infarct network that sees the stack (`architecture: stack_unet`); resumes where it stopped."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from .architectures import StackUNet, sees_stack
from .config import Stage, TrainConfig
from .generator.stacks import StackSettings
from .losses import stack_loss
from .network import architecture_of, become_stack_network, build_network, build_stack_network, copy_weights, core_of
from .onnx_weights import MEASURED_BATCHES, load_onnx_weights, measure_batch_norms
from .optimisation import autocast, check_start, make_optimizer, share_state, take_step
from .run_files import append_row
from .silence import refuse_silent_blocks
from .stack_source import StackBatch, StackSource
from .stack_validation import COLUMNS, measure, read_or_make
from .training_run import StagedRun


class StackTrainer(StagedRun):
    """Trains the network on stacks, and keeps the best average so far on the validation stacks."""

    curve = ("loss", "slices_per_s")

    def __init__(self, config: TrainConfig, rank: int = 0):
        super().__init__(config, rank)
        network = build_stack_network(config.network)
        self.single: nn.Module | None = None
        self.best = -1.0
        if config.start_from and not self.has_checkpoint:
            check_start(config)
            self._start_from(config.start_from, network)
        self.train_on(network)
        # Every batch has the same shape; a generator in this process would have others.
        torch.backends.cudnn.benchmark = config.generators > 0
        self.optimizer = make_optimizer(config, self.network)
        if self.has_checkpoint:
            self.resume()
        self.validation: list[StackBatch] = []
        if config.validation_anatomies and rank == 0:
            self.validation = read_or_make(config, self.settings(config.stages[0]), config.folder / "validation.npz")

    def progress(self) -> dict[str, int | float]:
        return {**super().progress(), "best": self.best}

    def _start_from(self, path: str, network: StackUNet) -> None:
        if path.endswith(".onnx"):
            self.single = build_network("infarct", replace(self.config.network, architecture="unet"))
            load_onnx_weights(path, architecture_of(self.single))
            become_stack_network(network, self.single)
        else:
            saved = torch.load(path, map_location="cpu", weights_only=True)
            if not sees_stack(json.loads(saved["config"])["network"].get("architecture", "unet")):
                # The anatomy network's, say: it has another last layer, and no exchange.
                copy_weights(network, saved["average"], with_head=False)
                return
            fresh = network.state_dict()
            network.load_state_dict(
                {
                    name: fresh[name] if name.startswith(self.config.fresh) else value
                    for name, value in saved["average"].items()
                }
            )

    def settings(self, stage: Stage) -> StackSettings:
        return replace(self.config.stacks, size=stage.size)

    def run_stage(self, stage: Stage) -> None:
        source = StackSource(self.config, self.settings(stage), stage.batch, self.data_seed, self.device)
        try:
            if self.single is not None:
                self._measure_batch_norms(source, self.single)
            self._steps(stage, source)
        finally:
            source.close()

    def _measure_batch_norms(self, source: StackSource, single: nn.Module) -> None:
        """A model.onnx has lost its batch norms' statistics: take them from the run's first stacks, slice by slice."""
        single.to(self.device)
        measure_batch_norms(core_of(single), [source.next().inputs.flatten(0, 1) for _ in range(MEASURED_BATCHES)])
        assert isinstance(self.network, StackUNet)
        become_stack_network(self.network, single)
        if self.config.processes > 1:
            share_state(self.network)
        self.restart_average()
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
        while self.done(stage) < 1:
            if self.total_steps % self.config.validate_every == 0:
                self._validate()
                started = time.monotonic()
            recent.append(self._train_step(source, self.rate(stage)))
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
        with refuse_silent_blocks(network):
            figures = measure(network.eval(), self.validation, self.device)
        row = {"step": self.total_steps, **{name: figures[name] for name in COLUMNS}}
        append_row(self.config.folder / "validation.csv", row)
        print("validation: " + " ".join(f"{name} {value}" for name, value in row.items()), flush=True)
        if self.total_steps and figures["dice"] > self.best:
            self.best = figures["dice"]
            self.save("best.pt")

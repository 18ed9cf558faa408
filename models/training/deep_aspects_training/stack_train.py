"""Training of the infarct network that sees the stack (`architecture: stack_unet`); resumes where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .architectures import StackUNet, sees_stack
from .batches import made_ahead
from .config import Stage, TrainConfig
from .generator.stacks import StackSettings
from .losses import stack_loss
from .network import architecture_of, become_stack_network, build_network, build_stack_network, copy_weights, core_of
from .onnx_weights import MEASURED_BATCHES, load_onnx_weights, load_stack_weights, measure_batch_norms, reads_features
from .optimisation import autocast, check_start, make_optimizer, take_step
from .stack_source import StackBatch, open_stacks
from .stack_validation import measure, read_or_make
from .training_run import StagedRun


class StackTrainer(StagedRun[StackBatch]):
    """Trains the network on stacks."""

    curve = ("loss", "slices_per_s")

    def __init__(self, config: TrainConfig, rank: int = 0):
        super().__init__(config, rank)
        network = build_stack_network(config.network)
        #: This network, or one of single slices that it is to become, while its batch norms lack statistics.
        self.folded: nn.Module | None = None
        if config.start_from and not self.has_checkpoint:
            check_start(config)
            self._start_from(config.start_from, network)
        self.train_on(network)
        self.optimizer = make_optimizer(config, self.network)
        if self.has_checkpoint:
            self.resume()
        if config.validation_anatomies and rank == 0:
            self.validation = read_or_make(config, self.settings(config.stages[0]), config.folder / "validation.npz")

    def _start_from(self, path: str, network: StackUNet) -> None:
        if path.endswith(".onnx") and reads_features(path):
            load_stack_weights(Path(path).parent, network)
            self.folded = network
        elif path.endswith(".onnx"):
            self.folded = build_network("infarct", replace(self.config.network, architecture="unet"))
            load_onnx_weights(path, architecture_of(self.folded))
            become_stack_network(network, self.folded)
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

    def batches(self, stage: Stage) -> AbstractContextManager[Callable[[], StackBatch]]:
        make = partial(open_stacks, self.config, self.settings(stage), stage.batch, self.device)
        return made_ahead(make, self.data_seed, self.config.generators, self.device)

    def begin(self, stage: Stage, following: Callable[[], StackBatch]) -> None:
        if self.folded is not None:
            self._measure_batch_norms(following, self.folded)
            self.start_average()
            self.folded = None
        self.network.train()
        encoder: Any = self.network.encoder
        count = self.config.frozen_stages
        for module in [encoder._conv_stem, encoder._bn0, *encoder._blocks[:count]] if count else []:
            module.eval().requires_grad_(False)

    def _measure_batch_norms(self, following: Callable[[], StackBatch], folded: nn.Module) -> None:
        """A model.onnx has lost its batch norms' statistics: take them from the run's first stacks."""
        folded.to(self.device)
        stacks = [following() for _ in range(MEASURED_BATCHES)]
        if isinstance(folded, StackUNet):
            measure_batch_norms(folded, [(stack.inputs.float(), stack.positions_mm) for stack in stacks])
            return
        measure_batch_norms(core_of(folded), [(stack.inputs.float().flatten(0, 1),) for stack in stacks])
        assert isinstance(self.network, StackUNet)
        become_stack_network(self.network, folded)

    def train_step(self, stage: Stage, batch: StackBatch, rate: float) -> dict[str, float]:
        with autocast(self.config.precision, self.device):
            logits = self.network(batch.inputs.float(), batch.positions_mm)
        loss = stack_loss(logits.float(), batch.truth, self.config.loss)
        taken = take_step(loss, rate, self.network, self.optimizer, self.average, self.config.processes)
        return {"loss": taken}

    def figures(self, batches: list[StackBatch]) -> dict[str, float]:
        # The copy of a StackUNet, which the annotations of AveragedModel do not say.
        network: Any = self.average.module
        return measure(network, batches, self.device)

    def slices_of(self, stage: Stage) -> int:
        return stage.batch * self.config.stacks.slices

"""`python -m deep_aspects_training.train --config FILE`: train one network on simulated slices or a site's own;
resumes where it stopped."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import distributed, multiprocessing, nn

from .architectures import sees_stack
from .atlas_volumes import load_atlas_once
from .config import Stage, TrainConfig, load_config
from .generator.shapes import load_shapes
from .generator.slices import SliceGenerator
from .generator.stream import SliceStream
from .labels import REGION_IDS, is_region
from .losses import probabilities, total_loss
from .network import architecture_of, build_network, copy_weights, core_of
from .onnx_weights import MEASURED_BATCHES, load_onnx_weights, measure_batch_norms, task_of_file
from .optimisation import autocast, check_start, make_optimizer, share_state, take_step
from .run_files import append_row
from .silence import refuse_silent_blocks
from .sources import (
    FolderSource,
    MixedSource,
    PreparedArrays,
    SimulatedSource,
    Source,
    add_other_brain,
    read_prepared,
    split_patients,
)
from .stack_train import StackTrainer
from .training_run import StagedRun

#: Slices up to this size have the resolution of a network of reduction 2.
REDUCED_SIZE = 112


class Trainer(StagedRun):
    """Trains one network on slices."""

    curve = ("loss", "dice")

    def __init__(self, config: TrainConfig, rank: int = 0):
        super().__init__(config, rank)
        network = build_network(config.task, config.network)
        if config.start_from:
            check_start(config)
            print(
                f"start from {config.start_from}: {start_from(config.start_from, network, config.task)} tensors",
                flush=True,
            )
        self.train_on(network)
        self.optimizer = make_optimizer(config, self.network)
        self.atlas = load_atlas_once(config.atlas, config.anatomies).to(self.device) if config.atlas else None
        self.shapes = load_shapes(config.shapes, "train").to(self.device) if config.shapes else None
        self.cases: list[PreparedArrays] = []
        self.held_back: list[PreparedArrays] = []
        if config.data:
            self.cases, self.held_back = split_patients(
                read_prepared(config.data, config.task), config.validation_share
            )
            print(f"{len(self.cases)} cases to train on, {len(self.held_back)} held back", flush=True)
            if config.task == "anatomy":
                self.cases, self.held_back = (
                    add_other_brain(cases, self.average.module) for cases in (self.cases, self.held_back)
                )
        if self.has_checkpoint:
            self.resume()

    def _at(self, stage: Stage, network: nn.Module) -> nn.Module:
        """What of a network a stage trains: the inner one, where the stage's slices have its resolution already."""
        return core_of(network) if stage.size <= REDUCED_SIZE else network

    def train_step(
        self, network: nn.Module, inputs: torch.Tensor, target: torch.Tensor, rate: float
    ) -> tuple[float, float]:
        """One optimisation step of the network or its inner one; returns the loss and the Dice of what was found
        against the truth."""
        with autocast(self.config.precision, self.device):
            logits = network(inputs.contiguous(memory_format=torch.channels_last))
        logits = logits.float()
        loss = total_loss(logits, target, self.config.loss)
        taken = take_step(loss, rate, self.network, self.optimizer, self.average, self.config.processes)
        return taken, batch_dice(logits.detach(), target)

    def _set_training(self) -> None:
        self.network.train()
        if self.config.freeze_batch_norm:
            for module in self.network.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()

    def _source(self, stage: Stage) -> Source:
        config = self.config
        simulated = round(stage.batch * config.simulated_share) if config.data else stage.batch
        sources: list[Source] = []
        if simulated and self.atlas:
            settings = replace(config.slices, size=stage.size)
            generator = SliceGenerator(self.atlas, settings, self.data_seed, self.shapes)
            sources.append(SimulatedSource(SliceStream(generator, simulated, config.reuse), config.task))
        if stage.batch > simulated:
            sources.append(
                FolderSource(
                    self.cases,
                    config.task,
                    stage.size,
                    stage.batch - simulated,
                    config.slices.lesions.infarct,
                    self.data_seed,
                    self.device,
                )
            )
        return MixedSource(*sources) if len(sources) == 2 else sources[0]

    @torch.no_grad()
    def _refuse_silent_blocks(self, stage: Stage, source: Source) -> None:
        network = self._at(stage, self.average.module)
        with refuse_silent_blocks(architecture_of(network)):
            network(source.next()[0])

    @torch.no_grad()
    def _validate(self) -> None:
        """Dice of the averaged network over all slices of the patients held back, a line of validation.csv."""
        if not self.held_back or self.rank:
            return
        overlap, total = 0.0, 0.0
        for case in self.held_back:
            for start in range(0, len(case.labels), 8):
                inputs = torch.tensor(case.inputs[start : start + 8], device=self.device)
                truth = torch.tensor(case.labels[start : start + 8], device=self.device)
                logits = self.average(inputs)
                found = (logits[:, 0] > 0).to(torch.uint8) if logits.shape[1] == 1 else logits.argmax(1)
                inside, seen = is_region(truth), is_region(found)
                overlap += 2 * float((inside & seen & (found == truth)).sum())
                total += float(inside.sum() + seen.sum())
        dice = f"{overlap / max(total, 1):.4f}"
        append_row(
            self.config.folder / "validation.csv",
            {"step": self.total_steps, "cases": len(self.held_back), "dice": dice},
        )
        print(f"step {self.total_steps}: Dice {dice} on {len(self.held_back)} cases held back", flush=True)

    def run_stage(self, stage: Stage) -> None:
        self._set_training()
        source, network = self._source(stage), self._at(stage, self.network)
        if self.total_steps == 0 and self.config.start_from.endswith(".onnx") and not self.config.freeze_batch_norm:
            measure_batch_norms(network, [source.next()[0] for _ in range(MEASURED_BATCHES)])
            if self.config.processes > 1:
                share_state(self.network)
            self.restart_average()
        saved_at, started, recent = time.monotonic(), time.monotonic(), []
        while self.done(stage) < 1:
            recent.append(self.train_step(network, *source.next(), self.rate(stage)))
            self.step += 1
            self.total_steps += 1
            if self.step % self.config.log_every == 0:
                now = time.monotonic()
                self.seconds += now - started
                started = now
                self._log(stage, recent)
                recent = []
            if time.monotonic() - saved_at > 60 * self.config.checkpoint_minutes:
                self.save()
                self._refuse_silent_blocks(stage, source)
                saved_at = time.monotonic()
        self._refuse_silent_blocks(stage, source)
        self._validate()

    def _log(self, stage: Stage, recent: list[tuple[float, float]]) -> None:
        if self.rank:
            return
        loss = sum(r[0] for r in recent) / len(recent)
        dice = sum(r[1] for r in recent) / len(recent)
        place = {"step": self.total_steps, "stage": self.stage, "size": stage.size}
        append_row(
            self.config.folder / "log.csv",
            place | {"loss": round(loss, 4), "dice": round(dice, 4), "seconds": round(self.seconds, 1)},
        )
        print(
            f"step {self.total_steps} size {stage.size} loss {loss:.4f} dice {dice:.4f} {self.seconds:.0f} s",
            flush=True,
        )


def start_from(path: str, network: nn.Module, task: str) -> int:
    """Fill a new network from a checkpoint or a model.onnx, the last layer only from one of the same task."""
    if path.endswith(".onnx"):
        return load_onnx_weights(path, architecture_of(network), with_head=task_of_file(path) == task)
    saved = torch.load(path, map_location="cpu", weights_only=True)
    return copy_weights(network, saved["average"], with_head=json.loads(saved["config"])["task"] == task)


def batch_dice(logits: torch.Tensor, target: torch.Tensor) -> float:
    """Hard Dice of a batch: mean over the ASPECTS regions that occur, or the pooled infarct."""
    if logits.shape[1] == 1:
        found, truth = probabilities(logits)[:, 0] > 0.5, target > 0
        return float(2 * (found & truth).sum() / (found.sum() + truth.sum()).clamp(min=1))
    labels = logits.argmax(1)
    values = []
    for region in REGION_IDS:
        truth = target == region
        if truth.any():
            found = labels == region
            values.append(float(2 * (found & truth).sum() / (found.sum() + truth.sum())))
    return sum(values) / max(1, len(values))


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a network on simulated head CT.")
    parser.add_argument("--config", required=True, type=Path)
    args = parser.parse_args()
    run(load_config(args.config))


def run(config: TrainConfig) -> None:
    """Train, in as many processes as the configuration says."""
    if config.processes == 1:
        _trainer(config, 0).run()
        return
    with tempfile.TemporaryDirectory() as folder:
        multiprocessing.spawn(_run_rank, (config, f"file://{folder}/meeting"), nprocs=config.processes)


def _trainer(config: TrainConfig, rank: int) -> Trainer | StackTrainer:
    return (StackTrainer if sees_stack(config.network.architecture) else Trainer)(config, rank)


def _run_rank(rank: int, config: TrainConfig, meeting: str) -> None:
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=config.processes)
    _trainer(config, rank).run()
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()

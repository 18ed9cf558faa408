"""`python -m deep_aspects_training.train --config FILE`: train one network on simulated slices or a site's own;
resumes where it stopped."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import torch
from torch import distributed, multiprocessing, nn

from .architectures import sees_stack
from .batches import made_ahead, to_device
from .config import Stage, TrainConfig, load_config
from .labels import REGION_IDS, is_region
from .losses import probabilities, total_loss
from .network import architecture_of, build_network, copy_weights, core_of
from .onnx_weights import MEASURED_BATCHES, load_onnx_weights, measure_batch_norms, task_of_file
from .optimisation import autocast, check_start, make_optimizer, take_step
from .sources import (
    FolderSource,
    PreparedArrays,
    SliceBatch,
    add_other_brain,
    join_batches,
    open_simulated,
    read_prepared,
    simulated_validation,
    split_patients,
)
from .stack_train import StackTrainer
from .training_run import StagedRun

#: Slices up to this size have the resolution of a network of reduction 2.
REDUCED_SIZE = 112


class Trainer(StagedRun[SliceBatch]):
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
        self.cases: list[PreparedArrays] = []
        held_back: list[PreparedArrays] = []
        if config.data:
            self.cases, held_back = split_patients(read_prepared(config.data, config.task), config.validation_share)
            print(f"{len(self.cases)} cases to train on, {len(held_back)} held back", flush=True)
            if config.task == "anatomy":
                self.cases, held_back = (
                    add_other_brain(cases, self.average.module) for cases in (self.cases, held_back)
                )
        if rank == 0:
            self.validation = self._validation(held_back)
        if self.has_checkpoint:
            self.resume()

    def _validation(self, held_back: list[PreparedArrays]) -> list[SliceBatch]:
        """Slices of patients held back, or else simulated ones of the last stage's size."""
        if held_back or not self.config.validation_anatomies:
            return [batch for case in held_back for batch in case.batches()]
        return simulated_validation(self.config, self.config.stages[-1].size)

    @contextmanager
    def batches(self, stage: Stage) -> Iterator[Callable[[], SliceBatch]]:
        config, parts = self.config, []
        simulated = round(stage.batch * config.simulated_share) if config.data else stage.batch
        with ExitStack() as opened:
            if simulated:
                make = partial(open_simulated, config, stage.size, simulated, self.device)
                parts.append(opened.enter_context(made_ahead(make, self.data_seed, config.generators, self.device)))
            if stage.batch > simulated:
                own = stage.batch - simulated
                share = config.slices.lesions.infarct
                folder = FolderSource(self.cases, config.task, stage.size, own, share, self.data_seed, self.device)
                parts.append(folder.next)
            yield lambda: join_batches([following() for following in parts])

    def begin(self, stage: Stage, following: Callable[[], SliceBatch]) -> None:
        config = self.config
        self.network.train()
        if config.freeze_batch_norm:
            for module in self.network.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        elif self.total_steps == 0 and config.start_from.endswith(".onnx"):
            network = trained_part(self.network, stage.size)
            measure_batch_norms(network, [(following().inputs,) for _ in range(MEASURED_BATCHES)])
            self.start_average()

    def train_step(self, stage: Stage, batch: SliceBatch, rate: float) -> dict[str, float]:
        """Columns: the loss, and the Dice of what was found against the truth."""
        network = trained_part(self.network, stage.size)
        with autocast(self.config.precision, self.device):
            logits = network(batch.inputs.contiguous(memory_format=torch.channels_last))
        logits = logits.float()
        loss = total_loss(logits, batch.target, self.config.loss)
        taken = take_step(loss, rate, self.network, self.optimizer, self.average, self.config.processes)
        return {"loss": taken, "dice": batch_dice(logits.detach(), batch.target)}

    @torch.no_grad()
    def figures(self, batches: list[SliceBatch]) -> dict[str, float]:
        """Dice of the averaged network: of the regions, or of infarct, over all pixels together."""
        overlap, total = 0.0, 0.0
        for batch in batches:
            inputs, truth = to_device(batch, self.device)
            logits = trained_part(self.average.module, inputs.shape[-1])(inputs)
            found = (logits[:, 0] > 0).to(torch.uint8) if logits.shape[1] == 1 else logits.argmax(1)
            inside, seen = is_region(truth), is_region(found)
            overlap += 2 * float((inside & seen & (found == truth)).sum())
            total += float(inside.sum() + seen.sum())
        return {"dice": round(overlap / max(total, 1), 4)}

    def slices_of(self, stage: Stage) -> int:
        return stage.batch


def trained_part(network: nn.Module, size: int) -> nn.Module:
    """What of a network sees slices of `size` pixels: the inner one, where they have its resolution already."""
    return core_of(network) if size <= REDUCED_SIZE else network


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

"""Stacks for training, made in processes of their own, so that the optimizer never waits for the generator on
another core."""

from __future__ import annotations

from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from queue import Empty

import numpy as np
import torch
from torch import multiprocessing

from .atlas_volumes import AtlasVolumes, load_atlas_once
from .config import TrainConfig
from .generator.randomness import Draw
from .generator.real_slices import RealSlices, load_real_slices
from .generator.shapes import Shapes, load_shapes
from .generator.stacks import StackGenerator, Stacks, StackSettings
from .network import RECIPES
from .splits import Chosen

#: Rendered stacks that are kept for another use, and batches that wait for the optimizer.
KEPT_STACKS, BATCHES_AHEAD = 96, 6
#: Longest that the optimizer waits for a batch: an atlas of many heads takes minutes to load.
WAIT_SECONDS = 900


@dataclass(frozen=True)
class StackBatch:
    """inputs float32 [B, S, 3, H, W]; truth uint8 [B, S, H, W] (see `Stacks`); positions_mm float32 [B, S]."""

    inputs: torch.Tensor
    truth: torch.Tensor
    positions_mm: torch.Tensor

    def to(self, device: torch.device) -> StackBatch:
        return StackBatch(self.inputs.to(device), self.truth.to(device), self.positions_mm.to(device))


def as_batch(stacks: Stacks) -> StackBatch:
    """Network inputs of acquired stacks."""
    slabs = stacks.slabs()
    inputs = RECIPES["infarct"].apply(slabs.flatten(0, 1)).unflatten(0, slabs.shape[:2])
    return StackBatch(inputs, stacks.truth, stacks.positions_mm)


class StackStream:
    """Cutting stacks costs more than acquiring them: each is used `reuse` times on the average, acquired anew and
    maybe mirrored.

    Some give way to stacks of real slices (`StackSettings.real_share`), which need the shapes of the generator.
    """

    def __init__(self, generator: StackGenerator, batch: int, reuse: int, real: RealSlices | None = None):
        self.generator, self.batch, self.reuse, self.real = generator, batch, max(1, reuse), real
        self.kept: list[Stacks] = []
        self.made = 0
        #: Fresh stacks that the next batch is owed.
        self.owed = float(batch)

    @torch.no_grad()
    def next(self) -> StackBatch:
        fresh = min(self.batch, int(self.owed))
        self.owed += self.batch / self.reuse - fresh
        if fresh:
            self._keep(self.generator.render(fresh))
        newest = [(self.made - 1 - k) % KEPT_STACKS for k in range(fresh)]
        random = self.generator.random
        others = torch.randint(len(self.kept), (self.batch - fresh,), device=random.device, generator=random).tolist()
        mirrored = (torch.rand(self.batch, device=random.device, generator=random) < 0.5).tolist()
        chosen = [_mirror(self.kept[k]) if flip else self.kept[k] for k, flip in zip([*newest, *others], mirrored)]
        joined = Stacks(
            *(
                torch.cat([getattr(one, name) for one in chosen])
                for name in ("native", "truth", "spacing_mm", "noise_hu")
            )
        )
        return self._with_real(as_batch(self.generator.acquire(joined)))

    def _with_real(self, batch: StackBatch) -> StackBatch:
        settings, random, shapes = self.generator.settings, self.generator.random, self.generator.shapes
        if self.real is None or shapes is None:
            return batch
        device = batch.inputs.device
        for row in (
            (torch.rand(self.batch, device=random.device, generator=random) < settings.real_share)
            .nonzero()[:, 0]
            .tolist()
        ):
            slabs, batch.truth[row], batch.positions_mm[row] = self.real.stack(
                Draw(settings.slices, device, random), settings.size, shapes
            )
            batch.inputs[row] = RECIPES["infarct"].apply(slabs)
        return batch

    def _keep(self, rendered: Stacks) -> None:
        for b in range(len(rendered.truth)):
            one = Stacks(
                *(getattr(rendered, name)[b : b + 1] for name in ("native", "truth", "spacing_mm", "noise_hu"))
            )
            if len(self.kept) < KEPT_STACKS:
                self.kept.append(one)
            else:
                self.kept[self.made % KEPT_STACKS] = one
            self.made += 1


def _mirror(stacks: Stacks) -> Stacks:
    return replace(stacks, native=stacks.native.flip(-1), truth=stacks.truth.flip(-1))


def read_sources(config: TrainConfig, anatomies: Chosen, split: str) -> tuple[AtlasVolumes, Shapes | None]:
    return load_atlas_once(config.atlas, anatomies), load_shapes(config.shapes, split) if config.shapes else None


def make_stream(
    config: TrainConfig, settings: StackSettings, batch: int, seed: int, device: torch.device | str = "cpu"
) -> StackStream:
    atlas, shapes = read_sources(config, config.anatomies, "train")
    real = load_real_slices(config.real_slices).to(device) if config.real_slices else None
    return StackStream(StackGenerator(atlas.to(device), settings, seed, shapes), batch, config.reuse, real)


def _produce(config: TrainConfig, settings: StackSettings, batch: int, seed: int, queue: multiprocessing.Queue) -> None:
    torch.set_num_threads(1)
    stream = make_stream(config, settings, batch, seed)
    while True:
        made = stream.next()
        # As arrays: tensors would be passed by file handles, of which a process has few.
        queue.put((made.inputs.to(torch.float16).numpy(), made.truth.numpy(), made.positions_mm.numpy()))


class StackSource:
    """Endless batches from `config.generators` processes, or from this one where there are none."""

    def __init__(self, config: TrainConfig, settings: StackSettings, batch: int, seed: int, device: torch.device):
        self.device = device
        self.stream = None if config.generators else make_stream(config, settings, batch, seed, device)
        self.processes: list[BaseProcess] = []
        if config.generators:
            context = multiprocessing.get_context("spawn")
            self.queue = context.Queue(BATCHES_AHEAD)
            for number in range(config.generators):
                process = context.Process(
                    target=_produce, args=(config, settings, batch, seed + 500_009 * number, self.queue), daemon=True
                )
                process.start()
                self.processes.append(process)

    def next(self) -> StackBatch:
        """RuntimeError where the generators have died."""
        if self.stream is not None:
            return self.stream.next()
        for _ in range(WAIT_SECONDS // 5):
            try:
                inputs, truth, positions = self.queue.get(timeout=5)
            except Empty:
                if not any(process.is_alive() for process in self.processes):
                    break
                continue
            return StackBatch(
                torch.from_numpy(inputs.astype(np.float32)), torch.from_numpy(truth), torch.from_numpy(positions)
            ).to(self.device)
        raise RuntimeError("no generator gives stacks any more")

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
            process.join()

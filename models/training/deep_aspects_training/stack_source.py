"""Stacks for training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch

from .config import TrainConfig
from .generator.randomness import Draw
from .generator.real_slices import RealSlices, load_real_slices
from .generator.stacks import StackGenerator, Stacks, StackSettings
from .network import RECIPES
from .sources import read_generator_files

#: Rendered stacks that are kept for another use, on a CPU and on a GPU.
KEPT_STACKS, KEPT_ON_GPU = 96, 2048
#: Stacks that a GPU renders at once: a plane of one stack leaves it idle.
RENDERED_ON_GPU = 192


class StackBatch(NamedTuple):
    """inputs float32 [B, S, 3, H, W]; truth uint8 [B, S, H, W] (see `Stacks`); positions_mm float32 [B, S]."""

    inputs: torch.Tensor
    truth: torch.Tensor
    positions_mm: torch.Tensor


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
        on_gpu = generator.device.type == "cuda"
        self.at_once, self.room = (RENDERED_ON_GPU, KEPT_ON_GPU) if on_gpu else (1, KEPT_STACKS)
        self.kept: list[Stacks] = []
        self.made = self.shown = 0
        #: Fresh stacks that the next batch is owed.
        self.owed = float(batch)

    @torch.no_grad()
    def next(self) -> StackBatch:
        fresh = min(self.batch, int(self.owed))
        self.owed += self.batch / self.reuse - fresh
        self.shown += fresh
        if self.shown > self.made:
            self._keep(self.generator.render(max(self.shown - self.made, self.at_once)))
        newest = [(self.shown - 1 - k) % self.room for k in range(fresh)]
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
        rows = torch.rand(self.batch, device=random.device, generator=random) < settings.real_share
        count = int(rows.sum())
        if count:
            draw = Draw(count * settings.slices, random.device, random)
            slabs, batch.truth[rows], batch.positions_mm[rows] = self.real.stacks(
                draw, settings.slices, settings.size, shapes
            )
            batch.inputs[rows] = RECIPES["infarct"].apply(slabs.flatten(0, 1)).unflatten(0, slabs.shape[:2])
        return batch

    def _keep(self, rendered: Stacks) -> None:
        for b in range(len(rendered.truth)):
            one = Stacks(
                *(getattr(rendered, name)[b : b + 1] for name in ("native", "truth", "spacing_mm", "noise_hu"))
            )
            if len(self.kept) < self.room:
                self.kept.append(one)
            else:
                self.kept[self.made % self.room] = one
            self.made += 1


def _mirror(stacks: Stacks) -> Stacks:
    return replace(stacks, native=stacks.native.flip(-1), truth=stacks.truth.flip(-1))


def open_stacks(
    config: TrainConfig, settings: StackSettings, batch: int, device: torch.device, seed: int
) -> Callable[[], StackBatch]:
    """Endless batches; their inputs as float16, half of what is copied between processes."""
    atlas, shapes = read_generator_files(config, config.anatomies, "train", device)
    real = load_real_slices(config.real_slices).to(device) if config.real_slices else None
    stream = StackStream(StackGenerator(atlas, settings, seed, shapes), batch, config.reuse, real)

    def following() -> StackBatch:
        made = stream.next()
        return made._replace(inputs=made.inputs.half())

    return following

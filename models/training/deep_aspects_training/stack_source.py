"""Stacks for training, made in processes of their own, so that the optimizer never waits for the generator on
another core."""

from __future__ import annotations

from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from queue import Empty

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

#: Rendered stacks that are kept for another use, on a CPU and on a GPU, and batches that wait for the optimizer.
KEPT_STACKS, KEPT_ON_GPU, BATCHES_AHEAD = 96, 2048, 6
#: Stacks that a GPU renders at once: a plane of one stack leaves it idle.
RENDERED_ON_GPU = 192
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


def read_sources(config: TrainConfig, anatomies: Chosen, split: str) -> tuple[AtlasVolumes, Shapes | None]:
    return load_atlas_once(config.atlas, anatomies), load_shapes(config.shapes, split) if config.shapes else None


def make_stream(
    config: TrainConfig, settings: StackSettings, batch: int, seed: int, device: torch.device | str = "cpu"
) -> StackStream:
    atlas, shapes = read_sources(config, config.anatomies, "train")
    real = load_real_slices(config.real_slices).to(device) if config.real_slices else None
    shapes = shapes.to(device) if shapes else None
    return StackStream(StackGenerator(atlas.to(device), settings, seed, shapes), batch, config.reuse, real)


def _produce(
    config: TrainConfig,
    settings: StackSettings,
    batch: int,
    seed: int,
    device: torch.device,
    queue: multiprocessing.Queue,
) -> None:
    torch.set_num_threads(1)
    # Else each batch that waits holds file handles, of which a process has few.
    multiprocessing.set_sharing_strategy("file_system")
    stream = make_stream(config, settings, batch, seed, device)
    while True:
        made = stream.next()
        # In the memory that processes share: of a GPU's own memory a process must not let go before the other has.
        queue.put(tuple(part.cpu() for part in (made.inputs.to(torch.float16), made.truth, made.positions_mm)))


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
                    target=_produce,
                    args=(config, settings, batch, seed + 500_009 * number, device, self.queue),
                    daemon=True,
                )
                process.start()
                self.processes.append(process)

    def next(self) -> StackBatch:
        """RuntimeError where the generators have died."""
        if self.stream is not None:
            return self.stream.next()
        for _ in range(WAIT_SECONDS // 5):
            try:
                made = StackBatch(*self.queue.get(timeout=5)).to(self.device)
            except Empty:
                if not any(process.is_alive() for process in self.processes):
                    break
                continue
            return replace(made, inputs=made.inputs.float())
        raise RuntimeError("no generator gives stacks any more")

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
            process.join()

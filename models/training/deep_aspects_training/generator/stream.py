"""Training batches: new slices in turn with earlier ones that are acquired anew."""

from __future__ import annotations

import torch

from . import acquisition
from .randomness import Draw
from .slices import SliceGenerator, Slices

#: Rendered batches that are kept for another use.
KEPT_BATCHES = 48


class SliceStream:
    """Cutting slices costs more than acquiring them: each rendered batch is used `reuse` times on the average.

    A repeated sample gets new noise, kernel, streaks, offset and surroundings, is mixed with samples of other batches
    and is mirrored left-right with a chance of one half.
    """

    def __init__(self, generator: SliceGenerator, batch: int, reuse: int):
        self.generator = generator
        self.batch_size = batch
        self.reuse = max(1, reuse)
        self.kept: list[Slices] = []
        self.count = 0

    @torch.no_grad()
    def next(self) -> Slices:
        fresh = self.count % self.reuse == 0
        self.count += 1
        if fresh:
            rendered = self.generator.render(self.batch_size)
            if len(self.kept) < KEPT_BATCHES:
                self.kept.append(rendered)
            else:
                self.kept[(self.count // self.reuse) % KEPT_BATCHES] = rendered
            return self._acquire(rendered)
        return self._acquire(self._mix())

    def _mix(self) -> Slices:
        random, device = self.generator.random, self.generator.device
        batches = torch.randint(len(self.kept), (self.batch_size,), device=device, generator=random).tolist()
        samples = torch.randint(self.batch_size, (self.batch_size,), device=device, generator=random).tolist()
        mirrored = (torch.rand(self.batch_size, device=device, generator=random) < 0.5).tolist()

        def gather(name: str) -> torch.Tensor:
            rows = [getattr(self.kept[b], name)[s] for b, s in zip(batches, samples)]
            if name != "noise_hu":
                rows = [row.flip(-1) if flip else row for row, flip in zip(rows, mirrored)]
            return torch.stack(rows)

        return Slices(gather("slabs"), gather("anatomy"), gather("infarct"), gather("noise_hu"))

    def _acquire(self, slices: Slices) -> Slices:
        draw = Draw(self.batch_size, self.generator.device, self.generator.random)
        settings = self.generator.settings
        scanned = acquisition.acquire(
            draw, slices.slabs, slices.noise_hu, settings.grid.pixel_mm, settings.shading, settings.brightening
        )
        return Slices(scanned, slices.anatomy, slices.infarct, slices.noise_hu)

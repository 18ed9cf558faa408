"""Draws of per-sample parameters, all from one torch generator, so that a seed fixes a simulation."""

from __future__ import annotations

import torch


class Draw:
    """Random parameters of `batch` samples on one device."""

    def __init__(self, batch: int, device: torch.device | str, generator: torch.Generator):
        self.batch = batch
        self.device = torch.device(device)
        self.generator = generator

    def uniform(self, low: float, high: float, *shape: int) -> torch.Tensor:
        return low + (high - low) * torch.rand(self.batch, *shape, device=self.device, generator=self.generator)

    def normal(self, mean: float, sd: float, *shape: int, clip: float = 3.0) -> torch.Tensor:
        """Normal draws, clipped at `clip` standard deviations."""
        z = torch.randn(self.batch, *shape, device=self.device, generator=self.generator)
        return mean + sd * z.clamp(-clip, clip)

    def chance(self, probability: float, *shape: int) -> torch.Tensor:
        return torch.rand(self.batch, *shape, device=self.device, generator=self.generator) < probability

    def integer(self, high: int, *shape: int) -> torch.Tensor:
        """Integers in [0, high)."""
        return torch.randint(high, (self.batch, *shape), device=self.device, generator=self.generator)

    def choice(self, weights: torch.Tensor, *shape: int) -> torch.Tensor:
        """Indices drawn after one common table of weights."""
        count = self.batch
        for n in shape:
            count *= n
        table = weights.to(self.device, torch.float32)
        return torch.multinomial(table, count, replacement=True, generator=self.generator).reshape(self.batch, *shape)

    def field(self, channels: int, rows: int, columns: int) -> torch.Tensor:
        """Unit normal nodes [B, channels, rows, columns] of a smooth field over the image."""
        return self.normal(0.0, 1.0, channels, rows, columns)


class SeriesDraw(Draw):
    """Draws for the slices of `batch / slices` series, `slices` of each one after the other (default: all
    of one series).

    A parameter is common to a series' slices; noise (anything with a shape) is each slice's own; of smooth fields a
    part, which the series draws, is common: shade amid bone stretches over several slices.
    """

    def __init__(self, batch: int, device: torch.device | str, generator: torch.Generator, slices: int = 0):
        super().__init__(batch, device, generator)
        self.slices = slices or batch
        self.series = Draw(batch // self.slices, device, generator)

    def uniform(self, low: float, high: float, *shape: int) -> torch.Tensor:
        return super().uniform(low, high, *shape) if shape else self._spread(self.series.uniform(low, high))

    def normal(self, mean: float, sd: float, *shape: int, clip: float = 3.0) -> torch.Tensor:
        return (
            super().normal(mean, sd, *shape, clip=clip)
            if shape
            else self._spread(self.series.normal(mean, sd, clip=clip))
        )

    def chance(self, probability: float, *shape: int) -> torch.Tensor:
        return super().chance(probability, *shape) if shape else self._spread(self.series.chance(probability))

    def field(self, channels: int, rows: int, columns: int) -> torch.Tensor:
        common = self.uniform(0.0, 0.9)[:, None, None, None]
        shared = self._spread(self.series.field(channels, rows, columns))
        return common.sqrt() * shared + (1 - common).sqrt() * super().field(channels, rows, columns)

    def _spread(self, values: torch.Tensor) -> torch.Tensor:
        return values.repeat_interleave(self.slices, 0)

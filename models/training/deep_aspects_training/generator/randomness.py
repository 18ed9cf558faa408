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


class SeriesDraw(Draw):
    """Draws for the slices of one series: a parameter is common to all slices, noise (anything with a shape) is each slice's own."""

    def uniform(self, low: float, high: float, *shape: int) -> torch.Tensor:
        return super().uniform(low, high, *shape) if shape else self._one().uniform(low, high).expand(self.batch)

    def normal(self, mean: float, sd: float, *shape: int, clip: float = 3.0) -> torch.Tensor:
        return super().normal(mean, sd, *shape, clip=clip) if shape else self._one().normal(mean, sd, clip=clip).expand(self.batch)

    def chance(self, probability: float, *shape: int) -> torch.Tensor:
        return super().chance(probability, *shape) if shape else self._one().chance(probability).expand(self.batch)

    def _one(self) -> Draw:
        return Draw(1, self.device, self.generator)

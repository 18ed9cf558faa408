"""Real infarct shapes: masks in MNI space that are laid into a head through the MNI coordinates of its atlas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from ..splits import SPLITS
from ..triple import triple


@dataclass(frozen=True)
class Shapes:
    """Masks of `grid` voxels of `step_mm`, voxel (0, 0, 0) at `origin` (MNI RAS mm), as lists of their voxels.

    voxels int32 [M]: flat indices into the grid, R slowest, one infarct's after the other's; starts int64 [N + 1]:
    where each infarct's begin.
    """

    voxels: torch.Tensor
    starts: torch.Tensor
    grid: tuple[int, int, int]
    origin: tuple[float, float, float]
    step_mm: float

    def __len__(self) -> int:
        return len(self.starts) - 1

    def to(self, device: torch.device | str) -> Shapes:
        return replace(self, voxels=self.voxels.to(device), starts=self.starts.to(device))

    def counts(self, indices: torch.Tensor) -> torch.Tensor:
        """Numbers of voxels [R] of the infarcts `indices` [R]."""
        return self.starts[indices + 1] - self.starts[indices]

    def places_mm(self, indices: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """MNI positions [R, 3] mm of one voxel of each of the infarcts `indices` [R], by its number [R] in it."""
        chosen = self.voxels[self.starts[indices] + numbers].long()
        voxels = torch.stack(torch.unravel_index(chosen, self.grid), 1).float()
        return voxels * self.step_mm + torch.tensor(self.origin, device=voxels.device)

    def masks(self, indices: torch.Tensor) -> torch.Tensor:
        """Float masks [R, X, Y, Z] of the infarcts `indices` [R]. Without a loop: a GPU does each step for all."""
        masks = torch.zeros(len(indices), *self.grid, device=self.voxels.device)
        counts = self.counts(indices)
        row = torch.repeat_interleave(counts)
        before = counts.cumsum(0) - counts
        place = torch.arange(len(row), device=row.device) + (self.starts[indices] - before)[row]
        masks.flatten(1)[row, self.voxels[place].long()] = 1
        return masks

    def sample(self, indices: torch.Tensor, mni: torch.Tensor) -> torch.Tensor:
        """Share of the infarcts `indices` [R] at MNI positions [R, 3, h, w] mm, trilinear, none outside the grid:
        [R, h, w]."""
        extent = torch.tensor([(n - 1) * self.step_mm for n in self.grid], device=mni.device)
        origin = torch.tensor(self.origin, device=mni.device)
        unit = 2 * (mni.movedim(1, -1) - origin) / extent - 1
        # grid_sample wants (x, y, z) = (last, middle, first axis of the volume).
        return F.grid_sample(
            self.masks(indices)[:, None],
            unit.flip(-1)[:, None],
            mode="bilinear",
            padding_mode="zeros",
            align_corners=True,
        )[:, 0, 0]


def shapes_of(masks: np.ndarray, origin: tuple[float, float, float], step_mm: float) -> Shapes:
    """From masks [N, X, Y, Z]."""
    which, voxels = np.nonzero(masks.reshape(len(masks), -1))
    starts = np.searchsorted(which, np.arange(len(masks) + 1))
    return Shapes(
        torch.from_numpy(voxels.astype(np.int32)),
        torch.from_numpy(starts.astype(np.int64)),
        triple(masks.shape[1:], int),
        origin,
        step_mm,
    )


def load_shapes(path: str | Path, split: str) -> Shapes:
    """Infarcts of one split of a shapes file. ValueError where there is none."""
    with np.load(path) as archive:
        chosen = archive["split"] == SPLITS.index(split)
        if not chosen.any():
            raise ValueError(f"{path} holds no infarct of the split {split}")
        affine, shape = archive["affine"], triple(archive["shape"], int)
        masks = np.unpackbits(archive["bits"][chosen], axis=1, count=int(np.prod(shape)))
        return shapes_of(masks.reshape(-1, *shape), triple(affine[:3, 3], float), float(affine[0, 0]))

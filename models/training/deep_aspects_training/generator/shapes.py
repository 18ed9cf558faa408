"""Real infarct shapes: masks in MNI space that are laid into a head through the MNI coordinates of its atlas."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from ..splits import SPLITS
from ..triple import triple


@dataclass(frozen=True)
class Shapes:
    """bits uint8 [N, bytes]: packed masks of `grid` voxels of `step_mm`, voxel (0, 0, 0) at `origin` (MNI RAS mm)."""

    bits: np.ndarray
    grid: tuple[int, int, int]
    origin: tuple[float, float, float]
    step_mm: float

    def __len__(self) -> int:
        return len(self.bits)

    def mask(self, index: int) -> torch.Tensor:
        """Float mask [X, Y, Z] of one infarct."""
        flat = np.unpackbits(self.bits[index], count=int(np.prod(self.grid)))
        return torch.from_numpy(flat.reshape(self.grid)).float()

    def voxels_mm(self, index: int) -> torch.Tensor:
        """MNI positions [n, 3] mm of one infarct's voxels."""
        voxels = self.mask(index).nonzero().float()
        return voxels * self.step_mm + torch.tensor(self.origin)

    def sample(self, index: int, mni: torch.Tensor) -> torch.Tensor:
        """Share of infarct [h, w] at MNI positions [3, h, w] mm, trilinear; none outside the grid."""
        extent = torch.tensor([(n - 1) * self.step_mm for n in self.grid], device=mni.device)
        origin = torch.tensor(self.origin, device=mni.device)
        unit = 2 * (mni.movedim(0, -1) - origin) / extent - 1
        # grid_sample wants (x, y, z) = (last, middle, first axis of the volume).
        volume = self.mask(index).to(mni.device)[None, None]
        return F.grid_sample(
            volume, unit.flip(-1)[None, None], mode="bilinear", padding_mode="zeros", align_corners=True
        )[0, 0, 0]


def load_shapes(path: str | Path, split: str) -> Shapes:
    """Infarcts of one split of a shapes file. ValueError where there is none."""
    with np.load(path) as archive:
        chosen = archive["split"] == SPLITS.index(split)
        if not chosen.any():
            raise ValueError(f"{path} holds no infarct of the split {split}")
        affine = archive["affine"]
        return Shapes(
            bits=archive["bits"][chosen],
            grid=triple(archive["shape"], int),
            origin=triple(affine[:3, 3], float),
            step_mm=float(affine[0, 0]),
        )

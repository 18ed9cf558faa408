"""A fixed pool of simulated slices that every network of the comparison learns from.

Cutting and acquiring slices costs more than a step of a small network, so it is done once: each slice is rendered at
1 mm, acquired `acquisitions` times (noise, kernel, artefacts, surroundings), put through the brain window and, for
networks with `reduction: 2`, averaged over 2 x 2 pixels as those do to their input. The planes are kept as uint8.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from ..atlas_volumes import AtlasVolumes, load_atlas
from ..generator import acquisition
from ..generator.lesions import LesionShares
from ..generator.randomness import Draw
from ..generator.slices import SliceGenerator, SliceSettings
from ..labels import ANATOMY_CLASSES
from ..network import RECIPES, Channel
from ..splits import Chosen

BATCH = 20
#: What the channels of both tasks are made of: means of slabs at these offsets, mm. Their window is one and the same.
PLANES = ((0.0,), (-5.0,), (5.0,), (-5.0, 5.0))


@dataclass(frozen=True)
class PoolSettings:
    """slices: rendered, of which the last `validation` are for choosing thresholds; size: of the rendered slice;
    reduction: 1 or 2."""

    slices: int = 4000
    validation: int = 300
    acquisitions: int = 2
    infarct_share: float = 0.6
    seed: int = 61
    size: int = 224
    reduction: int = 2


@dataclass
class Pool:
    """planes uint8 [slices, acquisitions, len(PLANES), H, W] windowed HU (0-255); anatomy, infarct uint8
    [slices, H, W]."""

    planes: np.ndarray
    anatomy: np.ndarray
    infarct: np.ndarray
    settings: PoolSettings

    @property
    def training_slices(self) -> int:
        return self.settings.slices - self.settings.validation


def windowed_planes(slabs: torch.Tensor) -> torch.Tensor:
    """Slabs [B, 3, H, W] HU -> planes [B, len(PLANES), H, W], 0-1 within the brain window."""
    low, high = RECIPES["anatomy"].range
    recipe = replace(RECIPES["anatomy"], channels=tuple(Channel(offsets) for offsets in PLANES))
    return (recipe.apply(slabs) - low) / (high - low)


def network_input(planes: torch.Tensor, task: str) -> torch.Tensor:
    """Planes [B, len(PLANES), H, W], 0-1 -> what the network of a task is fed [B, 3, H, W]."""
    low, high = RECIPES[task].range
    chosen = [
        planes[:, PLANES.index(channel.offsets_mm)].flip(-1)
        if channel.mirrored
        else planes[:, PLANES.index(channel.offsets_mm)]
        for channel in RECIPES[task].channels
    ]
    return low + (high - low) * torch.stack(chosen, 1)


def reduce_labels(labels: torch.Tensor, classes: int, reduction: int) -> torch.Tensor:
    """[B, H, W] ids -> [B, H/reduction, W/reduction]: the commonest of the pixels, the higher id where
    two are equal."""
    votes = F.avg_pool2d(F.one_hot(labels.long(), classes).movedim(-1, 1).float(), reduction)
    return (classes - 1 - votes.flip(1).argmax(1)).to(torch.uint8)


def build_pool(atlas: AtlasVolumes, settings: PoolSettings, folder: Path) -> None:
    """Write `planes.npy`, `anatomy.npy`, `infarct.npy` and `pool.json` (last, so that an unfinished pool is known)."""
    folder.mkdir(parents=True, exist_ok=True)
    side = settings.size // settings.reduction
    shapes = {
        "planes": (settings.slices, settings.acquisitions, len(PLANES), side, side),
        "anatomy": (settings.slices, side, side),
        "infarct": (settings.slices, side, side),
    }
    arrays = {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.uint8, shape) for name, shape in shapes.items()
    }
    generator = SliceGenerator(
        atlas, SliceSettings(size=settings.size, lesions=LesionShares(infarct=settings.infarct_share)), settings.seed
    )
    started = time.monotonic()
    for start in range(0, settings.slices, BATCH):
        count = min(BATCH, settings.slices - start)
        _fill(generator, settings, {name: array[start : start + count] for name, array in arrays.items()}, count)
        if start % 400 == 0:
            print(f"pool: {start + count} of {settings.slices} slices, {time.monotonic() - started:.0f} s", flush=True)
    for array in arrays.values():
        array.flush()
    (folder / "pool.json").write_text(json.dumps(asdict(settings)) + "\n")


@torch.no_grad()
def _fill(generator: SliceGenerator, settings: PoolSettings, rows: dict[str, np.ndarray], count: int) -> None:
    ideal = generator.render(count)
    rows["anatomy"][:] = reduce_labels(ideal.anatomy, len(ANATOMY_CLASSES), settings.reduction).numpy()
    rows["infarct"][:] = reduce_labels(ideal.infarct, 2, settings.reduction).numpy()
    draw = Draw(count, generator.device, generator.random)
    for index in range(settings.acquisitions):
        scanned = acquisition.acquire(draw, ideal.slabs, ideal.noise_hu, generator.settings.grid.pixel_mm)
        planes = F.avg_pool2d(windowed_planes(scanned), settings.reduction)
        rows["planes"][:, index] = (planes * 255).round().to(torch.uint8).numpy()


def open_pool(folder: Path) -> Pool:
    """Map a finished pool into memory. FileNotFoundError where there is none."""
    settings = PoolSettings(**json.loads((folder / "pool.json").read_text()))
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("planes", "anatomy", "infarct")}
    return Pool(**arrays, settings=settings)


def ensure_pool(atlas: Path, anatomies: Chosen, settings: PoolSettings, folder: Path) -> Pool:
    """The pool of these settings, built where it is missing or of other settings."""
    description = folder / "pool.json"
    if not description.exists() or json.loads(description.read_text()) != asdict(settings):
        build_pool(load_atlas(atlas, anatomies), settings, folder)
    return open_pool(folder)

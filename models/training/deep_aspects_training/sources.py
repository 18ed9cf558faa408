"""Where single slices for training and validation come from: the generator, or a site's prepared folder."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .atlas_volumes import AtlasVolumes, load_atlas_once
from .config import TrainConfig
from .generator.shapes import Shapes, load_shapes
from .generator.slices import SliceGenerator, Slices
from .generator.stream import SliceStream
from .labels import OTHER_BRAIN
from .network import RECIPES, InputRecipe
from .splits import Chosen

#: Slices of a validation set, and how many are made or looked at together.
VALIDATION_SLICES, AT_ONCE = 96, 8
#: Of validation sets of slices and stacks.
VALIDATION_SEED = 909_091

#: Augmentation of real slices: what the frame found from the images may be wrong by, and a scanner's noise and offset.
ROTATION_DEG, SHIFT_MM, SCALE = 6.0, 6.0, 0.06
NOISE_HU, OFFSET_HU = 3.0, 2.0


class SliceBatch(NamedTuple):
    """inputs [B, C, H, W] float32 of the network; target [B, H, W] uint8."""

    inputs: torch.Tensor
    target: torch.Tensor


def read_generator_files(
    config: TrainConfig, anatomies: Chosen, split: str, device: torch.device | str = "cpu"
) -> tuple[AtlasVolumes, Shapes | None]:
    """Atlas, and the infarct shapes of a split, of a configuration."""
    shapes = load_shapes(config.shapes, split).to(device) if config.shapes else None
    return load_atlas_once(config.atlas, anatomies).to(device), shapes


def open_simulated(
    config: TrainConfig, size: int, batch: int, device: torch.device, seed: int
) -> Callable[[], SliceBatch]:
    """Endless batches of simulated slices of `size` pixels."""
    atlas, shapes = read_generator_files(config, config.anatomies, "train", device)
    generator = SliceGenerator(atlas, replace(config.slices, size=size), seed, shapes)
    stream = SliceStream(generator, batch, config.reuse)
    return lambda: as_batch(stream.next(), config.task)


def simulated_validation(config: TrainConfig, size: int) -> list[SliceBatch]:
    """Slices of the validation heads and infarct shapes, the same for each run of a configuration."""
    atlas, shapes = read_generator_files(config, config.validation_anatomies, "validation")
    generator = SliceGenerator(atlas, replace(config.slices, size=size), VALIDATION_SEED, shapes)
    return [as_batch(generator.batch(AT_ONCE), config.task) for _ in range(VALIDATION_SLICES // AT_ONCE)]


def as_batch(slices: Slices, task: str) -> SliceBatch:
    target = slices.anatomy if task == "anatomy" else slices.infarct
    return SliceBatch(RECIPES[task].apply(slices.slabs), target)


def join_batches(batches: list[SliceBatch]) -> SliceBatch:
    return SliceBatch(*(torch.cat(parts) for parts in zip(*batches)))


@dataclass(frozen=True)
class PreparedArrays:
    """One case of a prepared folder: inputs [N, C, 224, 224] float32, labels [N, 224, 224] uint8 (both
    stay on disk)."""

    case: str
    patient: str
    inputs: np.ndarray
    labels: np.ndarray

    def batches(self) -> Iterator[SliceBatch]:
        """All slices, read when they are used."""
        for start in range(0, len(self.labels), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            yield SliceBatch(torch.from_numpy(self.inputs[some]), torch.from_numpy(self.labels[some]))


def read_prepared(folder: str | Path, task: str) -> list[PreparedArrays]:
    """Cases of `npx deep-aspects prepare` for one task. ValueError where the folder was prepared for other inputs or
    holds no case."""
    folder = Path(folder)
    index = json.loads((folder / "index.json").read_text())
    _check_recipe(index["inputs"][task], RECIPES[task], folder)
    cases = []
    for entry in index["files"]:
        if entry["task"] == task:
            inputs, labels = (np.load(folder / entry[name], mmap_mode="c") for name in ("inputs", "labels"))
            cases.append(PreparedArrays(entry["case"], entry.get("patient", entry["case"]), inputs, labels))
    if not cases:
        raise ValueError(f"{folder} holds no case with labels for {task}")
    return cases


def _check_recipe(given: dict, recipe: InputRecipe, folder: Path) -> None:
    channels = [(tuple(channel["offsetsMm"]), channel["mirrored"]) for channel in given["channels"]]
    window = (given["window"]["center"], given["window"]["width"], tuple(given["range"]))
    if channels != [(c.offsets_mm, c.mirrored) for c in recipe.channels] or window != (
        recipe.center,
        recipe.width,
        recipe.range,
    ):
        raise ValueError(f"{folder} was prepared for other network inputs than this code trains on; prepare it anew")


def split_patients(
    cases: list[PreparedArrays], validation_share: float
) -> tuple[list[PreparedArrays], list[PreparedArrays]]:
    """(training, validation), no patient in both. A patient's place depends on the name alone, so that it stays when
    cases are added."""
    patients = sorted({case.patient for case in cases}, key=lambda name: zlib.crc32(name.encode()))
    held_back = set(patients[: round(validation_share * len(patients))])
    train = [case for case in cases if case.patient not in held_back]
    if not train:
        raise ValueError("no patient is left to train on: lower validation_share")
    return train, [case for case in cases if case.patient in held_back]


@torch.no_grad()
def add_other_brain(cases: list[PreparedArrays], network: nn.Module) -> list[PreparedArrays]:
    """Cases whose labels hold the ten regions alone, with the rest of the brain as a network on the same
    device sees it."""
    device = next(network.parameters()).device
    completed = []
    for case in cases:
        if (np.asarray(case.labels) == OTHER_BRAIN).any():
            completed.append(case)
            continue
        labels = np.array(case.labels)
        for n in range(len(labels)):
            seen = network(torch.tensor(np.array(case.inputs[n : n + 1]), device=device)).argmax(1)[0].cpu().numpy()
            labels[n][(labels[n] == 0) & (seen > 0)] = OTHER_BRAIN
        completed.append(replace(case, labels=labels))
    return completed


class FolderSource:
    """Slices of prepared cases in random order, each moved, turned, scaled, maybe mirrored, and made noisier."""

    def __init__(
        self,
        cases: list[PreparedArrays],
        task: str,
        size: int,
        batch: int,
        infarct_share: float,
        seed: int,
        device: torch.device,
    ):
        self.cases, self.recipe, self.size, self.batch, self.device = cases, RECIPES[task], size, batch, device
        self.random = torch.Generator().manual_seed(seed)
        places = [(c, n) for c, case in enumerate(cases) for n in range(len(case.labels))]
        hit = [bool(case.labels[n].any()) for case in cases for n in range(len(case.labels))]
        self.places = places
        # Slices with labels as often as the configuration says, where they are the rarer ones.
        share = infarct_share if task == "infarct" and any(hit) and not all(hit) else sum(hit) / len(hit)
        weight = {True: share / max(1, sum(hit)), False: (1 - share) / max(1, len(hit) - sum(hit))}
        self.weights = torch.tensor([weight[h] for h in hit])

    def next(self) -> SliceBatch:
        chosen = torch.multinomial(self.weights, self.batch, replacement=True, generator=self.random).tolist()
        slices = [(self.cases[c], n) for c, n in (self.places[i] for i in chosen)]
        inputs = torch.stack([torch.from_numpy(np.array(case.inputs[n], dtype=np.float32)) for case, n in slices])
        labels = torch.stack([torch.from_numpy(np.array(case.labels[n])) for case, n in slices])
        inputs, labels = augment(inputs.to(self.device), labels.to(self.device), self.recipe, self.random)
        if self.size != inputs.shape[-1]:
            inputs = F.interpolate(inputs, size=(self.size, self.size), mode="area")
            labels = F.interpolate(labels[:, None].float(), size=(self.size, self.size), mode="nearest")[:, 0].to(
                torch.uint8
            )
        return SliceBatch(inputs, labels)


def augment(
    inputs: torch.Tensor, labels: torch.Tensor, recipe: InputRecipe, random: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """One random movement, mirroring and noise a sample; channels that show the other hemisphere follow rightly."""
    batch, device = len(inputs), inputs.device

    def draw(spread: float) -> torch.Tensor:
        return (torch.rand(batch, generator=random) * 2 - 1).to(device) * spread

    upright = torch.stack(
        [inputs[:, k].flip(-1) if c.mirrored else inputs[:, k] for k, c in enumerate(recipe.channels)], 1
    )
    angle, scale = draw(math.radians(ROTATION_DEG)), 1 + draw(SCALE)
    shift = 2 * SHIFT_MM / inputs.shape[-1]
    flip = torch.where(torch.rand(batch, generator=random) < 0.5, -1.0, 1.0).to(device)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    theta = torch.stack(
        [torch.stack([cos * flip, -sin, draw(shift)], 1), torch.stack([sin * flip, cos, draw(shift)], 1)], 1
    )
    grid = F.affine_grid(theta, list(upright.shape), align_corners=False)
    moved = F.grid_sample(upright, grid, mode="bilinear", padding_mode="border", align_corners=False)
    target = F.grid_sample(labels[:, None].float(), grid, mode="nearest", padding_mode="zeros", align_corners=False)[
        :, 0
    ]
    moved = _add_noise(moved, recipe, draw, random)
    return torch.stack(
        [moved[:, k].flip(-1) if c.mirrored else moved[:, k] for k, c in enumerate(recipe.channels)], 1
    ), target.to(torch.uint8)


def _add_noise(images: torch.Tensor, recipe: InputRecipe, draw, random: torch.Generator) -> torch.Tensor:
    """Noise and offset in HU, the same for channels that show the same slabs; images outside the window
    stay clipped."""
    low, high = recipe.range
    unit = (high - low) / recipe.width
    sd = draw(1.0).abs() * NOISE_HU * unit
    by_offsets: dict[tuple[float, ...], torch.Tensor] = {}
    for channel in recipe.channels:
        if channel.offsets_mm not in by_offsets:
            plane = torch.randn(images.shape[0], *images.shape[-2:], generator=random).to(images.device)
            by_offsets[channel.offsets_mm] = plane * sd[:, None, None] / math.sqrt(len(channel.offsets_mm))
    noise = torch.stack([by_offsets[channel.offsets_mm] for channel in recipe.channels], 1)
    return (images + noise + draw(OFFSET_HU * unit)[:, None, None, None]).clamp(low, high)

"""What all rows of the comparison have in common, read from one YAML file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from ..architectures import ARCHITECTURES
from ..losses import LossSettings
from ..network import TASKS, NetworkSettings
from .pool import PoolSettings

LOSSES = {"anatomy": LossSettings(), "infarct": LossSettings(cross_entropy=1.0, dice=0.5, sample_dice=0.5)}


@dataclass(frozen=True)
class Row:
    """One network of the comparison: `unetpp-infarct`; further seeds are `unetpp-infarct-seed2`."""

    architecture: str
    task: str
    seed: int = 1

    @property
    def name(self) -> str:
        return f"{self.architecture}-{self.task}" + ("" if self.seed == 1 else f"-seed{self.seed}")


@dataclass(frozen=True)
class Recipe:
    """See configs/comparison/*.yaml. steps: by task. lr: first and last learning rate of a cosine, after
    `warmup` steps.

    decoder_channels_of: of architectures that have other decoder channels than the rest, by name.
    """

    name: str
    atlas: str
    anatomies: tuple[str | int, ...]
    pool: PoolSettings
    steps: dict[str, int]
    batch: int
    lr: tuple[float, float]
    backbone: str
    decoder_channels: tuple[int, ...]
    transformer: tuple[int, int, int, int]
    decoder_channels_of: dict[str, tuple[int, ...]] = field(default_factory=dict)
    warmup: int = 30
    weight_decay: float = 0.01
    average_decay: float = 0.99
    precision: str = "bf16"
    threads: int = 0
    device: str = "auto"
    losses: dict[str, LossSettings] = field(default_factory=lambda: dict(LOSSES))

    def network(self, architecture: str) -> NetworkSettings:
        channels = tuple(self.decoder_channels_of.get(architecture, self.decoder_channels))
        return NetworkSettings(
            architecture=architecture,
            backbone=self.backbone,
            decoder_channels=channels,
            transformer=self.transformer,
            reduction=self.pool.reduction,
        )

    def describe(self, row: Row) -> dict[str, Any]:
        """What checkpoint and manifest say of a row, as a training configuration does."""
        return {
            "name": row.name,
            "task": row.task,
            "seed": row.seed,
            "anatomies": list(self.anatomies),
            "optimizer": "adamw",
            "network": asdict(self.network(row.architecture)),
            "loss": asdict(self.losses[row.task]),
            "pool": asdict(self.pool),
        }


def load_recipe(path: Path) -> Recipe:
    """ValueError names the file and the settings that are not known."""
    values: dict[str, Any] = yaml.safe_load(path.read_text())
    for cls, given in ((Recipe, values), (PoolSettings, values["pool"])):
        unknown = sorted(set(given) - {f.name for f in fields(cls)})
        if unknown:
            raise ValueError(f"{path}: unknown settings {unknown}")
    if set(values["steps"]) != set(TASKS):
        raise ValueError(f"{path}: steps must be given for each of {TASKS}")
    values["pool"] = PoolSettings(**values["pool"])
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return Recipe(**settings)


def parse_row(name: str, seed: int = 1) -> Row:
    """`unetpp-infarct` -> Row. ValueError names what there is."""
    architecture, _, task = name.partition("-")
    if architecture not in ARCHITECTURES or task not in TASKS:
        raise ValueError(f"row must be one of {[row.name for row in all_rows()]}, not {name!r}")
    return Row(architecture, task, seed)


def all_rows(seed: int = 1) -> list[Row]:
    return [Row(architecture, task, seed) for architecture in ARCHITECTURES for task in TASKS]

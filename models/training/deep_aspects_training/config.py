"""One YAML file describes a training run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from .generator.lesions import LesionShares
from .generator.slices import SliceSettings
from .generator.stacks import StackSettings
from .losses import LossSettings
from .network import TASKS, NetworkSettings


@dataclass(frozen=True)
class Stage:
    """A part of a run: slices of `size` pixels, `steps` steps of `batch` slices, learning rate from lr[0] to
    lr[1] (cosine).

    A network of reduction 2 is trained without its reduction on slices of up to 112 pixels: those have its own
    resolution. cycle_steps > 0: triangular cycles between the two rates instead (the paper's cyclic schedule).
    minutes > 0: the stage ends after this time at the latest, and the rate falls by then, as on a lent machine.
    """

    size: int
    steps: int
    batch: int
    lr: tuple[float, float]
    cycle_steps: int = 0
    minutes: float = 0.0


@dataclass(frozen=True)
class TrainConfig:
    """See configs/*.yaml. Paths are relative to the working directory.

    atlas, anatomies: atlas file and the anatomies to learn from, see `splits.Chosen` (empty: all). start_from:
    checkpoint whose encoder and decoder this run starts from, or a shipped model.onnx of the same task; start_sha256:
    hash that this file must have, where a recipe means one and no other. reuse: how often a simulated slice is seen,
    each time with a new acquisition and maybe mirrored. slices: what the simulated slices hold. shapes: file of real
    infarct shapes. generators: processes that make slices or stacks (0: the training one does; 1 gives the same; of
    several, whichever is ready comes first). validation_anatomies: those of the fixed validation slices or stacks,
    which show the validation shapes, where no patients are held back; validate_every: steps from one validation to
    the next. For a network that sees the stack: stacks: what these hold; real_slices: file of real single slices
    (deep_aspects_training.real_slices), of which stacks.real_share of the stacks are made; fresh: beginnings of the
    names of weights that start anew instead of as in start_from; frozen_stages: of the encoder, from the image on,
    that are left as they are, which saves a quarter of a step's time. data: folder made by `npx deep-aspects
    prepare`, a site's own labelled CT; then simulated_share of each batch are simulated slices, and validation_share
    of the patients are held back. freeze_batch_norm: keep the statistics of batch norms as they are; else a run that
    starts from a model.onnx takes them from its own first slices (see onnx_weights). processes: that many share each
    step, each with a batch of its own: on a CPU two of one thread each get more done than two threads of one.
    """

    name: str
    task: str
    stages: tuple[Stage, ...]
    atlas: str = ""
    data: str = ""
    simulated_share: float = 0.0
    validation_share: float = 0.2
    freeze_batch_norm: bool = False
    anatomies: tuple[str | int, ...] = ()
    seed: int = 1
    device: str = "auto"
    precision: str = "bf16"
    threads: int = 0
    processes: int = 1
    network: NetworkSettings = field(default_factory=NetworkSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    optimizer: str = "adamw"
    weight_decay: float = 0.01
    warmup_steps: int = 50
    average_decay: float = 0.995
    slices: SliceSettings = field(default_factory=SliceSettings)
    stacks: StackSettings = field(default_factory=StackSettings)
    shapes: str = ""
    real_slices: str = ""
    validation_anatomies: tuple[str | int, ...] = ()
    validate_every: int = 250
    generators: int = 0
    frozen_stages: int = 0
    reuse: int = 2
    start_from: str = ""
    start_sha256: str = ""
    fresh: tuple[str, ...] = ()
    log_every: int = 20
    checkpoint_minutes: float = 3.0
    output: str = "runs"

    @property
    def folder(self) -> Path:
        return Path(self.output) / self.name

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def build(cls: type, values: dict[str, Any], where: str) -> Any:
    known = {f.name for f in fields(cls)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"{where}: unknown settings {unknown}; known are {sorted(known)}")
    return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})


def load_config(path: str | Path) -> TrainConfig:
    """Read a configuration; ValueError names the file and what is wrong in it."""
    values = yaml.safe_load(Path(path).read_text())
    where = str(path)
    values["stages"] = [build(Stage, stage, f"{where}: stages") for stage in values["stages"]]
    values["network"] = build(NetworkSettings, values.get("network", {}), f"{where}: network")
    values["loss"] = build(LossSettings, values.get("loss", {}), f"{where}: loss")
    for name, cls in (("slices", SliceSettings), ("stacks", StackSettings)):
        part = dict(values.get(name, {}))
        part["lesions"] = build(LesionShares, part.get("lesions", {}), f"{where}: {name}: lesions")
        values[name] = build(cls, part, f"{where}: {name}")
    config = build(TrainConfig, values, where)
    if config.task not in TASKS:
        raise ValueError(f"{where}: task must be one of {TASKS}, not {config.task!r}")
    if not config.atlas and (not config.data or config.simulated_share > 0):
        raise ValueError(f"{where}: simulated slices need an atlas")
    return config

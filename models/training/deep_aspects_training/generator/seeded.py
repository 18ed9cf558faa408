"""What every endless source of simulated samples starts from."""

from __future__ import annotations

from typing import Generic, TypeVar

import torch

from ..atlas_volumes import AtlasVolumes
from .shapes import Shapes

Settings = TypeVar("Settings")


class SeededGenerator(Generic[Settings]):
    """The same atlas, shapes, settings and seed give the same samples on the same kind of device. shapes: real
    infarcts, for settings that draw from them."""

    def __init__(self, atlas: AtlasVolumes, settings: Settings, seed: int, shapes: Shapes | None = None):
        self.atlas, self.settings, self.shapes = atlas, settings, shapes
        self.device = atlas.packed.device
        self.random = torch.Generator(device=self.device)
        self.random.manual_seed(seed)

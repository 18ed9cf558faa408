"""EfficientNet encoders: MONAI's B0-B8, and a narrow one for a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from monai.networks.blocks import BaseEncoder
from monai.networks.nets.efficientnet import EfficientNet, EfficientNetEncoder
from monai.networks.nets.flexible_unet import FLEXUNET_BACKBONE
from torch import nn

SMALL = "efficientnet-small"


class SmallEfficientNet(EfficientNet, BaseEncoder):
    """EfficientNet of 0.6 times B0's width and half its depth that ends at a sixteenth of the resolution.

    B0's stages without the last one, and with no stride in the last but one: an input of 112 pixels has no
    whole 32nd part.
    """

    BLOCKS = (
        "r1_k3_s11_e1_i32_o16_se0.25",
        "r2_k3_s22_e6_i16_o24_se0.25",
        "r2_k5_s22_e6_i24_o40_se0.25",
        "r3_k3_s22_e6_i40_o80_se0.25",
        "r3_k5_s11_e6_i80_o112_se0.25",
        "r4_k5_s11_e6_i112_o192_se0.25",
    )
    CHANNELS = (16, 16, 24, 112)

    def __init__(self, **given) -> None:
        super().__init__(
            list(self.BLOCKS), width_coefficient=0.6, depth_coefficient=0.5, image_size=112, num_classes=1, **given
        )
        # The classifier's layers: an encoder has none.
        del self._conv_head, self._conv_head_padding, self._bn1, self._fc

    @classmethod
    def get_encoder_parameters(cls) -> list[dict]:
        return [{"spatial_dims": 2, "in_channels": 3, "pretrained": False}]

    @classmethod
    def num_channels_per_output(cls) -> list[tuple[int, ...]]:
        return [cls.CHANNELS]

    @classmethod
    def num_outputs(cls) -> list[int]:
        return [len(cls.CHANNELS)]

    @classmethod
    def get_encoder_names(cls) -> list[str]:
        return [SMALL]

    def forward(self, inputs: torch.Tensor) -> list[torch.Tensor]:
        values = self._swish(self._bn0(self._conv_stem(self._conv_stem_padding(inputs))))
        features = []
        for index, stage in enumerate(self._blocks, start=1):
            values = stage(values)
            if index in self.extract_stacks:
                features.append(values)
        return features


class _Unpretrained(SmallEfficientNet):
    """As MONAI's register calls it: with a `pretrained` that is always False."""

    def __init__(self, pretrained: bool = False, **given) -> None:
        super().__init__(**given)


FLEXUNET_BACKBONE.register_class(_Unpretrained)


@dataclass(frozen=True)
class Encoder:
    """module: images -> features from half the resolution down, each at half the one before; channels: of
    each of them."""

    module: nn.Module
    channels: tuple[int, ...]


def make_encoder(backbone: str) -> Encoder:
    """ValueError where there is no encoder of that name."""
    if backbone == SMALL:
        return Encoder(SmallEfficientNet(), SmallEfficientNet.CHANNELS)
    names = EfficientNetEncoder.get_encoder_names()
    if backbone not in names:
        raise ValueError(f"backbone must be {SMALL} or one of {names}, not {backbone!r}")
    channels = EfficientNetEncoder.num_channels_per_output()[names.index(backbone)]
    return Encoder(EfficientNetEncoder(model_name=backbone, pretrained=False), channels)


def until_sixteenth(encoder: Encoder) -> Encoder:
    """The encoder without the stages below a sixteenth of the resolution."""
    stages: Any = encoder.module
    stages._blocks = stages._blocks[: stages.extract_stacks[3]]
    return Encoder(encoder.module, encoder.channels[:4])

"""Parts that the decoders share, as FlexibleUNet sets them."""

from __future__ import annotations

import torch
from monai.networks.nets.basic_unet import UpCat
from torch import nn

NORM = ("batch", {"eps": 1e-3, "momentum": 0.1})
ACTIVATION = ("relu", {"inplace": True})


def up_block(channels: int, skip_channels: int, out_channels: int, project: bool = True) -> UpCat:
    """Twice the size by nearest neighbour, skip features concatenated, two convolutions; `project`: halve the
    channels first."""
    return UpCat(
        2,
        channels,
        skip_channels,
        out_channels,
        ACTIVATION,
        NORM,
        bias=False,
        upsample="nontrainable",
        pre_conv="default" if project else None,
        interp_mode="nearest",
        align_corners=None,
        halves=project and skip_channels > 0,
        is_pad=False,
    )


def normalised(convolution: nn.Conv2d) -> nn.Sequential:
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels, eps=1e-3), nn.ReLU(inplace=True))


class Upsample(nn.Module):
    """Twice the size, nearest neighbour."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return nn.functional.interpolate(values, scale_factor=2.0, mode="nearest")


def head(channels: int, classes: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, classes, 3, padding=1))

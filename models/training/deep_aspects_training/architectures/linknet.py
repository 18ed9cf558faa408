"""LinkNet (Chaurasia and Culurciello, 2017): a light decoder to which encoder features are added, not joined."""

from __future__ import annotations

import torch
from torch import nn

from .architecture import Architecture
from .blocks import Upsample, head, normalised
from .encoders import Encoder, make_encoder


def _decoder_block(channels: int, out_channels: int) -> nn.Sequential:
    """A quarter of the channels, twice the size, and on to `out_channels`.

    The original's transposed convolution is upsampling and a convolution of the same size here: no checkerboard, and
    safe on WebGPU.
    """
    quarter = max(4, channels // 4)
    return nn.Sequential(
        normalised(nn.Conv2d(channels, quarter, 1, bias=False)),
        Upsample(),
        normalised(nn.Conv2d(quarter, quarter, 3, padding=1, bias=False)),
        normalised(nn.Conv2d(quarter, out_channels, 1, bias=False)),
    )


class LinkNet(nn.Module):
    """final_channels: at the input's resolution, before the classes."""

    def __init__(self, encoder: Encoder, classes: int, final_channels: int):
        super().__init__()
        self.encoder = encoder.module
        widths = [final_channels, *encoder.channels]
        self.blocks = nn.ModuleList(_decoder_block(widths[i], widths[i - 1]) for i in range(len(widths) - 1, 0, -1))
        self.finish = normalised(nn.Conv2d(final_channels, final_channels, 3, padding=1, bias=False))
        self.segmentation_head = head(final_channels, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        *skips, values = self.encoder(images)
        for block in self.blocks:
            values = block(values)
            if skips:
                values = values + skips.pop()
        return self.segmentation_head(self.finish(values))


ARCHITECTURE = Architecture(
    "LinkNet",
    lambda settings, classes: LinkNet(make_encoder(settings.backbone), classes, settings.decoder_channels[-1]),
    lambda settings: [f"final channels {settings.decoder_channels[-1]}"],
)

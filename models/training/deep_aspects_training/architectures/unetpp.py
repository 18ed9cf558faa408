"""UNet++ (Zhou and others, 2018): a U-Net whose skip connections are filled with dense blocks."""

from __future__ import annotations

import torch
from torch import nn

from .architecture import Architecture
from .blocks import head, up_block
from .encoders import Encoder, make_encoder


class UNetPlusPlus(nn.Module):
    """Node (level, column) sees every earlier node of its level, and the node below it upsampled; column 0
    is the encoder.

    Inner nodes have the channels of their level of the encoder; the last node of each level has those of the decoder,
    from the deepest level up. One more block brings the finest level to the input's resolution. No deep supervision.
    """

    def __init__(self, encoder: Encoder, classes: int, decoder_channels: tuple[int, ...]):
        super().__init__()
        self.encoder = encoder.module
        self.levels = len(encoder.channels)
        self.nodes = nn.ModuleDict()
        widths = {(level, 0): channels for level, channels in enumerate(encoder.channels)}
        for column in range(1, self.levels):
            for level in range(self.levels - column):
                last = level + column == self.levels - 1
                widths[level, column] = decoder_channels[column - 1] if last else encoder.channels[level]
                skips = sum(widths[level, earlier] for earlier in range(column))
                self.nodes[f"{level}-{column}"] = up_block(widths[level + 1, column - 1], skips, widths[level, column])
        finest = widths[0, self.levels - 1]
        self.finish = up_block(finest, 0, decoder_channels[self.levels - 1])
        self.segmentation_head = head(decoder_channels[self.levels - 1], classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        rows = [[features] for features in self.encoder(images)]
        for column in range(1, self.levels):
            for level in range(self.levels - column):
                skips = torch.cat(rows[level], 1)
                rows[level].append(self.nodes[f"{level}-{column}"](rows[level + 1][column - 1], skips))
        return self.segmentation_head(self.finish(rows[0][-1], None))


ARCHITECTURE = Architecture(
    "UNet++",
    lambda settings, classes: UNetPlusPlus(make_encoder(settings.backbone), classes, settings.decoder_channels),
)

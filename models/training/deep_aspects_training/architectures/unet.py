"""U-Net (Ronneberger and others, 2015): MONAI's FlexibleUNet."""

from __future__ import annotations

from monai.networks.nets import FlexibleUNet
from torch import nn

from .architecture import Architecture


def make_unet(backbone: str, classes: int, decoder_channels: tuple[int, ...]) -> nn.Module:
    """decoder_channels: from the deepest level up, as many as the encoder has levels."""
    return FlexibleUNet(
        in_channels=3,
        out_channels=classes,
        backbone=backbone,
        pretrained=False,
        decoder_channels=tuple(decoder_channels),
        is_pad=False,
    )


ARCHITECTURE = Architecture(
    "U-Net", lambda settings, classes: make_unet(settings.backbone, classes, settings.decoder_channels)
)

"""What the package knows of an architecture. Each one is a module here with an `ARCHITECTURE`, and is called by the
module's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import nn

#: Side of the input of every network, pixels.
INPUT_SIZE = 224


@dataclass(frozen=True)
class NetworkSettings:
    """architecture: a module of `architectures`. backbone: efficientnet-small or efficientnet-b0 ... b8.

    decoder_channels from the deepest level up (LinkNet takes the last alone); drop_connect: stochastic depth.
    reduction 2: the network works on 112 x 112 pixels inside. mirror_average: in use, not in training, the answer is
    the mean over the head and its mirror image. depth: how often a network that sees the stack halves (3 to 5).
    transformer (TransUNet): layers, channels of a token, heads, channels
    of the hidden layer.
    """

    backbone: str = "efficientnet-b0"
    decoder_channels: tuple[int, ...] = field(default=(128, 64, 32, 24, 16))
    drop_connect: float = 0.0
    architecture: str = "unet"
    reduction: int = 1
    mirror_average: bool = False
    depth: int = 5
    transformer: tuple[int, int, int, int] = (12, 768, 12, 3072)


def decoder_details(settings: NetworkSettings) -> list[str]:
    return ["decoder " + "-".join(str(channels) for channels in settings.decoder_channels)]


@dataclass(frozen=True)
class Architecture:
    """title: as papers write it. build: settings and number of classes -> network of [B, 3, H, W] that gives logits
    [B, classes, H, W], or a `StackUNet`'s like where sees_stack says so. details: what a manifest's line says of the
    settings that are its own."""

    title: str
    build: Callable[[NetworkSettings, int], nn.Module]
    details: Callable[[NetworkSettings], list[str]] = decoder_details
    sees_stack: bool = False

"""U-Nets with an EfficientNet encoder (MONAI), and how their three input channels are made."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from monai.networks.nets import FlexibleUNet
from torch import nn

from .generator.slices import OFFSETS_MM
from .labels import ANATOMY_CLASSES

TASKS = ("anatomy", "infarct")


@dataclass(frozen=True)
class Channel:
    """Mean of the slabs at these offsets (mm), optionally mirrored left-right about the grid's middle column."""

    offsets_mm: tuple[float, ...]
    mirrored: bool = False


@dataclass(frozen=True)
class InputRecipe:
    """From slabs in HU to the network's input: HU window, output range and channels."""

    channels: tuple[Channel, ...]
    center: float = 35.0
    width: float = 70.0
    range: tuple[float, float] = (-1.0, 1.0)

    def apply(self, slabs: torch.Tensor) -> torch.Tensor:
        """slabs [B, len(OFFSETS_MM), H, W] HU -> [B, channels, H, W] float32."""
        low, high = self.range
        planes = []
        for channel in self.channels:
            hu = slabs[:, [OFFSETS_MM.index(offset) for offset in channel.offsets_mm]].mean(1)
            share = ((hu - (self.center - self.width / 2)) / self.width).clamp(0, 1)
            value = low + (high - low) * share
            planes.append(value.flip(-1) if channel.mirrored else value)
        return torch.stack(planes, 1)


RECIPES: dict[str, InputRecipe] = {
    "anatomy": InputRecipe((Channel((0.0,)), Channel((-5.0,)), Channel((5.0,)))),
    "infarct": InputRecipe((Channel((0.0,)), Channel((0.0,), mirrored=True), Channel((-5.0, 5.0)))),
}
OUTPUTS: dict[str, int] = {"anatomy": len(ANATOMY_CLASSES), "infarct": 1}


@dataclass(frozen=True)
class NetworkSettings:
    """backbone: efficientnet-b0 ... b8; decoder_channels from the deepest level up; drop_connect: stochastic depth."""

    backbone: str = "efficientnet-b0"
    decoder_channels: tuple[int, ...] = field(default=(128, 64, 32, 24, 16))
    drop_connect: float = 0.0


def build_network(task: str, settings: NetworkSettings) -> nn.Module:
    """[B, 3, H, W] -> logits [B, OUTPUTS[task], H, W]; H and W multiples of 32."""
    network = FlexibleUNet(
        in_channels=3,
        out_channels=OUTPUTS[task],
        backbone=settings.backbone,
        pretrained=False,
        decoder_channels=tuple(settings.decoder_channels),
        is_pad=False,
    )
    for module in network.modules():
        if hasattr(module, "drop_connect_rate"):
            module.drop_connect_rate = settings.drop_connect
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.05
    if task == "infarct":
        # Infarct is rare: begin where the network says "none".
        nn.init.constant_(_last_bias(network), -3.0)
    return network


def _last_bias(network: nn.Module) -> torch.Tensor:
    biases = [module.bias for module in network.segmentation_head.modules() if isinstance(module, nn.Conv2d)]
    return biases[-1]


def copy_encoder(network: nn.Module, state: dict[str, torch.Tensor]) -> int:
    """Start from another network: copy encoder and decoder weights of the same shape; returns how many."""
    own = network.state_dict()
    same = {
        name: value for name, value in state.items()
        if name in own and own[name].shape == value.shape and not name.startswith("segmentation_head")
    }
    network.load_state_dict(same, strict=False)
    return len(same)


#: Parts of MONAI's EfficientNet that classify images; a U-Net does not use them.
UNUSED = ("encoder._conv_head.", "encoder._bn1.", "encoder._fc.")


def count_parameters(network: nn.Module) -> int:
    """Parameters that take part in a segmentation."""
    return sum(parameter.numel() for name, parameter in network.named_parameters() if not name.startswith(UNUSED))

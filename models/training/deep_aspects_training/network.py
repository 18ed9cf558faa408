"""The networks (architectures/) with an EfficientNet encoder, and how their three input channels are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from .architectures import AtReducedResolution, NetworkSettings, Padded, StackUNet, build_architecture, sees_stack
from .architectures.encoders import SMALL
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
#: Classes of an infarct network that sees the stack, in order of their planes.
STACK_CLASSES = ("acute infarct", "old infarct", "haemorrhage")
OUTPUTS: dict[str, int] = {"anatomy": len(ANATOMY_CLASSES), "infarct": 1}


class MirrorAverage(nn.Module):
    """Mean of a network's logits over the images and the same head mirrored left-right, both in one batch."""

    def __init__(self, network: nn.Module, recipe: InputRecipe):
        super().__init__()
        self.network = network
        #: For each channel the one that shows it mirrored, or itself where it has to be turned round.
        self.counterparts = [
            next((k for k, other in enumerate(recipe.channels) if other == Channel(c.offsets_mm, not c.mirrored)), None)
            for c in recipe.channels
        ]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        # An index, since not every runtime turns an axis round by itself.
        backwards = torch.arange(images.shape[-1] - 1, -1, -1, device=images.device)
        planes = [
            images[:, k : k + 1].index_select(-1, backwards) if other is None else images[:, other : other + 1]
            for k, other in enumerate(self.counterparts)
        ]
        straight, mirrored = self.network(torch.cat([images, torch.cat(planes, 1)])).chunk(2)
        return (straight + mirrored.index_select(-1, backwards)) / 2


class _DepthwiseBf16(torch.autograd.Function):
    """Depthwise convolution with a bfloat16 forward and a float32 backward pass."""

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.bfloat16)
    def forward(ctx, values, weight, stride, padding, groups):
        ctx.save_for_backward(values, weight)
        ctx.settings = stride, padding, groups
        return F.conv2d(values, weight, None, stride, padding, 1, groups)

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx, gradient):
        values, weight = ctx.saved_tensors
        stride, padding, groups = ctx.settings
        to_values, to_weight, _ = torch.ops.aten.convolution_backward(
            gradient.float(),
            values.float(),
            weight.float(),
            None,
            stride,
            padding,
            (1, 1),
            False,
            (0, 0),
            groups,
            (True, True, False),
        )
        return to_values.to(gradient.dtype), to_weight, None, None, None


class DepthwiseConv2d(nn.Conv2d):
    """PyTorch has no fast bfloat16 backward pass for depthwise convolutions on a CPU (up to 9 times slower
    than float32)."""

    def _conv_forward(self, values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        on_cpu = values.device.type == "cpu" and torch.is_autocast_enabled("cpu")
        if on_cpu and torch.is_grad_enabled() and bias is None:
            return _DepthwiseBf16.apply(values, weight, self.stride, self.padding, self.groups)
        return super()._conv_forward(values, weight, bias)


def build_network(task: str, settings: NetworkSettings) -> nn.Module:
    """[B, 3, H, W] -> logits [B, OUTPUTS[task], H, W]; H and W multiples of 32."""
    if settings.reduction not in (1, 2):
        raise ValueError(f"reduction must be 1 or 2, not {settings.reduction}")
    if sees_stack(settings.architecture):
        raise ValueError(f"{settings.architecture} sees a stack of slices: build_stack_network makes it")
    network = build_architecture(settings, OUTPUTS[task])
    _set_up(network, settings)
    if task == "infarct":
        # Infarct is rare: begin where the network says "none".
        nn.init.constant_(_last_bias(network), -3.0)
    if settings.reduction == 1:
        return network
    # Half of 224 pixels has no whole 32nd part, to which all but the small encoder go.
    return AtReducedResolution(network if settings.backbone == SMALL else Padded(network, 32), OUTPUTS[task])


def build_stack_network(settings: NetworkSettings) -> StackUNet:
    """The infarct network that sees the stack: see `StackUNet.forward`; it begins where it says "none" of all
    STACK_CLASSES."""
    network = build_architecture(settings, len(STACK_CLASSES))
    if not isinstance(network, StackUNet):
        raise ValueError(f"{settings.architecture} sees single slices: build_network makes it")
    _set_up(network, settings)
    *_, last = network.bright.parameters()
    for bias in (_last_bias(network), last):
        nn.init.constant_(bias, -3.0)
    return network


def _set_up(network: nn.Module, settings: NetworkSettings) -> None:
    module: Any
    for module in network.modules():
        if hasattr(module, "drop_connect_rate"):
            module.drop_connect_rate = settings.drop_connect
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.05
        if type(module) is nn.Conv2d and module.groups == module.in_channels > 1:
            module.__class__ = DepthwiseConv2d


@torch.no_grad()
def become_stack_network(network: StackUNet, single: nn.Module) -> None:
    """Take over the weights of a network of one class and one slice (a U-Net): acute and old infarct start alike."""
    single_unet: Any = architecture_of(single)
    head: Any = network.segmentation_head
    network.encoder.load_state_dict(single_unet.encoder.state_dict())
    network.decoder.load_state_dict(single_unet.decoder.state_dict())
    own, other = head[0], single_unet.segmentation_head[0]
    own.weight[:], own.bias[:] = other.weight, other.bias


def core_of(network: nn.Module) -> nn.Module:
    """What works at the reduced resolution, of a network that reduces its input."""
    return network.core if isinstance(network, AtReducedResolution) else network


def architecture_of(network: nn.Module) -> nn.Module:
    """The network without reduction and padding around it."""
    core = core_of(network)
    return core.network if isinstance(core, Padded) else core


def _last_bias(network: nn.Module) -> torch.Tensor:
    head: Any = network.segmentation_head
    biases = [module.bias for module in head.modules() if isinstance(module, nn.Conv2d) and module.bias is not None]
    return biases[-1]


def copy_weights(network: nn.Module, state: dict[str, torch.Tensor], with_head: bool) -> int:
    """Start from another network: copy its weights of the same shape, the last layer only `with_head`;
    returns how many.

    What stands around the architecture (reduction, padding) may differ.
    """
    network = architecture_of(network)
    own = network.state_dict()
    plain = {name.removeprefix("core.").removeprefix("network."): value for name, value in state.items()}
    same = {
        name: value
        for name, value in plain.items()
        if name in own and own[name].shape == value.shape and (with_head or "segmentation_head" not in name)
    }
    network.load_state_dict(same, strict=False)
    return len(same)


#: Parts of MONAI's EfficientNet that classify images; no network here uses them.
UNUSED = ("encoder._conv_head.", "encoder._bn1.", "encoder._fc.")


def count_parameters(network: nn.Module) -> int:
    """Parameters that take part in a segmentation."""
    return sum(
        parameter.numel() for name, parameter in network.named_parameters() if not any(part in name for part in UNUSED)
    )

"""The paper's four architectures on one EfficientNet encoder.

All take [B, 3, H, W] and give logits [B, classes, H, W]. Upsampling is nearest and padding explicit throughout, because those are
what onnxruntime-web's WebGPU provider computes right.
"""

from __future__ import annotations

from torch import nn

from .encoders import make_encoder
from .linknet import LinkNet
from .reduction import AtReducedResolution, Padded
from .stack_unet import StackUNet
from .transunet import TransUNet
from .unet import make_unet
from .unetpp import UNetPlusPlus

#: By the setting `architecture`; the names as the paper writes them.
ARCHITECTURES = {"unet": "U-Net", "transunet": "TransUNet", "unetpp": "UNet++", "linknet": "LinkNet"}
#: Sees a stack of slices; built by `network.build_stack_network`.
STACK = "stack_unet"
#: Side of the input of every network, pixels.
INPUT_SIZE = 224

__all__ = ["ARCHITECTURES", "STACK", "AtReducedResolution", "Padded", "StackUNet", "build_architecture", "describe"]


def build_architecture(
    architecture: str, backbone: str, classes: int, decoder_channels: tuple[int, ...], transformer: tuple[int, ...], reduction: int
) -> nn.Module:
    """The settings are those of `NetworkSettings`. ValueError where the architecture or the encoder is not known."""
    if architecture == "unet":
        return make_unet(backbone, classes, decoder_channels)
    if architecture == "unetpp":
        return UNetPlusPlus(make_encoder(backbone), classes, decoder_channels)
    if architecture == "linknet":
        return LinkNet(make_encoder(backbone), classes, decoder_channels[-1])
    if architecture == "transunet":
        return TransUNet(make_encoder(backbone), classes, decoder_channels, transformer, INPUT_SIZE // 16 // reduction)
    raise ValueError(f"architecture must be one of {sorted(ARCHITECTURES)}, not {architecture!r}")


def describe(network: dict) -> str:
    """One line for a manifest, from the `network` part of a configuration (those of older runs name no architecture)."""
    name = network.get("architecture", "unet")
    backbone = network["backbone"].replace("efficientnet-", "EfficientNet-").replace("-b", "-B")
    parts = ["U-Net whose slices exchange features" if name == STACK else ARCHITECTURES[name], f"{backbone} encoder"]
    if name == "transunet":
        layers, hidden, heads, _ = network["transformer"]
        parts.append(f"ViT of {layers} layers, {hidden} channels, {heads} heads")
    if name == "linknet":
        parts.append(f"final channels {network['decoder_channels'][-1]}")
    else:
        parts.append("decoder " + "-".join(str(n) for n in network["decoder_channels"]))
    if network.get("reduction", 1) > 1:
        parts.append(f"at 1/{network['reduction']} of the input's resolution")
    if network.get("mirror_average"):
        parts.append("mean over the head and its mirror image")
    return ", ".join(parts)

"""The paper's four architectures, and one that sees a stack of slices, on one EfficientNet encoder.

Those of single slices take [B, 3, H, W] and give logits [B, classes, H, W]. Upsampling is nearest and padding
explicit throughout, because those are what onnxruntime-web's WebGPU provider computes right. A new one is a module
here with an `ARCHITECTURE`: nothing else names it.
"""

from __future__ import annotations

import pkgutil
from dataclasses import fields
from importlib import import_module
from typing import Any

from torch import nn

from .architecture import INPUT_SIZE, Architecture, NetworkSettings
from .reduction import AtReducedResolution, Padded
from .stack_unet import StackUNet

__all__ = [
    "ARCHITECTURES",
    "INPUT_SIZE",
    "REGISTRY",
    "Architecture",
    "AtReducedResolution",
    "NetworkSettings",
    "Padded",
    "StackUNet",
    "build_architecture",
    "describe",
    "sees_stack",
    "title_of",
]


def _registered() -> dict[str, Architecture]:
    modules = {module.name: import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)}
    return {name: module.ARCHITECTURE for name, module in modules.items() if hasattr(module, "ARCHITECTURE")}


#: Every architecture by the setting `architecture`.
REGISTRY = _registered()
#: Titles of those of single slices.
ARCHITECTURES = {name: found.title for name, found in REGISTRY.items() if not found.sees_stack}


def sees_stack(name: str) -> bool:
    """Whether a network of that architecture is given slices together; ValueError where it is not known."""
    return _find(name).sees_stack


def build_architecture(settings: NetworkSettings, classes: int) -> nn.Module:
    """ValueError where the architecture or the encoder is not known."""
    return _find(settings.architecture).build(settings, classes)


def _settings(network: dict[str, Any]) -> NetworkSettings:
    """From the `network` part of a configuration; those of older runs name no architecture."""
    return NetworkSettings(**{f.name: network[f.name] for f in fields(NetworkSettings) if f.name in network})


def title_of(network: dict[str, Any]) -> str:
    """Its name as papers write it, from the `network` part of a configuration."""
    return _find(_settings(network).architecture).title


def describe(network: dict[str, Any]) -> str:
    """One line for a manifest, from the `network` part of a configuration."""
    settings = _settings(network)
    architecture = _find(settings.architecture)
    backbone = settings.backbone.replace("efficientnet-", "EfficientNet-").replace("-b", "-B")
    parts = [architecture.title, f"{backbone} encoder", *architecture.details(settings)]
    if settings.reduction > 1:
        parts.append(f"at 1/{settings.reduction} of the input's resolution")
    if settings.mirror_average:
        parts.append("mean over the head and its mirror image")
    return ", ".join(parts)


def _find(name: str) -> Architecture:
    if name not in REGISTRY:
        raise ValueError(f"architecture must be one of {sorted(REGISTRY)}, not {name!r}")
    return REGISTRY[name]

"""A network that works at half the input's resolution, for machines without a GPU."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


class AtReducedResolution(nn.Module):
    """Averages 2 x 2 pixels, runs `core`, and interpolates its logits linearly back to the input's size.

    The interpolation is nearest upsampling followed by the kernel 1-2-1 along both axes, which is the same but for
    the outermost pixels, and uses only operators that are computed right on WebGPU.
    """

    core: nn.Module
    kernel: torch.Tensor

    def __init__(self, core: nn.Module, classes: int):
        super().__init__()
        self.core = core
        taps = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer("kernel", (taps[:, None] * taps[None]).expand(classes, 1, 3, 3).clone(), persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.enlarge(self.core(F.avg_pool2d(images, 2)))

    def enlarge(self, logits: torch.Tensor) -> torch.Tensor:
        larger = F.interpolate(logits, scale_factor=2.0, mode="nearest")
        return F.conv2d(larger, self.kernel.to(larger.dtype), padding=1, groups=larger.shape[1])


class Padded(nn.Module):
    """Lets `network` see a multiple of `stride` pixels a side: the rest is `value` (air, in the networks' inputs),
    and is cut off again."""

    network: nn.Module

    def __init__(self, network: nn.Module, stride: int, value: float = -1.0):
        super().__init__()
        self.network, self.stride, self.value = network, stride, value

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        height, width = (int(size) for size in images.shape[-2:])
        missing = [-size % self.stride for size in (width, height)]
        sides = [part for total in missing for part in (total // 2, total - total // 2)]
        logits = self.network(F.pad(images, sides, value=self.value))
        return logits[..., sides[2] : sides[2] + height, sides[0] : sides[0] + width]

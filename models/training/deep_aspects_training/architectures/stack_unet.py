"""A U-Net whose slices see each other: each slice is encoded once, and neighbours exchange their
low-resolution features."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from monai.networks.nets.basic_unet import TwoConv
from torch import nn

from .architecture import Architecture, decoder_details
from .blocks import ACTIVATION, NORM, Upsample
from .reduction import AtReducedResolution
from .unet import make_unet

#: Neighbours that a slice sees, mm along the slice normal, cranial positive.
CONTEXT_OFFSETS_MM = (-10.0, -5.0, 5.0, 10.0)
#: Encoder levels that neighbours exchange: strides 8, 16 and 32; the hidden channels of each one's context block.
EXCHANGED_LEVELS, HIDDEN_CHANNELS = (2, 3, 4), (64, 96, 128)
#: The encoder halves five times; a shallower one is shown the same margin.
FULL_DEPTH, STRIDE = 5, 32
AIR = -1.0


class ContextBlock(nn.Module):
    """Adds to a slice's features [N, C, h, w] what follows from its own and its neighbours' [N, K, C, h, w]; at
    first nothing."""

    def __init__(self, channels: int, neighbours: int, hidden: int):
        super().__init__()
        self.project = nn.Conv2d((1 + neighbours) * channels, hidden, 1)
        self.mix = nn.Conv2d(hidden, hidden, 3, padding=1)
        self.add = nn.Conv2d(hidden, channels, 1)
        for values in self.add.parameters():
            nn.init.zeros_(values)

    def forward(self, own: torch.Tensor, neighbours: torch.Tensor) -> torch.Tensor:
        seen = torch.cat([own, neighbours.flatten(1, 2)], 1)
        return own + self.add(F.relu(self.mix(F.relu(self.project(seen)))))


def context_weights(positions_mm: torch.Tensor, offsets_mm: tuple[float, ...] = CONTEXT_OFFSETS_MM) -> torch.Tensor:
    """Shares [B, S, K, S] of each slice of a stack in what every slice sees at the offsets; positions [B, S] mm ascend.

    Linear between the two nearest slices; beyond the stack its end slice alone.
    """
    slices = positions_mm.shape[1]
    wanted = positions_mm[:, :, None] + torch.tensor(offsets_mm, device=positions_mm.device)
    wanted = wanted.clamp(positions_mm[:, :1, None], positions_mm[:, -1:, None])
    flat = wanted.flatten(1)
    above = torch.searchsorted(positions_mm.contiguous(), flat.contiguous()).clamp(1, slices - 1)
    low, high = positions_mm.gather(1, above - 1), positions_mm.gather(1, above)
    share = ((flat - low) / (high - low).clamp(min=1e-6))[..., None]
    weights = F.one_hot(above - 1, slices) * (1 - share) + F.one_hot(above, slices) * share
    return weights.reshape(*wanted.shape, slices)


class BrightBranch(nn.Module):
    """Logit of the last class, haemorrhage, from the decoder's last features and the encoder's first: what is bright,
    which a decoder of dark lesions has no features of. It teaches neither of them anything: learning both in 16
    channels cost small infarcts."""

    def __init__(self, decoded: int, first: int):
        super().__init__()
        self.larger = Upsample()
        self.layers = nn.Sequential(nn.Conv2d(decoded + first, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 1))

    def forward(self, decoded: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        return self.layers(torch.cat([decoded.detach(), self.larger(first.detach())], 1))


class Bottom(nn.Module):
    """The deepest block of a U-Net that ends with the features it is given. A plane of ones tells its convolutions
    where the image ends."""

    def __init__(self, channels: int, out_channels: int):
        super().__init__()
        self.convs = TwoConv(2, channels + 1, out_channels, ACTIVATION, NORM, bias=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.convs(torch.cat([features, torch.ones_like(features[:, :1])], 1))


class ShallowDecoder(nn.Module):
    """The last blocks of a decoder, on a `Bottom`."""

    def __init__(self, bottom: Bottom, above: nn.ModuleList):
        super().__init__()
        self.blocks = nn.ModuleList([bottom, *above])

    def forward(self, features: list[torch.Tensor]) -> torch.Tensor:
        bottom, *above = self.blocks
        values = bottom(features[-1])
        for block, skip in zip(above, [*features[-2::-1], None]):
            values = block(values, skip)
        return values


class StackUNet(nn.Module):
    """U-Net with a context block at each exchanged level, and a branch of its own for the last class.

    With a reduction of 2 it works at twice the pixel size of the images in use (`answer`); in training its stacks
    come at its own resolution. depth: how often the encoder halves, 3 to 5; below 5 the encoder ends there, and so do
    the decoder (its first channels fall away) and the exchange.
    """

    encoder: nn.Module
    decoder: nn.Module
    segmentation_head: nn.Module

    def __init__(
        self, backbone: str, classes: int, decoder_channels: tuple[int, ...], reduction: int, depth: int = FULL_DEPTH
    ):
        super().__init__()
        unet: Any = make_unet(backbone, classes - 1, decoder_channels)
        self.encoder, self.decoder, self.segmentation_head = unet.encoder, unet.decoder, unet.segmentation_head
        self.resolution = AtReducedResolution(nn.Identity(), classes) if reduction == 2 else None
        if depth < FULL_DEPTH:
            self._end_at(depth, decoder_channels)
        channels = self.feature_channels()
        self.exchanged = EXCHANGED_LEVELS[: depth - EXCHANGED_LEVELS[0]]
        self.bright = BrightBranch(decoder_channels[-1], channels[0])
        self.context = nn.ModuleList(
            ContextBlock(channels[level], len(CONTEXT_OFFSETS_MM), hidden)
            for level, hidden in zip(self.exchanged, HIDDEN_CHANNELS)
        )

    def _end_at(self, depth: int, decoder_channels: tuple[int, ...]) -> None:
        deepest = self.feature_channels()[depth - 1]
        # MONAI's, whose parts the annotation nn.Module does not say.
        encoder: Any = self.encoder
        decoder: Any = self.decoder
        encoder._blocks = encoder._blocks[: encoder.extract_stacks[depth - 1]]
        above = decoder.blocks[len(decoder_channels) - depth :]
        self.decoder = ShallowDecoder(Bottom(deepest, decoder_channels[-depth - 1]), above)

    @torch.no_grad()
    def feature_channels(self) -> tuple[int, ...]:
        training = self.encoder.training
        features = self.encoder.eval()(torch.zeros(1, 3, STRIDE, STRIDE))
        self.encoder.train(training)
        return tuple(feature.shape[1] for feature in features)

    def encode(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Images [N, 3, h, w] -> features from half the resolution down, air around to a whole number of strides."""
        return self.encoder(F.pad(images, _margins(*(int(n) for n in images.shape[-2:])), value=AIR))

    def decode(
        self, features: list[torch.Tensor], neighbours: list[torch.Tensor], size: tuple[int, int]
    ) -> torch.Tensor:
        """Features of slices and, for each exchanged level, of their neighbours [N, K, C, h, w] -> logits
        [N, classes, *size]."""
        seen = list(features)
        for block, level, around in zip(self.context, self.exchanged, neighbours):
            seen[level] = block(features[level], around)
        decoded = self.decoder(seen)
        logits = torch.cat([self.segmentation_head(decoded), self.bright(decoded, features[0])], 1)
        left, _, top, _ = _margins(*size)
        return logits[..., top : top + size[0], left : left + size[1]]

    def forward(self, stacks: torch.Tensor, positions_mm: torch.Tensor) -> torch.Tensor:
        """Stacks [B, S, 3, h, w] of slices at positions [B, S] mm -> logits [B, S, classes, h, w]."""
        batch, slices = stacks.shape[:2]
        features = self.encode(stacks.flatten(0, 1).contiguous(memory_format=torch.channels_last))
        weights = context_weights(positions_mm)
        neighbours = [see_neighbours(features[level], weights) for level in self.exchanged]
        height, width = stacks.shape[-2:]
        logits = self.decode(features, neighbours, (height, width))
        return logits.reshape(batch, slices, *logits.shape[1:])

    def shrink(self, images: torch.Tensor) -> torch.Tensor:
        """Images of the size in use [N, 3, H, W] -> at the network's own resolution."""
        return images if self.resolution is None else F.avg_pool2d(images, 2)

    def enlarge(self, logits: torch.Tensor) -> torch.Tensor:
        return logits if self.resolution is None else self.resolution.enlarge(logits)

    def answer(self, stacks: torch.Tensor, positions_mm: torch.Tensor) -> torch.Tensor:
        """As `forward`, for stacks of the size in use."""
        logits = self(self.shrink(stacks.flatten(0, 1)).unflatten(0, stacks.shape[:2]), positions_mm)
        return self.enlarge(logits.flatten(0, 1)).unflatten(0, stacks.shape[:2])


def see_neighbours(features: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Features [B * S, C, h, w] of stacks -> what each slice sees of the others [B * S, K, C, h, w]."""
    batch, slices, offsets, _ = weights.shape
    flat = features.reshape(batch, slices, -1)
    around = weights.to(flat.dtype).reshape(batch, slices * offsets, slices) @ flat
    return around.reshape(batch * slices, offsets, *features.shape[1:])


def _margins(height: int, width: int) -> list[int]:
    """Left, right, top and bottom margins that make a whole number of strides."""
    missing = [-size % STRIDE for size in (width, height)]
    return [part for total in missing for part in (total // 2, total - total // 2)]


class EncoderGraph(nn.Module):
    """Images [1, 3, H, W] -> flat features [1, F]: first the levels that neighbours exchange, then the others."""

    def __init__(self, network: StackUNet):
        super().__init__()
        self.network = network
        self.order = _flat_order(network)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = self.network.encode(self.network.shrink(images))
        return torch.cat([features[level].flatten(1) for level in self.order], 1)


def _flat_order(network: StackUNet) -> list[int]:
    levels = range(len(network.feature_channels()))
    return [*network.exchanged, *(level for level in levels if level not in network.exchanged)]


class DecoderGraph(nn.Module):
    """Flat features [1, F] of a slice, context [1, K, C] of its neighbours -> probabilities [1, classes, size, size],
    uint8 0-255."""

    def __init__(self, network: StackUNet, size: int):
        super().__init__()
        self.network = network
        self.inner = network.shrink(torch.zeros(1, 1, size, size)).shape[-1]
        padded = self.inner + -self.inner % STRIDE
        self.order = _flat_order(network)
        channels = network.feature_channels()
        self.shapes = [
            (channels[level], padded >> (level + 1), padded >> (level + 1)) for level in range(len(channels))
        ]

    @property
    def feature_size(self) -> int:
        return sum(c * h * w for c, h, w in self.shapes)

    @property
    def context_size(self) -> int:
        return sum(c * h * w for c, h, w in (self.shapes[level] for level in self.network.exchanged))

    def forward(self, features: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        maps: list[torch.Tensor] = [features] * len(self.shapes)
        neighbours, start = [], 0
        for level in self.order:
            channels, height, width = self.shapes[level]
            end = start + channels * height * width
            maps[level] = features[:, start:end].reshape(1, channels, height, width)
            if level in self.network.exchanged:
                neighbours.append(context[:, :, start:end].reshape(1, len(CONTEXT_OFFSETS_MM), channels, height, width))
            start = end
        logits = self.network.enlarge(self.network.decode(maps, neighbours, (self.inner, self.inner)))
        return (logits.float().sigmoid() * 255 + 0.5).to(torch.uint8)


ARCHITECTURE = Architecture(
    "U-Net whose slices exchange features",
    lambda settings, classes: StackUNet(
        settings.backbone, classes, settings.decoder_channels, settings.reduction, settings.depth
    ),
    details=lambda settings: decoder_details(
        replace(settings, decoder_channels=settings.decoder_channels[-settings.depth - 1 :])
    ),
    sees_stack=True,
)

"""TransUNet (Chen and others, 2021): convolutional features, a vision transformer on them, a cascaded upsampler
with skips."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from .architecture import INPUT_SIZE, Architecture, NetworkSettings, decoder_details
from .blocks import head, normalised, up_block
from .encoders import Encoder, make_encoder, until_sixteenth


class TransformerLayer(nn.Module):
    """A layer of the vision transformer (Dosovitskiy and others, 2021) on [B, tokens, hidden], normalised first.

    PyTorch's own layer answers by a fused kernel in evaluation mode, which has no ONNX operator; MONAI's needs
    one more package.
    """

    def __init__(self, hidden: int, heads: int, mlp: int):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.queries_keys_values = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.mlp = nn.Sequential(nn.Linear(hidden, mlp), nn.GELU(), nn.Linear(mlp, hidden))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        tokens = tokens + self._attention(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))

    def _attention(self, tokens: torch.Tensor) -> torch.Tensor:
        count, hidden = (int(size) for size in tokens.shape[1:])
        parts = self.queries_keys_values(tokens).reshape(-1, count, 3, self.heads, hidden // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4).unbind(0)
        weights = (queries * (hidden // self.heads) ** -0.5 @ keys.transpose(-2, -1)).softmax(-1)
        return self.out((weights @ values).transpose(1, 2).reshape(-1, count, hidden))


class TransUNet(nn.Module):
    """The original's ResNet-50 is the comparison's encoder here, down to a sixteenth of the resolution; the rest
    is as published.

    transformer: number of layers, channels of a token, heads, channels of the hidden layer. grid: tokens along a side
    of the image that the network is made for; for others the position embedding is interpolated. decoder_channels:
    four, from the coarsest level up.
    """

    def __init__(
        self,
        encoder: Encoder,
        classes: int,
        decoder_channels: tuple[int, ...],
        transformer: tuple[int, int, int, int],
        grid: int,
    ):
        super().__init__()
        encoder = until_sixteenth(encoder)
        self.encoder = encoder.module
        *skips, deepest = encoder.channels
        layers, hidden, heads, mlp = transformer
        self.embedding = nn.Conv2d(deepest, hidden, 1)
        self.position = nn.Parameter(torch.zeros(1, hidden, grid, grid))
        nn.init.trunc_normal_(self.position, std=0.02)
        self.layers = nn.ModuleList(TransformerLayer(hidden, heads, mlp) for _ in range(layers))
        self.norm = nn.LayerNorm(hidden)
        widths = [2 * decoder_channels[0], *decoder_channels[:4]]
        self.after = normalised(nn.Conv2d(hidden, widths[0], 3, padding=1, bias=False))
        self.cascade = nn.ModuleList(
            up_block(widths[i], skip, widths[i + 1], project=False) for i, skip in enumerate([*reversed(skips), 0])
        )
        self.segmentation_head = head(widths[-1], classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        *skips, deepest = self.encoder(images)
        values = self.after(self._transform(self.embedding(deepest)))
        for block in self.cascade:
            values = block(values, skips.pop() if skips else None)
        return self.segmentation_head(values)

    def _transform(self, tokens: torch.Tensor) -> torch.Tensor:
        hidden, height, width = (int(size) for size in tokens.shape[1:])
        position: torch.Tensor = self.position
        if tuple(position.shape[-2:]) != (height, width):  # another image size, in training only
            position = F.interpolate(position, size=(height, width), mode="bilinear", align_corners=False)
        sequence = (tokens + position).flatten(2).transpose(1, 2)
        for layer in self.layers:
            sequence = layer(sequence)
        return self.norm(sequence).transpose(1, 2).reshape(-1, hidden, height, width)


def _build(settings: NetworkSettings, classes: int) -> TransUNet:
    grid = INPUT_SIZE // 16 // settings.reduction
    return TransUNet(make_encoder(settings.backbone), classes, settings.decoder_channels, settings.transformer, grid)


def _details(settings: NetworkSettings) -> list[str]:
    layers, hidden, heads, _ = settings.transformer
    return [f"ViT of {layers} layers, {hidden} channels, {heads} heads", *decoder_details(settings)]


ARCHITECTURE = Architecture("TransUNet", _build, _details)

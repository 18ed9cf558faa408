"""`python -m deep_aspects_training.shallow --checkpoint FILE --stacks validation.npz --out FILE`: a network that sees
the stack, and whose decoder's deepest block has all but died, without what this block alone was told: the same answers
from a twentieth of the parameters.

The block above a dead one reads zeros from it, so its 1 x 1 convolution gives the same bias everywhere: a plane of ones
with the sum of these weights (`architectures.stack_unet.Bottom`) does the same, up to the edge.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .architectures import StackUNet
from .config import NetworkSettings, build
from .export import load_stack
from .network import build_stack_network

#: Encoder halvings that are left: the dead block stands where strides 16 and 32 meet.
DEPTH = 3
#: Most by which the two networks' logits may differ on the average.
MEAN_DIFFERENCE = 1e-3


@torch.no_grad()
def without_deepest_block(network: StackUNet, settings: NetworkSettings) -> StackUNet:
    """The network as if its decoder's deepest block gave zeros."""
    shallow = build_stack_network(replace(settings, depth=DEPTH)).eval()
    old, kept = network.state_dict(), {}
    skip = network.feature_channels()[DEPTH - 1]
    for name in shallow.state_dict():
        kept[name] = old[_name_before(name)] if _name_before(name) in old else torch.empty(0)
    joined = "convs.conv_0.conv.weight"
    weight = old[f"decoder.blocks.1.{joined}"]
    bias = old["decoder.blocks.1.upsample.preconv.bias"]
    constant = (weight[:, skip:] * bias[None, :, None, None]).sum(1, keepdim=True)
    kept[f"decoder.blocks.0.{joined}"] = torch.cat([weight[:, :skip], constant], 1)
    shallow.load_state_dict(kept)
    return shallow


def _name_before(name: str) -> str:
    """Of a weight in the deep network."""
    parts = name.split(".")
    if parts[:2] == ["decoder", "blocks"]:
        parts[2] = str(int(parts[2]) + 1)
    return ".".join(parts)


@torch.no_grad()
def differences(first: StackUNet, second: StackUNet, stacks: Path) -> torch.Tensor:
    """Of the logits, on the stacks of a run's validation.npz."""
    with np.load(stacks) as archive:
        inputs, positions = (torch.from_numpy(archive[name]) for name in ("inputs", "positions"))
    return torch.stack(
        [
            (first(one[None].float(), at[None]) - second(one[None].float(), at[None])).abs()
            for one, at in zip(inputs, positions)
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Leave out what a dead block alone was told.")
    parser.add_argument("--checkpoint", required=True, type=Path)
    parser.add_argument("--stacks", required=True, type=Path, help="validation.npz of the run")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    saved: dict[str, Any] = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    config = json.loads(saved["config"])
    settings = build(NetworkSettings, config["network"], str(args.checkpoint))
    network = load_stack(args.checkpoint).network
    shallow = without_deepest_block(network, settings)
    found = differences(network, shallow, args.stacks)
    told = f"logits differ by {found.mean():.2g} on the average, {found.max():.2g} at most"
    if found.mean() > MEAN_DIFFERENCE:
        raise SystemExit(f"{told}: the deepest block is alive")
    config["network"]["depth"] = DEPTH
    state = {name: saved[name] for name in ("total_steps", "seconds")}
    torch.save(state | {"average": shallow.state_dict(), "config": json.dumps(config)}, args.out)
    print(told)


if __name__ == "__main__":
    main()

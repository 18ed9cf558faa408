"""Blocks of a decoder that have died: whose output is zero nearly everywhere, whatever the images show, and whose
weights next to no gradient reaches any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

#: A block is dead below this share of values above zero; the one that went unnoticed had 0.0003.
LEAST_SHARE = 0.01


@contextmanager
def refuse_silent_blocks(network: Any) -> Iterator[None]:
    """RuntimeError where, from what a network is given inside, a block of its decoder has made all but only zeros;
    a network whose decoder has no list of blocks passes.

    A deepest block that dies early costs the network its view of whole hemispheres, while the loss goes on falling.
    """
    heard: dict[str, list[float]] = {}

    def listen(name: str) -> Any:
        def hook(_module: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
            heard.setdefault(name, []).append(float((output != 0).float().mean()))

        return hook

    blocks: Any = getattr(getattr(network, "decoder", None), "blocks", ())
    hooks = [block.register_forward_hook(listen(f"decoder.blocks.{k}")) for k, block in enumerate(blocks)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
    silent = [name for name, shares in heard.items() if sum(shares) < LEAST_SHARE * len(shares)]
    if silent:
        raise RuntimeError(f"{', '.join(silent)}: zero nearly everywhere; start it anew (setting `fresh`)")

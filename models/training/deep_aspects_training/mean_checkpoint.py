"""`python -m deep_aspects_training.mean_checkpoint --of CHECKPOINT=SHARE ... --out CHECKPOINT`: weighted mean of the
weights of one run's checkpoints.

Checkpoints of different times of a run make different mistakes; the mean of their weights makes fewer of those that
only one makes. Everything but the averaged network (configuration, steps) is that of the first checkpoint named.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def mean_checkpoint(parts: list[tuple[Path, float]]) -> dict:
    """A checkpoint with the mean of the averaged networks, by shares of any sum above 0. ValueError where the
    networks differ."""
    total = sum(share for _, share in parts)
    if not parts or total <= 0:
        raise ValueError("shares must add up to more than 0")
    saved = [torch.load(path, map_location="cpu", weights_only=True) for path, _ in parts]
    shapes = [{name: tuple(value.shape) for name, value in checkpoint["average"].items()} for checkpoint in saved]
    if any(other != shapes[0] for other in shapes):
        raise ValueError("the checkpoints are of different networks")
    mean = {
        name: sum(checkpoint["average"][name] * (share / total) for checkpoint, (_, share) in zip(saved, parts))
        if value.is_floating_point()
        else value
        for name, value in saved[0]["average"].items()
    }
    return saved[0] | {"average": mean}


def main() -> None:
    parser = argparse.ArgumentParser(description="Weighted mean of checkpoints of one run.")
    parser.add_argument("--of", required=True, nargs="+", metavar="CHECKPOINT=SHARE")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    pairs = [text.rpartition("=") for text in args.of]
    torch.save(mean_checkpoint([(Path(path), float(share)) for path, _, share in pairs]), args.out)


if __name__ == "__main__":
    main()

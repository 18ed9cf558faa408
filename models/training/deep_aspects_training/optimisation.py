"""What training runs of all kinds share: device, optimizer, learning rate, and the picture of a run."""

from __future__ import annotations

import csv
import hashlib
import math
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import distributed, nn
from torch.optim.swa_utils import AveragedModel

from .config import Stage, TrainConfig

#: Longer gradients are cut to this norm.
GREATEST_NORM = 5.0
#: Between the seeds of processes that share a run: more than a run has steps.
RANK_SEEDS = 300_007


def pick_device(name: str, rank: int = 0) -> torch.device:
    """`auto`: a GPU of its own for each process of a run, as far as there are any."""
    if name != "auto":
        return torch.device(name)
    return torch.device("cuda", rank % torch.cuda.device_count()) if torch.cuda.is_available() else torch.device("cpu")


def check_start(config: TrainConfig) -> None:
    """ValueError where the file that a recipe starts from is another one than it means."""
    if config.start_from and config.start_sha256:
        found = hashlib.sha256(Path(config.start_from).read_bytes()).hexdigest()
        if found != config.start_sha256:
            raise ValueError(
                f"{config.start_from} has the hash {found}, and {config.name} starts from {config.start_sha256}"
            )


def learning_rate(stage: Stage, step: int, warmup: int, done: float) -> float:
    """Rate at `step` of a stage of which the share `done` is over; the first `warmup` steps rise linearly."""
    first, last = stage.lr
    if stage.cycle_steps:
        phase = (step % stage.cycle_steps) / stage.cycle_steps
        rate = first + (last - first) * (1 - abs(2 * phase - 1))
    else:
        rate = last + (first - last) * 0.5 * (1 + math.cos(math.pi * done))
    return rate * min(1.0, (step + 1) / max(1, warmup))


def make_optimizer(config: TrainConfig, network: nn.Module) -> torch.optim.Optimizer:
    if config.optimizer == "sgd":
        return torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9, weight_decay=config.weight_decay)
    return torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=config.weight_decay)


Network = TypeVar("Network", bound=nn.Module)


def channels_last(network: Network, device: torch.device | str) -> Network:
    """The network on a device, its weights in the order in which convolutions are fastest."""
    # PyTorch's annotations of `to` leave memory_format out.
    place: Any = network.to
    return place(device, memory_format=torch.channels_last)


def running_average(network: nn.Module, decay: float) -> AveragedModel:
    """Exponential average of weights and statistics. It forgets faster at first, so that it does not keep the network
    of the first steps."""

    @torch.no_grad()
    def follow(averaged: Any, current: Any, count: Any) -> None:
        keep = min(decay, (1 + int(count)) / (10 + int(count)))
        if averaged[0].is_floating_point():
            torch._foreach_lerp_(averaged, current, 1 - keep)
        else:  # counts of batches
            torch._foreach_copy_(averaged, current)

    average = AveragedModel(network, multi_avg_fn=follow, use_buffers=True)
    return average.eval()


def resume_average(average: AveragedModel, saved: dict[str, Any]) -> None:
    """As it was at a checkpoint, which holds the averaged network alone."""
    average.module.load_state_dict(saved["average"])
    average.n_averaged.fill_(saved["total_steps"])


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """bf16: the forward pass in bfloat16; any other precision: as it is."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()


def take_step(
    loss: torch.Tensor,
    rate: float,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    average: AveragedModel,
    processes: int = 1,
) -> float:
    """One step of the optimizer at a learning rate, with the gradients' mean over the processes of a run; the average
    follows. Returns the loss."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    if processes > 1:
        share_gradients(network)
    nn.utils.clip_grad_norm_(network.parameters(), GREATEST_NORM)
    optimizer.step()
    average.update_parameters(network)
    return float(loss.detach())


def share_gradients(network: nn.Module) -> None:
    """Mean of the gradients over the processes of a run."""
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    for gradient, values in zip(gradients, flat.split([g.numel() for g in gradients])):
        gradient.copy_(values.view_as(gradient))


def share_state(network: nn.Module) -> None:
    """Let all processes of a run have the first one's weights and statistics."""
    for value in network.state_dict().values():
        distributed.broadcast(value, 0)


def draw_curve(log: Path, picture: Path, keys: tuple[str, ...]) -> None:
    """Columns of a log over the steps, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with log.open() as file:
        rows = list(csv.DictReader(file))
    figure, axes = plt.subplots(1, len(keys), figsize=(4.5 * len(keys), 3))
    for axis, key in zip(axes, keys):
        axis.plot([int(r["step"]) for r in rows], [float(r[key]) for r in rows], linewidth=1)
        axis.set_xlabel("step")
        axis.set_title(key)
        axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(picture, dpi=80)
    plt.close(figure)

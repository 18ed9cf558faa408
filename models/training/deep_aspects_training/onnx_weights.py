"""Weights of a shipped `model.onnx` back into a network, so that a site can train on from what is in the repository.

The exporter folds batch norms into the convolutions before them. They come back as batch norms that change nothing
but add the folded bias, with a mean of 0 and a variance of 1: the network answers as the file does as long as its
batch norms keep these statistics (`freeze_batch_norm`). `measure_batch_norms` gives them statistics of images
instead, so that they can be trained again.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

#: Batches from which batch norms take their statistics where a run starts from a model.onnx.
MEASURED_BATCHES = 12


def _initializers(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Constant tensors by the name that nodes read them by: float16 ones that are cast to float32, and ones shared
    under a second name."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type in ("Cast", "Identity") and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]].astype(np.float32)
    return values


def _convolutions(model: onnx.ModelProto) -> list[tuple[str, np.ndarray, np.ndarray | None]]:
    """Name, weight and bias."""
    values = _initializers(model)
    found = []
    for node in model.graph.node:
        if node.op_type == "Conv":
            if node.input[1] not in values:
                raise ValueError(
                    f"{node.name} has no constant weights: only fp32 and fp16 exports can be read, not quantised ones"
                )
            bias = values[node.input[2]] if len(node.input) > 2 else None
            found.append((node.name, values[node.input[1]], bias))
    return found


def _in_order(network: nn.Module, *inputs: torch.Tensor) -> list[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """The convolutions in the order in which they run, each with the batch norm that reads its output."""
    order: list[nn.Conv2d] = []
    made_by: dict[int, nn.Conv2d] = {}
    norms: dict[nn.Conv2d, nn.BatchNorm2d] = {}
    kept = []  # outputs stay alive, or another tensor might get the same id

    def after_conv(module, inputs, output):
        order.append(module)
        made_by[id(output)] = module
        kept.append(output)

    def after_norm(module, inputs, output):
        norms[made_by[id(inputs[0])]] = module

    hooks = [m.register_forward_hook(after_conv) for m in network.modules() if isinstance(m, nn.Conv2d)]
    hooks += [m.register_forward_hook(after_norm) for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    training = network.training
    network.eval()
    with torch.no_grad():
        network(*inputs)
    network.train(training)
    for hook in hooks:
        hook.remove()
    return [(conv, norms.get(conv)) for conv in order]


def task_of_file(path: str | Path) -> str:
    """`anatomy` or `infarct`, by the name of the file's output."""
    return "anatomy" if onnx.load(str(path)).graph.output[0].name == "labels" else "infarct"


def reads_features(path: str | Path) -> bool:
    """Whether a model.onnx is the decoder of a network that sees the stack, with an encoder.onnx beside it."""
    return onnx.load(str(path)).graph.input[0].name == "features"


@torch.no_grad()
def load_onnx_weights(path: str | Path, network: nn.Module, with_head: bool = True) -> int:
    """Fill a network on the CPU with the weights of an exported file of the same architecture; returns how
    many convolutions.

    Raises ValueError where the file's convolutions are not those of the network. Without the head the last one is
    left as it is, so that the file may be of the other task.
    """
    weights, layers = _convolutions(onnx.load(str(path))), _in_order(network, torch.zeros(1, 3, 64, 64))
    if len(weights) == len(layers) + 1 and weights[-1][1].shape[1:] == (1, 3, 3):
        # The file works at a reduced resolution: its last convolution only smooths, and has no weights to learn.
        weights = weights[:-1]
    if not with_head:
        weights, layers = weights[:-1], layers[:-1]
    if [weight.shape for _, weight, _ in weights] != [tuple(conv.weight.shape) for conv, _ in layers]:
        raise ValueError(f"{path} is not a network of this architecture and task: its convolutions have other shapes")
    for (_, weight, bias), (conv, norm) in zip(weights, layers):
        _fill(conv, norm, weight, bias)
    return len(weights)


def _fill(conv: nn.Conv2d, norm: nn.BatchNorm2d | None, weight: np.ndarray, bias: np.ndarray | None) -> None:
    conv.weight.copy_(torch.from_numpy(weight.astype(np.float32)))
    bias_tensor = torch.zeros(len(weight)) if bias is None else torch.from_numpy(bias.astype(np.float32))
    if norm is None:
        if conv.bias is not None:
            conv.bias.copy_(bias_tensor)
        return
    if conv.bias is not None:
        conv.bias.zero_()
    running_mean, running_var = statistics_of(norm)
    norm.weight.fill_(1.0)
    norm.bias.copy_(bias_tensor)
    running_mean.zero_()
    running_var.fill_(1.0 - norm.eps)


@torch.no_grad()
def load_stack_weights(folder: Path, network: nn.Module) -> int:
    """Fill a network that sees the stack, on the CPU, with the weights of the two files of `folder`, matched by the
    module that each convolution was made of; returns how many. What the files do not know stays as it is.

    Raises ValueError where the files hold a convolution that the network does not have, or has in another shape.
    """
    norms = dict(_in_order(network, torch.zeros(1, 2, 3, 64, 64), torch.arange(2.0)[None] * 5))
    modules = dict(network.named_modules())
    filled = 0
    for file in (folder / "encoder.onnx", folder / "model.onnx"):
        for name, weight, bias in _convolutions(onnx.load(str(file))):
            path = _module_of(name)
            if not path:
                continue  # the last one, which only smooths what it enlarges
            conv = modules.get(path)
            if not isinstance(conv, nn.Conv2d) or tuple(conv.weight.shape) != weight.shape:
                raise ValueError(f"{file} is not of this network: {path} is another there")
            _fill(conv, norms[conv], weight, bias)
            filled += 1
    return filled


def _module_of(node: str) -> str:
    """`/encoder/_blocks.1/_blocks.1.2/_expand_conv/Conv` -> `encoder._blocks.1.2._expand_conv`: a scope repeats the
    list that it lies in."""
    scopes = node.strip("/").split("/")[:-1]
    kept = [scope for scope, following in zip(scopes, [*scopes[1:], ""]) if not following.startswith(f"{scope}.")]
    return ".".join(kept)


def statistics_of(norm: nn.BatchNorm2d) -> tuple[torch.Tensor, torch.Tensor]:
    """Running mean and variance; ValueError for a norm that keeps none."""
    if norm.running_mean is None or norm.running_var is None:
        raise ValueError("the network has a batch norm without running statistics")
    return norm.running_mean, norm.running_var


@torch.no_grad()
def measure_batch_norms(network: nn.Module, batches: Iterable[tuple[torch.Tensor, ...]]) -> None:
    """Give batch norms the statistics of the network's inputs without changing what it answers in evaluation mode."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    sums: dict[nn.BatchNorm2d, list[torch.Tensor]] = {norm: [] for norm in norms}

    def keep(norm, inputs, output):
        values = inputs[0].float()
        sums[norm].append(torch.stack([values.mean((0, 2, 3)), (values**2).mean((0, 2, 3))]))

    training = network.training
    network.eval()
    hooks = [norm.register_forward_hook(keep) for norm in norms]
    for inputs in batches:
        network(*inputs)
    for hook in hooks:
        hook.remove()
    network.train(training)
    for norm, seen in sums.items():
        if not seen:
            continue
        mean, square = torch.stack(seen).mean(0)
        variance = (square - mean**2).clamp(min=1e-6)
        running_mean, running_var = statistics_of(norm)
        scale = norm.weight / (running_var + norm.eps).sqrt()
        norm.bias.add_(scale * (mean - running_mean))
        norm.weight.copy_(scale * (variance + norm.eps).sqrt())
        running_mean.copy_(mean)
        running_var.copy_(variance)

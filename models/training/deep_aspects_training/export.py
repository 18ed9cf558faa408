"""`python -m deep_aspects_training.export --checkpoint RUN --out DIR --version V`: the best checkpoint of a run's
folder, or the checkpoint named -> model.onnx and manifest.json.

A network that sees the stack becomes two graphs, encoder.onnx and model.onnx (`architectures/stack_unet.py`). Any
other graph takes float32 [1, 3, 224, 224] and gives uint8 [1, 224, 224]: class ids (anatomy) or probability times 255
(infarct). Constants are computed, convolutions carry explicit pads, upsampling is nearest: so onnxruntime-web's
WebGPU provider computes it right. Precision fp16 stores weights as half floats that are cast to float32 inside the
graph: half the download, full-precision arithmetic.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from . import architectures
from .architectures import INPUT_SIZE, StackUNet
from .architectures.stack_unet import CONTEXT_OFFSETS_MM, DecoderGraph, EncoderGraph, context_weights
from .config import build
from .manifest import Trained, build_manifest, file_entry
from .network import RECIPES, MirrorAverage, NetworkSettings, build_network, build_stack_network
from .run_files import checkpoint_of

OPSET = 17
INPUT_SHAPE = (3, INPUT_SIZE, INPUT_SIZE)
ENCODER_FILE, DECODER_FILE = "encoder.onnx", "model.onnx"
#: Smaller tensors (biases, folded batch norms) stay float32.
HALF_FROM_ELEMENTS = 512


class DeployedNetwork(nn.Module):
    """The network with its last step, so that one uint8 plane leaves the graph."""

    def __init__(self, network: nn.Module, task: str):
        super().__init__()
        self.network = network
        self.task = task

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits = self.network(images)
        if self.task == "anatomy":
            return logits.argmax(1).to(torch.uint8)
        return (logits[:, 0].sigmoid() * 255 + 0.5).to(torch.uint8)


def export_stack(network: StackUNet, folder: Path, precision: str = "fp32") -> None:
    """Write encoder.onnx (run once for each slice) and model.onnx (its decoder): see architectures/stack_unet.py."""
    encoder, decoder = EncoderGraph(network).eval(), DecoderGraph(network, INPUT_SIZE).eval()
    images = torch.zeros(1, *INPUT_SHAPE)
    features, context = (
        torch.zeros(1, decoder.feature_size),
        torch.zeros(1, len(CONTEXT_OFFSETS_MM), decoder.context_size),
    )
    _write(encoder, (images,), ["input"], "features", folder / ENCODER_FILE, precision)
    _write(decoder, (features, context), ["features", "context"], "probability", folder / DECODER_FILE, precision)


def sees_stack(checkpoint: Path) -> bool:
    network = json.loads(torch.load(checkpoint, map_location="cpu", weights_only=True)["config"])["network"]
    return architectures.sees_stack(network.get("architecture", "unet"))


def load_trained(checkpoint: Path) -> Trained[nn.Module]:
    """The network of a checkpoint as it is used on single slices."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    config = json.loads(saved["config"])
    settings = build(NetworkSettings, config["network"], str(checkpoint))
    network = build_network(config["task"], settings)
    network.load_state_dict(saved["average"])
    if settings.mirror_average:
        network = MirrorAverage(network, RECIPES[config["task"]])
    return Trained(network.eval(), config, saved["total_steps"], round(saved["seconds"]))


def load_stack(checkpoint: Path) -> Trained[StackUNet]:
    """The network of a checkpoint, of one that sees the stack."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    config = json.loads(saved["config"])
    network = build_stack_network(build(NetworkSettings, config["network"], str(checkpoint)))
    network.load_state_dict(saved["average"])
    return Trained(network.eval(), config, saved["total_steps"], round(saved["seconds"]))


def export_onnx(network: nn.Module, task: str, path: Path, precision: str = "fp32") -> None:
    """Write the graph; precision fp32 or fp16 (weights)."""
    output = "labels" if task == "anatomy" else "probability"
    _write(
        DeployedNetwork(network, task).eval(),
        (torch.zeros(1, *INPUT_SHAPE),),
        ["input"],
        output,
        path,
        precision,
    )


def _write(
    module: nn.Module, inputs: tuple[torch.Tensor, ...], names: list[str], output: str, path: Path, precision: str
) -> None:
    torch.onnx.export(
        module,
        inputs,
        str(path),
        input_names=names,
        output_names=[output],
        opset_version=OPSET,
        dynamo=False,
        do_constant_folding=True,
    )
    model = fold_graph(path)
    if precision == "fp16":
        store_half(model)
    check_graph(model)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def fold_graph(path: Path) -> onnx.ModelProto:
    """The graph with constants computed and with the "same" padding of the encoder as pads of its convolutions.

    By onnxruntime's own basic optimisation, which keeps to standard operators: what every runtime would do
    at each start.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    model = onnx.load(path)
    # The runtime names every domain that it knows.
    standard = [opset for opset in model.opset_import if opset.domain == ""]
    del model.opset_import[:]
    model.opset_import.extend(standard)
    return model


def store_half(model: onnx.ModelProto) -> None:
    """Store large float32 weights as float16, each followed by a Cast to float32."""
    graph = model.graph
    casts = []
    for index, tensor in enumerate(list(graph.initializer)):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < HALF_FROM_ELEMENTS:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(
            onnx.helper.make_node(
                "Cast", [f"{name}.half"], [name], name=f"{name}.cast{index}", to=onnx.TensorProto.FLOAT
            )
        )
    for node in reversed(casts):
        graph.node.insert(0, node)


def check_graph(model: onnx.ModelProto) -> None:
    """Refuse what onnxruntime-web's WebGPU provider is known to compute wrongly."""
    for node in model.graph.node:
        attributes = {a.name: a for a in node.attribute}
        if "auto_pad" in attributes and attributes["auto_pad"].s not in (b"", b"NOTSET"):
            raise ValueError(f"{node.name}: auto_pad must not be used, explicit pads only")
        if node.op_type == "Resize" and attributes["mode"].s != b"nearest":
            raise ValueError(f"{node.name}: only nearest upsampling is safe")


def parity(network: nn.Module, task: str, path: Path, inputs: torch.Tensor) -> float:
    """Share of pixels on which onnxruntime and PyTorch agree (infarct: within 2 of 255)."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    deployed = DeployedNetwork(network, task).eval()
    same = []
    for image in inputs:
        with torch.no_grad():
            expected = deployed(image[None]).numpy().astype(int)
        found = session.run(None, {"input": image[None].numpy()})[0].astype(int)
        same.append((np.abs(found - expected) <= (0 if task == "anatomy" else 2)).mean())
    return float(np.mean(same))


def stack_parity(network: StackUNet, folder: Path, stack: torch.Tensor, positions_mm: torch.Tensor) -> float:
    """Share of pixels of all classes on which the two files and PyTorch agree within 2 of 255, for a stack
    [S, 3, 224, 224] at positions [S] mm."""
    import onnxruntime

    encoder, decoder = (
        onnxruntime.InferenceSession(str(folder / name), providers=["CPUExecutionProvider"])
        for name in (ENCODER_FILE, DECODER_FILE)
    )
    features = np.concatenate([encoder.run(None, {"input": image[None].numpy()})[0] for image in stack])
    size = DecoderGraph(network, INPUT_SIZE).context_size
    weights = context_weights(positions_mm[None])[0].numpy()
    found = np.concatenate(
        [
            decoder.run(
                None,
                {
                    "features": features[s : s + 1],
                    "context": (weights[s] @ features[:, :size])[None].astype(np.float32),
                },
            )[0]
            for s in range(len(stack))
        ]
    )
    with torch.no_grad():
        logits = network.answer(stack[None], positions_mm[None])[0]
    expected = (logits.sigmoid() * 255 + 0.5).to(torch.uint8).numpy()
    return float((np.abs(found.astype(int) - expected.astype(int)) <= 2).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description="Export a trained network as ONNX with its manifest.")
    parser.add_argument(
        "--checkpoint", required=True, type=checkpoint_of, help="a file, or a run's folder: its best, or else its last"
    )
    parser.add_argument("--out", required=True, type=Path, help="folder for model.onnx and manifest.json")
    parser.add_argument("--version", required=True)
    parser.add_argument("--precision", choices=("fp32", "fp16"), default="fp16")
    parser.add_argument("--threshold", type=float, default=0.5, help="infarct probability from which a pixel counts")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    agreement, trained, stack = (_export_stack if sees_stack(args.checkpoint) else _export_single)(args)
    manifest = build_manifest(
        trained, args.out / DECODER_FILE, args.version, precision=args.precision, threshold=args.threshold, stack=stack
    )
    (args.out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    size = sum(part["sizeBytes"] for part in (manifest, manifest.get("encoder")) if part)
    what = f"{size / 1e6:.1f} MB, {len(manifest['classes'])} classes, parity {agreement:.5f}"
    print(f"{args.checkpoint} -> {args.out}: {what}")


def _export_single(args: argparse.Namespace) -> tuple[float, Trained[nn.Module], None]:
    """Write model.onnx; its parity with the network."""
    trained = load_trained(args.checkpoint)
    path = args.out / DECODER_FILE
    export_onnx(trained.network, trained.task, path, args.precision)
    return parity(trained.network, trained.task, path, torch.rand(2, *INPUT_SHAPE) * 2 - 1), trained, None


def _export_stack(args: argparse.Namespace) -> tuple[float, Trained[StackUNet], dict[str, Any]]:
    """Write encoder.onnx and model.onnx; their parity with the network, and what the manifest says of the encoder."""
    trained = load_stack(args.checkpoint)
    export_stack(trained.network, args.out, args.precision)
    agreement = stack_parity(trained.network, args.out, torch.rand(4, *INPUT_SHAPE) * 2 - 1, torch.arange(4.0) * 5)
    graph = DecoderGraph(trained.network, INPUT_SIZE)
    context = {"offsetsMm": list(CONTEXT_OFFSETS_MM), "size": graph.context_size, "featureSize": graph.feature_size}
    return agreement, trained, {"encoder": file_entry(args.out / ENCODER_FILE), "context": context}


if __name__ == "__main__":
    main()

"""The network that sees the stack: context by distance, the start from a network of single slices, the two graphs."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from deep_aspects_training.architectures.stack_unet import CONTEXT_OFFSETS_MM, DecoderGraph, context_weights
from deep_aspects_training.export import export_stack, stack_parity
from deep_aspects_training.losses import LossSettings, stack_loss
from deep_aspects_training.network import (
    NetworkSettings,
    become_stack_network,
    build_network,
    build_stack_network,
    count_parameters,
)
from deep_aspects_training.onnx_weights import load_stack_weights, measure_batch_norms
from deep_aspects_training.shallow import without_deepest_block

SHIPPED = Path(__file__).parents[2] / "infarct"
SETTINGS = NetworkSettings(architecture="stack_unet", reduction=2)
SHALLOW = NetworkSettings(architecture="stack_unet", reduction=2, depth=3)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(4)
    network = build_stack_network(SETTINGS)
    # Statistics of a batch: without them an untrained encoder's features all but vanish.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        network.train()(torch.rand(1, 8, 3, 64, 64) * 2 - 1, torch.arange(8.0)[None])
    return network.eval()


def with_context(network):
    """The same network, as if it had learnt to look at its neighbours."""
    torch.manual_seed(5)
    seeing = build_stack_network(SETTINGS).eval()
    seeing.load_state_dict(network.state_dict())
    for block in seeing.context:
        torch.nn.init.normal_(block.add.weight, std=0.1)
    return seeing


def test_neighbours_are_found_by_distance_interpolated_and_clamped():
    weights = context_weights(torch.tensor([[0.0, 4.0, 12.0]]))[0]
    # The first slice sees nothing below itself; 5 mm above it lies an eighth of the way from the second
    # slice to the third.
    expected = torch.tensor([[1, 0, 0], [1, 0, 0], [0, 0.875, 0.125], [0, 0.25, 0.75]])
    assert torch.allclose(weights[0], expected)
    assert torch.allclose(weights[2], torch.tensor([[0.5, 0.5, 0], [0, 0.625, 0.375], [0, 0, 1], [0, 0, 1]]))
    assert torch.allclose(weights.sum(-1), torch.ones(3, 4))


def test_it_starts_as_the_network_of_single_slices(network):
    single = build_network("infarct", NetworkSettings(reduction=2)).eval()
    stack = build_stack_network(SETTINGS).eval()
    become_stack_network(stack, single)
    slices = torch.rand(3, 3, 224, 224) * 2 - 1
    with torch.no_grad():
        logits, alone = stack.answer(slices[None], torch.tensor([[0.0, 5.0, 10.0]]))[0], single(slices)
    assert torch.allclose(logits[:, :1], alone, atol=1e-3) and torch.allclose(logits[:, 1:2], alone, atol=1e-3)
    assert logits[:, 2].sigmoid().mean() < 0.2


def test_a_slice_changes_with_its_neighbours_within_10_mm_alone(network):
    seeing = with_context(network)
    stack = torch.rand(1, 6, 3, 64, 64) * 2 - 1
    positions = torch.arange(6.0)[None] * 5
    changed = stack.clone()
    changed[:, 5] = -changed[:, 5]
    with torch.no_grad():
        moved = (seeing(stack, positions) - seeing(changed, positions)).abs().amax((0, 2, 3, 4))
        unmoved = (network(stack, positions) - network(changed, positions)).abs().amax((0, 2, 3, 4))
    assert (moved[3:] > 1e-4).all() and (moved[:3] == 0).all()
    assert (unmoved[:5] == 0).all()


@pytest.mark.parametrize("precision, least", [("fp32", 0.999), ("fp16", 0.97)])
def test_the_two_graphs_answer_like_the_network(network, tmp_path, precision, least):
    seeing = with_context(network)
    export_stack(seeing, tmp_path, precision)
    stack = torch.rand(4, 3, 224, 224) * 2 - 1
    assert stack_parity(seeing, tmp_path, stack, torch.tensor([0.0, 5.0, 12.5, 20.0])) > least
    encoder, decoder = (onnx.load(tmp_path / name) for name in ("encoder.onnx", "model.onnx"))
    inputs = {tensor.name: [d.dim_value for d in tensor.type.tensor_type.shape.dim] for tensor in decoder.graph.input}
    graph = DecoderGraph(seeing, 224)
    assert inputs == {"features": [1, graph.feature_size], "context": [1, len(CONTEXT_OFFSETS_MM), graph.context_size]}
    assert [d.dim_value for d in decoder.graph.output[0].type.tensor_type.shape.dim] == [1, 3, 224, 224]
    # No convolution reads a graph input of more than three channels: WebGPU miscomputes those.
    assert not any(node.op_type == "Conv" and {"features", "context"} & set(node.input) for node in decoder.graph.node)
    assert [d.dim_value for d in encoder.graph.input[0].type.tensor_type.shape.dim] == [1, 3, 224, 224]


def test_a_network_comes_back_from_its_two_graphs(network, tmp_path):
    seeing = with_context(network)
    export_stack(seeing, tmp_path)
    again = build_stack_network(SETTINGS)
    convolutions = [module for module in seeing.modules() if isinstance(module, torch.nn.Conv2d)]
    # All but the one that classifies images, which no graph holds.
    assert load_stack_weights(tmp_path, again) == len(convolutions) - 1
    stack, positions = torch.rand(1, 4, 3, 64, 64) * 2 - 1, torch.tensor([[0.0, 5.0, 12.5, 20.0]])
    batches = [(torch.rand(1, 8, 3, 64, 64) * 2 - 1, torch.arange(8.0)[None]) for _ in range(2)]
    with torch.no_grad():
        expected = seeing(stack, positions)
        assert torch.allclose(again.eval()(stack, positions), expected, atol=2e-3)
        measure_batch_norms(again, batches)
        assert torch.allclose(again.eval()(stack, positions), expected, atol=2e-3)
        # Measured norms stand in training as they stand in use; folded ones would not.
        trained = again.train()(*batches[0])
        assert (trained - again.eval()(*batches[0])).abs().mean() < 0.2 * trained.std()


def test_graphs_of_another_network_are_refused():
    with pytest.raises(ValueError, match="decoder.blocks.0"):
        load_stack_weights(SHIPPED, build_stack_network(SETTINGS))


def test_the_shipped_network_listens_to_every_level():
    """Up to 0.10.1 its decoder's deepest block was all but dead, and strides 16 and 32 changed nothing."""
    encoder, decoder = (onnxruntime.InferenceSession(SHIPPED / name) for name in ("encoder.onnx", "model.onnx"))
    rows, columns = np.mgrid[-1:1:224j, -1:1:224j]
    brain = np.where(rows**2 + columns**2 < 0.5, 0.0, -1.0)[None].repeat(3, 0).astype(np.float32)
    features = encoder.run(None, {"input": brain[None]})[0]
    graph = DecoderGraph(build_stack_network(SHALLOW), 224)
    context = features[:, None, : graph.context_size].repeat(len(CONTEXT_OFFSETS_MM), 1)
    plain = decoder.run(None, {"features": features, "context": context})[0].astype(int)
    start = 0
    for level in graph.order:
        end = start + math.prod(graph.shapes[level])
        changed = features.copy()
        changed[:, start:end] = -changed[:, start:end]
        start = end
        answer = decoder.run(None, {"features": changed, "context": context})[0].astype(int)
        assert np.abs(answer - plain).max() > 0, f"stride {2 << level}"


def test_a_network_without_its_silent_block_answers_the_same(network):
    deep = with_context(network)
    with torch.no_grad():
        deep.decoder.blocks[0].convs.conv_1.adn.N.weight.zero_()
        deep.decoder.blocks[0].convs.conv_1.adn.N.bias.fill_(-0.1)
        deep.decoder.blocks[1].upsample.preconv.bias.uniform_(-1, 1)
        shallow = without_deepest_block(deep, SETTINGS)
        stacks, positions = torch.rand(1, 4, 3, 112, 112) * 2 - 1, torch.arange(4.0)[None] * 5
        before, after = deep(stacks, positions), shallow(stacks, positions)
    assert before.std() > 0.01 and torch.allclose(before, after, atol=1e-4)
    assert count_parameters(shallow) < count_parameters(deep) / 8


def test_the_loss_is_least_at_the_truth_and_each_class_stands_alone():
    truth = torch.zeros(1, 2, 16, 16, dtype=torch.uint8)
    truth[:, :, 2:6, 2:6], truth[:, :, 9:12, 9:12] = 1, 2
    right = torch.stack([torch.where(truth == k, 9.0, -9.0) for k in (1, 2, 3)], 2)
    settings = LossSettings(cross_entropy=1, dice=1)
    assert stack_loss(right, truth, settings) < 0.02 < stack_loss(right.flip(2), truth, settings)
    called_old = right.clone()
    called_old[:, :, :2] = called_old[:, :, :2].flip(2)
    acute_alone = LossSettings(cross_entropy=1, dice=1, class_weights=(1.0, 0.0, 0.0))
    assert stack_loss(called_old, truth, acute_alone) > 1


def test_a_small_infarct_of_a_stack_weighs_more():
    truth = torch.zeros(2, 2, 40, 40, dtype=torch.uint8)
    truth[0, :, :4, :4], truth[1, :, :20, :20] = 1, 1
    logits = torch.zeros(2, 2, 3, 40, 40, requires_grad=True)
    stack_loss(logits, truth, LossSettings(cross_entropy=1, dice=0, positive_weight=2, small_below=0.04)).backward()
    small, large, outside = (
        logits.grad[place].abs() for place in ((0, 0, 0, 1, 1), (1, 0, 0, 1, 1), (0, 0, 0, 30, 30))
    )
    assert small / outside == pytest.approx(4) and large / outside == pytest.approx(2)


def test_a_pixel_of_another_class_weighs_more_than_one_of_none():
    truth = torch.zeros(1, 2, 16, 16, dtype=torch.uint8)
    truth[:, :, :4, :4] = 2
    logits = torch.zeros(1, 2, 3, 16, 16, requires_grad=True)
    stack_loss(logits, truth, LossSettings(cross_entropy=1, dice=0, confusion_weight=4.0)).backward()
    gradient = logits.grad[0, 0].abs()
    assert gradient[0, 1, 1] / gradient[0, 9, 9] == pytest.approx(4) and gradient[2, 1, 1] / gradient[
        2, 9, 9
    ] == pytest.approx(4)
    assert gradient[1, 1, 1] / gradient[1, 9, 9] == pytest.approx(1)

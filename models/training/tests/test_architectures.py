from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from deep_aspects_training.architectures import (
    ARCHITECTURES,
    REGISTRY,
    AtReducedResolution,
    describe,
    sees_stack,
    title_of,
)
from deep_aspects_training.comparison.export_row import export_row
from deep_aspects_training.comparison.pool import (
    Pool,
    PoolSettings,
    ensure_pool,
    network_input,
    reduce_labels,
    windowed_planes,
)
from deep_aspects_training.comparison.recipe import Row, all_rows, load_recipe, parse_row
from deep_aspects_training.comparison.train_row import RowTraining, choose_threshold, train_row
from deep_aspects_training.export import export_onnx, load_trained, parity
from deep_aspects_training.network import RECIPES, NetworkSettings, build_network, build_stack_network, count_parameters

RECIPE_FILES = Path(__file__).resolve().parents[1] / "configs/comparison"
#: The paper's table 5, million parameters, and how near the same networks come on an EfficientNet-B6 here.
PAPER_SIZES = {"unet": (42.1, 0.01), "unetpp": (42.9, 0.02), "linknet": (41.2, 0.04), "transunet": (105.0, 0.06)}


@pytest.fixture(scope="module")
def small():
    return load_recipe(RECIPE_FILES / "small.yaml")


@pytest.fixture(scope="module")
def pool():
    """Noise that is bright where it is labelled: something that can be learnt."""
    random = np.random.default_rng(0)
    infarct = np.zeros((24, 112, 112), np.uint8)
    infarct[::2, 30:60, 40:80] = 1
    anatomy = np.where(infarct > 0, 3, 11).astype(np.uint8)
    planes = random.integers(0, 60, (24, 2, 4, 112, 112), dtype=np.uint8) + 150 * infarct[:, None, None]
    return Pool(planes.astype(np.uint8), anatomy, infarct, PoolSettings(slices=24, validation=8))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_paper_size_is_near_table_5(architecture):
    recipe = load_recipe(RECIPE_FILES / "paper.yaml")
    with torch.device("meta"):
        network = build_network("infarct", recipe.network(architecture))
    millions, tolerance = PAPER_SIZES[architecture]
    assert count_parameters(network) / 1e6 == pytest.approx(millions, rel=tolerance)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_parameter_of_the_small_size_learns(small, architecture):
    network = build_network("anatomy", small.network(architecture)).train()
    logits = network(torch.rand(2, 3, 224, 224))
    assert logits.shape == (2, 12, 224, 224)
    logits.square().mean().backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []
    assert 0.4e6 < count_parameters(network) < 1.2e6


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_exported_graph_answers_like_the_network(small, architecture, tmp_path):
    torch.manual_seed(5)
    network = build_network("infarct", small.network(architecture)).eval()
    path = tmp_path / "model.onnx"
    export_onnx(network, "infarct", path)
    assert parity(network, "infarct", path, torch.rand(1, 3, 224, 224) * 2 - 1) > 0.999
    operators = {node.op_type for node in onnx.load(path).graph.node}
    assert not operators & {"Einsum", "ConvTranspose", "GridSample", "Upsample"}


def test_an_unknown_architecture_or_encoder_is_refused():
    with pytest.raises(ValueError, match="segnet"):
        build_network("anatomy", NetworkSettings(architecture="segnet"))
    with pytest.raises(ValueError, match="resnet50"):
        build_network("anatomy", NetworkSettings(architecture="linknet", backbone="resnet50"))
    with pytest.raises(ValueError, match="reduction"):
        build_network("anatomy", NetworkSettings(reduction=4))


def test_networks_of_slices_and_of_stacks_are_not_taken_for_each_other():
    with pytest.raises(ValueError, match="stack"):
        build_network("infarct", NetworkSettings(architecture="stack_unet"))
    with pytest.raises(ValueError, match="single"):
        build_stack_network(NetworkSettings(architecture="linknet"))


def test_a_module_with_an_architecture_is_found_by_its_name():
    assert set(REGISTRY) == {*PAPER_SIZES, "stack_unet"} and sees_stack("stack_unet") and not sees_stack("unet")


def test_a_reduced_network_interpolates_linearly():
    network = AtReducedResolution(torch.nn.Identity(), 3)
    images = torch.rand(1, 3, 32, 32)
    half = torch.nn.functional.avg_pool2d(images, 2)
    linear = torch.nn.functional.interpolate(half, scale_factor=2.0, mode="bilinear", align_corners=False)
    assert torch.allclose(network(images)[..., 1:-1, 1:-1], linear[..., 1:-1, 1:-1], atol=1e-6)


def test_a_manifest_tells_the_architectures_apart(small):
    settings = [dataclasses.asdict(small.network(architecture)) for architecture in ARCHITECTURES]
    assert [title_of(each) for each in settings] == list(ARCHITECTURES.values())
    assert len({describe(each) for each in settings}) == len(settings)
    assert (
        describe({"backbone": "efficientnet-b0", "decoder_channels": [8, 4]})
        == "U-Net, EfficientNet-B0 encoder, decoder 8-4"
    )


def test_the_pool_feeds_a_network_what_its_recipe_says():
    slabs = torch.rand(2, 3, 8, 8) * 200 - 60
    for task, recipe in RECIPES.items():
        assert torch.allclose(network_input(windowed_planes(slabs), task), recipe.apply(slabs), atol=1e-6)
    assert reduce_labels(torch.tensor([[[1, 0], [0, 3]]]), 12, 2).item() == 0
    assert reduce_labels(torch.tensor([[[1, 0], [0, 1]]]), 2, 2).item() == 1


def test_a_pool_is_built_once(toy_atlas_file, tmp_path):
    settings = PoolSettings(slices=2, validation=1, size=64)
    first = ensure_pool(toy_atlas_file, (0,), settings, tmp_path)
    assert first.planes.shape == (2, 2, 4, 32, 32) and first.anatomy.max() <= 11 and first.training_slices == 1
    written = (tmp_path / "planes.npy").stat().st_mtime_ns
    ensure_pool(toy_atlas_file, (0,), settings, tmp_path)
    assert (tmp_path / "planes.npy").stat().st_mtime_ns == written


def test_a_row_is_trained_resumed_and_exported(small, pool, tmp_path):
    row = parse_row("linknet-infarct")
    short = dataclasses.replace(small, steps={"anatomy": 3, "infarct": 3}, batch=4)
    checkpoint = train_row(short, row, pool, tmp_path)
    longer = RowTraining(dataclasses.replace(short, steps={"anatomy": 5, "infarct": 5}), row, pool, tmp_path)
    assert longer.total_steps == 3
    longer.run()
    loaded = load_trained(checkpoint)
    assert loaded.steps == 5 and loaded.config["network"]["architecture"] == "linknet"
    manifest = export_row(row, checkpoint, pool, tmp_path / "out")
    assert (
        manifest == tmp_path / "out/linknet/infarct/manifest.json"
        and (manifest.parent / "model.onnx").stat().st_size < 1.5e6
    )


def test_all_architectures_see_the_same_slices(small, pool, tmp_path):
    first, second = (RowTraining(small, Row(name, "anatomy"), pool, tmp_path) for name in ("unet", "linknet"))
    assert all(torch.equal(a, b) for a, b in zip(first._batch(), second._batch()))


def test_the_threshold_is_the_best_of_the_validation_slices(pool):
    class Found(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(1))

        def forward(self, images):
            return torch.where(images[:, :1] > 0.1, 1.0, -3.0) * self.weight  # probability 0.73 where it is bright

    threshold, dice = choose_threshold(Found(), pool)
    assert dice > 0.99 and 0.1 < threshold <= 0.7


def test_rows_are_named_and_misspelt_ones_refused():
    assert {row.name for row in all_rows()} == {
        f"{name}-{task}" for name in PAPER_SIZES for task in ("anatomy", "infarct")
    }
    assert parse_row("unetpp-infarct", 2).name == "unetpp-infarct-seed2"
    with pytest.raises(ValueError, match="vnet-infarct"):
        parse_row("vnet-infarct")

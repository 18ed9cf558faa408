"""A site's own data: from the shipped kind of file, through a prepared folder, to a new file with its manifest."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from deep_aspects_training.architectures import describe
from deep_aspects_training.config import load_config
from deep_aspects_training.export import export_onnx, load_trained
from deep_aspects_training.generator.slices import SliceGenerator, SliceSettings
from deep_aspects_training.manifest import build_manifest
from deep_aspects_training.network import RECIPES, NetworkSettings, architecture_of, build_network
from deep_aspects_training.onnx_weights import load_onnx_weights, measure_batch_norms
from deep_aspects_training.run_files import checkpoint_of
from deep_aspects_training.sources import add_other_brain, augment, read_prepared, split_patients
from deep_aspects_training.train import Trainer, start_from

CONFIGS = Path(__file__).resolve().parents[1] / "configs"


def recipe_as_manifest(task: str) -> dict:
    recipe = RECIPES[task]
    channels = [{"offsetsMm": list(c.offsets_mm), "mirrored": c.mirrored} for c in recipe.channels]
    return {
        "window": {"center": recipe.center, "width": recipe.width},
        "range": list(recipe.range),
        "channels": channels,
    }


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, toy_atlas):
    """A folder as `npx deep-aspects prepare` writes it: five patients, one of them scanned twice."""
    folder = tmp_path_factory.mktemp("site")
    generator, files = SliceGenerator(toy_atlas, SliceSettings(size=64), 11), []
    for number in range(6):
        slices, name = generator.batch(3), f"case-{number}"
        for task, labels in (("infarct", slices.infarct), ("anatomy", slices.anatomy)):
            inputs = RECIPES[task].apply(slices.slabs)
            np.save(folder / f"{name}.{task}.inputs.npy", inputs.numpy())
            np.save(folder / f"{name}.{task}.labels.npy", labels.numpy())
            entry = {
                "case": name,
                "task": task,
                "inputs": f"{name}.{task}.inputs.npy",
                "labels": f"{name}.{task}.labels.npy",
            }
            files.append({**entry, "patient": f"patient-{min(number, 4)}"})
    index = {"schemaVersion": "1.0", "inputs": {task: recipe_as_manifest(task) for task in RECIPES}, "files": files}
    (folder / "index.json").write_text(json.dumps(index))
    return folder


def test_weights_of_an_exported_file_answer_like_the_network_it_came_from(tmp_path):
    torch.manual_seed(4)
    network = build_network("infarct", NetworkSettings())
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 2.0)
    network.eval()
    export_onnx(network, "infarct", tmp_path / "model.onnx")
    again = build_network("infarct", NetworkSettings()).eval()
    images = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        expected = network(images)
        before = (again(images) - expected).abs().max()
        load_onnx_weights(tmp_path / "model.onnx", again)
        after = (again(images) - expected).abs().max()
    assert after < 1e-3 * expected.std() < before
    with pytest.raises(ValueError, match="other shapes"):
        load_onnx_weights(tmp_path / "model.onnx", build_network("anatomy", NetworkSettings()))


def test_batch_norms_that_are_measured_anew_change_no_answer_and_hold_what_the_images_have():
    torch.manual_seed(6)
    network = build_network("infarct", NetworkSettings()).eval()
    images = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        expected = network(images)
        measure_batch_norms(network, [(images,)])
        assert (network(images) - expected).abs().max() < 1e-3 * expected.std()
        first = network.encoder._bn0
        seen = network.encoder._conv_stem(network.encoder._conv_stem_padding(images))
        assert torch.allclose(first.running_mean, seen.mean((0, 2, 3)), atol=1e-4)
        # So that it trains from where it is: with the batch's own statistics the first features stay what they were.
        assert torch.allclose(first.train()(seen), first.eval()(seen), atol=1e-2)


def test_a_network_at_reduced_resolution_starts_from_files_with_and_without_reduction(tmp_path):
    torch.manual_seed(7)
    reduced = NetworkSettings(reduction=2)
    images = torch.rand(1, 3, 224, 224) * 2 - 1
    for task, settings in (("infarct", reduced), ("anatomy", NetworkSettings())):
        given = build_network(task, settings).eval()
        export_onnx(given, task, tmp_path / "model.onnx")
        network = build_network("infarct", reduced).eval()
        start_from(str(tmp_path / "model.onnx"), network, "infarct")
        encoders = [architecture_of(each).encoder for each in (given, network)]
        with torch.no_grad():
            deepest = [encoder(images[..., :64, :64])[-1] for encoder in encoders]
            assert torch.allclose(*deepest, atol=1e-3 * deepest[0].std())
            if task == "infarct":
                assert torch.allclose(given(images), network(images), atol=1e-3)


def test_no_patient_is_both_trained_on_and_held_back(prepared):
    cases = read_prepared(prepared, "infarct")
    train, held_back = split_patients(cases, 0.4)
    assert len(train) + len(held_back) == 6 and len({c.patient for c in held_back}) == 2
    assert not {c.patient for c in train} & {c.patient for c in held_back}
    with pytest.raises(ValueError, match="no patient"):
        split_patients(cases, 1.0)


def test_a_folder_prepared_for_other_inputs_is_refused(prepared, tmp_path):
    index = json.loads((prepared / "index.json").read_text())
    index["inputs"]["infarct"]["window"]["width"] = 80
    (tmp_path / "index.json").write_text(json.dumps(index))
    with pytest.raises(ValueError, match="prepare it anew"):
        read_prepared(tmp_path, "infarct")


def test_augmentation_moves_images_labels_and_the_mirrored_channel_together():
    column = torch.arange(64.0)
    bright = ((column - 40).abs() < 6).float()
    slabs = (70 * bright)[None, None, None].expand(8, 3, 64, 64)
    inputs = RECIPES["infarct"].apply(slabs)
    labels = (bright > 0).to(torch.uint8)[None, None].expand(8, 64, 64)
    moved, target = augment(inputs, labels, RECIPES["infarct"], torch.Generator().manual_seed(3))
    inside = slice(20, 44)
    assert ((moved[:, 0] > 0.5) == (target > 0))[:, inside].float().mean() > 0.93
    assert torch.allclose(moved[:, 1].flip(-1)[:, inside], moved[:, 0][:, inside], atol=1e-4)
    assert len({tuple(t[32].tolist()) for t in target}) > 4


def test_where_only_regions_are_drawn_the_network_says_what_is_brain(prepared):
    case = read_prepared(prepared, "anatomy")[0]
    regions_alone = dataclasses.replace(case, labels=np.where(case.labels == 11, 0, case.labels))

    class SeesBrainInTheLeftHalf(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))

        def forward(self, images):
            logits = torch.zeros(len(images), 12, *images.shape[-2:])
            logits[:, 3, :, :32] = 1
            return logits

    whole, completed = add_other_brain([case, regions_alone], SeesBrainInTheLeftHalf())
    assert (whole.labels == case.labels).all()
    drawn = regions_alone.labels > 0
    assert (completed.labels[drawn] == regions_alone.labels[drawn]).all()
    assert (completed.labels[~drawn] == np.broadcast_to(np.arange(64) < 32, drawn.shape)[~drawn] * 11).all()


def test_the_site_recipe_describes_the_network_that_is_shipped():
    config = load_config(CONFIGS / "site-anatomy.yaml")
    shipped = json.loads((CONFIGS.parents[1] / "anatomy/manifest.json").read_text())
    assert describe(config.as_dict()["network"]) == shipped["architecture"]


@pytest.mark.parametrize("mix", [0.0, 0.5])
def test_a_site_trains_on_from_a_shipped_file(prepared, tmp_path, toy_atlas_file, mix):
    torch.manual_seed(5)
    shipped = tmp_path / "model.onnx"
    config = load_config(CONFIGS / "site-anatomy.yaml")
    export_onnx(build_network("anatomy", config.network).eval(), "anatomy", shipped, "fp16")
    stage = dataclasses.replace(config.stages[0], size=64, steps=2, batch=4)
    config = dataclasses.replace(
        config,
        data=str(prepared),
        start_from=str(shipped),
        output=str(tmp_path),
        atlas=str(toy_atlas_file) if mix else "",
        simulated_share=mix,
        stages=(stage,),
        device="cpu",
        precision="fp32",
        log_every=1,
        validate_every=1,
        validation_share=0.4,
    )
    trainer = Trainer(config)
    before = {name: value.clone() for name, value in trainer.network.named_buffers() if "running" in name}
    trainer.run()
    assert all(torch.equal(value, before[name]) for name, value in trainer.network.named_buffers() if "running" in name)
    lines = (config.folder / "validation.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["step", "0", "1", "2"] and lines[0] == "step,dice"
    assert len(trainer.validation) == 2 and all(len(batch.inputs) == 3 for batch in trainer.validation)
    path = checkpoint_of(str(config.folder))
    best = torch.load(path, weights_only=True)
    assert path.name == "best.pt" and best["best"] == max(float(line.split(",")[1]) for line in lines[1:])
    manifest = build_manifest(load_trained(path), path, "site-1", precision="fp16", threshold=0.5)
    assert "a site's own labelled CT" in manifest["provenance"]["trainingData"]

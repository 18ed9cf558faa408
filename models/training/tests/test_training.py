from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import onnx
import pydicom
import pytest
import torch

from deep_aspects_training import training_run
from deep_aspects_training.config import load_config
from deep_aspects_training.dicom_writer import StudyDescription, write_series
from deep_aspects_training.export import check_graph, export_onnx, load_trained, parity
from deep_aspects_training.generator.head_scan import ScanSettings, sample_subject, simulate
from deep_aspects_training.generator.lesions import LesionShares
from deep_aspects_training.generator.randomness import Draw
from deep_aspects_training.losses import LossSettings, boundary_loss, dice_loss, signed_distance, total_loss
from deep_aspects_training.manifest import build_manifest
from deep_aspects_training.network import RECIPES, MirrorAverage, NetworkSettings, build_network, copy_weights
from deep_aspects_training.optimisation import learning_rate, pick_device, resume_average, running_average
from deep_aspects_training.train import Trainer, run

CONFIGS = Path(__file__).resolve().parents[1] / "configs"


def smoke(tmp_path, atlas_file, **changes):
    config = load_config(CONFIGS / "smoke.yaml")
    return dataclasses.replace(config, atlas=str(atlas_file), output=str(tmp_path), **changes)


def log_of(config) -> list[str]:
    return [",".join(line.split(",")[:5]) for line in (config.folder / "log.csv").read_text().splitlines()]


@pytest.fixture(scope="module")
def trained(tmp_path_factory, toy_atlas_file):
    config = smoke(tmp_path_factory.mktemp("runs"), toy_atlas_file)
    Trainer(config).run()
    return config


def test_the_same_seed_trains_the_same_network(trained, tmp_path, toy_atlas_file):
    again = smoke(tmp_path, toy_atlas_file)
    Trainer(again).run()
    assert log_of(again) == log_of(trained) and len(log_of(trained)) == 5
    assert (trained.folder / "curve.png").stat().st_size > 1000


def test_any_machine_trains_the_smoke_run_alike(trained):
    """tests/golden/smoke-log.csv was written on another machine; the last digits may differ with its arithmetic."""
    kept = [
        line.split(",") for line in (Path(__file__).parent / "golden" / "smoke-log.csv").read_text().splitlines()[1:]
    ]
    here = [line.split(",") for line in log_of(trained)[1:]]
    assert [row[:3] for row in here] == [row[:3] for row in kept]
    for row, expected in zip(here, kept):
        assert [float(v) for v in row[3:]] == pytest.approx([float(v) for v in expected[3:5]], abs=0.02)


def test_a_run_resumes_where_it_stopped(trained, toy_atlas_file):
    longer = dataclasses.replace(trained, stages=(*trained.stages, dataclasses.replace(trained.stages[0], steps=2)))
    trainer = Trainer(longer)
    assert (trainer.stage, trainer.step, trainer.total_steps) == (1, 0, 8)
    trainer.run()
    assert trainer.total_steps == 10


def test_an_infarct_network_starts_from_an_anatomy_network(trained):
    network = build_network("infarct", NetworkSettings())
    saved = torch.load(trained.folder / "checkpoint.pt", weights_only=True)["average"]
    copied = copy_weights(network, saved, with_head=False)
    assert copied == len(saved) - 2  # all but the head's weight and bias


def test_every_shipped_configuration_loads_and_a_misspelt_setting_is_named(tmp_path):
    for path in CONFIGS.glob("*.yaml"):
        assert load_config(path).stages
    broken = tmp_path / "broken.yaml"
    broken.write_text((CONFIGS / "smoke.yaml").read_text() + "\nlearning_rat: 3\n")
    with pytest.raises(ValueError, match="learning_rat"):
        load_config(broken)


def test_a_recipe_that_starts_from_a_shipped_network_says_which_one():
    recipes = [load_config(path) for path in sorted(CONFIGS.glob("*.yaml"))]
    shipped = [recipe for recipe in recipes if recipe.start_from.endswith(".onnx")]
    # A site goes on from whatever is shipped with its clone.
    assert {recipe.name for recipe in shipped if not recipe.start_sha256} == {"site-anatomy"}
    assert all(len(recipe.start_sha256) == 64 for recipe in shipped if recipe.name != "site-anatomy")
    assert len(shipped) > 3


def test_processes_of_a_run_take_a_gpu_each(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert [str(pick_device("auto", rank)) for rank in range(3)] == ["cuda:0", "cuda:1", "cuda:0"]
    assert str(pick_device("cpu", 1)) == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert str(pick_device("auto", 1)) == "cpu"


def test_rates_rise_fall_and_cycle():
    stage = load_config(CONFIGS / "smoke.yaml").stages[0]
    assert learning_rate(stage, 0, 4, 0.0) < learning_rate(stage, 3, 4, 0.0)
    assert learning_rate(stage, stage.steps, 1, 1.0) == pytest.approx(stage.lr[1])
    cyclic = dataclasses.replace(stage, lr=(5e-4, 5e-3), cycle_steps=10)
    assert learning_rate(cyclic, 5, 1, 0.5) == pytest.approx(5e-3) and learning_rate(
        cyclic, 10, 1, 1.0
    ) == pytest.approx(5e-4)


def test_a_stage_ends_by_the_clock_and_its_rate_falls_by_then(tmp_path, toy_atlas_file, monkeypatch):
    clock, rates = [0.0], []
    config = smoke(tmp_path, toy_atlas_file)
    stage = dataclasses.replace(config.stages[0], steps=1000, minutes=1.0, lr=(1e-3, 0.0))
    trainer = Trainer(dataclasses.replace(config, stages=(stage,), warmup_steps=0))

    def step(_stage, _batch, rate):
        rates.append(rate)
        clock[0] += 20.0
        return {"loss": 0.0, "dice": 0.0}

    monkeypatch.setattr(training_run.time, "monotonic", lambda: clock[0])
    trainer.train_step = step
    trainer.run()
    assert rates == pytest.approx([1e-3, 7.5e-4, 2.5e-4])


def test_the_average_follows_quickly_at_first_and_slowly_later_and_goes_on_after_a_checkpoint():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1), torch.nn.BatchNorm2d(1))
    weight, count = network[0].weight, network[1].num_batches_tracked
    average = running_average(network, 0.9)
    seen = []
    for value in range(1, 4):
        torch.nn.init.constant_(weight, float(value))
        count.fill_(value)
        average.update_parameters(network)
        seen.append(float(average.module[0].weight))
    # The first network is taken over; then 2 / 11 and 3 / 12 of the former average stay.
    second = 1 * 2 / 11 + 2 * 9 / 11
    assert seen == pytest.approx([1, second, second * 3 / 12 + 3 * 9 / 12])
    assert int(average.module[1].num_batches_tracked) == 3 and not average.training
    resumed = running_average(network, 0.9)
    resume_average(resumed, {"average": average.module.state_dict(), "total_steps": 10_000})
    torch.nn.init.constant_(weight, 0.0)
    resumed.update_parameters(network)
    assert float(resumed.module[0].weight) == pytest.approx(0.9 * seen[-1])


def test_the_losses_are_least_where_the_truth_is_met():
    target = torch.zeros(2, 16, 16, dtype=torch.uint8)
    target[:, 4:9, 4:9] = 1
    right = torch.where(target[:, None] > 0, 9.0, -9.0)
    paper = LossSettings(cross_entropy=0, focal=3, boundary=1, dice=1)
    assert total_loss(right, target, paper) < total_loss(-right, target, paper)
    assert dice_loss(right.sigmoid(), target[:, None].float()) < 0.01
    distance = signed_distance(target[:, None].float())
    assert distance[0, 0, 6, 6] == -3 and distance[0, 0, 6, 10] == 2
    assert boundary_loss(right.sigmoid(), target[:, None].float()) < 0


def test_pixels_of_a_small_infarct_weigh_more():
    target = torch.zeros(2, 40, 40, dtype=torch.uint8)
    target[0, :4, :4], target[1, :20, :20] = 1, 1
    logits = torch.zeros(2, 1, 40, 40, requires_grad=True)
    total_loss(logits, target, LossSettings(cross_entropy=1, dice=0, positive_weight=2, small_below=0.04)).backward()
    small, large, outside = (logits.grad[place].abs() for place in ((0, 0, 1, 1), (1, 0, 1, 1), (0, 0, 30, 30)))
    assert small / outside == pytest.approx(2 * (0.04 / 0.01) ** 0.5)  # 16 of 1,600 pixels, a quarter of 0.04
    assert large / outside == pytest.approx(2)


def test_a_network_at_reduced_resolution_learns_at_its_own_and_at_the_full_one(tmp_path, toy_atlas_file):
    config = smoke(
        tmp_path,
        toy_atlas_file,
        name="reduced",
        task="infarct",
        network=NetworkSettings(reduction=2, mirror_average=True),
        log_every=1,
    )
    stages = tuple(dataclasses.replace(config.stages[0], size=size, steps=1, batch=2) for size in (112, 224))
    config = dataclasses.replace(config, stages=stages)
    run(config)
    assert [line.split(",")[2] for line in log_of(config)[1:]] == ["112", "224"]
    network = load_trained(config.folder / "checkpoint.pt").network
    export_onnx(network, "infarct", tmp_path / "model.onnx", "fp16")
    assert parity(network, "infarct", tmp_path / "model.onnx", torch.rand(1, 3, 224, 224) * 2 - 1) > 0.99


def test_the_mirrored_channel_is_the_other_hemisphere():
    slabs = torch.full((1, 3, 4, 8), 35.0)
    slabs[..., 0] = 70.0
    slabs[:, 1:] += torch.tensor([-7.0, 21.0])[None, :, None, None]
    images = RECIPES["infarct"].apply(slabs)
    assert images[0, 0, 0, 0] == 1 and images[0, 1, 0, 7] == 1 and images[0, 1, 0, 0] == 0
    assert images[0, 2, 0, 3] == pytest.approx(0.2)


def test_the_mean_over_the_mirror_image_turns_round_with_the_head():
    torch.manual_seed(9)
    recipe = RECIPES["infarct"]
    network = MirrorAverage(build_network("infarct", NetworkSettings(reduction=2)).eval(), recipe)
    slabs = torch.rand(1, 3, 224, 224) * 70
    with torch.no_grad():
        straight, turned = network(recipe.apply(slabs)), network(recipe.apply(slabs.flip(-1)))
        alone, alone_turned = network.network(recipe.apply(slabs)), network.network(recipe.apply(slabs.flip(-1)))
    assert torch.allclose(straight.flip(-1), turned, atol=1e-5)
    assert torch.allclose(straight, (alone + alone_turned.flip(-1)) / 2, atol=1e-5)
    assert (alone.flip(-1) - alone_turned).abs().max() > 1e-4


@pytest.mark.parametrize("task", ["anatomy", "infarct"])
def test_an_exported_network_answers_like_the_trained_one(task, tmp_path):
    torch.manual_seed(3)
    network = build_network(task, NetworkSettings()).eval()
    full, half = tmp_path / "full.onnx", tmp_path / "half.onnx"
    export_onnx(network, task, full)
    export_onnx(network, task, half, "fp16")
    images = torch.rand(1, 3, 224, 224) * 2 - 1
    assert parity(network, task, full, images) > 0.999
    assert parity(network, task, half, images) > 0.97
    assert half.stat().st_size < 0.6 * full.stat().st_size < 15e6
    operators = {node.op_type for node in onnx.load(half).graph.node}
    assert "Conv" in operators and not operators & {"Pad", "Slice", "ConstantOfShape", "Transpose", "Reshape"}
    output = onnx.load(half).graph.output[0]
    assert output.name == ("labels" if task == "anatomy" else "probability")
    assert output.type.tensor_type.elem_type == onnx.TensorProto.UINT8


def test_a_graph_with_automatic_padding_is_refused():
    node = onnx.helper.make_node("Conv", ["x", "w"], ["y"], auto_pad="SAME_UPPER")
    with pytest.raises(ValueError, match="auto_pad"):
        check_graph(onnx.helper.make_model(onnx.helper.make_graph([node], "g", [], [])))


def test_a_manifest_names_the_regions_in_order_and_the_file(trained, tmp_path):
    graph = tmp_path / "model.onnx"
    graph.write_bytes(b"a graph")
    manifest = build_manifest(
        load_trained(trained.folder / "checkpoint.pt"), graph, "1", precision="fp16", threshold=0.5
    )
    assert " ".join(c["region"] for c in manifest["classes"] if "region" in c) == "C L IC I M1 M2 M3 M4 M5 M6"
    assert (manifest["file"], manifest["sizeBytes"]) == ("model.onnx", 7)
    assert manifest["sha256"] == hashlib.sha256(b"a graph").hexdigest()
    assert manifest["output"] == {"name": "labels", "encoding": "labels"}
    assert manifest["architectureName"] == "U-Net"
    assert json.loads(json.dumps(manifest)) == manifest


def test_a_written_series_says_that_it_is_synthetic_and_keeps_its_pixels(toy_atlas, tmp_path):
    one = Draw(1, "cpu", torch.Generator().manual_seed(2))
    scan = simulate(
        one,
        toy_atlas,
        sample_subject(one, toy_atlas, LesionShares(infarct=0.0)),
        ScanSettings(matrix=64, pixel_mm=3.5, spacing_mm=12, tilt_deg=10.0),
    )
    study = StudyDescription("toy", "SYNTHETIC^Toy", "SYNTHETIC-9", "F", 60, "SYNTHETIC toy")
    paths = write_series(scan, study, tmp_path)
    top = pydicom.dcmread(paths[0])
    assert top.BurnedInAnnotation == "NO" and "SYNTHETIC" in top.ImageComments and top.GantryDetectorTilt == 10.0
    assert (top.pixel_array.astype(int) - 1024 == scan.hu[-1]).all()
    positions = [float(pydicom.dcmread(p, stop_before_pixels=True).ImagePositionPatient[2]) for p in paths]
    assert positions == sorted(positions, reverse=True) and len(set(positions)) == len(paths)
    with pytest.raises(ValueError, match="SYNTHETIC"):
        write_series(scan, dataclasses.replace(study, patient_name="Doe^Jane"), tmp_path)

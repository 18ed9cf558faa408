"""Training on stacks: runs, their figures, and what a run refuses."""

from __future__ import annotations

import dataclasses
import json

import pytest
import torch

from deep_aspects_training import shallow
from deep_aspects_training.config import Stage, TrainConfig
from deep_aspects_training.export import export_stack, load_stack
from deep_aspects_training.generator.lesions import LesionShares
from deep_aspects_training.generator.stacks import StackSettings
from deep_aspects_training.network import NetworkSettings, build_network
from deep_aspects_training.stack_source import StackBatch
from deep_aspects_training.stack_train import StackTrainer
from deep_aspects_training.stack_validation import measure
from deep_aspects_training.train import run


@pytest.fixture(scope="module")
def trained(toy_atlas_file, shapes_file, tmp_path_factory):
    """A run of three steps whose generator is a process of its own."""
    config = TrainConfig(
        name="stack",
        task="infarct",
        atlas=str(toy_atlas_file),
        shapes=str(shapes_file),
        validation_anatomies=(0,),
        validate_every=2,
        generators=1,
        device="cpu",
        precision="fp32",
        threads=1,
        reuse=2,
        log_every=1,
        output=str(tmp_path_factory.mktemp("runs")),
        network=NetworkSettings(architecture="stack_unet", reduction=2),
        stacks=StackSettings(slices=3, planes=1, lesions=LesionShares(infarct=0.5, shape=0.5)),
        stages=(Stage(32, 3, 2, (1e-3, 1e-4)),),
    )
    run(config)
    return config


def test_a_run_learns_validates_resumes_and_is_exported(trained, tmp_path):
    log = (trained.folder / "log.csv").read_text().splitlines()
    validation = (trained.folder / "validation.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in log] == ["step", "1", "2", "3"] and [
        line.split(",")[0] for line in validation
    ] == ["step", "0", "2", "3"]
    columns = "dice,dice_small,sensitivity,false_ml,old_as_acute_ml,old_dice,haemorrhage_dice"
    assert validation[0] == f"step,{columns}" and (trained.folder / "best.pt").exists()
    longer = StackTrainer(dataclasses.replace(trained, stages=(*trained.stages, Stage(32, 1, 2, (1e-3, 1e-4)))))
    assert (longer.stage, longer.step, longer.total_steps) == (1, 0, 3)
    loaded = load_stack(trained.folder / "checkpoint.pt")
    assert loaded.config["name"] == "stack" and loaded.steps == 3
    averaged = longer.average.module.state_dict()
    assert all(torch.equal(value, averaged[name]) for name, value in loaded.network.state_dict().items())


def test_a_run_starts_from_the_anatomy_network_but_for_the_last_layer_and_the_exchange(trained, tmp_path):
    anatomy = build_network("anatomy", NetworkSettings(reduction=2))
    settings = dataclasses.asdict(NetworkSettings(reduction=2))
    path = tmp_path / "anatomy.pt"
    torch.save({"average": anatomy.state_dict(), "config": json.dumps({"task": "anatomy", "network": settings})}, path)
    began = StackTrainer(dataclasses.replace(trained, name="from-anatomy", start_from=str(path))).network.state_dict()
    same = {
        name.removeprefix("core.network.")
        for name, value in anatomy.state_dict().items()
        if torch.equal(value, began.get(name.removeprefix("core.network."), torch.tensor(torch.nan)))
    }
    others = {name for name in began if name not in same}
    assert others and {name.split(".")[0] for name in others} == {"segmentation_head", "context", "bright"}


def test_a_run_goes_on_from_the_two_graphs_of_a_network(trained, tmp_path):
    network = load_stack(trained.folder / "checkpoint.pt").network
    export_stack(network, tmp_path)
    config = dataclasses.replace(trained, name="from-graphs", start_from=str(tmp_path / "model.onnx"))
    run(dataclasses.replace(config, stages=(Stage(32, 1, 2, (1e-9, 1e-9)),)))
    began = load_stack(config.folder / "checkpoint.pt").network
    stack, positions = torch.rand(1, 3, 3, 32, 32) * 2 - 1, torch.tensor([[0.0, 5.0, 10.0]])
    with torch.no_grad():
        assert torch.allclose(began(stack, positions), network(stack, positions), atol=0.02)
    norms = [module for module in began.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert any((norm.running_mean != 0).any() for norm in norms if norm.running_mean is not None)


def test_figures_count_what_is_found_and_what_is_taken_for_acute():
    class Says(torch.nn.Module):
        def forward(self, stacks, positions):
            logits = torch.full((len(stacks), 2, 3, 8, 8), -9.0)
            logits[:, :, 0, :4] = 9.0  # acute infarct in the upper half
            return logits

    truth = torch.zeros(3, 2, 8, 8, dtype=torch.uint8)
    truth[0, :, :2], truth[1, :, 3:5] = 1, 2
    batch = StackBatch(torch.zeros(3, 2, 3, 8, 8), truth, torch.tensor([[0.0, 5.0]]).expand(3, 2))
    figures = measure(Says(), [batch], torch.device("cpu"), field_mm=80.0)
    pixel_ml = 10 * 10 * 5 / 1000
    assert figures["dice"] == pytest.approx(2 * 32 / (3 * 64 + 32), abs=1e-4) and figures["sensitivity"] == 1
    assert figures["false_ml"] == pytest.approx(64 * pixel_ml, abs=1e-3) and figures[
        "old_as_acute_ml"
    ] == pytest.approx(16 * pixel_ml, abs=1e-3)
    assert figures["old_dice"] == figures["haemorrhage_dice"] == 0


def test_a_recipe_refuses_another_start_than_it_means(tmp_path, trained):
    (tmp_path / "start.onnx").write_bytes(b"another")
    with pytest.raises(ValueError, match="starts from"):
        StackTrainer(
            dataclasses.replace(trained, name="other", start_from=str(tmp_path / "start.onnx"), start_sha256="0" * 64)
        )


def with_dead_block(config, folder):
    """A run's checkpoint, its decoder's deepest block made as one that has died: below zero before the ReLU."""
    saved = torch.load(config.folder / "checkpoint.pt", weights_only=True)
    for name in ("weight", "bias"):
        saved["average"][f"decoder.blocks.0.convs.conv_1.adn.N.{name}"].fill_(0.0 if name == "weight" else -0.1)
    torch.save(saved, folder / "dead.pt")
    return dataclasses.replace(config, name="next", start_from=str(folder / "dead.pt"))


def test_a_network_whose_deepest_block_has_died_is_refused(trained, tmp_path):
    trainer = StackTrainer(with_dead_block(trained, tmp_path))
    with pytest.raises(RuntimeError, match=r"^decoder\.blocks\.0: zero"):
        trainer.validate([])
    assert not (trainer.config.folder / "validation.csv").exists()


def test_a_dead_block_starts_anew_and_all_else_goes_on(trained, tmp_path):
    config = dataclasses.replace(with_dead_block(trained, tmp_path), name="revived", fresh=("decoder.blocks.0.",))
    trainer = StackTrainer(config)
    trainer.validate([])
    before = torch.load(tmp_path / "dead.pt", weights_only=True)["average"]
    changed = {name for name, value in trainer.network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed and all(name.startswith("decoder.blocks.0.") for name in changed)


def test_a_checkpoint_goes_without_its_dead_block_but_not_without_a_living_one(trained, tmp_path, monkeypatch):
    def run_shallow(checkpoint):
        given = [
            "--checkpoint",
            checkpoint,
            "--stacks",
            trained.folder / "validation.npz",
            "--out",
            tmp_path / "new.pt",
        ]
        monkeypatch.setattr("sys.argv", ["shallow", *map(str, given)])
        shallow.main()

    with_dead_block(trained, tmp_path)
    run_shallow(tmp_path / "dead.pt")
    made = load_stack(tmp_path / "new.pt")
    assert made.network.exchanged == (2,) and len(made.network.decoder.blocks) == 4
    saved = torch.load(tmp_path / "dead.pt", weights_only=True)
    saved["average"]["decoder.blocks.0.convs.conv_1.adn.N.bias"].fill_(5.0)
    saved["average"]["decoder.blocks.1.upsample.preconv.weight"] *= 1000
    torch.save(saved, tmp_path / "alive.pt")
    with pytest.raises(SystemExit, match="alive"):
        run_shallow(tmp_path / "alive.pt")


def test_two_processes_share_a_run_of_stacks(trained):
    """One log and one network: each step is the mean of the gradients of both, which neither makes alone. Runs of
    single slices share the same step."""
    shared = dataclasses.replace(
        trained,
        name="shared",
        processes=2,
        generators=0,
        validation_anatomies=(),
        stages=(Stage(32, 2, 1, (1e-3, 1e-4)),),
    )
    alone = dataclasses.replace(shared, name="alone", processes=1)
    run(shared)
    run(alone)
    logs = [(config.folder / "log.csv").read_text().splitlines() for config in (shared, alone)]
    assert [line.split(",")[0] for line in logs[0]] == ["step", "1", "2"]
    first_losses = [log[1].split(",")[:4] for log in logs]
    assert first_losses[0] == first_losses[1]
    first, second = (
        torch.load(config.folder / "checkpoint.pt", weights_only=True)["network"] for config in (shared, alone)
    )
    assert any(not torch.equal(value, second[name]) for name, value in first.items())

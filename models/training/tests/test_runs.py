"""What every training run does on the way: it validates, keeps the best, goes on where it stopped, and ends its
generators."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from deep_aspects_training import sources
from deep_aspects_training.config import Stage, load_config
from deep_aspects_training.generator.slices import SliceGenerator
from deep_aspects_training.network import NetworkSettings
from deep_aspects_training.run_files import checkpoint_of
from deep_aspects_training.train import Trainer

PACKAGE = Path(__file__).resolve().parents[1]


@pytest.fixture
def config(tmp_path, toy_atlas_file):
    """Two short stages on the toy head."""
    smoke = load_config(PACKAGE / "configs" / "smoke.yaml")
    stage = Stage(32, 2, 2, (1e-3, 1e-4))
    return dataclasses.replace(
        smoke,
        atlas=str(toy_atlas_file),
        output=str(tmp_path),
        log_every=1,
        network=NetworkSettings(reduction=2, drop_connect=0.0),
        stages=(stage, stage),
    )


def steps_in(config, name: str) -> list[str]:
    return [line.split(",")[0] for line in (config.folder / name).read_text().splitlines()[1:]]


def weights_of(config, name: str = "checkpoint.pt") -> dict[str, torch.Tensor]:
    return torch.load(config.folder / name, weights_only=True)["network"]


def test_a_run_validates_every_so_many_steps_and_a_worse_average_does_not_replace_the_best(config, monkeypatch):
    config = dataclasses.replace(config, validate_every=3, validation_anatomies=(0,))
    monkeypatch.setattr(sources, "VALIDATION_SLICES", 8)
    trainer, shown = Trainer(config), []
    dice = iter([0.1, 0.2, 0.5, 0.3])

    def figures(batches):
        shown.append([tuple(batch.inputs.shape) for batch in batches])
        return {"dice": next(dice)}

    monkeypatch.setattr(trainer, "figures", figures)
    trainer.run()
    assert steps_in(config, "validation.csv") == ["0", "2", "3", "4"]
    assert shown == [[(8, 3, 32, 32)]] * 4
    kept = torch.load(config.folder / "best.pt", weights_only=True)
    assert (kept["total_steps"], kept["best"]) == (3, 0.5)
    assert checkpoint_of(str(config.folder)).name == "best.pt"
    # A run that was killed after its best, but before its next checkpoint, knows of it.
    last = torch.load(config.folder / "checkpoint.pt", weights_only=True)
    torch.save({**last, "best": 0.2}, config.folder / "checkpoint.pt")
    longer = Trainer(dataclasses.replace(config, stages=(*config.stages, Stage(32, 1, 2, (1e-3, 1e-4)))))
    monkeypatch.setattr(longer, "figures", lambda _batches: {"dice": 0.4})
    longer.run()
    assert torch.load(config.folder / "best.pt", weights_only=True)["total_steps"] == 3


def test_of_the_processes_that_share_a_run_the_first_alone_validates_and_writes(config):
    second = Trainer(dataclasses.replace(config, validation_anatomies=(0,)), rank=1)
    second.validate([])
    second.save()
    assert second.validation == [] and list(second.folder.iterdir()) == []


def test_a_run_that_holds_nothing_back_says_so_and_keeps_no_best(config, capsys):
    config = dataclasses.replace(config, stages=(Stage(32, 1, 2, (1e-3, 1e-4)),))
    Trainer(config).run()
    assert "no best.pt is kept" in capsys.readouterr().out
    assert not (config.folder / "validation.csv").exists()
    assert checkpoint_of(str(config.folder)).name == "checkpoint.pt"


def test_a_run_that_is_interrupted_and_resumed_ends_as_one_in_one_go(config, monkeypatch):
    whole = dataclasses.replace(config, name="whole")
    Trainer(whole).run()
    stopped = Trainer(config)
    step, first_seed = stopped.train_step, stopped.data_seed

    def interrupted(stage, batch, rate):
        if stopped.total_steps == 3:
            raise KeyboardInterrupt
        return step(stage, batch, rate)

    monkeypatch.setattr(stopped, "train_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        stopped.run()
    resumed = Trainer(config)
    assert (resumed.stage, resumed.step) == (1, 0) and resumed.data_seed != first_seed
    resumed.run()
    first, second = weights_of(whole), weights_of(config)
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_a_generator_in_another_process_gives_the_same_slices_and_ends_with_a_run_that_fails(config, monkeypatch):
    config = dataclasses.replace(config, stages=config.stages[:1])
    alone, ahead = Trainer(config), Trainer(dataclasses.replace(config, name="ahead", generators=1))
    with alone.batches(config.stages[0]) as following:
        expected = [following() for _ in range(3)]

    def never(*_):
        raise AssertionError("rendered in the process that trains")

    monkeypatch.setattr(SliceGenerator, "render", never)
    seen, workers = [], []

    def fails_later(_stage, batch, _rate):
        seen.append(batch)
        workers.extend(multiprocessing.active_children())
        if len(seen) == 3:
            raise RuntimeError("out of memory")
        return {"loss": 0.0, "dice": 0.0}

    monkeypatch.setattr(ahead, "train_step", fails_later)
    ahead.config = dataclasses.replace(ahead.config, stages=(dataclasses.replace(config.stages[0], steps=9),))
    with pytest.raises(RuntimeError, match="out of memory"):
        ahead.run()
    for mine, theirs in zip(seen, expected):
        assert torch.equal(mine.inputs, theirs.inputs) and torch.equal(mine.target, theirs.target)
    assert len({worker.pid for worker in workers}) == 1
    assert not any(worker.is_alive() for worker in workers)


SLEEPS_WITH_A_GENERATOR = """
import signal, typing, torch
from deep_aspects_training.batches import made_ahead

class Zeros(typing.NamedTuple):
    inputs: torch.Tensor

class Stream:
    def __init__(self, seed):
        pass
    def __call__(self):
        return Zeros(torch.zeros(1))

if __name__ == "__main__":
    with made_ahead(Stream, 1, 1, torch.device("cpu")) as following:
        following()
        print("ready", flush=True)
        signal.pause()
"""


def test_a_generator_ends_with_a_run_that_is_killed(tmp_path):
    script = tmp_path / "sleeps.py"
    script.write_text(SLEEPS_WITH_A_GENERATOR)
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    with subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None and run.stdout.readline() == b"ready\n"
        run.kill()
        # The pipe ends when the last process that holds it has ended.
        assert run.communicate(timeout=60)[0] == b""
